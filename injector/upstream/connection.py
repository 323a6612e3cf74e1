"""One HTTP/1.1 connection to the model's side: a request goes out, an answer comes back in pieces.

It sends, waits and watches; what comes is put together by `hearing`. Bytes are neither joined nor
copied on the way out: a picture of two megabytes goes from the store to the socket as it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import cast

from injector.upstream.failure import Broken, Garbled, Silent
from injector.upstream.hearing import NOT_HTTP, Head, Hearing

_HELD = 256 << 10  # bytes that wait to be relayed before the model's side is told to wait


class _State(Enum):
    """What a connection is good for.

    FREE: for the next request. BUSY: for the exchange that is open, and then for another. SPENT:
    for nothing but what may be left of the exchange that is open.
    """

    FREE = auto()
    BUSY = auto()
    SPENT = auto()


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
        self._state = _State.FREE
        self._hearing = Hearing()
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self.used_at = loop.time()
        self.heard_at = 0.0
        self.has_heard = False

    # What the endpoint asks for.

    @property
    def is_usable(self) -> bool:
        """Whether another request can be sent: nothing is open, nothing unexpected has come."""
        return (
            self._state is _State.FREE
            and self._transport is not None
            and not self._transport.is_closing()
        )

    @property
    def is_read(self) -> bool:
        """Whether the answer has come to its end, and all of it was taken."""
        return self._hearing.is_over and not self._hearing.pieces

    def send(self, request: Sequence[bytes]) -> None:
        """Send a request in pieces, of which the first is its head."""
        self._hearing.begin()
        self._waiter = None
        self.heard_at, self.has_heard = 0.0, False
        if self._state is _State.FREE:
            self._state = _State.BUSY
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
        while self._hearing.head is None:
            await self._wait()
        return self._hearing.head

    async def piece(self) -> bytes:
        """Return all of the body that has come and was not taken yet; empty at its end.

        Raises:
            Broken: the connection ended before the body did.
            Garbled: what came is no HTTP/1.1.
            Silent: nothing came for as long as `watch` allows.
        """
        hearing = self._hearing
        while not hearing.pieces:
            if hearing.is_over:
                return b""
            await self._wait()
        pieces, is_paused = hearing.pieces, hearing.held > _HELD
        taken = pieces.popleft() if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        hearing.held = 0
        self.heard_at = self._loop.time()
        if is_paused and self._transport is not None:
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
        if self._serves_again():
            self._state = _State.FREE
        else:
            self.abort()

    def abort(self) -> None:
        """Close at once, whatever is on its way."""
        self._unwatch()
        self._state = _State.SPENT
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
        hearing = self._hearing
        if self._state is _State.FREE or hearing.is_over:
            self.abort()  # nobody has asked for anything
            return
        had_head, had = hearing.head is not None, hearing.held
        try:
            hearing.feed(data)
        except NOT_HTTP as error:
            self._state = _State.SPENT
            if not hearing.is_over:
                self._fail(Garbled(f"its answer is no HTTP/1.1 ({_words(error)})"))
        else:
            if hearing.held > _HELD >= had and self._transport is not None:
                self._transport.pause_reading()
        if not had_head:
            self._take_head(len(data))
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

    # How the two meet.

    def _serves_again(self) -> bool:
        """Tell whether nothing of this exchange can reach the next.

        It is over, nothing has come that nobody asked for, and reading is not paused.
        """
        hearing = self._hearing
        return self._state is _State.BUSY and hearing.goes_on and hearing.held <= _HELD

    def _take_head(self, size: int) -> None:
        """Look at bytes that may have brought the head."""
        if self._hearing.head is None:
            failure = self._hearing.headless(size)
            if failure is not None:
                self._fail(failure)
        elif self._transport is not None and self._transport.get_write_buffer_size():
            self._state = _State.SPENT  # whether the rest will be read as what it is, nobody knows

    def _end(self, exc: Exception | None) -> None:
        """Take the end of what comes: a body without a length ends here, any other is broken."""
        self._state = _State.SPENT
        if exc is None and self._failure is None:
            self._hearing.end()
        if not self._hearing.is_over:
            self._fail(Broken(str(exc) if exc else "the connection was closed"))
        self._wake()

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
        self._state = _State.SPENT
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


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
