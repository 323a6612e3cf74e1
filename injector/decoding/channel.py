"""The parent's end of a child's socket: messages written and read in pieces, between other work."""

import asyncio
import socket
from typing import Any

from injector.decoding.frames import HEAD, Broken, framed, head, note

_PIECE = 1 << 18  # bytes that are written or read before others have their turn


class Channel:
    """Messages to a child and from it. To be made in the running loop."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._socket = end
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Close the socket, which a child that waits takes for its leave."""
        self._socket.close()

    async def send(self, number: int, note: dict[str, Any], body: bytes) -> None:
        """Send a message; the body is not copied here.

        Raises:
            OSError: the child is gone.
        """
        await self._loop.sock_sendall(self._socket, framed(number, note, len(body)))
        view = memoryview(body)
        for at in range(0, len(body), _PIECE):
            await self._loop.sock_sendall(self._socket, view[at : at + _PIECE])
            await asyncio.sleep(0)

    async def message(self, number: int) -> tuple[dict[str, Any], bytes]:
        """Return the next message's note and body, which must be about picture `number`.

        Raises:
            Broken: it is about another one, or no message; or the child has closed.
            OSError: the child is gone.
        """
        read = head(await self._received(HEAD))
        if read.number != number:
            raise Broken(f"picture {number} is asked for, and {read.number} answered")
        return note(await self._received(read.note)), bytes(await self._received(read.body))

    async def _received(self, size: int) -> bytearray:
        data, at = bytearray(size), 0
        view = memoryview(data)
        while at < size:
            count = await self._loop.sock_recv_into(self._socket, view[at : at + _PIECE])
            if count == 0:
                raise Broken("it has ended")
            if (at := at + count) < size:
                await asyncio.sleep(0)
        return data
