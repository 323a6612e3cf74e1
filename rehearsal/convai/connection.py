"""The WebSocket of one conversation: frames in, events out, and one end.

I/O only. A frame that cannot be taken is answered with an error and the conversation goes on; a
client that sends nothing else is let go. So is one that reads nothing: what waits for it is bounded
by the socket's buffers, and nobody waits for ever.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import WSMessage, WSMsgType, web

from rehearsal.convai import events, frames
from rehearsal.convai.agents import Refused
from rehearsal.convai.events import Close
from rehearsal.convai.frames import BadFrame, Frame

MAX_FRAME: Final = 1024 * 1024
"""The largest frame, in bytes; a larger one ends the conversation with 1009 (RFC 6455)."""

_GONE: Final = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)
_LOST: Final = 1006  # what a client is told that gets no close frame (RFC 6455, section 7.1.5)
_MOST_BAD: Final = 20  # frames that cannot be taken
_LONGEST_REASON: Final = 123  # bytes (RFC 6455, section 5.5)
_PATIENCE: Final = 20.0  # seconds in which a client must have taken something of what waits for it
_FAREWELL: Final = 2.0  # seconds for the last words, and the client's half of the closing handshake


class Connection:
    """One client's connection; `code` and `reason` tell how it ended, once it has.

    Args:
        socket: the WebSocket.
        transport: what is below it; None if the client has left already.
    """

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._ended: tuple[int, str] | None = None

    @property
    def code(self) -> int | None:
        """The close code, ours if we closed first."""
        return self._ended[0] if self._ended else self._socket.close_code

    @property
    def reason(self) -> str:
        """Why we closed; empty if the client did."""
        return self._ended[1] if self._ended else ""

    async def frames(self) -> AsyncIterator[Frame]:
        """Yield what the client says, until either side closes."""
        bad = 0
        async for message in self._socket:
            try:
                frame = _read(message)
            except BadFrame as error:
                bad += 1
                await self.complain(str(error))
                if bad >= _MOST_BAD:
                    await self.end(Close.REFUSED, f"{bad} frames could not be taken: {error}")
            else:
                yield frame

    async def first(self) -> Frame | None:
        """Return the first thing that the client says, or None if it has left.

        Raises:
            Refused: it cannot be taken. No event may come before the metadata, so none says so.
        """
        message = await self._socket.receive()
        if message.type in _GONE:
            return None
        try:
            return _read(message)
        except BadFrame as error:
            raise Refused(f"The first frame cannot be taken: {error}") from None

    async def send(self, event: str) -> None:
        """Send an event; if the client has gone, nobody misses it."""
        try:
            async with asyncio.timeout(_PATIENCE):
                if not self._socket.closed:
                    await self._socket.send_str(event)
        except TimeoutError:
            self._ended = self._ended or (_LOST, f"The client read nothing for {_PATIENCE:g} s")
            self._drop()
        except ConnectionError:
            pass  # whoever reads the frames learns it in this moment, and ends everything

    async def complain(self, message: str) -> None:
        """Tell the client that it said something that cannot be taken; go on."""
        await self.send(events.error(Close.REFUSED, "invalid_message", message))

    async def end(self, code: Close, reason: str = "", kind: str | None = None) -> None:
        """Close the connection, once; `kind` has the reason said as an error before."""
        if self._ended is not None:
            return
        self._ended = int(code), reason
        try:
            async with asyncio.timeout(_FAREWELL):
                if kind is not None:
                    await self.send(events.error(code, kind, reason))
                await self._socket.close(code=code, message=_within(reason))
        except TimeoutError:
            self._drop()

    def _drop(self) -> None:
        """Close without a word; a socket that is closed with words waits until they are read."""
        if self._transport is not None:
            self._transport.abort()


def _read(message: WSMessage) -> Frame:
    if message.type is not WSMsgType.TEXT:
        raise BadFrame("the frame is binary: frames are JSON text")
    return frames.parse(message.data)


def _within(reason: str) -> bytes:
    """Return as much of a reason as a close frame takes, in whole characters."""
    data = reason.encode("utf-8", "replace")[:_LONGEST_REASON]
    return data.decode("utf-8", "ignore").encode()
