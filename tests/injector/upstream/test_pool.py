"""Connections over real sockets: made, kept, warmed, and told when they cannot be made."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
import uvloop

from injector.upstream import pool as pools
from injector.upstream.connection import Connection
from injector.upstream.pool import NoConnection, Pool, TooSlow

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """A model's side that says ok to everything, and counts its connections."""

    def __init__(self) -> None:
        self.port = 0
        self.made = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.made += 1
        self.tasks.append(cast("asyncio.Task[None]", asyncio.current_task()))
        self.writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(ANSWER)
        writer.close()

    @contextlib.asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
            await self.end()

    async def end(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=5)

    async def has_made(self, count: int) -> None:
        async with asyncio.timeout(5):
            while self.made < count:  # noqa: ASYNC110 - a server has no event for it
                await asyncio.sleep(0.01)


@pytest.fixture
async def server() -> Server:
    return Server()


@contextlib.asynccontextmanager
async def pool_of(url: str, connect_timeout: float = 2.0) -> AsyncIterator[Pool]:
    pool = Pool(url, connect_timeout)
    yield pool
    await pool.close()


async def ask(connection: Connection) -> bytes:
    connection.send([b"GET / HTTP/1.1\r\n\r\n"])
    assert (await connection.head()).status == 200
    said = await connection.piece()
    assert await connection.piece() == b""
    return said


async def test_what_was_read_to_its_end_is_used_again(server: Server) -> None:
    async with server.listening() as url, pool_of(url) as pool:
        assert pool.kept() is None
        first = await pool.connect()
        assert await ask(first) == b"ok"
        pool.give_back(first)
        assert pool.kept() is first
        assert pool.kept() is None
        assert server.made == 1


async def test_what_was_not_read_to_its_end_is_closed(server: Server) -> None:
    async with server.listening() as url, pool_of(url) as pool:
        connection = await pool.connect()
        connection.send([b"GET / HTTP/1.1\r\n\r\n"])
        pool.give_back(connection)
        assert pool.kept() is None


async def test_the_connection_that_was_used_last_is_used_next(server: Server) -> None:
    async with server.listening() as url, pool_of(url) as pool:
        one, two = await pool.connect(), await pool.connect()
        for connection in (one, two):
            await ask(connection)
            pool.give_back(connection)
        assert pool.kept() is two


async def test_a_connection_that_the_other_side_closed_is_not_used(server: Server) -> None:
    async with server.listening() as url, pool_of(url) as pool:
        connection = await pool.connect()
        await ask(connection)
        pool.give_back(connection)
        server.writers[0].close()
        async with asyncio.timeout(2):
            while connection.is_usable:  # noqa: ASYNC110 - nobody else needs an event for it
                await asyncio.sleep(0.005)
        assert pool.kept() is None


async def test_a_connection_that_has_waited_too_long_is_not_used(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with server.listening() as url, pool_of(url) as pool:
        connection = await pool.connect()
        await ask(connection)
        pool.give_back(connection)
        monkeypatch.setattr(pools, "KEPT", 0.0)
        assert pool.kept() is None
        assert not connection.is_usable


async def test_one_connection_is_open_before_the_first_turn_and_after_it_was_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "_CALM", 0.01)
    async with server.listening() as url, pool_of(url) as pool:
        pool.warm()
        await server.has_made(1)
        await asyncio.sleep(0.1)
        assert server.made == 1
        server.writers[0].close()
        await server.has_made(2)
        await asyncio.sleep(0.1)
        warm = pool.kept()
        assert warm is not None
        assert await ask(warm) == b"ok"
        assert server.made == 2


async def test_a_side_that_is_not_there_yet_is_warmed_when_it_is(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "_CALM", 0.01)
    monkeypatch.setattr(pools, "KEPT", 0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with pool_of(f"http://127.0.0.1:{port}") as pool:
        pool.warm()
        await asyncio.sleep(0.05)
        later = await asyncio.start_server(server.serve, "127.0.0.1", port)
        async with later:
            await server.has_made(1)
            await server.end()


async def test_closing_leaves_no_connection_and_no_task(server: Server) -> None:
    async with server.listening() as url:
        pool = Pool(url, 2.0)
        pool.warm()
        busy = await pool.connect()
        await pool.close()
        assert not busy.is_usable
        assert [one.get_name() for one in asyncio.all_tasks() if "warm" in one.get_name()] == []


async def test_nobody_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with pool_of(url) as pool:
        with pytest.raises(NoConnection, match="cannot be reached"):
            await pool.connect()


async def test_a_name_that_nobody_has_is_told() -> None:
    async with pool_of("http://no-such-host.invalid") as pool:
        with pytest.raises((NoConnection, TooSlow)):
            await pool.connect()


async def test_a_side_that_does_not_shake_hands_is_not_waited_for(server: Server) -> None:
    async with server.listening() as url, pool_of(url.replace("http:", "https:"), 0.3) as pool:
        with pytest.raises((NoConnection, TooSlow)):
            await pool.connect()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return ca


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def test_tls_is_spoken_where_the_certificate_holds(
    server: Server, authority: trustme.CA
) -> None:
    async with server.listening(certified(authority, "127.0.0.1")) as url, pool_of(url) as pool:
        connection = await pool.connect()
        assert await ask(connection) == b"ok"
        pool.give_back(connection)
        assert pool.kept() is connection


async def test_a_certificate_of_another_name_is_refused(
    server: Server, authority: trustme.CA
) -> None:
    async with server.listening(certified(authority, "model.example")) as url, pool_of(url) as pool:
        with pytest.raises(NoConnection, match="certificate"):
            await pool.connect()


async def test_a_certificate_of_a_stranger_is_refused(server: Server) -> None:
    stranger = certified(trustme.CA(), "127.0.0.1")
    async with server.listening(stranger) as url, pool_of(url) as pool:
        with pytest.raises(NoConnection, match="certificate"):
            await pool.connect()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_who_leaves_as_the_connection_is_made_harms_no_other(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, run: Callable[[Any], None]
) -> None:
    made: list[Connection] = []
    connecting: list[asyncio.Task[Connection]] = []
    connection_made = Connection.connection_made

    def leave(self: Connection, transport: asyncio.BaseTransport) -> None:
        connection_made(self, transport)
        made.append(self)
        if len(made) == 1:
            connecting[0].cancel()

    async def connect() -> None:
        monkeypatch.setattr(Connection, "connection_made", leave)
        server = Server()
        async with server.listening(certified(authority, "127.0.0.1")) as url, pool_of(url) as pool:
            connecting.append(asyncio.create_task(pool.connect()))
            with pytest.raises(asyncio.CancelledError):
                await connecting[0]
            # Its number is the lowest that is free, so that of the socket before if it was closed.
            assert await ask(await pool.connect()) == b"ok"
            async with asyncio.timeout(2):
                while len(pool._all) > 1 or made[0].is_usable:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

    run(connect())


@pytest.mark.parametrize("host", ["a..example", "a" * 64 + ".example"])
async def test_a_host_that_cannot_be_a_name_is_none_that_can_be_reached(host: str) -> None:
    async with pool_of(f"http://{host}") as pool:
        with pytest.raises(NoConnection, match="cannot be reached"):
            await pool.connect()
