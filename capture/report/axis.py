"""A time axis with round numbers on it, and times as people say them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

_GRID = 5  # about as many intervals have an axis
_MINUTE = 60_000
_STEPS = (1, 2, 5)

_EMPTY = Markup()
_LABEL = Markup('<text x="{:.2f}%" y="11" text-anchor="{}">{}</text>')
_NUMBERS = Markup('<svg class="axis" role="img" aria-label="time axis" height="14">{}</svg>')


@dataclass(frozen=True, slots=True)
class Axis:
    """A span of time in milliseconds, and the places that are marked on it."""

    length: float
    ticks: tuple[float, ...]

    def percent(self, at: float) -> float:
        """Return where a time is, in percent of the width."""
        return 100 * min(max(at, 0.0), self.length) / self.length


def axis(longest: float) -> Axis:
    """Return an axis for times up to `longest`, with round numbers on it."""
    longest = max(longest, 1.0)
    rough = longest / _GRID
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((it * power for it in _STEPS if it * power >= rough), 10 * power)
    count = math.ceil(longest / step)
    return Axis(count * step, tuple(step * at for at in range(count + 1)))


def clocks(scale: Axis) -> Markup:
    """Return the numbers below an axis on which a clock runs."""
    return labels(scale, clock if scale.length < _MINUTE else minutes)


def labels(scale: Axis, say: Callable[[float], str]) -> Markup:
    """Return the numbers below an axis, as `say` writes them; only the last one has the unit."""
    last = len(scale.ticks) - 1
    names = [say(it) for it in scale.ticks]
    drawn = _EMPTY.join(
        _LABEL.format(
            scale.percent(it),
            "start" if at == 0 else "end" if at == last else "middle",
            names[at] if at == last else names[at].partition(" ")[0],
        )
        for at, it in enumerate(scale.ticks)
    )
    return _NUMBERS.format(drawn)


def ms(time: float) -> str:
    """Return a time as milliseconds, or from ten seconds on as seconds."""
    return f"{time:,.0f} ms" if time < 10_000 else f"{time / 1000:,.1f} s"  # noqa: PLR2004


def clock(time: float) -> str:
    """Return a time since the beginning as seconds, or from a minute on as minutes and seconds."""
    return f"{time / 1000:.3g} s" if time < _MINUTE else minutes(time)


def minutes(time: float) -> str:
    """Return a time as minutes and seconds."""
    whole, seconds = divmod(round(time / 1000), 60)
    return f"{whole}:{seconds:02}"
