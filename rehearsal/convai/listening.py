"""When somebody speaks: turns found in a stream of sound by its energy alone.

Pure, and without a speech model. What is loud stands out from the quietest moment of the last two
seconds, so a microphone's own noise is the floor. What is loud and keeps its level, as a hum or
a fan that is switched on, is no speech either, and becomes the floor: a voice is never steady for
long.

Time is counted in samples, not by a clock: a client that sends nothing ends nothing.
"""

import math
import sys
from array import array
from collections import deque
from enum import Enum
from operator import mul
from typing import Final

_FRAMES_A_SECOND: Final = 50  # frames of 20 ms: two periods of a low voice
_MEMORY: Final = 2 * _FRAMES_A_SECOND  # frames in which the floor is sought
_WINDOW: Final = 8  # frames, 160 ms, that are looked at for a beginning, and for what is steady
_SPOKEN: Final = 5  # of them loud: 100 ms
_PAUSE: Final = 35  # frames, 700 ms, that are looked at for an end
_CLICKS: Final = 2  # of them may be loud all the same
_SILENCE: Final = -60.0  # dB of full scale; what is below is all alike
_ROOM: Final = -50.0  # dB of full scale; how loud a room is taken to be until it is known
_ABOVE: Final = 10.0  # dB over the floor that are loud
_ALIVE: Final = 3.0  # dB by which a voice changes within `_WINDOW`; steady noise stays below 2
_FULL_SCALE: Final = 32768.0


class Heard(Enum):
    """What was noticed in a stream of sound."""

    STARTED = "started"
    ENDED = "ended"


class Listener:
    """Hears turns in one stream; what it hears does not depend on how the stream is cut.

    Args:
        rate: samples in a second.
    """

    def __init__(self, rate: int) -> None:
        self._size = 2 * max(1, rate // _FRAMES_A_SECOND)
        self._rest = b""
        self._levels: deque[float] = deque([_ROOM], maxlen=_MEMORY)
        self._loud: deque[bool] = deque([False], maxlen=_PAUSE)
        self._speaking = False

    def hear(self, pcm: bytes) -> list[Heard]:
        """Return what is noticed in the next piece of the stream, in its order.

        A beginning is noticed 100 ms after it, an end after 700 ms of silence.

        Args:
            pcm: s16le, mono, of any length; half a sample waits for its other half.
        """
        sound = self._rest + pcm
        whole = len(sound) - len(sound) % self._size
        self._rest = sound[whole:]
        frames = (sound[start : start + self._size] for start in range(0, whole, self._size))
        return [heard for frame in frames if (heard := self._take(_level(frame))) is not None]

    def _take(self, level: float) -> Heard | None:
        self._levels.append(level)
        self._loud.append(level > min(self._levels) + _ABOVE)
        if not self._speaking:
            self._settle()
        if self._speaking and sum(self._loud) <= _CLICKS:
            self._speaking = False
            return Heard.ENDED
        if not self._speaking and self._begins():
            self._speaking = True
            return Heard.STARTED
        return None

    def _settle(self) -> None:
        """Take what has not changed for a while for the floor, however loud it is."""
        latest = list(self._levels)[-_WINDOW:]
        if len(latest) == _WINDOW and max(latest) - min(latest) < _ALIVE:
            self._levels.clear()
            self._levels.extend(latest)
            self._loud.extend([False] * _WINDOW)

    def _begins(self) -> bool:
        loud = list(self._loud)[-_WINDOW:]
        if sum(loud) < _SPOKEN:
            return False
        # The first frame after a quiet one holds only a part of what began in it.
        levels = list(self._levels)[-_WINDOW:]
        full = [levels[i] for i in range(1, len(loud)) if loud[i] and loud[i - 1]]
        return max(full) - min(full) >= _ALIVE


def _level(frame: bytes) -> float:
    """Return how loud a frame is, in dB of full scale; a constant offset is no sound."""
    samples = array("h", frame)
    if sys.byteorder == "big":
        samples.byteswap()
    count = len(samples)
    power = sum(map(mul, samples, samples)) / count - (sum(samples) / count) ** 2
    return max(_SILENCE, 10 * math.log10(max(power, 1.0) / _FULL_SCALE**2))
