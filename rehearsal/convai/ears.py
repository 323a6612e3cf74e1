"""What a person who was heard is taken to have said: the next line of a script. Pure.

After the last line comes the first again.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle

from rehearsal.convai.listening import Heard, Listener


class Ears:
    """Hears one person's microphone."""

    def __init__(self, rate: int, lines: Sequence[str]) -> None:
        self._listener = Listener(rate)
        self._lines = cycle(lines)

    def hear(self, pcm: bytes) -> Iterator[str | None]:
        """Yield None where the person begins to speak, and where they have ended what they said."""
        for heard in self._listener.hear(pcm):
            yield None if heard is Heard.STARTED else next(self._lines)
