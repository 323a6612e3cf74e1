"""The load of uploads counts what was taken, and tells what was not."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bench.pictures.uploader import uploads

Serve = Callable[[web.Application], Awaitable[str]]


async def port_of(serve: Serve, *, status: int, seen: list[bytes]) -> int:
    async def upload(request: web.Request) -> web.Response:
        seen.append(await request.read())
        return web.json_response({"error": "why"}, status=status)

    app = web.Application()
    app.router.add_post("/upload_image", upload)
    port = urlsplit(await serve(app)).port
    assert port is not None
    return port


async def test_uploads_are_timed(serve: Serve) -> None:
    seen: list[bytes] = []
    found = await uploads(await port_of(serve, status=201, seen=seen), b"pixels", 3, 0.05)
    assert len(found["upload_ms"]) == len(seen) >= 3
    assert set(seen) == {b"pixels"}
    assert found["failed"] == 0


async def test_an_upload_that_is_refused_is_told(serve: Serve) -> None:
    found = await uploads(await port_of(serve, status=429, seen=[]), b"pixels", 2, 0.02)
    assert found["upload_ms"] == []
    assert found["failed"] >= 2
    assert found["failures"][0] == '429: {"error": "why"}'
