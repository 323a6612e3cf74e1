"""Turns go on while pictures are decoded, whatever these do to their decoders."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest
from aiohttp import web

from injector.decoding import Decoders
from tests.injector.decoding.conftest import OBEY

Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Upstream: TypeAlias = Callable[..., Awaitable[str]]

TURN = {"messages": [{"role": "user", "content": "?"}]}


@pytest.fixture
async def root(endpoint: Endpoint, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> str:
    """An endpoint whose decoders do what pictures say."""
    monkeypatch.setattr("injector.app.Decoders", functools.partial(Decoders, prepare=OBEY))

    async def answered(_: web.Request) -> web.Response:
        return web.json_response({"choices": []})

    return await endpoint(await upstream(answered), store="memory:")


async def test_turns_go_on_while_pictures_hang_and_crash(
    root: str, client: aiohttp.ClientSession
) -> None:
    async def upload(data: bytes) -> int:
        async with client.post(f"{root}/upload_image", data=data) as response:
            return response.status

    words = [b"spin", b"sleep 60", b"signal 11", b"allocate 4000", b"good"]
    uploads = [asyncio.create_task(upload(data)) for data in words]
    for _ in range(20):
        headers = {"X-Conversation-Id": "conv_1"}
        async with client.post(
            f"{root}/v1/chat/completions", json=TURN, headers=headers
        ) as response:
            assert (response.status, response.headers["x-sightline-context"]) == (200, "no-image")
    assert not uploads[0].done()
    assert await asyncio.gather(*uploads) == [413, 413, 415, 413, 201]
