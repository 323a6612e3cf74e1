"""The last bytes that came in are overwritten, where the event loop would keep them.

uvloop reads every socket into one block of its own, and copies from there. The block is never
cleared: the end of a picture that somebody sent stays in it until as many other bytes have come in,
which in a quiet night is never. Nobody can reach it but by receiving something else, so zeros are
sent from here to here. (uvloop/handles/stream.pyx, `__uv_stream_alloc`; asyncio's own loop makes a
new block for each read.)
"""

import asyncio
import socket
from contextlib import ExitStack, suppress

from aiohttp import web

from injector.wire import Handler

BLOCK = 256_000
"""Bytes of uvloop's block (uvloop/includes/consts.pxi, `UV_STREAM_RECV_BUF_SIZE`)."""

_ROOM = 1 << 20  # bytes between the two ends, so that all of it is received at once
_PATIENCE = 1.0  # seconds
_ZEROS = bytes(BLOCK)


async def wipe() -> bool:
    """Overwrite the block of the running loop; return whether all of it was. Takes 0.1 ms."""
    loop = asyncio.get_running_loop()
    if not type(loop).__module__.startswith("uvloop"):
        return True
    with suppress(OSError, TimeoutError), ExitStack() as held:
        ours, theirs = socket.socketpair()
        held.enter_context(ours)  # the other end is the transport's
        for end in (ours, theirs):
            end.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        sent = ours.send(_ZEROS)
        transport, received = await loop.create_connection(lambda: _Received(loop), sock=theirs)
        try:
            async with asyncio.timeout(_PATIENCE):
                return await received.first == sent == BLOCK
        finally:
            transport.abort()
    return False


def wiped(handler: Handler) -> Handler:
    """Return the handler so that nothing of what came in stays, whatever becomes of it."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        finally:
            await wipe()

    return handle


class _Received(asyncio.Protocol):
    """Tells how many bytes the first read has given."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.first: asyncio.Future[int] = loop.create_future()

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        if not self.first.done():
            self.first.set_result(len(data))

    def connection_lost(self, _exc: Exception | None) -> None:
        """Tell whoever waits that nothing has come."""
        if not self.first.done():
            self.first.set_result(0)
