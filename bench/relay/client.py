"""A lean HTTP client: one kept connection, whole requests as bytes, and a clock on each answer.

What the client itself costs is taken from every contender alike, so it is little: the request is
ready before, nothing is decoded, and the answer is only read as far as `stream` must.
"""

import asyncio
import time
from typing import cast

from bench.relay.stream import Answer, Reader

PATIENCE = 60.0
"""Seconds after which a turn without an end counts as failed."""


class Connection(asyncio.Protocol):
    """A kept connection, for one turn at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reader = Reader()
        self._ended: asyncio.Future[None] | None = None
        self._lost = ""
        self.sent = 0

    @property
    def lost(self) -> bool:
        """Whether no turn can be sent any more."""
        return bool(self._lost)

    async def turn(self, request: bytes, pieces: int = 0) -> Answer:
        """Send a request and return its answer; `sent` is when that began, in nanoseconds."""
        self._reader = Reader(pieces)
        answer = self._reader.answer
        if self._transport is None or self._lost:
            answer.failure = self._lost or "not connected"
            return answer
        self._ended = asyncio.get_running_loop().create_future()
        self.sent = time.perf_counter_ns()
        self._transport.write(request)
        handle = asyncio.get_running_loop().call_later(PATIENCE, self._give_up)
        await self._ended
        handle.cancel()
        return answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on; wake the turn at the end of its answer."""
        ended = self._reader.feed(data, time.perf_counter_ns())
        if ended and self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the turn that is under way, and those to come."""
        self._lost = f"the connection was closed ({exc})" if exc else "the connection was closed"
        self._fail(self._lost)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    def _give_up(self) -> None:
        self._fail(f"no end within {PATIENCE:.0f} s")

    def _fail(self, why: str) -> None:
        if self._ended is not None and not self._ended.done():
            self._reader.answer.failure = why
            self._ended.set_result(None)


async def connect(port: int, connections: int) -> list[Connection]:
    """Return so many connections to a port of this machine."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(Connection, "127.0.0.1", port) for _ in range(connections)]
    return [protocol for _, protocol in made]
