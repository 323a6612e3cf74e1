"""A connection serves again only if nothing of the exchange before can reach the next.

On both event loops: asyncio's own, which most tests use, and uvloop, on which the endpoint runs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import pytest
import uvloop

from injector.upstream.answer import Answer
from injector.upstream.connection import Connection
from injector.upstream.failure import Broken
from injector.upstream.pool import Pool

Run: TypeAlias = Callable[[Coroutine[Any, Any, None]], None]
Speak: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]

on_both_loops = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
GET = b"GET / HTTP/1.1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def pool_before(speak: Speak) -> AsyncIterator[Pool]:
    """Give connections to a server that lets `speak` talk on each of them."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await speak(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    pool = Pool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", 2.0)
    try:
        async with asyncio.timeout(10):
            yield pool
    finally:
        await pool.close()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - a transport has no event for it
            await asyncio.sleep(0.005)


async def heard(connection: Connection) -> bytes:
    """Return a whole answer's body."""
    await connection.head()
    pieces = []
    while piece := await connection.piece():
        pieces.append(piece)
    return b"".join(pieces)


async def ok_to_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readuntil(b"\r\n\r\n"):
        writer.write(OK)


async def answered(connection: Connection, pool: Pool) -> Answer:
    connection.send([GET])
    return Answer(await connection.head(), [], connection, pool)


@on_both_loops
def test_one_that_was_told_to_wait_hears_the_next_answer(run: Run) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        # More than a client takes in one piece, so the last of it arrives while reading is paused.
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + b"x" * 400_000)
        await ok_to_all(reader, writer)

    async def talk() -> None:
        async with pool_before(speak) as pool:
            connection = await pool.connect()
            connection.send([GET])
            await connection.head()
            await until(lambda: connection._hearing.is_over)
            pool.give_back(connection)  # the client has left, and nobody takes what has come
            again = pool.kept() or await pool.connect()
            again.send([GET])
            async with asyncio.timeout(1):
                assert await again.head()

    run(talk())


@on_both_loops
def test_one_whose_request_is_still_being_sent_does_not_serve_again(run: Run) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)  # before the body has been read, and none of it ever is
        await asyncio.sleep(30)

    async def talk() -> None:
        async with pool_before(speak) as pool:
            connection = await pool.connect()
            size = 40 << 20
            connection.send([b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size, bytes(size)])
            assert await heard(connection) == b"ok"
            pool.give_back(connection)
            assert pool.kept() is None

    run(talk())


@on_both_loops
def test_one_that_was_answered_before_it_had_been_asked_does_not_serve_again(run: Run) -> None:
    goes_on = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
        await goes_on.wait()
        await reader.readexactly(40 << 20)
        writer.write(b"k")
        await reader.read()

    async def talk() -> None:
        async with pool_before(speak) as pool:
            connection = await pool.connect()
            size = 40 << 20
            connection.send([b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size, bytes(size)])
            assert await connection.head()
            goes_on.set()
            wire = connection._transport
            assert wire is not None
            await until(lambda: not wire.get_write_buffer_size())
            assert await heard(connection) == b"ok"
            pool.give_back(connection)
            assert pool.kept() is None

    run(talk())


@on_both_loops
def test_a_side_that_says_no_more_and_reads_no_more_is_not_waited_for(run: Run) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write_eof()
        await asyncio.sleep(30)

    async def talk() -> None:
        async with pool_before(speak) as pool:
            connection = await pool.connect()
            connection.send([b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", bytes(40 << 20)])
            with pytest.raises(Broken):
                async with asyncio.timeout(1):
                    await connection.head()

    run(talk())


@on_both_loops
def test_an_answer_that_ends_with_the_connection_ends_while_the_request_is_being_sent(
    run: Run,
) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nok")
        writer.write_eof()
        await asyncio.sleep(30)

    async def talk() -> None:
        async with pool_before(speak) as pool:
            connection = await pool.connect()
            connection.send([b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", bytes(40 << 20)])
            async with asyncio.timeout(1):
                assert await heard(connection) == b"ok"
            pool.give_back(connection)
            assert pool.kept() is None

    run(talk())


@on_both_loops
def test_an_answer_that_is_closed_twice_lets_go_of_its_connection_once(run: Run) -> None:
    async def talk() -> None:
        async with pool_before(ok_to_all) as pool:
            connection = await pool.connect()
            first = await answered(connection, pool)
            first.close()
            first.close()
            assert pool.kept() is connection
            assert pool.kept() is None
            second = await answered(connection, pool)
            first.close()
            assert await heard(connection) == b"ok"
            second.close()
            assert pool.kept() is connection

    run(talk())


@on_both_loops
def test_trailers_without_end_are_not_kept(run: Run) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")
        writer.write(b"x: y\r\n" * 100_000 + b"\r\n")
        await ok_to_all(reader, writer)

    async def talk() -> None:
        async with pool_before(speak) as pool:
            connection = await pool.connect()
            connection.send([GET])
            assert await heard(connection) == b"ok"
            assert len(connection._hearing._fields) < 100

    run(talk())
