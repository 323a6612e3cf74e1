"""What the values at one place do: stay, follow the conversation, change with each turn, be a few.

Which values they are is told only where somebody chose them: parameters, and what is the same in
several conversations. What an ID, a time, a number of somebody or a text is today says nothing.
"""

from typing import Final

from capture.drift.behaviour import (
    Rule,
    constant,
    different,
    filled_in,
    formed,
    moving,
    one_of_few,
    settled,
)
from capture.drift.found import Found, found_at
from capture.drift.naming import is_ours, is_secret
from capture.drift.outline import ANY_KEY, HIDDEN, LONG, Node, Outline, Steps, is_element
from capture.drift.tally import Judgement, Rows

_RULES: Final[tuple[Rule, ...]] = (filled_in, formed, settled, one_of_few, moving, constant)
"""The first that has something to say is told."""


def values(steps: Steps, a: Rows[Outline], b: Rows[Outline]) -> Found | None:
    """Return how the values of a place differ."""
    if ANY_KEY in steps or any(map(is_element, steps)) or is_secret(steps) or is_ours(steps):
        return None
    before, now = _values(steps, a), _values(steps, b)
    if not different(before) or not different(now):
        return None
    if (different(before) | different(now)) & {LONG, HIDDEN}:
        return None
    for rule in _RULES:
        judged, text, seen_a, seen_b = rule(steps, before, now)
        if judged is not Judgement.SAME:
            return found_at(steps, judged, text, (seen_a, seen_b), weight=80)
    return None


def _values(steps: Steps, rows: Rows[Outline]) -> Rows[str]:
    return tuple(tuple(_value(one.get(steps)) if one else None for one in row) for row in rows)


def _value(node: Node | None) -> str | None:
    return next(iter(node.values)) if node and len(node.values) == 1 else None
