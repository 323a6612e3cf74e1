import asyncio
import contextlib
import io
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web

Upstream: TypeAlias = Callable[..., Awaitable[str]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]

TURN: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "?"}]}
STREAMED = TURN | {"stream": True}


class Recorder:
    """A model's side that answers everything and keeps what it was sent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.method, request.raw_path, headers, await request.read()))
        return web.json_response({"ok": True}, headers={"Set-Cookie": "who=anna; Path=/"})

    @property
    def headers(self) -> dict[str, str]:
        return self.requests[-1][2]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def error_of(client: aiohttp.ClientSession, root: str) -> tuple[int, dict[str, Any]]:
    async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
        return response.status, (await response.json())["error"]


async def test_nobody_there_is_said(
    endpoint: Endpoint, client: aiohttp.ClientSession, unused_port: int
) -> None:
    root = await endpoint(f"http://127.0.0.1:{unused_port}/v1", first_byte_timeout=0.3)
    status, error = await error_of(client, root)
    assert (status, error["type"], error["code"]) == (502, "server_error", "upstream_failed")
    assert f"http://127.0.0.1:{unused_port}/v1 cannot be reached" in error["message"]
    assert "injector.upstream.base_url" in error["message"]


async def test_a_name_that_nobody_has_is_said(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint("http://no-such-host.invalid/v1", first_byte_timeout=0.3)
    status, error = await error_of(client, root)
    assert (status, error["code"]) in {(502, "upstream_failed"), (504, "upstream_timeout")}


async def test_a_side_that_speaks_no_tls_is_said(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, recorder: Recorder
) -> None:
    base = await upstream(recorder.answer)
    root = await endpoint(base.replace("http:", "https:"), first_byte_timeout=0.3)
    status, error = await error_of(client, root)
    assert (status, error["code"]) == (502, "upstream_failed")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    ],
)
async def test_a_side_that_breaks_off_before_its_answer_is_said(
    raw_upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, said: bytes
) -> None:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    root = await endpoint(await raw_upstream(speak), first_byte_timeout=0.3)
    status, error = await error_of(client, root)
    assert (status, error["code"]) == (502, "upstream_failed")
    assert "broke off before its answer" in error["message"]


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\n"],
)
async def test_a_silent_side_is_not_waited_for(
    raw_upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, said: bytes
) -> None:
    hung_up = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await reader.read()
        hung_up.set()

    root = await endpoint(await raw_upstream(speak), idle_timeout=0.2, first_byte_timeout=0.1)
    status, error = await error_of(client, root)
    assert (status, error["type"], error["code"]) == (504, "server_error", "upstream_timeout")
    assert "it said nothing within 0.2 s" in error["message"]
    await asyncio.wait_for(hung_up.wait(), 1)


async def test_a_connection_that_is_not_accepted_is_not_waited_for(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):  # fill the queue of those who wait to be accepted
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        root = await endpoint(
            f"http://127.0.0.1:{full.getsockname()[1]}/v1",
            connect_timeout=0.2,
            first_byte_timeout=0.5,
        )
        status, error = await error_of(client, root)
    assert (status, error["code"]) == (504, "upstream_timeout")
    assert "no connection" in error["message"]
    assert "within 0.2 s" in error["message"]


async def test_a_client_that_leaves_before_the_first_byte_ends_the_models_work(
    upstream: Upstream, endpoint: Endpoint
) -> None:
    asked, ended = asyncio.Event(), asyncio.Event()

    async def handle(_: web.Request) -> web.Response:
        asked.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()
        return web.Response()

    root = await endpoint(await upstream(handle), first_byte_timeout=30.0)
    async with aiohttp.ClientSession() as session:
        turn = asyncio.create_task(session.post(f"{root}/v1/chat/completions", json=TURN))
        await asyncio.wait_for(asked.wait(), 5)
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
        await asyncio.wait_for(ended.wait(), 1)


async def test_a_client_that_leaves_in_the_middle_ends_the_models_work(
    upstream: Upstream, endpoint: Endpoint
) -> None:
    ended = asyncio.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()
        return response

    root = await endpoint(await upstream(handle), idle_timeout=30.0)
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{root}/v1/chat/completions", json=TURN) as response,
    ):
        assert await response.content.readany() == b"data: 1\n\n"
        response.close()
        await asyncio.wait_for(ended.wait(), 1)


async def test_one_connection_serves_turn_after_turn(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    ports = set()

    async def handle(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response(body=b"data: [DONE]\n\n")

    root = await endpoint(await upstream(handle))
    for _ in range(5):
        async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
            await response.read()
    assert len(ports) == 1


KEY = "sk-of-the-configuration"
SECRET = "the-platform's-secret"


@pytest.mark.parametrize(
    ("api_key", "bearer", "expected"),
    [
        (KEY, "", f"Bearer {KEY}"),
        (KEY, SECRET, f"Bearer {KEY}"),
        ("", SECRET, None),  # it is a secret between the platform and us
        ("", "", f"Bearer {SECRET}"),
    ],
)
async def test_the_models_side_is_sent_the_key_that_is_meant_for_it(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    recorder: Recorder,
    api_key: str,
    bearer: str,
    expected: str | None,
) -> None:
    root = await endpoint(await upstream(recorder.answer), api_key=api_key, bearer=bearer)
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with client.post(f"{root}/v1/chat/completions", json=TURN, headers=headers) as response:
        assert response.status == 200
    assert recorder.headers.get("authorization") == expected


async def test_what_is_between_the_platform_and_us_does_not_reach_the_models_side(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, recorder: Recorder
) -> None:
    root = await endpoint(await upstream(recorder.answer), model=None)
    between = {
        "X-Conversation-Id": "conv_1",
        "Cookie": "a=1",
        "xi-api-key": "k",
        "Origin": "http://a",
    }
    passed = {
        "Accept": "text/event-stream",
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": "i",
        "OpenAI-Beta": "b",
        "OpenAI-Organization": "o",
        "OpenAI-Project": "p",
    }
    body = json.dumps(TURN).encode()
    async with client.post(
        f"{root}/v1/chat/completions?key=secret", data=body, headers=between | passed
    ) as response:
        assert response.status == 200
    method, path, headers, sent = recorder.requests[-1]
    assert (method, path, sent) == ("POST", "/v1/chat/completions", body)
    assert {name.lower(): value for name, value in passed.items()}.items() <= headers.items()
    allowed = {name.lower() for name in passed} | {"host", "content-length", "accept-encoding"}
    assert headers.keys() == allowed


async def test_a_cookie_of_one_turn_is_nothing_to_the_next(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, recorder: Recorder
) -> None:
    base = await upstream(recorder.answer)
    root = await endpoint(base.replace("127.0.0.1", "localhost"))
    for _ in range(2):
        async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
            assert response.headers["Set-Cookie"] == "who=anna; Path=/"
    assert len(recorder.requests) == 2
    assert "cookie" not in recorder.headers


@pytest.mark.parametrize("name", ["Accept", "Content-Type", "Authorization", "OpenAI-Beta"])
async def test_a_header_that_is_no_text_does_not_cost_the_turn(
    upstream: Upstream, endpoint: Endpoint, recorder: Recorder, name: str
) -> None:
    root = await endpoint(await upstream(recorder.answer))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    body = json.dumps(TURN).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + name.encode() + b": \xff\xfe\r\nConnection: close\r\n\r\n" + body)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert len(recorder.requests) == 1


async def test_a_turn_larger_than_a_megabyte_reaches_the_models_side_whole(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, recorder: Recorder
) -> None:
    root = await endpoint(await upstream(recorder.answer), model=None)
    turn = {"messages": [{"role": "user", "content": "é" * 1_500_000}]}
    body = io.BytesIO(json.dumps(turn).encode())
    async with client.post(f"{root}/v1/chat/completions", data=body) as response:
        assert response.status == 200
    assert json.loads(recorder.requests[-1][3]) == turn


async def test_a_kept_connection_that_was_just_closed_is_no_failure(
    raw_upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    connections = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        writer.write(answer)
        await reader.read(1)  # the next turn comes, and finds the connection closed

    root = await endpoint(await raw_upstream(speak))
    for _ in range(2):
        async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
            assert (response.status, await response.read()) == (200, b"{}")
    assert len(connections) == 2
