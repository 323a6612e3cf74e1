"""How one answer reaches the client, in writing, and what is said of it when it is cut off.

I/O by the `send` that it is given, and no more. A mouth serves one answer, under one event ID.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from rehearsal.convai import events

Send: TypeAlias = Callable[[str], Awaitable[None]]


class Mouth:
    """Says one answer: all mouths tell the whole answer once, and correct it when it is cut off."""

    def __init__(self, send: Send, event_id: int) -> None:
        self.said = ""
        self.event_id = event_id
        self._send = send
        self._is_told = False

    async def hear(self, text: str) -> None:
        """Take more of the answer."""
        self.said += text

    async def restart(self, kept: str) -> None:
        """Begin anew: of what was taken, only `kept` holds."""
        self.said = kept

    async def finish(self) -> None:
        """Say the rest; return when all of it is said."""
        await self._tell()

    def spoken(self) -> str:
        """Return what the person has heard or read so far."""
        return self.said

    async def cut(self) -> str:
        """Say that the answer ends here; return what the person has heard or read of it."""
        spoken = self.spoken()
        if self.said:
            await self._tell()
            await self._send(events.interruption(self.event_id))
            await self._send(events.correction(self.said, spoken, self.event_id))
        return spoken

    async def close(self) -> None:
        """Say nothing more."""

    async def _tell(self) -> None:
        if self.said and not self._is_told:
            self._is_told = True
            await self._send(events.agent_response(self.said, self.event_id))


class Written(Mouth):
    """Says an answer in writing, word by word; what was sent has been read."""

    _is_open = False

    async def hear(self, text: str) -> None:
        """Pass a piece on."""
        await super().hear(text)
        if not self._is_open:
            self._is_open = True
            await self._part("start")
        await self._part("delta", text)

    async def restart(self, kept: str) -> None:
        """Open the answer once more; whoever puts parts together forgets the first ones."""
        await super().restart(kept)
        await self._part("start")
        if kept:
            await self._part("delta", kept)

    async def _tell(self) -> None:
        if self._is_open:
            self._is_open = False
            await self._part("stop")
        await super()._tell()

    async def _part(self, kind: str, text: str = "") -> None:
        await self._send(events.part(kind, text, self.event_id))
