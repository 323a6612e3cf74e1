"""One exchange after another over one connection, wherever the bytes are cut."""

import asyncio
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from injector.upstream.connection import Connection
from injector.upstream.failure import Broken, Garbled, Silent
from injector.upstream.hearing import MAX_HEAD


class Wire(asyncio.Transport):
    """The socket's end of a connection, as a test sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.closed = False
        self.paused = False

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.sent += [bytes(one) for one in list_of_data]

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


def opened() -> tuple[Connection, Wire]:
    connection = Connection(asyncio.get_running_loop(), lambda _: None)
    wire = Wire()
    connection.connection_made(wire)
    connection.send([b"POST / HTTP/1.1\r\n\r\n", b"body"])
    return connection, wire


async def whole(connection: Connection) -> bytes:
    await connection.head()
    return await body_of(connection)


async def body_of(connection: Connection) -> bytes:
    pieces = []
    while piece := await connection.piece():
        pieces.append(piece)
    return b"".join(pieces)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: a\r\nTransfer-Encoding: chunked\r\n\r\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
ANSWERS = [
    (SIZED, 200, b"hello", True),
    (CHUNKED + b"3\r\nhel\r\n2;name=x\r\nlo\r\n0\r\nTrailer: t\r\n\r\n", 200, b"hello", True),
    (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + SIZED, 200, b"hello", True),
    (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + SIZED, 200, b"hello", True),
    (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    (b"HTTP/1.1 500\r\nContent-Length: 2\r\n\r\nno", 500, b"no", True),
    (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
]


@given(st.sampled_from(ANSWERS), st.lists(st.integers(0, 200), max_size=8))
@settings(deadline=None)
def test_an_answer_is_the_same_wherever_it_was_cut(
    answer: tuple[bytes, int, bytes, bool], cuts: list[int]
) -> None:
    said, status, body, is_kept = answer

    async def hear() -> None:
        connection, _ = opened()
        at = 0
        for cut in [*sorted(cut for cut in cuts if cut < len(said)), len(said)]:
            if at < cut:
                connection.data_received(said[at:cut])
            at = cut
        assert (await connection.head()).status == status
        assert await body_of(connection) == body
        connection.release()
        assert connection.is_usable is is_kept

    asyncio.run(hear())


async def test_a_request_leaves_in_the_pieces_in_which_it_was_given() -> None:
    _, wire = opened()
    assert wire.sent == [b"POST / HTTP/1.1\r\n\r\n", b"body"]


async def test_headers_come_as_they_are() -> None:
    connection, _ = opened()
    connection.data_received(
        b"HTTP/1.1 418 I'm a teapot\r\nX-A: 1\r\nx-a:  2 \r\nX-Odd: \xff\r\n"
        b"Content-Length: 0\r\n\r\n"
    )
    head = await connection.head()
    assert (head.status, head.reason) == (418, "I'm a teapot")
    assert head.headers[:3] == (("X-A", "1"), ("x-a", "2"), ("X-Odd", "\udcff"))
    assert head.get("x-a") == "1"
    assert head.get("x-none") is None


async def test_a_body_without_a_length_ends_with_its_connection() -> None:
    connection, _ = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\nhel")
    connection.data_received(b"lo")
    connection.connection_lost(None)
    assert await body_of(connection) == b"hello"
    assert not connection.is_usable


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        CHUNKED + b"3\r\nhel\r\n",
        CHUNKED + b"3\r\nhel\r\n0\r\n",
    ],
)
@pytest.mark.parametrize("error", [None, ConnectionResetError("reset")])
async def test_an_answer_that_breaks_off_is_broken(said: bytes, error: Exception | None) -> None:
    connection, _ = opened()
    if said:
        connection.data_received(said)
    connection.connection_lost(error)
    with pytest.raises(Broken):
        await whole(connection)


async def test_a_body_without_a_length_that_is_reset_is_broken() -> None:
    connection, _ = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\nhel")
    connection.connection_lost(ConnectionResetError())
    assert await connection.piece() == b"hel"
    with pytest.raises(Broken):
        await connection.piece()


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        CHUNKED + b"zz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * (MAX_HEAD + 1),
    ],
)
async def test_what_is_no_http_is_garbled_and_ends_the_connection(said: bytes) -> None:
    connection, wire = opened()
    connection.data_received(said)
    with pytest.raises(Garbled):
        await whole(connection)
    assert wire.closed


async def test_what_had_come_before_the_fault_is_still_given() -> None:
    connection, _ = opened()
    connection.data_received(CHUNKED + b"3\r\nhel\r\nzz\r\n")
    assert await connection.piece() == b"hel"
    with pytest.raises(Garbled):
        await connection.piece()


@pytest.mark.parametrize(
    "more", [SIZED, b"garbage", b"\r\n\r\n", b"HTTP/1.1 408 Request Timeout\r\n\r\n"]
)
async def test_what_nobody_asked_for_ends_the_connection(more: bytes) -> None:
    connection, wire = opened()
    connection.data_received(SIZED + more)
    assert await body_of(connection) == b"hello"
    connection.release()
    assert not connection.is_usable or more == b"\r\n\r\n"
    connection, wire = opened()
    connection.data_received(SIZED)
    assert await body_of(connection) == b"hello"
    connection.release()
    assert connection.is_usable
    connection.data_received(more)
    assert wire.closed
    assert not connection.is_usable


@pytest.mark.parametrize("more", [SIZED, b"\r\n\r\n"])
async def test_what_comes_after_the_answer_or_before_any_question_ends_it_too(more: bytes) -> None:
    connection, wire = opened()
    connection.data_received(SIZED)
    connection.data_received(more)
    assert wire.closed
    assert await body_of(connection) == b"hello"
    connection.release()
    assert not connection.is_usable
    warm = Connection(asyncio.get_running_loop(), lambda _: None)
    warm.connection_made(Wire())
    assert warm.is_usable
    warm.data_received(more)
    assert not warm.is_usable


async def test_whether_anything_was_heard_is_asked_of_each_exchange_anew() -> None:
    connection, _ = opened()
    connection.data_received(SIZED)
    await body_of(connection)
    connection.release()
    assert connection.has_heard
    connection.send([b"GET / HTTP/1.1\r\n\r\n"])
    assert not connection.has_heard


async def test_one_connection_carries_one_exchange_after_another() -> None:
    connection, _ = opened()
    for word in (b"one", b"two", b""):
        connection.data_received(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(word) + word
        )
        assert (await connection.head()).status == 200
        assert await body_of(connection) == word
        connection.release()
        assert connection.is_usable
        connection.send([b"GET / HTTP/1.1\r\n\r\n"])
        assert not connection.is_usable


async def test_an_exchange_that_is_left_ends_the_connection() -> None:
    connection, wire = opened()
    connection.data_received(CHUNKED + b"3\r\nhel\r\n")
    assert await connection.piece() == b"hel"
    connection.release()
    assert wire.closed
    assert not connection.is_usable


async def test_a_connection_that_is_gone_says_so_at_once() -> None:
    connection, wire = opened()
    wire.closed = True
    connection.send([b"x"])
    with pytest.raises(Broken):
        await connection.head()


async def test_the_models_side_waits_while_nobody_takes_its_pieces() -> None:
    connection, wire = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")
    while not wire.paused:
        connection.data_received(b"x" * 65536)
    taken = await connection.piece()
    assert 65536 < len(taken) < 1_000_000
    assert not wire.paused


async def lost(wire: Wire, longest: float = 2.0) -> None:
    async with asyncio.timeout(longest):
        while not wire.closed:  # noqa: ASYNC110 - a transport has no event for it
            await asyncio.sleep(0.005)


async def test_a_side_that_falls_silent_is_not_waited_for() -> None:
    connection, wire = opened()
    connection.data_received(CHUNKED + b"3\r\nhel\r\n")
    connection.watch(0.05, pytest.fail)
    assert await connection.piece() == b"hel"
    with pytest.raises(Silent, match="idle_timeout"):
        await connection.piece()
    assert wire.closed


async def test_a_client_that_takes_nothing_is_not_waited_for() -> None:
    connection, wire = opened()
    connection.data_received(CHUNKED + b"3\r\nhel\r\n")
    stuck: list[bool] = []
    connection.watch(0.05, lambda: stuck.append(True))
    await lost(wire)
    assert stuck == [True]


async def test_a_side_that_goes_on_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection, wire = opened()
    connection.data_received(CHUNKED)
    connection.watch(0.2, pytest.fail)
    for _ in range(6):
        await asyncio.sleep(0.06)
        connection.data_received(b"1\r\nx\r\n")
        assert await connection.piece() == b"x"
    assert not wire.closed
    connection.data_received(b"0\r\n\r\n")
    assert await connection.piece() == b""
    connection.release()
    await asyncio.sleep(0.3)
    assert connection.is_usable  # the watch ended with the exchange


def test_whoever_waits_is_told_when_the_connection_goes() -> None:
    async def hear(end: Callable[[Connection], None]) -> None:
        connection, _ = opened()
        waiting = asyncio.create_task(connection.head())
        await asyncio.sleep(0)
        end(connection)
        with pytest.raises(Broken):
            await waiting

    asyncio.run(hear(lambda connection: connection.connection_lost(None)))
