"""How one answer reaches the client aloud: sentence by sentence, as fast as it plays.

The first sentence sounds while the rest is still being written. The whole answer is told in writing
as soon as it is known, or when it is cut off.
"""

import asyncio

from rehearsal.convai import events
from rehearsal.convai.events import RATE
from rehearsal.convai.mouth import Mouth, Send
from rehearsal.convai.pacing import Pace
from rehearsal.convai.sentences import Sentences
from rehearsal.convai.speaking import spoken

_SAMPLE = 2  # bytes
_FRAME = RATE // 5 * _SAMPLE  # bytes: 200 ms


class Aloud(Mouth):
    """Says an answer aloud; `close` ends what it still does."""

    def __init__(self, send: Send, event_id: int) -> None:
        super().__init__(send, event_id)
        self._sentences = Sentences()
        self._pace = Pace()
        self._cut = 0  # characters of the answer that were cut into sentences
        self._waiting: asyncio.Queue[tuple[int, str] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def hear(self, text: str) -> None:
        """Take more of the answer; speak the sentences that it completes."""
        await super().hear(text)
        for sentence in self._sentences.feed(text):
            self._speak(sentence)

    async def restart(self, kept: str) -> None:
        """Begin anew; what has sounded has sounded, what waits is spoken only where it holds."""
        await super().restart(kept)
        waiting = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        for one in waiting:
            if one is not None and one[0] <= len(kept):
                self._waiting.put_nowait(one)
        self._sentences.rest()
        self._cut = min(self._cut, len(kept))
        for sentence in self._sentences.feed(kept[self._cut :]):
            self._speak(sentence)

    async def finish(self) -> None:
        """Tell the whole answer, and return when it has been played."""
        if rest := self._sentences.rest():
            self._speak(rest)
        await super().finish()
        self._waiting.put_nowait(None)
        if self._task is not None:
            await self._task
            await asyncio.sleep(self._pace.left(_now()))

    def spoken(self) -> str:
        """Return what the person has heard, as far as the clock tells."""
        return self._pace.heard(_now())

    async def close(self) -> None:
        """Fall silent."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _speak(self, sentence: str) -> None:
        self._cut += len(sentence)
        self._waiting.put_nowait((self._cut, sentence))
        if self._task is None:
            self._task = asyncio.create_task(self._play())

    async def _play(self) -> None:
        while (waiting := await self._waiting.get()) is not None:
            _, sentence = waiting
            sound = await spoken(sentence, RATE)
            self._pace.say(sentence, _seconds(sound))
            for start in range(0, len(sound), _FRAME):
                piece = sound[start : start + _FRAME]
                await asyncio.sleep(self._pace.due(_now()))
                await self._send(events.audio(piece, self.event_id))
                self._pace.sent(_seconds(piece))


def _seconds(sound: bytes) -> float:
    return len(sound) / _SAMPLE / RATE


def _now() -> float:
    return asyncio.get_running_loop().time()
