"""Turns on a time axis, as SVG: the whole call on one strip, and each turn on a line of its own.

On the lines time is counted from when the person was heard: from the first of the turns that
overlap, so that turns that were sent again, or ahead of time, lie beside each other as lanes. All
lines of a conversation have the same axis. How a turn ended is told by form as well as by colour.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from capture.report.axis import Axis, clock, ms
from capture.report.outcome import End, Outcome

_MOST_TICKS = 150  # more pieces of an answer lie closer together than a line is wide
_FINE = 5_000  # a line is drawn as if it were so many units wide

_EMPTY = Markup()
_SVG = Markup('<svg class="{}" role="img" aria-label="{}" height="{}">{}</svg>')
_RECT = Markup('<rect class="{}" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}"/>')
_RULE = Markup('<line class="{}" x1="{:.2f}%" x2="{:.2f}%" y1="{}" y2="{}"/>')
_RULES = Markup(
    '<svg y="{}" width="100%" height="{}" viewBox="0 0 {} 1" preserveAspectRatio="none">'
    '<path class="{}" vector-effect="non-scaling-stroke" d="{}"/></svg>'
)
_FORM = Markup('<svg class="end {}" x="{:.2f}%" y="{}" overflow="visible">{}</svg>')

_FORMS: dict[End, Markup] = {
    "done": Markup('<path d="M0 -7V7"/>'),
    "cancelled": Markup('<path d="M1 -6L7 0L1 6Z"/>'),
    "cut": Markup('<path d="M2 -7L-2 -2.5L3 0L-2 2.5L2 7"/>'),
    "failed": Markup('<path d="M-5 -5L5 5M-5 5L5 -5"/>'),
}
"""What stands at the end of a turn: a post, an arrow out, a break, a cross; around its middle."""

WORDS: dict[End, str] = {
    "done": "ended",
    "cancelled": "cancelled by the caller",
    "cut": "cut short",
    "failed": "failed",
}
"""How a turn ended, in words."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A turn on its line: `start` in ms since the conversation began, `offset` since its burst.

    A burst is what overlaps; `lanes` is how many turns are in it.
    """

    start: float
    offset: float
    lane: int
    lanes: int
    outcome: Outcome
    pieces: tuple[float, ...]


def bars(
    starts: Sequence[float], outcomes: Sequence[Outcome], pieces: Sequence[Sequence[float]]
) -> tuple[Bar, ...]:
    """Return the bars of a conversation's turns, which are in the order of their starts."""
    made: list[Bar] = []
    burst: list[int] = []
    until = -math.inf
    for at, (start, outcome) in enumerate(zip(starts, outcomes, strict=True)):
        if start >= until:
            made += _burst(burst, starts, outcomes, pieces)
            burst = []
        burst.append(at)
        until = max(until, start + outcome.until)
    return (*made, *_burst(burst, starts, outcomes, pieces))


def _burst(
    burst: Sequence[int],
    starts: Sequence[float],
    outcomes: Sequence[Outcome],
    pieces: Sequence[Sequence[float]],
) -> Iterable[Bar]:
    for lane, at in enumerate(burst):
        offset = starts[at] - starts[burst[0]]
        yield Bar(starts[at], offset, lane, len(burst), outcomes[at], tuple(pieces[at]))


def longest(made: Sequence[Bar]) -> float:
    """Return the time at which the last of these bars ends, from the start of its burst."""
    return max((it.offset + it.outcome.until for it in made), default=0.0)


def line(bar: Bar, scale: Axis) -> Markup:
    """Return the line of a turn: request in, waiting, first byte, pieces, end."""
    outcome, at = bar.outcome, scale.percent
    came = outcome.until if outcome.first is None else outcome.first
    begin, first, end = at(bar.offset), at(bar.offset + came), at(bar.offset + outcome.until)
    drawn = [rules("grid", 22, map(at, scale.ticks))]
    drawn.append(_RECT.format("wait", begin, 7, first - begin, 8))
    if outcome.first is not None:
        drawn.append(_RECT.format("flow", first, 5, end - first, 12))
        drawn.append(rules("piece", 12, _apart(bar, scale), 5))
        drawn.append(_RULE.format("first", first, first, 2, 20))
    drawn.append(_RULE.format("request", begin, begin, 2, 20))
    drawn.append(_FORM.format(outcome.end, end, 11, _FORMS[outcome.end]))
    return _SVG.format("bar", said(bar), 22, _EMPTY.join(drawn))


def rules(name: str, height: int, places: Iterable[float], top: int = 0) -> Markup:
    """Return upright rules at places in percent, as one path: an answer may have many pieces."""
    path = "".join(f"M{place * _FINE / 100:.0f} 0v1" for place in places)
    return _RULES.format(top, height, _FINE, name, path)


def _apart(bar: Bar, scale: Axis) -> list[float]:
    """Return where pieces came, in percent, those that lie apart."""
    places = [round(scale.percent(bar.offset + it), 2) for it in bar.pieces]
    apart = list(dict.fromkeys(places))
    return apart[:: math.ceil(len(apart) / _MOST_TICKS) or 1]


def said(bar: Bar) -> str:
    """Return a bar in words."""
    outcome = bar.outcome
    first = "no byte came" if outcome.first is None else f"first byte after {ms(outcome.first)}"
    overlap = f", {bar.lanes} turns overlap" if bar.lanes > 1 else ""
    count = len(bar.pieces)
    pieces = f", {count} piece{'' if count == 1 else 's'}" if count else ""
    after = "" if outcome.last is None else f" after {ms(outcome.last)}"
    return f"{first}{pieces}, {WORDS[outcome.end]}{after}{overlap}"


def strip(made: Sequence[Bar], scale: Axis, since: float = 0.0) -> Markup:
    """Return a conversation on one strip, with a lane for each turn that overlaps.

    Args:
        made: its turns.
        scale: the axis, of this conversation alone or of all.
        since: when it began on that axis, in milliseconds.
    """
    lanes = max((it.lane for it in made), default=0) + 1
    height = 12 * lanes + 4
    drawn = [rules("grid", height, map(scale.percent, scale.ticks))]
    for it in made:
        start = since + it.start
        begin, end = scale.percent(start), scale.percent(start + it.outcome.until)
        drawn.append(
            _RECT.format(f"turn {it.outcome.end}", begin, 12 * it.lane + 3, end - begin, 10)
        )
    count = f"{len(made)} turn{'' if len(made) == 1 else 's'}"
    words = f"{count}, from {clock(since)} to {clock(since + last(made))}"
    return _SVG.format("strip", words, height, _EMPTY.join(drawn))


def last(made: Sequence[Bar]) -> float:
    """Return when the last of these turns ends, in milliseconds since the conversation began."""
    return max((it.start + it.outcome.until for it in made), default=0.0)
