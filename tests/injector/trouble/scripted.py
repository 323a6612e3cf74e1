"""A model's side that is trouble: the n-th turn that reaches it gets the n-th act of a script.

It speaks HTTP/1.1 by hand, so that it can break every rule of it. It keeps what it was sent, when,
on which connection, and when the client hung up. The last act of a script goes on for ever.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Self, TypeAlias, cast

SOON = 5.0
"""Seconds after which a test that waits for something has failed."""

Step: TypeAlias = bytes | float | asyncio.Event
"""Bytes are sent, seconds are waited, and an event is waited for."""

EVENT_STREAM = {"Content-Type": "text/event-stream"}
_LINGER_NOT = struct.pack("ii", 1, 0)  # `close` sends RST and throws away what is unsent


class Then(Enum):
    """What becomes of the connection after the steps of an act."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()
    STALL = auto()


@dataclass(frozen=True, slots=True)
class Act:
    """What one turn meets. An `early` one does not wait for the request's body, nor reads it."""

    steps: tuple[Step, ...] = ()
    then: Then = Then.KEEP
    early: bool = False


Script: TypeAlias = Sequence[Act] | Callable[["Sent"], Act]


def raw(*steps: Step, then: Then = Then.CLOSE) -> Act:
    """Return the act of these very bytes."""
    return Act(steps, then)


def head(status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the status line and the headers of an answer."""
    lines = [f"HTTP/1.1 {status} As It Was", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(
    status: int = 200,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    then: Then = Then.KEEP,
    early: bool = False,
) -> Act:
    """Return the act of an answer whose length is told."""
    told = {"Content-Length": str(len(body))} | dict(headers or {})
    return Act((head(status, told) + body,), then, early)


def error(
    status: int, message: str = "it was", headers: Mapping[str, str] | None = None, **more: str
) -> Act:
    """Return the act of an error in the shape of OpenAI's API."""
    body = json.dumps({"error": {"message": message, "type": "t", "param": None} | more}).encode()
    return answer(status, body, {"Content-Type": "application/json"} | dict(headers or {}))


def stream(
    *steps: Step,
    then: Then = Then.KEEP,
    ends: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Act:
    """Return the act of an event stream in chunks, a chunk for each step of bytes."""
    told = EVENT_STREAM | {"Transfer-Encoding": "chunked"} | dict(headers or {})
    pieces = [chunk(step) if isinstance(step, bytes) else step for step in steps]
    return Act((head(200, told), *pieces, *([b"0\r\n\r\n"] if ends else [])), then)


def chunk(data: bytes) -> bytes:
    """Return one chunk (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class _Line(asyncio.StreamReaderProtocol):
    """A connection that remembers when the other side hung up."""

    def __init__(
        self, number: int, met: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]
    ) -> None:
        super().__init__(asyncio.StreamReader(), met)
        self.number = number
        self.gone = asyncio.Event()
        self.gone_at = 0.0

    def eof_received(self) -> bool | None:
        self._hung_up()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._hung_up()
        super().connection_lost(exc)

    def _hung_up(self) -> None:
        if not self.gone.is_set():
            self.gone_at = asyncio.get_running_loop().time()
            self.gone.set()


@dataclass(frozen=True, slots=True)
class Sent:
    """A turn as it came: header names in lower case, `at` in seconds of the loop's clock."""

    path: str
    headers: dict[str, str]
    raw: bytes
    at: float
    line: _Line

    @property
    def body(self) -> Any:
        """Return the JSON value of the body."""
        return json.loads(self.raw)

    @property
    def connection(self) -> int:
        """Return the number of the connection, counted from 1."""
        return self.line.number

    async def gone_at(self) -> float:
        """Wait until the client hangs up, and return when it did."""
        async with asyncio.timeout(SOON):
            await self.line.gone.wait()
        return self.line.gone_at


class Scripted:
    """The server. Enter it to serve; `play` sets what comes next, and forgets what came.

    Args:
        port: where to listen on 127.0.0.1; 0 for any free port.
        sock: a bound socket to listen on instead.
    """

    def __init__(self, *acts: Act, port: int = 0, sock: socket.socket | None = None) -> None:
        self.turns: list[Sent] = []
        self._script: Script = acts
        self._came = asyncio.Condition()
        self._connections = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._place = {"sock": sock} if sock else {"host": "127.0.0.1", "port": port}

    def play(self, *acts: Act) -> None:
        """Answer the turns that come from now on by these acts."""
        self.turns.clear()
        self._script = acts

    def play_by(self, choose: Callable[[Sent], Act]) -> None:
        """Answer each turn by what a function says of it."""
        self._script = choose

    @property
    def base_url(self) -> str:
        """Return the address, as `injector.upstream.base_url` wants it."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def until(self, count: int) -> Sent:
        """Wait until so many turns have come, and return the last of these."""
        async with asyncio.timeout(SOON), self._came:
            await self._came.wait_for(lambda: len(self.turns) >= count)
        return self.turns[count - 1]

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._line, **cast("Any", self._place))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _line(self) -> _Line:
        self._connections += 1
        return _Line(self._connections, self._met)

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._converse(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request and tell whether the connection is kept."""
        line = cast("_Line", writer.transport.get_protocol())
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (each.partition(":") for each in rest if each)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        method, path, _ = first.split(" ")
        if method != "POST":
            # No turn: whoever warms a connection up is not part of the script.
            writer.write(answer(404).steps[0])  # type: ignore[arg-type]
            return True
        early = not callable(self._script) and self._nth(len(self.turns)).early
        body = b"" if early else await reader.readexactly(int(headers.get("content-length", "0")))
        sent = Sent(path, headers, body, asyncio.get_running_loop().time(), line)
        act = self._script(sent) if callable(self._script) else self._nth(len(self.turns))
        self.turns.append(sent)
        async with self._came:
            self._came.notify_all()
        return await _perform(act, line, writer)

    def _nth(self, number: int) -> Act:
        acts = cast("Sequence[Act]", self._script)
        return acts[min(number, len(acts) - 1)]


async def _perform(act: Act, line: _Line, writer: asyncio.StreamWriter) -> bool:
    """Do what the act says, and tell whether the connection is kept."""
    for step in act.steps:
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
        elif await _hung_up_within(line, step):
            return False
    if act.then is Then.STALL:
        await line.gone.wait()
    if act.then is Then.RESET:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        writer.transport.abort()
    if act.then is Then.CLOSE:
        writer.close()
        await writer.wait_closed()
    return act.then is Then.KEEP


async def _hung_up_within(line: _Line, step: float | asyncio.Event) -> bool:
    """Wait for seconds or an event, and tell whether the client has hung up meanwhile."""
    gone = asyncio.ensure_future(line.gone.wait())
    other = [] if isinstance(step, float) else [asyncio.ensure_future(step.wait())]
    bound = step if isinstance(step, float) else SOON
    try:
        await asyncio.wait([gone, *other], timeout=bound, return_when=asyncio.FIRST_COMPLETED)
        return gone.done()
    finally:
        for one in (gone, *other):
            one.cancel()
