"""Whoever may watches what happens to a conversation, as it happens, and costs nobody anything."""

import asyncio
import gc
import io
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from hmac import new
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from contract.config import Config, Images, Injector, Webhooks
from contract.config.places import Store as Place
from injector.app import create_app
from injector.happenings import ALL_WATCHERS, WATCHERS, Event, Happenings
from injector.parts import HAPPENINGS, STORE
from injector.sharing.events import MOST_WAITING
from injector.store import Limits
from injector.store.memory import MemoryStore

Endpoint = Callable[..., Awaitable[str]]
UpstreamOf = Callable[..., Awaitable[str]]
Serve = Callable[[web.Application], Awaitable[str]]
Told = tuple[str, dict[str, Any]]

BEARER = "the-bearer"
WHAT = {"role": "user", "content": "What do you see?"}
SECRETS = ("What do you see?", "tmp_", "ctx_", BEARER)


@pytest.fixture(autouse=True)
def _decoded_in_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without children: pictures are not what is tested here."""
    from tests.injector.conftest import _InHere

    monkeypatch.setattr("injector.app.Decoders", _InHere)


class Stream:
    """A stream of events that is being read."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.text = ""

    async def block(self) -> str:
        """Return the next lines up to an empty one; nothing at the end."""
        lines = []
        async with asyncio.timeout(5):
            while line := (await self.answer.content.readline()).decode():
                self.text += line
                if line == "\n":
                    break
                lines.append(line)
        return "".join(lines)

    async def event(self) -> tuple[int, str, dict[str, Any]] | None:
        """Return the next event: number, kind and data without its time; None at the end."""
        while block := await self.block():
            if block.startswith(":"):
                continue
            number, kind, data = (line.split(": ", 1)[1] for line in block.splitlines())
            value = json.loads(data)
            at = datetime.fromisoformat(value.pop("at"))
            assert abs((datetime.now(UTC) - at).total_seconds()) < 60
            return int(number), kind, value
        return None

    async def told(self, count: int) -> list[Told]:
        events = [await self.event() for _ in range(count)]
        return [event[1:] for event in events if event is not None]


@asynccontextmanager
async def watching(
    client: aiohttp.ClientSession, root: str, token: str, conversation: str = "conv_1", **more: str
) -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {token}"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    async with client.get(f"{root}/context/{conversation}/events", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        yield Stream(answer)


async def uploaded(client: aiohttp.ClientSession, root: str, data: bytes) -> str:
    async with client.post(f"{root}/upload_image", data=io.BytesIO(data)) as answer:
        return str((await answer.json())["temporaryId"])


async def associated(
    client: aiohttp.ClientSession, root: str, data: bytes, conversation: str = "conv_1"
) -> str:
    """Share a first picture; return the conversation's token."""
    body = {"conversationId": conversation, "temporaryId": await uploaded(client, root, data)}
    async with client.post(f"{root}/associate_context", json=body) as answer:
        assert answer.status == 200
        return str((await answer.json())["contextToken"])


async def turn(
    client: aiohttp.ClientSession,
    root: str,
    messages: list[dict[str, Any]],
    conversation: str = "conv_1",
) -> None:
    headers = {"X-Conversation-Id": conversation, "Authorization": f"Bearer {BEARER}"}
    url = f"{root}/v1/chat/completions"
    async with client.post(url, json={"messages": messages, "stream": True}, headers=headers) as it:
        await it.read()


@pytest.fixture
async def model(upstream: UpstreamOf) -> str:
    """A model's side that says a word, and refuses a picture whose question says so."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.text()
        if "refuse" in body and "image_url" in body:
            error = {"message": "You uploaded an unsupported image.", "code": "invalid_image"}
            return web.json_response({"error": error}, status=400)
        chunk = {"choices": [{"index": 0, "delta": {"content": "A cat."}}]}
        text = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
        return web.Response(text=text, content_type="text/event-stream")

    return await upstream(handle)


@pytest.fixture
async def root(endpoint: Endpoint, model: str) -> str:
    return await endpoint(model, bearer=BEARER)


def of_turn(number: int, context: str, images: int) -> Told:
    return "turn", {"turn": number, "context": context, "images": images}


async def test_a_conversation_is_told_from_its_first_picture_to_its_end(
    client: aiohttp.ClientSession, root: str, png: bytes
) -> None:
    await turn(client, root, [WHAT])
    token = await associated(client, root, png)
    async with watching(client, root, token) as stream:
        assert stream.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert stream.answer.headers["X-Accel-Buffering"] == "no"
        first, (kind, answered), shared = await stream.told(3)
        assert first == of_turn(1, "no-image", 0)
        assert kind == "answered"
        assert shared == ("associated", {"images": 1, "inBand": False})
        assert (answered["turn"], answered["outcome"]) == (1, "answered")
        assert answered["firstContentMs"] > 0
        assert answered["addedMs"] > 0

        announced = {"conversationId": "conv_1", "pending": True, "contextToken": token}
        await client.post(f"{root}/associate_context", json=announced)
        assert await stream.told(1) == [("announced", {})]

        await turn(client, root, [WHAT, {"role": "assistant", "content": "A cat."}, WHAT])
        now, (kind, answered) = await stream.told(2)
        assert now == of_turn(2, "attached", 1)
        assert (kind, answered["turn"]) == ("answered", 2)

        headers = {"Authorization": f"Bearer {token}"}
        await client.delete(f"{root}/context/conv_1", headers=headers)
        assert await stream.told(1) == [("forgotten", {})]
        assert await stream.event() is None
        assert not [secret for secret in SECRETS if secret in stream.text]


async def test_a_picture_that_the_model_refuses_is_told_after_it_was_attached(
    client: aiohttp.ClientSession, root: str, png: bytes
) -> None:
    token = await associated(client, root, png)
    await turn(client, root, [{"role": "user", "content": "refuse"}])
    async with watching(client, root, token) as stream:
        _, before, after, (kind, answered) = await stream.told(4)
    assert before == of_turn(1, "attached", 1)
    assert after == of_turn(1, "image-refused", 0)
    assert (kind, answered["outcome"]) == ("answered", "answered")


async def test_a_turn_is_told_as_soon_as_its_body_is_ready(
    client: aiohttp.ClientSession, endpoint: Endpoint, upstream: UpstreamOf, png: bytes
) -> None:
    go_on = asyncio.Event()

    async def handle(_: web.Request) -> web.Response:
        await go_on.wait()
        return web.json_response({"choices": []})

    root = await endpoint(await upstream(handle), bearer=BEARER, first_byte_timeout=5.0)
    token = await associated(client, root, png)
    async with watching(client, root, token) as stream:
        await stream.told(1)
        asked = asyncio.create_task(turn(client, root, [WHAT]))
        assert await stream.told(1) == [of_turn(1, "attached", 1)]
        go_on.set()
        await asked


async def test_where_nobody_has_spoken_the_turn_is_number_0_and_greeted(
    client: aiohttp.ClientSession, root: str, png: bytes
) -> None:
    token = await associated(client, root, png)
    await turn(client, root, [])
    async with watching(client, root, token) as stream:
        _, said, (kind, answered) = await stream.told(3)
    assert said == of_turn(0, "attached", 0)
    assert (kind, answered["turn"], answered["outcome"]) == ("answered", 0, "greeted")


async def test_a_turn_that_the_model_does_not_answer_is_told_as_it_ended(
    client: aiohttp.ClientSession, endpoint: Endpoint, upstream: UpstreamOf, png: bytes
) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "no"}}, status=401)

    root = await endpoint(await upstream(handle), bearer=BEARER)
    token = await associated(client, root, png)
    await turn(client, root, [WHAT])
    async with watching(client, root, token) as stream:
        *_, (kind, answered) = await stream.told(3)
    assert (kind, answered["outcome"]) == ("answered", "fallback")


async def test_an_id_with_slashes_is_watched_and_one_that_ends_in_events_too(
    client: aiohttp.ClientSession, root: str, png: bytes
) -> None:
    for conversation, path in (("a/b", "a/b"), ("a/events", "a%2Fevents"), ("ä é", "%C3%A4%20é")):
        token = await associated(client, root, png, conversation)
        async with watching(client, root, token, path) as stream:
            assert [kind for kind, _ in await stream.told(1)] == ["associated"]


async def test_who_comes_back_goes_on_where_it_was(
    client: aiohttp.ClientSession, root: str, png: bytes
) -> None:
    token = await associated(client, root, png)
    for _ in range(3):
        await turn(client, root, [WHAT])
    async with watching(client, root, token) as stream:
        events = [await stream.event() for _ in range(7)]
    numbers = [event[0] for event in events if event]
    assert numbers == list(range(numbers[0], numbers[0] + 7))
    async with watching(client, root, token, Last_Event_ID=str(numbers[4])) as stream:
        assert [await stream.event() for _ in range(2)] == events[5:]
    for odd in ("", "x", "-1", "9" * 30, str(numbers[-1] + 1)):
        async with watching(client, root, token, Last_Event_ID=odd) as stream:
            assert await stream.event() == events[0]


async def test_nobody_else_sees_anything(
    client: aiohttp.ClientSession, root: str, png: bytes
) -> None:
    token = await associated(client, root, png, "conv_1")
    other = await associated(client, root, png, "conv_2")
    url = f"{root}/context/conv_1/events"
    for sent in (None, "Bearer ", f"Bearer {other}", "Bearer ctx_none", "Bearer wrong"):
        async with client.get(url, headers={"Authorization": sent} if sent else {}) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (
                401,
                "invalid_api_key",
            )
    async with watching(client, root, other, "conv_2") as stream:
        assert len(await stream.told(1)) == 1
        await turn(client, root, [WHAT], "conv_1")
        await turn(client, root, [WHAT], "conv_2")
        await stream.told(2)
        assert stream.text.count("event: turn") == 1
    async with watching(client, root, token) as stream:
        assert len(await stream.told(3)) == 3


async def test_the_bearer_watches_what_is_known_and_nothing_else(
    client: aiohttp.ClientSession, root: str, png: bytes
) -> None:
    headers = {"Authorization": f"Bearer {BEARER}"}
    async with client.get(f"{root}/context/conv_1/events", headers=headers) as answer:
        told = await answer.json()
    assert (answer.status, told["error"]["code"]) == (404, "unknown_conversation")
    await turn(client, root, [WHAT])
    async with watching(client, root, BEARER) as stream:
        assert (await stream.told(1)) == [of_turn(1, "no-image", 0)]


async def test_a_page_that_may_call_may_watch_and_another_may_not(
    client: aiohttp.ClientSession, endpoint: Endpoint, png: bytes
) -> None:
    page = "https://app.example.com"
    root = await endpoint(bearer=BEARER, origins=(page,))
    token = await associated(client, root, png)
    async with watching(client, root, token, Origin=page) as stream:
        assert stream.answer.headers.getall("Access-Control-Allow-Origin") == [page]
        assert stream.answer.headers.getall("Vary") == ["Origin"]
        assert len(await stream.told(1)) == 1
    headers = {"Origin": "https://evil.example", "Authorization": f"Bearer {token}"}
    async with client.get(f"{root}/context/conv_1/events", headers=headers) as answer:
        assert (answer.status, "Access-Control-Allow-Origin" in answer.headers) == (403, False)
    asks = {"Origin": page, "Access-Control-Request-Method": "GET"}
    async with client.options(f"{root}/context/conv_1/events", headers=asks) as answer:
        assert answer.headers["Access-Control-Allow-Methods"] == "GET"
        assert "last-event-id" in answer.headers["Access-Control-Allow-Headers"]


async def test_a_comment_comes_while_nothing_happens(
    client: aiohttp.ClientSession, root: str, png: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.sharing.events.BEAT", 0.02)
    token = await associated(client, root, png)
    async with watching(client, root, token) as stream:
        blocks = [await stream.block() for _ in range(5)]
    assert [block.partition(" ")[0] for block in blocks] == [":", "id:", ":", ":", ":"]


async def test_what_ends_in_the_store_alone_ends_the_stream_too(
    client: aiohttp.ClientSession,
    endpoint: Endpoint,
    png: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As another process, `sightline images forget` and time end it."""
    monkeypatch.setattr("injector.sharing.events.BEAT", 0.02)
    store = MemoryStore(Limits())
    root = await endpoint(bearer=BEARER, keeps=store)
    token = await associated(client, root, png)
    async with watching(client, root, token) as stream:
        await stream.told(1)
        await store.forget("conv_1")
        assert await stream.told(1) == [("forgotten", {})]
        assert await stream.event() is None


async def test_a_token_that_is_over_sees_nothing_of_who_begins_anew(
    client: aiohttp.ClientSession,
    endpoint: Endpoint,
    png: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore(Limits())
    root = await endpoint(bearer=BEARER, keeps=store)
    token = await associated(client, root, png)
    monkeypatch.setattr("injector.sharing.events.BEAT", 0.2)
    async with watching(client, root, token) as stream:
        await store.forget("conv_1")
        anew = await associated(client, root, png)
        async with watching(client, root, anew) as theirs:
            kinds = []
            while event := await stream.event():
                kinds.append(event[1])
            assert "forgotten" not in kinds
            await turn(client, root, [WHAT])
            kinds = [kind for kind, _ in await theirs.told(3)]
            assert kinds == ["associated", "associated", "turn"]


async def test_a_token_that_is_over_sees_no_more_though_much_happens(
    client: aiohttp.ClientSession,
    serve: Serve,
    png: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(Config(injector=Injector(images=Images(store=Place("memory")))))
    root = await serve(app)
    token = await associated(client, root, png)
    monkeypatch.setattr("injector.sharing.events.BEAT", 0.2)

    async def goes_on() -> None:
        while True:
            app[HAPPENINGS].tell("conv_1", "announced")
            await asyncio.sleep(0.02)

    async with watching(client, root, token) as stream:
        await app[STORE].forget("conv_1")  # as another process does
        await associated(client, root, png)
        theirs = asyncio.create_task(goes_on())
        try:
            async with asyncio.timeout(3):
                while await stream.event():
                    pass
        finally:
            theirs.cancel()


async def test_a_store_that_fails_ends_no_stream(
    client: aiohttp.ClientSession,
    endpoint: Endpoint,
    png: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore(Limits())
    root = await endpoint(bearer=BEARER, keeps=store)
    token = await associated(client, root, png)
    monkeypatch.setattr("injector.sharing.events.BEAT", 0.02)
    async with watching(client, root, token) as stream:
        await stream.told(1)

        async def fail(*_: object) -> bool:
            raise OSError("the disk is gone")

        monkeypatch.setattr(store, "is_allowed", fail)
        assert [await stream.block() for _ in range(3)] == [": sightline\n"] * 3


async def test_the_platforms_event_after_a_call_ends_the_stream(
    client: aiohttp.ClientSession, serve: Serve, png: bytes
) -> None:
    images = Images(store=Place("memory"))
    app = create_app(Config(injector=Injector(images=images, webhooks=Webhooks("wsec"))))
    root = await serve(app)
    token = await associated(client, root, png)
    body = json.dumps(
        {"type": "post_call_transcription", "data": {"conversation_id": "conv_1"}}
    ).encode()
    at = int(time.time())
    signature = new(b"wsec", f"{at}.".encode() + body, sha256).hexdigest()
    headers = {"ElevenLabs-Signature": f"t={at},v0={signature}"}
    async with watching(client, root, token) as stream:
        await stream.told(1)
        async with client.post(f"{root}/webhooks/elevenlabs", data=body, headers=headers) as answer:
            assert answer.status == 200
        assert await stream.told(1) == [("forgotten", {})]
        assert await stream.event() is None
    assert len(app[HAPPENINGS]) == 0


async def test_so_many_watch_and_no_more(
    client: aiohttp.ClientSession, serve: Serve, png: bytes
) -> None:
    app = create_app(Config(injector=Injector(images=Images(store=Place("memory")))))
    root = await serve(app)
    token = await associated(client, root, png)
    happenings = app[HAPPENINGS]
    held = [happenings.watch("conv_1", lambda: None) for _ in range(WATCHERS)]
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{root}/context/conv_1/events"
    async with client.get(url, headers=headers) as answer:
        assert (answer.status, "Retry-After" in answer.headers) == (429, True)
    happenings.leave(held.pop())
    for number in range(ALL_WATCHERS - WATCHERS + 1):
        happenings.watch(f"c{number}", lambda: None)
    async with client.get(url, headers=headers) as answer:
        assert (answer.status, "Retry-After" in answer.headers) == (503, True)


async def test_who_leaves_makes_room_and_nothing_of_a_forgotten_conversation_stays(
    client: aiohttp.ClientSession, serve: Serve, png: bytes
) -> None:
    began = time.time()
    app = create_app(Config(injector=Injector(images=Images(store=Place("memory")))))
    root = await serve(app)
    token = await associated(client, root, png, "conv_secret")
    happenings = app[HAPPENINGS]
    async with watching(client, root, token, "conv_secret") as stream:
        await stream.told(1)
        assert happenings._watching == 1
    await until(lambda: happenings._watching == 0)
    headers = {"Authorization": f"Bearer {token}"}
    await client.delete(f"{root}/context/conv_secret", headers=headers)
    assert len(happenings) == 0
    gc.collect()
    events = [one for one in gc.get_objects() if isinstance(one, Event)]
    assert not [event for event in events if event.at >= began]


async def test_a_watcher_that_does_not_read_is_let_go_of(
    client: aiohttp.ClientSession, serve: Serve, png: bytes
) -> None:
    app = create_app(Config(injector=Injector(images=Images(store=Place("memory")))))
    root = await serve(app)
    token = await associated(client, root, png)
    happenings = app[HAPPENINGS]
    host, port = root.removeprefix("http://").split(":")
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(lazy, (host, int(port)))
        head = f"GET /context/conv_1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}"
        await loop.sock_sendall(lazy, f"{head}\r\n\r\n".encode())
        await until(lambda: happenings._watching == 1)
        sent = 0
        while happenings._watching and sent < 64 * 2000:
            for _ in range(64):
                happenings.tell("conv_1", "turn", turn=sent, context="attached", images=1)
                sent += 1
            await asyncio.sleep(0.001)
    assert happenings._watching == 0, f"{sent} events, of at most {MOST_WAITING} bytes"
    async with watching(client, root, token) as stream:
        assert len(await stream.told(64)) == 64


async def test_streams_end_at_once_when_the_endpoint_stops(
    client: aiohttp.ClientSession, png: bytes
) -> None:
    app = create_app(Config(injector=Injector(images=Images(store=Place("memory")))))
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=60)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    token = await associated(client, root, png)
    async with watching(client, root, token) as stream:
        await stream.told(1)
        async with asyncio.timeout(10):
            await runner.cleanup()
        assert await stream.event() is None


async def test_what_expires_unwatched_is_forgotten_by_the_next_sweep(
    client: aiohttp.ClientSession, serve: Serve, png: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.sweeping.EVERY", 0.02)
    monkeypatch.setattr("injector.sweeping.FIRST", 0.02)
    now = time.time()
    happenings = Happenings(clock=lambda: now)
    monkeypatch.setattr("injector.app.Happenings", lambda: happenings)
    root = await serve(
        create_app(Config(injector=Injector(images=Images(store=Place("memory"), ttl=60.0))))
    )
    await associated(client, root, png)
    await asyncio.sleep(0.1)
    assert len(happenings) == 1
    now += 61
    await until(lambda: len(happenings) == 0)


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("not in time")
