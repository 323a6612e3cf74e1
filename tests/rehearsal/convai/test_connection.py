"""A client that reads nothing: nobody waits for it for ever, and nobody else waits at all."""

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from rehearsal.convai import connection
from rehearsal.convai.app import create_app
from tests.rehearsal.convai.clients import PATIENCE, TEXT_ONLY, Endpoint, says
from tests.rehearsal.convai.conftest import Connect, Platform, Serve

FLOOD = says(*["x" * 60_000] * 200)  # more than sockets hold
UPGRADE = (
    "GET /v1/convai/conversation?agent_id=rehearsal HTTP/1.1\r\nHost: x\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n\r\n"
)


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        yield client


async def call(client: socket.socket, root: str) -> None:
    """Open a conversation and say something, without ever reading."""
    client.setblocking(False)
    at = urlsplit(root)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (at.hostname, at.port))
    opening: Any = {"type": "conversation_initiation_client_data"} | TEXT_ONLY
    hello = {"type": "user_message", "text": "hello"}
    await loop.sock_sendall(client, UPGRADE.encode() + frame(opening) + frame(hello))


def frame(value: Any) -> bytes:
    """Return a text frame; its mask changes nothing."""
    data = json.dumps(value).encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
    return b"\x81" + length + bytes(4) + data


class Ends:
    """Keeps how conversations ended."""

    def __init__(self) -> None:
        self.first = asyncio.get_running_loop().create_future()

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: None

    def ended(self, _: str, code: int | None, reason: str) -> None:
        self.first.set_result((code, reason))


async def test_a_client_that_reads_nothing_is_let_go_and_holds_up_nobody(
    platform: Platform,
    connect: Connect,
    endpoint: Endpoint,
    deaf: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "_PATIENCE", 0.3)
    endpoint.plays = [FLOOD, says("all well")]
    ends = Ends()
    root = await platform(watcher=ends)
    await call(deaf, root)
    async with asyncio.timeout(PATIENCE):
        await endpoint.asked.wait()
        other = await connect(root, opening=TEXT_ONLY)
        await other.answer()
        await other.say("hello")
        assert await other.answer() == "all well"
        assert await ends.first == (1006, "The client read nothing for 0.3 s")
        await endpoint.left.wait()


async def test_a_client_that_reads_nothing_does_not_keep_the_platform_from_stopping(
    endpoint: Endpoint, serve: Serve, deaf: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_FAREWELL", 0.3)
    endpoint.plays = [FLOOD]
    ends = Ends()
    runner = web.AppRunner(create_app(f"{await serve(endpoint.app())}/v1", watcher=ends))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await call(deaf, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await endpoint.asked.wait()
    await asyncio.sleep(0.5)
    async with asyncio.timeout(PATIENCE):
        await runner.cleanup()
    assert await ends.first == (1001, "The rehearsal is stopped")
