import asyncio
import base64
import colorsys
import hashlib
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import openai
import pytest
from aiohttp import web
from openai import AsyncOpenAI
from PIL import Image

from contract.errors import StoreFailed
from injector.context import STORE_TIMEOUT
from injector.picture import Aim, prepare
from injector.shared import Context
from rehearsal.eyes import describe
from rehearsal.model import create_app as stand_in

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Share: TypeAlias = Callable[..., Awaitable[str]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Upstream: TypeAlias = Callable[..., Awaitable[str]]

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
WHAT: dict[str, Any] = {"role": "user", "content": "What do you see?"}
TOOL: Any = {"type": "function", "function": {"name": "end_call", "parameters": {"type": "object"}}}


def chunk(delta: dict[str, Any], **more: Any) -> bytes:
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "gpt-4o-2024-08-06",
        "system_fingerprint": "fp_1",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None} | more],
    }
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


CALL = {"index": 0, "id": "call_1", "type": "function"}
SPOKEN = [
    chunk({"role": "assistant", "content": "", "refusal": None}),
    *(chunk({"content": word}) for word in ("I ", "see ", "a ", "🐈", "\n\n", "data: ", "\u2028")),
    chunk({"tool_calls": [CALL | {"function": {"name": "end_call", "arguments": ""}}]}),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"reason": "é"}'}}]}),
    chunk({}, finish_reason="tool_calls"),
    b": a comment\n\n",
    b"data: [DONE]\n\n",
]
WHOLE = {
    "id": "chatcmpl-2",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": "A cat 🐈",
                "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "n", "arguments": "{}"}}
                ],
            },
        }
    ],
    "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
}


@pytest.fixture
async def scripted(upstream: Upstream) -> str:
    """A model's side that always says the same, in pieces of every size."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if not body.get("stream"):
            return web.json_response(WHOLE)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        spoken, at = b"".join(SPOKEN), 0
        for size in (1, 2, 500, 37, 1000, len(spoken)):
            await response.write(spoken[at : at + size])
            await asyncio.sleep(0)
            at += size
        return response

    return await upstream(handle)


@pytest.fixture
async def clients() -> AsyncIterator[Callable[[str], AsyncOpenAI]]:
    """Official clients by their base URL."""
    made: list[AsyncOpenAI] = []

    def make(base_url: str) -> AsyncOpenAI:
        made.append(AsyncOpenAI(base_url=base_url, api_key="key", max_retries=0))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.mark.parametrize("tools", [[], [TOOL]])
async def test_the_official_client_gets_the_same_chunks_as_from_the_model(
    scripted: str,
    endpoint: Endpoint,
    clients: Callable[[str], AsyncOpenAI],
    share: Share,
    png: bytes,
    tools: list[Any],
) -> None:
    root = await endpoint(scripted)
    await share(root, png, ID)
    heard = []
    for base in (scripted, f"{root}/v1"):
        stream = await clients(base).chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": "What do you see?"}],
            stream=True,
            tools=tools or openai.omit,
            extra_headers={"X-Conversation-Id": ID},
        )
        heard.append([one.model_dump() async for one in stream])
    direct, relayed = heard
    assert len(direct) == len(SPOKEN) - 2
    assert relayed == direct


async def test_the_official_client_gets_the_same_whole_answer_as_from_the_model(
    scripted: str, endpoint: Endpoint, clients: Callable[[str], AsyncOpenAI]
) -> None:
    root = await endpoint(scripted)
    answers = [
        await clients(base).chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "?"}], tools=[TOOL]
        )
        for base in (scripted, f"{root}/v1")
    ]
    assert answers[0].model_dump() == answers[1].model_dump()
    assert answers[1].choices[0].message.content == "A cat 🐈"


async def test_the_official_client_raises_the_same_error_as_from_the_model(
    serve: Serve, endpoint: Endpoint, clients: Callable[[str], AsyncOpenAI]
) -> None:
    direct = await serve(stand_in(api_key="another")) + "/v1"
    root = await endpoint(direct)
    errors = []
    for base in (direct, f"{root}/v1"):
        with pytest.raises(openai.AuthenticationError) as caught:
            await clients(base).chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "?"}]
            )
        errors.append((str(caught.value), caught.value.body))
    assert errors[0] == errors[1]


async def test_the_model_sees_the_photograph_that_was_shared(
    serve: Serve,
    endpoint: Endpoint,
    clients: Callable[[str], AsyncOpenAI],
    share: Share,
    photos: dict[str, bytes],
) -> None:
    root = await endpoint(await serve(stand_in()) + "/v1")
    for number, (name, photo) in enumerate(photos.items()):
        await share(root, photo, f"conv_{number}")
        seen = base64.b64decode(json.loads(prepare(photo, Aim()).picture.part).partition(",")[2])
        answer = await clients(f"{root}/v1").chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": "What do you see?"}],
            extra_headers={"X-Conversation-Id": f"conv_{number}"},
        )
        said = answer.choices[0].message.content or ""
        assert said == f"(Stand-in model.) I see 1 picture. {describe(seen).sentence()}", name


class Recorder:
    """A model's side that keeps the bodies that it was sent, and says which pictures it saw."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    async def answer(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        self.bodies.append(body)
        await asyncio.sleep(0.01)
        return web.json_response({"saw": digests(body), "asked": body["messages"][-1]})


def digests(body: dict[str, Any]) -> list[str]:
    """Return the digests of the pictures in a body."""
    contents = [one["content"] for one in body["messages"] if isinstance(one.get("content"), list)]
    urls = [part["image_url"]["url"] for parts in contents for part in parts if "image_url" in part]
    return [hashlib.sha256(base64.b64decode(url.partition(",")[2])).hexdigest() for url in urls]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def coloured(number: int) -> bytes:
    """Return a picture of a colour of its own."""
    red, green, blue = colorsys.hsv_to_rgb(number / 40, 1, 0.5 + number / 80)
    buffer = io.BytesIO()
    colour = (int(red * 255), int(green * 255), int(blue * 255))
    Image.new("RGB", (32, 32), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_thirty_conversations_at_once_see_their_own_picture_and_no_other(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    recorder: Recorder,
    tmp_path: Path,
    kind: str,
) -> None:
    store = "memory:" if kind == "memory" else f"sqlite:{tmp_path}/x.db"
    root = await endpoint(await upstream(recorder.answer), store=store)
    pictures = [coloured(number) for number in range(30)]
    own = [prepare(picture, Aim()).picture.digest for picture in pictures]
    assert len(set(own)) == 30

    async def hold(number: int) -> None:
        await share(root, pictures[number], f"conv_{number}")
        for _ in range(4):
            said = {"role": "user", "content": f"I am {number}"}
            async with client.post(
                f"{root}/v1/chat/completions",
                json={"messages": [said], "stream": True},
                headers={"X-Conversation-Id": f"conv_{number}"},
            ) as response:
                assert response.headers["x-sightline-context"] == "attached;n=1"
                answer = await response.json()
                assert answer["saw"] == [own[number]]
                assert answer["asked"]["content"][0]["text"] == said["content"]

    await asyncio.gather(*map(hold, range(30)))
    assert len(recorder.bodies) == 120


async def turn(
    client: aiohttp.ClientSession, root: str, *, body: Any = None, **headers: str
) -> tuple[str, Any]:
    """Send a turn; give what the context header and the recorder say."""
    sent = body or {"model": "x", "messages": [WHAT]}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.post(f"{root}/v1/chat/completions", json=sent, headers=named) as response:
        assert response.status == 200, await response.text()
        return response.headers["x-sightline-context"], await response.json()


async def test_pictures_stand_in_the_order_in_which_they_were_shared(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    recorder: Recorder,
) -> None:
    root = await endpoint(await upstream(recorder.answer), images={"detail": "low"})
    order = [3, 1, 2]
    for number in order:
        await share(root, coloured(number), ID)
    context, answer = await turn(client, root, x_conversation_id=ID)
    assert context == "attached;n=3"
    assert answer["saw"] == [prepare(coloured(number), Aim()).picture.digest for number in order]
    parts = answer["asked"]["content"]
    assert parts[0] == {"type": "text", "text": WHAT["content"]}
    assert {part["image_url"]["detail"] for part in parts[1:]} == {"low"}


@pytest.mark.parametrize(
    ("value", "context"),
    [
        (None, "no-conversation-id"),
        ("", "no-conversation-id"),
        ("{{system__conversation_id}}", "no-conversation-id"),
        ("undefined", "no-conversation-id"),
        ("conv_of_somebody_else", "no-image"),
        (ID.upper(), "no-image"),
        (ID + "x", "no-image"),
        (ID[:-1], "no-image"),
    ],
)
async def test_a_turn_of_another_or_of_no_conversation_is_relayed_as_text(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    recorder: Recorder,
    png: bytes,
    value: str | None,
    context: str,
) -> None:
    root = await endpoint(await upstream(recorder.answer))
    await share(root, png, ID)
    given = {} if value is None else {"x_conversation_id": value}
    assert await turn(client, root, **given) == (context, {"saw": [], "asked": WHAT})


async def test_an_id_in_the_prompt_is_found_as_well(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    recorder: Recorder,
    png: bytes,
) -> None:
    path = {"from": "$request.body#/messages/0/content", "match": "conv_[a-z0-9]+"}
    root = await endpoint(await upstream(recorder.answer), paths=(path,))
    await share(root, png, ID)
    body = {"messages": [{"role": "system", "content": f"Be kind. This is {ID}."}, WHAT]}
    context, answer = await turn(client, root, body=body)
    assert context == "attached;n=1"
    assert answer["saw"] == [prepare(png, Aim()).picture.digest]


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "system", "content": "Be kind."}],
        [{"role": "assistant", "content": "Hello!"}],
    ],
)
async def test_a_turn_in_which_nobody_has_spoken_is_answered(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    recorder: Recorder,
    png: bytes,
    messages: list[Any],
) -> None:
    root = await endpoint(await upstream(recorder.answer))
    await share(root, png, ID)
    context, answer = await turn(client, root, body={"messages": messages}, x_conversation_id=ID)
    assert (context, answer) == ("attached;n=0", {"saw": [], "asked": messages[-1]})


class Broken:
    """A store that fails when it is asked for pictures."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def context(self, _: str) -> Context:
        raise self._error


class Hanging:
    """A store that never answers."""

    async def context(self, _: str) -> Context:
        await asyncio.sleep(30)
        return Context()


@pytest.mark.parametrize(
    "error", [StoreFailed("the disk is full"), TimeoutError(), OSError("gone"), KeyError("a fault")]
)
async def test_a_store_that_fails_costs_the_picture_and_not_the_turn(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    recorder: Recorder,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    root = await endpoint(await upstream(recorder.answer), keeps=Broken(error))
    context, answer = await turn(client, root, x_conversation_id=ID)
    assert (context, answer["asked"]) == ("store-error", WHAT)
    assert "goes on without its pictures" in caplog.text


async def test_a_store_that_hangs_costs_half_a_second_at_most(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, recorder: Recorder
) -> None:
    root = await endpoint(await upstream(recorder.answer), keeps=Hanging())
    began = time.perf_counter()
    context, answer = await turn(client, root, x_conversation_id=ID)
    assert (context, answer["asked"]) == ("store-error", WHAT)
    assert STORE_TIMEOUT <= 0.5
    assert time.perf_counter() - began < STORE_TIMEOUT + 0.5


@pytest.mark.parametrize("value", [b"conv_\xff", b"conv_\xed\xa0\x80"])
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_an_id_that_is_no_text_does_not_cost_the_turn(
    upstream: Upstream,
    endpoint: Endpoint,
    recorder: Recorder,
    tmp_path: Path,
    kind: str,
    value: bytes,
) -> None:
    store = "memory:" if kind == "memory" else f"sqlite:{tmp_path}/x.db"
    root = await endpoint(await upstream(recorder.answer), store=store)
    body = json.dumps({"messages": [WHAT]}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"X-Conversation-Id: " + value + b"\r\nConnection: close\r\n\r\n")
    writer.write(body)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"x-sightline-context: no-conversation-id" in answer


async def test_nothing_private_is_written_to_the_log(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    share: Share,
    recorder: Recorder,
    png: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    base = await upstream(recorder.answer)
    root = await endpoint(base, api_key="sk-private", bearer="bearer-private")
    temporary_id = await share(root, png, ID)
    said = {"messages": [{"role": "user", "content": "said-private"}]}
    for bearer in ("bearer-private", "bearer-wrong"):
        headers = {"X-Conversation-Id": ID, "Authorization": f"Bearer {bearer}"}
        url = f"{root}/v1/chat/completions"
        async with client.post(url, json=said, headers=headers) as response:
            await response.read()
    private = ["sk-private", "bearer-", "said-private", "base64", temporary_id, root + "?"]
    private.append(base64.b64encode(png).decode()[:40])
    assert [word for word in private if word in caplog.text] == []
    assert "attached;n=1" in caplog.text


@pytest.mark.parametrize(("end", "lines_said"), [("\r\n\x1b[2J", 3), ("\u2028", 5)])
async def test_an_id_forges_no_line_of_the_log(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    recorder: Recorder,
    caplog: pytest.LogCaptureFixture,
    end: str,
    lines_said: int,
) -> None:
    caplog.set_level(logging.INFO, "sightline")
    paths = ("$request.body#/id",)
    for options in ({}, {"keeps": Broken(StoreFailed("x"))}, {"keeps": Broken(KeyError("x"))}):
        root = await endpoint(await upstream(recorder.answer), paths=paths, **options)
        body = {"id": f"conv_1{end}turn forged: attached\u202e", "messages": [WHAT]}
        await turn(client, root, body=body)
    lines = [one.getMessage() for one in caplog.records if one.name == "sightline.injector"]
    assert len(lines) == lines_said  # no store is asked about what is no ID
    assert not any(mark in line for line in lines for mark in "\r\n\x1b\u2028\u202e")


async def test_an_answer_that_tells_of_our_trouble_says_what_was_attached(
    endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    root = await endpoint("http://127.0.0.1:9/v1", first_byte_timeout=0.3)
    await share(root, png, ID)
    url = f"{root}/v1/chat/completions"
    headers = {"X-Conversation-Id": ID}
    async with client.post(url, json={"messages": [WHAT]}, headers=headers) as response:
        assert response.status == 502
        assert response.headers["x-sightline-context"] == "attached;n=1"
        assert "inject;dur=" in response.headers["server-timing"]


async def test_a_turn_says_how_long_each_part_took(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, recorder: Recorder
) -> None:
    root = await endpoint(await upstream(recorder.answer))
    async with client.post(f"{root}/v1/chat/completions", json={"messages": [WHAT]}) as response:
        spent = dict(part.split(";dur=") for part in response.headers["server-timing"].split(", "))
    assert list(spent) == ["locate", "store", "inject", "connect", "first_byte"]
    assert float(spent["first_byte"]) >= 9
    assert all(float(part) >= 0 for part in spent.values())


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"", None),
        (b"hello", None),
        (b"[1]", None),
        (b"{}", "messages"),
        (b'{"messages":["x"]}', "messages[0]"),
        (b'{"messages":[{"content":1}]}', "messages[0].content"),
    ],
)
async def test_a_body_that_is_no_turn_is_refused_and_reaches_nobody(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    recorder: Recorder,
    body: bytes,
    param: str | None,
) -> None:
    root = await endpoint(await upstream(recorder.answer))
    async with client.post(f"{root}/v1/chat/completions", data=body) as response:
        assert response.status == 400
        error = (await response.json())["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert recorder.bodies == []


@pytest.mark.parametrize("coding", ["gzip", "br", "x-unknown"])
async def test_a_body_that_is_not_compressed_as_it_says_is_refused(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    recorder: Recorder,
    coding: str,
) -> None:
    root = await endpoint(await upstream(recorder.answer))
    headers = {"Content-Encoding": coding}
    async with client.post(
        f"{root}/v1/chat/completions", data=b"\xff" * 100, headers=headers
    ) as response:
        assert response.status == 400
    assert recorder.bodies == []


@pytest.mark.parametrize("stream", [True, False])
async def test_a_fault_of_our_own_is_told_in_a_sentence_and_kills_no_call(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    stream: bool,
) -> None:
    root = await endpoint(await upstream(recorder.answer))

    def fault(*_: object) -> None:
        raise IndexError("a fault")

    monkeypatch.setattr("injector.serving.relayed", fault)
    body = {"messages": [WHAT], "stream": stream}
    async with client.post(f"{root}/v1/chat/completions", json=body) as response:
        said = await response.text()
        assert response.status == (200 if stream else 500)
        fallback = response.headers.get("x-sightline-fallback")
    assert ("I'm sorry" in said) is stream
    assert fallback == ("a fault of Sightline" if stream else None)
    assert "IndexError" in caplog.text
    assert recorder.bodies == []
