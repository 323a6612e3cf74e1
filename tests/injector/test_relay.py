import asyncio
import gzip
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from injector.relay import pass_back

Upstream: TypeAlias = Callable[..., Awaitable[str]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]

TURN: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "?"}]}
STREAMED = TURN | {"stream": True}
SPOKEN = b'data: {"choices": [{"delta": {"content": "I"}}]}\n\n'
STREAM = {"Content-Type": "text/event-stream"}


@pytest.mark.parametrize("turn", [TURN, STREAMED])
async def test_pieces_go_on_as_they_come(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, turn: Any
) -> None:
    first_has_arrived = asyncio.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=STREAM)
        await response.prepare(request)
        await response.write(SPOKEN + b"data: one, which has no end")
        await asyncio.wait_for(first_has_arrived.wait(), 5)
        await response.write(b" yet\n\ndata: two\n\n")
        return response

    root = await endpoint(await upstream(handle))
    async with client.post(f"{root}/v1/chat/completions", json=turn) as response:
        assert await response.content.readany() == SPOKEN + b"data: one, which has no end"
        first_has_arrived.set()
        assert await response.content.read() == b" yet\n\ndata: two\n\n"


@pytest.mark.parametrize("turn", [TURN, STREAMED])
async def test_pieces_keep_their_bounds(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, turn: Any
) -> None:
    taken = asyncio.Semaphore(0)
    sent = [SPOKEN] + [
        bytes([65 + number]) * size for number, size in enumerate((1, 7, 4096, 3, 30_000, 2))
    ]

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=STREAM)
        await response.prepare(request)
        for piece in sent:
            await response.write(piece)
            await taken.acquire()
        return response

    root = await endpoint(await upstream(handle))
    async with client.post(f"{root}/v1/chat/completions", json=turn) as response:
        for piece in sent:
            assert await response.content.readexactly(len(piece)) == piece
            assert response.content.total_bytes == sum(map(len, sent[: sent.index(piece) + 1]))
            taken.release()
        assert await response.content.read() == b""


BODIES = [
    b"",
    b"data: [DONE]\n\n",
    b"\x00\xff not text \r\n\r",
    b": comment\r\ndata: {}\r\r",
    b"x" * 3_000_000,
]


@pytest.mark.parametrize("body", BODIES, ids=len)
@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_comes_back_byte_for_byte(
    upstream: Upstream,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    body: bytes,
    *,
    chunked: bool,
) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/x-odd"})
        if not chunked:
            response.content_length = len(body)
        await response.prepare(request)
        await response.write(body)
        return response

    root = await endpoint(await upstream(handle))
    async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
        assert await response.read() == body
        assert response.headers["Content-Type"] == "application/x-odd"
        assert response.headers.get("Content-Length") == (None if chunked else str(len(body)))


ERRORS = [
    (400, {"error": {"message": "Unknown parameter", "type": "invalid_request_error"}}),
    (401, {"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}}),
    (404, {"error": {"message": "no such model", "code": "model_not_found"}}),
    (429, {"error": {"message": "Rate limit reached", "type": "requests"}}),
    (500, {"error": {"message": "The server had an error"}}),
    (503, {"error": {"message": "overloaded"}}),
]


@pytest.mark.parametrize(("status", "error"), ERRORS)
async def test_an_error_of_the_models_side_passes_as_it_is(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession, status: int, error: Any
) -> None:
    async def handle(_: web.Request) -> web.Response:
        headers = {"Retry-After": "7", "x-request-id": "req_1"}
        return web.json_response(error, status=status, reason="As It Was", headers=headers)

    root = await endpoint(await upstream(handle))
    async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
        assert (response.status, response.reason) == (status, "As It Was")
        assert await response.json() == error
        assert response.headers["Retry-After"] == "7"
        assert response.headers["x-request-id"] == "req_1"
        assert response.headers["x-sightline-context"] == "no-conversation-id"


async def test_headers_come_back_but_for_those_of_the_connection(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    given = CIMultiDict(
        [
            ("Content-Type", "application/json"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Server", "the model's"),
            ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("openai-processing-ms", "12"),
            ("Connection", "keep-alive, x-private"),
            ("x-private", "1"),
            ("Keep-Alive", "timeout=5"),
            ("Proxy-Authenticate", "Basic"),
            ("Trailer", "x"),
        ]
    )

    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=b"{}", headers=given)

    base = await upstream(handle)
    root = await endpoint(base)
    async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
        assert response.headers.getall("Set-Cookie") == ["a=1", "b=2"]
        back = {name.lower(): value for name, value in response.headers.items()}
    dropped = {"set-cookie", "connection", "x-private", "keep-alive", "proxy-authenticate"}
    kept = {name.lower(): value for name, value in given.items() if name.lower() not in dropped}
    del kept["trailer"]
    assert kept.items() <= back.items()
    own = {"content-length", "set-cookie", "x-sightline-context", "server-timing"}
    assert back.keys() == kept.keys() | own


async def test_a_stream_is_marked_so_that_no_proxy_holds_it_back(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    async def handle(_: web.Request) -> web.Response:
        headers = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "private"}
        return web.Response(body=b"data: 1\n\n", headers=headers)

    root = await endpoint(await upstream(handle))
    async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
        assert response.headers["X-Accel-Buffering"] == "no"
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"


async def test_compressed_bytes_pass_untouched(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    packed = gzip.compress(b"data: hello\n\n" * 100, mtime=0)
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"} | STREAM)

    root = await endpoint(await upstream(handle))
    headers = {"Accept-Encoding": "gzip;q=1.0, zstd"}
    async with client.post(f"{root}/v1/chat/completions", json=TURN, headers=headers) as response:
        assert await response.read() == packed
        assert response.headers["Content-Encoding"] == "gzip"
    assert asked == ["gzip;q=1.0, zstd"]


async def test_a_redirect_is_shown_and_not_followed(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "http://127.0.0.1:9/elsewhere"})

    root = await endpoint(await upstream(handle))
    url = f"{root}/v1/chat/completions"
    async with client.post(url, json=TURN, allow_redirects=False) as response:
        assert response.status == 307
        assert response.headers["Location"] == "http://127.0.0.1:9/elsewhere"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "ending"),
    [
        (CHUNKED + b"9\r\ndata: 1\n\n\r\n", b""),
        (CHUNKED + b"9\r\ndata: 1\n\n\r\n", b"9\r\ndata"),
        (CHUNKED + b"9\r\ndata: 1\n\n\r\n", b"no size\r\nof a chunk\r\n"),
        (HEAD + b"Content-Length: 100\r\n\r\ndata: 1\n\n", b""),
    ],
    ids=["between chunks", "inside a chunk", "no chunk at all", "before its length"],
)
async def test_where_the_models_side_breaks_off_so_does_the_connection(
    raw_upstream: Upstream,
    endpoint: Endpoint,
    caplog: pytest.LogCaptureFixture,
    head: bytes,
    ending: bytes,
) -> None:
    caplog.set_level(logging.ERROR)
    first_has_arrived = asyncio.Event()

    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await asyncio.wait_for(first_has_arrived.wait(), 5)
        writer.write(ending)
        await writer.drain()

    root = await endpoint(await raw_upstream(speak), idle_timeout=0.5)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    body = b'{"messages":[{"role":"user","content":"?"}]}'
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    writer.write(body)
    seen = await asyncio.wait_for(reader.readuntil(b"data: 1\n\n"), 5)
    first_has_arrived.set()
    rest = b""
    try:
        rest = await asyncio.wait_for(reader.read(), 5)
    except ConnectionResetError:
        pass
    finally:
        writer.close()
    assert seen.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"0\r\n\r\n" not in rest
    assert b"HTTP/1.1" not in rest
    assert b"[DONE]" not in rest
    assert caplog.records == []


async def test_a_stream_that_falls_silent_is_broken_off(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=STREAM)
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await asyncio.sleep(30)
        return response

    root = await endpoint(await upstream(handle), idle_timeout=0.2)
    async with client.post(f"{root}/v1/chat/completions", json=TURN) as response:
        assert await response.content.readany() == b"data: 1\n\n"
        with pytest.raises(aiohttp.ClientError):
            await response.content.read()


def passed(given: CIMultiDict[str]) -> list[tuple[str, str]]:
    headers: CIMultiDict[str] = CIMultiDict()
    pass_back(tuple(given.items()), headers)
    return list(headers.items())


@pytest.mark.parametrize(
    "name",
    [
        "Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    ],
)
def test_a_header_of_one_connection_is_not_passed_back(name: str) -> None:
    given = CIMultiDict([(name, "1"), ("x-other", "2"), (name.lower(), "3")])
    assert passed(given) == [("x-other", "2")]


def test_headers_that_the_connection_names_are_not_passed_back() -> None:
    given = CIMultiDict({"Connection": "close, X-Mine ,", "x-mine": "1", "x-other": "2"})
    assert passed(given) == [("x-other", "2")]
