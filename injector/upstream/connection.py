"""One HTTP/1.1 connection to the model's side: a request goes out, an answer comes back in pieces.

The only module that knows httptools. Bytes are neither joined nor copied on the way out: a picture
of two megabytes goes from the store to the socket as it is. On the way in a piece is what the
socket gave, freed of chunked coding (RFC 9112, section 7.1); trailers and chunk extensions vanish.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import httptools

from injector.upstream.failure import Broken, Garbled, Silent

MAX_HEAD = 32 << 10
"""The most bytes of status line and headers; a server that never ends them is not waited for."""

_HELD = 256 << 10  # bytes that wait to be relayed before the model's side is told to wait
_FIRST_FINAL = 200  # below are interim answers (RFC 9110, section 15.2), after which one more comes
_NOT_MODIFIED = 304
_CONTROLS = bytes([*range(32), 127])  # no server that we pass a reason on to may be given them


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers of an answer; names and values as they came."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the first header of a name that is given in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Connection(asyncio.Protocol):
    """A connection that carries one exchange at a time.

    Args:
        loop: the running loop.
        on_lost: is called once the connection is gone.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_lost: Callable[["Connection"], None]
    ) -> None:
        self._loop = loop
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._failure: Exception | None = None
        self._is_busy = False
        self._is_clean = True
        self._watch: asyncio.TimerHandle | None = None
        self.used_at = loop.time()
        self._clear()

    def _clear(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._reason = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._head: Head | None = None
        self._head_size = 0
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._is_paused = False
        self._is_complete = False
        self._is_kept = False
        self._ends_with_connection = False
        self._waiter: asyncio.Future[None] | None = None
        self.heard_at = 0.0
        self.has_heard = False

    # What the endpoint asks for.

    @property
    def is_usable(self) -> bool:
        """Whether another request can be sent: nothing is open, nothing unexpected has come."""
        return (
            not self._is_busy
            and self._is_clean
            and self._transport is not None
            and not self._transport.is_closing()
        )

    @property
    def is_read(self) -> bool:
        """Whether the answer has come to its end, and all of it was taken."""
        return self._is_complete and not self._pieces

    def send(self, request: Sequence[bytes]) -> None:
        """Send a request in pieces, of which the first is its head."""
        self._clear()
        self._is_busy = True
        if self._transport is None or self._transport.is_closing():
            self._fail(Broken("the connection was closed"))
            return
        self._transport.writelines(request)

    async def head(self) -> Head:
        """Return the head of the final answer.

        Raises:
            Broken: the connection ended before.
            Garbled: what came is no HTTP/1.1.
        """
        while self._head is None:
            await self._wait()
        return self._head

    async def piece(self) -> bytes:
        """Return all of the body that has come and was not taken yet; empty at its end.

        Raises:
            Broken: the connection ended before the body did.
            Garbled: what came is no HTTP/1.1.
            Silent: nothing came for as long as `watch` allows.
        """
        while not self._pieces:
            if self._is_complete:
                return b""
            await self._wait()
        taken = self._pieces.popleft() if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        self.heard_at = self._loop.time()
        if self._is_paused and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
        return taken

    def watch(self, seconds: float, on_stuck: Callable[[], None]) -> None:
        """End the exchange when nothing moves for so long.

        Where the model's side is silent, `piece` raises `Silent`. Where pieces wait and nobody
        takes them, because the client reads no more, `on_stuck` is called.
        """
        self.heard_at = self._loop.time()
        self._look_after(seconds, seconds, on_stuck)

    def release(self) -> None:
        """Say that the exchange is over; what was not read to its end ends with the connection."""
        self._unwatch()
        self.used_at = self._loop.time()
        if self._is_complete and self._is_clean and self._is_kept and not self._is_paused:
            self._is_busy = False
        else:
            self.abort()

    def abort(self) -> None:
        """Close at once, whatever is on its way."""
        self._unwatch()
        self._is_clean = False
        if self._transport is not None:
            self._transport.abort()

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        # It is TCP or TLS; uvloop's transports are asyncio's by their methods only.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take what the socket gave."""
        self.heard_at = self._loop.time()
        self.has_heard = True
        if not self._is_busy or self._is_complete:
            self._is_clean = False  # nobody has asked for anything
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._is_clean = False
            if not self._is_complete:
                self._fail(Garbled(f"its answer is no HTTP/1.1 ({_words(error)})"))
        if self._head is None:
            self._check_head(len(data))
        self._wake()

    def eof_received(self) -> bool:
        """Close when the other side does; `connection_lost` follows."""
        self._end(None)
        self.abort()  # `close` would wait until a request that nobody reads any more is sent
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that nothing more comes."""
        self._unwatch()
        self._end(exc)
        self._on_lost(self)

    # What httptools tells.

    def on_message_begin(self) -> None:
        """Begin a message; after a final answer there must be none that nobody asked for."""
        if self._is_complete:
            self._is_clean = False
        self._reason, self._fields = b"", []

    def on_status(self, status: bytes) -> None:
        """Take the reason, or a part of it."""
        self._reason += status

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """Take a header; trailers go nowhere."""
        if self._head is None:
            self._fields.append((name, value or b""))

    def on_headers_complete(self) -> None:
        """Make the head of a final answer."""
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL or self._is_complete:
            return
        if self._transport is not None and self._transport.get_write_buffer_size():
            self._is_clean = False  # whether the rest will be read as what it is, nobody knows
        if sum(len(name) + len(value) for name, value in self._fields) > MAX_HEAD:
            self._fail(Garbled("the headers of its answer are too long for any client"))
            return
        fields = tuple((_text(name), _text(value)) for name, value in self._fields)
        self._head = Head(status, _text(self._reason.translate(None, _CONTROLS)), fields)
        coding = (self._head.get("transfer-encoding") or "").lower()
        # Only chunks say where a body ends (RFC 9112, section 6.3).
        framed = coding.endswith("chunked") if coding else self._head.get("content-length")
        self._ends_with_connection = not framed and status not in {204, _NOT_MODIFIED}

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body until it is taken."""
        if self._is_complete:
            return
        self._pieces.append(body)
        self._held += len(body)
        if self._held > _HELD and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """End the body of a final answer."""
        if self._head is not None and not self._is_complete:
            self._is_complete = True
            self._is_kept = self._parser.should_keep_alive()  # it forgets, once this has returned

    # How the two meet.

    def _end(self, exc: Exception | None) -> None:
        """Take the end of what comes: a body without a length ends here, any other is broken."""
        self._is_clean = False
        if self._ends_with_connection and exc is None and self._failure is None:
            self._is_complete = True
        elif not self._is_complete:
            self._fail(Broken(str(exc) if exc else "the connection was closed"))
        self._wake()

    def _check_head(self, more: int) -> None:
        self._head_size += more
        if self._head_size > MAX_HEAD:
            self._fail(Garbled("the headers of its answer do not end"))

    async def _wait(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, failure: Exception) -> None:
        if self._failure is None:
            self._failure = failure
        self._is_clean = False
        self._wake()
        if self._transport is not None:
            self._transport.abort()

    def _look_after(self, seconds: float, allowed: float, on_stuck: Callable[[], None]) -> None:
        self._watch = self._loop.call_later(seconds, self._look, allowed, on_stuck)

    def _look(self, allowed: float, on_stuck: Callable[[], None]) -> None:
        """Look whether anything has moved; a timer for each piece would cost more than it."""
        rest = self.heard_at + allowed - self._loop.time()
        if rest > 0:
            self._look_after(rest, allowed, on_stuck)
        elif self._waiter is not None:
            self._fail(Silent(f"it fell silent for {allowed:g} s (injector.upstream.idle_timeout)"))
        else:
            on_stuck()
            self.abort()

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None


def _text(value: bytes) -> str:
    """Return a header's text as aiohttp has it, so that it goes out again byte for byte."""
    return value.strip(b" \t").decode("utf-8", "surrogateescape")


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
