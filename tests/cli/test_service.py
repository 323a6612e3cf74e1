"""How a service is run, whichever it is."""

import asyncio
import gzip
from contextlib import suppress

import aiohttp
import pytest
from aiohttp import web

from cli.service import _serve
from contract.config import Address


async def test_nothing_is_unpacked_that_nobody_has_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app = web.Application()
    app.router.add_post("/", echo)
    serving = asyncio.create_task(_serve(app, Address("127.0.0.1", 0), "it"))
    told = ""
    while not told:
        await asyncio.sleep(0.01)
        told = capsys.readouterr().out
    packed = gzip.compress(bytes(100_000))
    headers = {"Content-Encoding": "gzip"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(told.removeprefix("it: ").strip(), data=packed, headers=headers) as answer,
    ):
        assert await answer.read() == packed
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
