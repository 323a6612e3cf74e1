"""Pings, and how long the client took for the last pong."""

import asyncio
import time
from typing import Final

from rehearsal.convai import events
from rehearsal.convai.mouth import Send

_PAUSE: Final = 5.0  # seconds between two pings


class Latency:
    """The way to the client and back, in milliseconds, as the last pong tells."""

    def __init__(self) -> None:
        self._sent: tuple[int, float] = (0, 0.0)
        self.last: int | None = None

    async def measure(self, send: Send) -> None:
        """Send pings until this is cancelled; the first tells no latency yet."""
        while True:
            number = self._sent[0] + 1
            self._sent = (number, time.monotonic())
            await send(events.ping(number, self.last))
            await asyncio.sleep(_PAUSE)

    def take(self, event_id: int) -> None:
        """Take a pong; one of an older ping tells nothing."""
        number, at = self._sent
        if event_id == number:
            self.last = round((time.monotonic() - at) * 1000)
