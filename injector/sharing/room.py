"""Room for uploads: the bytes of all that are in progress stay below a limit.

Room is taken before the first byte of a body is read, for as many bytes as it may have, and given
back when the picture is prepared or the upload has failed, however that came about. Who finds none
waits for a moment, first come, first served.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from contract.errors import Busy

PATIENCE = 3.0
"""Seconds that an upload waits for room. A phone's picture is prepared in a fraction of one."""

_AGAIN = 3  # seconds after which there may be room

MOST_WAITING = 128
"""Uploads that wait at the same time; each holds what the socket has read of it already."""

LEAST = 1 << 14
"""The least bytes that an upload counts for, so that very many small ones find no room either."""


class Room:
    """Room for so many bytes.

    Args:
        size: bytes in all.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.free = size
        self._waiting: deque[_Waiting] = deque()

    @asynccontextmanager
    async def place(self, size: int) -> AsyncIterator["Place"]:
        """Hold room for `size` bytes until the block ends.

        Raises:
            Busy: there is none, and none has become free in `PATIENCE` seconds.
        """
        place = Place(self, await self._take(min(max(size, LEAST), self.size)))
        try:
            yield place
        finally:
            place.shrink(0)

    async def _take(self, size: int) -> int:
        if not self._waiting and size <= self.free:
            self.free -= size
            return size
        if len(self._waiting) >= MOST_WAITING:
            raise _busy()
        waiting = _Waiting(size)
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(PATIENCE):
                await waiting.granted
        except BaseException as error:
            self._leave(waiting)
            if isinstance(error, TimeoutError):
                raise _busy() from None
            raise
        return size

    def _leave(self, waiting: "_Waiting") -> None:
        """Let go of somebody who waits no more, though room may just have been granted."""
        if waiting in self._waiting:
            self._waiting.remove(waiting)
            self.give(0)
        elif not waiting.granted.cancelled():
            self.give(waiting.size)

    def give(self, size: int) -> None:
        """Give so many bytes back, to whoever has waited longest."""
        self.free += size
        while self._waiting and self._waiting[0].size <= self.free:
            waiting = self._waiting.popleft()
            if not waiting.granted.cancelled():  # or it has left, and does not know it yet
                self.free -= waiting.size
                waiting.granted.set_result(None)


class Place:
    """Room that one upload holds.

    Args:
        room: what it is a part of.
        size: its bytes.
    """

    def __init__(self, room: Room, size: int) -> None:
        self._room = room
        self._size = size

    def shrink(self, size: int) -> None:
        """Give back what is more than `size` bytes: so many it has turned out to need."""
        if size < self._size:
            self._room.give(self._size - size)
            self._size = size


@dataclass(eq=False, slots=True)
class _Waiting:
    size: int
    granted: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


def _busy() -> Busy:
    return Busy(
        "too many uploads are in progress; send it again in a few seconds",
        retry_after=_AGAIN,
    )


ROOM = web.AppKey("room", Room)
