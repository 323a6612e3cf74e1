"""When the next piece of sound is due, and what of an answer has been heard by now. Pure.

Sound is sent little faster than it plays, so that it can be interrupted. What a person has heard is
inferred from the clock: a client tells nobody how much it has played. Times are in seconds of one
clock; whoever calls says what it is.
"""

from dataclasses import dataclass
from typing import Final

AHEAD: Final = 0.5
"""Seconds by which sound is sent before it plays, so that a late frame is not heard as a gap."""

_NOTHING: Final = 0.001  # seconds, within which sums of the same pieces may differ


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    begins: float  # seconds of sound before it
    lasts: float


class Pace:
    """Follows one answer as it is sent and plays."""

    def __init__(self) -> None:
        self._start: float | None = None  # when it would have begun to play, had there been no gap
        self._sent = 0.0
        self._said: list[_Said] = []

    def say(self, text: str, lasts: float) -> None:
        """Take note of a sentence whose sound is sent next."""
        self._said.append(_Said(text, self._sent, lasts))

    def due(self, now: float) -> float:
        """Return after how many seconds the next piece is to be sent."""
        if self._start is None:
            self._start = now
        self._start = max(self._start, now - self._sent)  # what was sent has played: a gap
        return max(0.0, self._start + self._sent - AHEAD - now)

    def sent(self, lasts: float) -> None:
        """Take note of a piece of sound that was sent."""
        self._sent += lasts

    def left(self, now: float) -> float:
        """Return for how many seconds what was sent goes on playing."""
        return 0.0 if self._start is None else max(0.0, self._start + self._sent - now)

    def heard(self, now: float) -> str:
        """Return what has been heard, in whole words."""
        if self._start is None:
            return ""
        played = min(self._sent, now - self._start)
        return "".join(_part(one, played - one.begins) for one in self._said).strip()


def _part(said: _Said, played: float) -> str:
    if played >= said.lasts - _NOTHING:
        return said.text
    if played <= 0:
        return ""
    shown = said.text[: int(len(said.text) * played / said.lasts)]
    return shown[: shown.rfind(" ") + 1]
