"""The platform's event after a call forgets it: once, if it is signed, and however large it is."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from contract.config import Config, Images, Injector, Webhooks
from contract.config.places import Store as Place
from contract.errors import StoreFailed
from contract.fieldpath import parse
from injector.app import create_app
from injector.parts import STORE
from injector.rights.signature import TOLERANCE, Signed
from injector.sharing import webhook
from injector.store import Limits
from injector.store.memory import MemoryStore

Serve = Callable[..., Awaitable[str]]
Share = Callable[..., Awaitable[str]]

SECRET = "wsec_planted-for-tests"


@pytest.fixture
def hooked(serve: Serve) -> Callable[..., Awaitable[str]]:
    """Start the endpoint with a webhook's secret; give its address."""

    async def start(secret: str = SECRET, keeps: Any = None, place: str = "memory:") -> str:
        app = create_app(
            Config(
                conversation_id=(parse("$request.header.x-conversation-id"),),
                injector=Injector(
                    images=replace(Images(), store=Place.parse(place)), webhooks=Webhooks(secret)
                ),
            )
        )

        async def another(app: Any) -> AsyncIterator[None]:
            if keeps is not None:
                app[STORE] = keeps
            yield

        app.cleanup_ctx.append(another)
        return await serve(app)

    return start


def event(
    kind: str = "post_call_transcription", conversation: str = "conv_1", **more: Any
) -> bytes:
    data = {"agent_id": "agent_1", "conversation_id": conversation, **more}
    return json.dumps({"type": kind, "event_timestamp": 1739537297, "data": data}).encode()


def signed(body: bytes, *, secret: str = SECRET, ago: float = 0.0) -> dict[str, str]:
    moment = str(int(time.time() - ago))
    digest = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"ElevenLabs-Signature": f"t={moment},v0={digest}", "Content-Type": "application/json"}


async def sent(
    client: aiohttp.ClientSession, root: str, body: Any, headers: dict[str, str]
) -> tuple[int, Any]:
    async with client.post(f"{root}/webhooks/elevenlabs", data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_other_work_goes_on_between_the_pieces_of_an_event_that_has_come() -> None:
    async def pieces(_: int) -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b'"'

    async def count() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    turns: list[int] = []
    other = asyncio.create_task(count())
    request: Any = SimpleNamespace(content=SimpleNamespace(iter_chunked=pieces))
    await webhook._skimmed(request, Signed("t=1,v0=00", SECRET))
    other.cancel()
    assert len(turns) >= 9


async def has(client: aiohttp.ClientSession, root: str, conversation: str = "conv_1") -> bool:
    async with client.get(f"{root}/context/{conversation}") as answer:
        return answer.status == 200


KINDS = ["post_call_transcription", "post_call_audio", "call_initiation_failure"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_call_that_is_over_is_forgotten(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    share: Share,
    png: bytes,
    kind: str,
) -> None:
    root = await hooked()
    await share(root, png, "conv_1")
    body = event(kind)
    assert await sent(client, root, body, signed(body)) == (200, {"forgotten": 1})
    assert not await has(client, root)
    async with client.get(f"{root}/metrics") as answer:
        assert 'sightline_pictures_forgotten_total{reason="webhook"} 1.0' in await answer.text()


async def test_a_conversation_that_nobody_knows_is_no_error(
    client: aiohttp.ClientSession, hooked: Callable[..., Awaitable[str]]
) -> None:
    body = event()
    assert await sent(client, await hooked(), body, signed(body)) == (200, {"forgotten": 0})


async def test_an_event_of_another_type_changes_nothing(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    share: Share,
    png: bytes,
) -> None:
    root = await hooked()
    await share(root, png, "conv_1")
    for body in (event("voice_removed"), b'{"type": "news"}'):
        assert await sent(client, root, body, signed(body)) == (200, {"forgotten": 0})
    assert await has(client, root)


BODY = event()
REFUSED: dict[str, tuple[bytes, Callable[[], dict[str, str]]]] = {
    "no signature": (BODY, dict),
    "no signature's form": (BODY, lambda: {"ElevenLabs-Signature": "v0=00"}),
    "another secret": (BODY, lambda: signed(BODY, secret="another")),
    "another body": (BODY + b" ", lambda: signed(BODY)),
    "too old": (BODY, lambda: signed(BODY, ago=TOLERANCE + 600)),
    "of the future": (BODY, lambda: signed(BODY, ago=-TOLERANCE - 600)),
}
"""Bodies, and what is sent with them, signed when it is sent."""


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_not_signed_now_with_the_secret_is_refused(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    share: Share,
    png: bytes,
    what: str,
) -> None:
    root = await hooked()
    await share(root, png, "conv_1")
    body, headers = REFUSED[what]
    status, told = await sent(client, root, body, headers())
    assert (status, told["error"]["code"]) == (401, "invalid_signature")
    assert await has(client, root)


@pytest.mark.parametrize("ago", [TOLERANCE - 60, 60 - TOLERANCE])
async def test_half_an_hour_is_near_enough(
    client: aiohttp.ClientSession, hooked: Callable[..., Awaitable[str]], ago: float
) -> None:
    assert (await sent(client, await hooked(), BODY, signed(BODY, ago=ago)))[0] == 200


async def test_without_a_secret_nothing_is_taken_and_the_setting_is_named(
    client: aiohttp.ClientSession, hooked: Callable[..., Awaitable[str]]
) -> None:
    status, told = await sent(client, await hooked(secret=""), BODY, signed(BODY))
    assert status == 404
    assert "injector.webhooks.elevenlabs" in told["error"]["message"]


@pytest.mark.parametrize("place", ["memory:", "sqlite:{}/store.db"])
async def test_the_same_message_counts_once_for_every_worker_and_after_a_restart(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    share: Share,
    png: bytes,
    place: str,
    tmp_path: Any,
) -> None:
    first = await hooked(place=place.format(tmp_path))
    second = first if place == "memory:" else await hooked(place=place.format(tmp_path))
    headers = signed(BODY)
    assert await sent(client, first, BODY, headers) == (200, {"forgotten": 0})
    await share(first, png, "conv_1")
    moment, digest = headers["ElevenLabs-Signature"].split(",")
    disguised = {"ElevenLabs-Signature": f"v0=00,{digest} , {moment}"}
    for again in (headers, disguised):
        status, told = await sent(client, second, BODY, again)
        assert (status, told["error"]["code"]) == (409, "replayed")
    assert await has(client, first)
    assert await sent(client, second, BODY, signed(BODY, ago=300)) == (200, {"forgotten": 1})


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"{", None),
        (b"[]", "type"),
        (b'{"type": 1}', "type"),
        (b'{"type": "post_call_audio"}', "data.conversation_id"),
        (b'{"type": "post_call_audio", "data": {"conversation_id": ""}}', "data.conversation_id"),
        (b'{"type": "post_call_audio", "data": {"conversation_id": 1}}', "data.conversation_id"),
    ],
)
async def test_a_signed_message_that_is_no_event_is_told_why(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    body: bytes,
    param: str | None,
) -> None:
    status, told = await sent(client, await hooked(), body, signed(body))
    assert (status, told["error"]["code"], told["error"]["param"]) == (400, "bad_request", param)


async def test_the_sound_of_a_long_call_is_taken(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    share: Share,
    png: bytes,
) -> None:
    root = await hooked()
    await share(root, png, "conv_1")
    body = event("post_call_audio", full_audio="UklGRg+/" * (3 << 20))

    async def chunked() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 1 << 20):
            yield body[at : at + (1 << 20)]

    headers = signed(body)
    assert await sent(client, root, chunked(), headers) == (200, {"forgotten": 1})


@pytest.mark.parametrize("limit", ["LARGEST", "MOST_KEPT"])
async def test_what_is_too_large_is_refused_as_it_comes(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
) -> None:
    monkeypatch.setattr(webhook, limit, 1 << 16)
    body = event(transcript=["x" * 1000] * 100)
    status, told = await sent(client, await hooked(), io.BytesIO(body), signed(body))
    assert (status, told["error"]["code"]) == (413, "too_large")


async def test_a_message_that_does_not_arrive_is_not_waited_for(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "PATIENCE", 0.1)

    async def slow() -> AsyncIterator[bytes]:
        yield BODY[:10]
        await asyncio.sleep(1)
        yield BODY[10:]

    status, told = await sent(client, await hooked(), slow(), signed(BODY))
    assert (status, told["error"]["code"]) == (408, "too_slow")


class Failing(MemoryStore):
    """Fails to forget the first time; `silent`: says nothing then."""

    def __init__(self, *, silent: bool) -> None:
        super().__init__(Limits())
        self.times = 0
        self.is_released = asyncio.Event()
        self._silent = silent

    async def forget(self, conversation_id: str) -> int:
        self.times += 1
        if self.times == 1:
            if self._silent:
                await asyncio.sleep(60)
            raise StoreFailed("the disk is gone")
        return await super().forget(conversation_id)

    async def release(self, name: str) -> None:
        await super().release(name)
        self.is_released.set()


@pytest.mark.parametrize("silent", [False, True])
async def test_a_message_that_could_not_be_followed_may_come_again(
    client: aiohttp.ClientSession,
    hooked: Callable[..., Awaitable[str]],
    share: Share,
    png: bytes,
    monkeypatch: pytest.MonkeyPatch,
    silent: bool,
) -> None:
    monkeypatch.setattr("injector.sharing.keeping.PATIENCE", 0.2)
    root = await hooked(keeps=Failing(silent=silent))
    await share(root, png, "conv_1")
    headers = signed(BODY)
    status, told = await sent(client, root, BODY, headers)
    assert (status, told["error"]["code"]) == (503, "store_failed")
    assert await sent(client, root, BODY, headers) == (200, {"forgotten": 1})


async def test_a_platform_that_leaves_may_send_the_same_again(
    client: aiohttp.ClientSession, hooked: Callable[..., Awaitable[str]]
) -> None:
    store = Failing(silent=True)
    root = await hooked(keeps=store)
    headers = signed(BODY)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await sent(client, root, BODY, headers)
    assert store.times == 1
    async with asyncio.timeout(2):
        await store.is_released.wait()
    assert (await sent(client, root, BODY, headers))[0] == 200


class Hesitant(MemoryStore):
    """Takes a moment for each claim, and tells when one is asked for and when one is taken back."""

    def __init__(self) -> None:
        super().__init__(Limits())
        self.is_asked = asyncio.Event()
        self.released = 0

    async def claim(self, name: str, seconds: float) -> bool:
        self.is_asked.set()
        await asyncio.sleep(0.2)
        return await super().claim(name, seconds)

    async def release(self, name: str) -> None:
        self.released += 1
        await super().release(name)


async def leaves(
    client: aiohttp.ClientSession, root: str, store: Hesitant, headers: dict[str, str]
) -> None:
    """Send the event, leave while it is being claimed, and wait until that is over."""
    store.is_asked.clear()
    sending = asyncio.create_task(sent(client, root, BODY, headers))
    await store.is_asked.wait()
    sending.cancel()
    await asyncio.sleep(0.5)


async def test_a_replay_that_leaves_lets_no_other_in(
    client: aiohttp.ClientSession, hooked: Callable[..., Awaitable[str]]
) -> None:
    store = Hesitant()
    root = await hooked(keeps=store)
    headers = signed(BODY)
    assert (await sent(client, root, BODY, headers))[0] == 200
    await leaves(client, root, store, headers)
    assert (await sent(client, root, BODY, headers))[0] == 409
    assert store.released == 0


async def test_a_platform_that_leaves_before_it_was_followed_may_send_the_same_again(
    client: aiohttp.ClientSession, hooked: Callable[..., Awaitable[str]]
) -> None:
    store = Hesitant()
    root = await hooked(keeps=store)
    headers = signed(BODY)
    await leaves(client, root, store, headers)
    assert store.released == 1
    assert (await sent(client, root, BODY, headers))[0] == 200
