"""Whether something is there: a member, a header, a parameter, a tool, a part of a type.

It is counted where it could be: a member only in the turns that have the object. What is new or
gone is told once; what is inside it is not told again.
"""

from typing import Literal

from capture.drift.found import Found, found_at
from capture.drift.naming import group_of
from capture.drift.outline import Node, Outline, Steps, is_element, is_typed
from capture.drift.tally import Judgement, Rows, Tally, judge, rises, tally

_MOST_NAMED = 4


def presence(steps: Steps, a: Rows[Outline], b: Rows[Outline]) -> Found | None:
    """Return how a place comes and goes, if it differs."""
    if not _is_counted(steps):
        return None
    before, now = (tally(rows, lambda one: _is_there(steps, one)) for rows in (a, b))
    # What no conversation brings about is counted by turn.
    judged = judge(before, now, by_turn=steps[:2] == ("order", "roles"))
    if not judged.is_news and not is_typed(steps[-1]) and group_of(steps) != "answers":
        partly = _partly(steps, a, b)
        if partly and before.count[0] and now.count[0]:
            return partly
    if judged is Judgement.SAME:
        return None
    change = _change(before, now)
    if change == "changed":
        counts = before.count, now.count
        return found_at(steps, judged, _frequency(before, now), counts, weight=60)
    text = described(steps, b if change == "added" else a)
    return found_at(steps, judged, text, (before.count, now.count), weight=100, change=change)


def _partly(steps: Steps, a: Rows[Outline], b: Rows[Outline]) -> Found | None:
    """Return whether some elements of a list lack a member that all of them had, or the reverse."""
    one, other = (tally(rows, lambda it: _is_lacking(steps, it)) for rows in (a, b))
    judged = judge(one, other)
    if not judged.is_news:
        return None
    before, now = (tally(it.rows, lambda lacking: not lacking) for it in (one, other))
    return found_at(steps, judged, _frequency(before, now), (before.count, now.count), weight=60)


def _frequency(before: Tally, now: Tally) -> str:
    return "there more often" if rises(before, now) else "there less often"


def _is_counted(steps: Steps) -> bool:
    """Tell whether it says something that a place is there at all."""
    if len(steps) == 1 or (is_element(steps[-1]) and not is_typed(steps[-1])):
        return False
    if steps[0] == "messages":
        return len(steps) > 3  # noqa: PLR2004 - a kind of message comes and goes
    return steps not in {("order", "opening"), ("order", "roles")}


def _holders(steps: Steps, one: Outline) -> int:
    """Return how many objects, or lists, could have the place's last step."""
    parent = one.get(steps[:-1])
    return parent.kinds.get("list" if is_typed(steps[-1]) else "object", 0) if parent else 0


def _is_there(steps: Steps, one: Outline) -> bool | None:
    return steps in one if _holders(steps, one) else None


def _is_lacking(steps: Steps, one: Outline) -> bool | None:
    holders = _holders(steps, one)
    return one.get(steps, Node()).count < holders if holders else None


def _change(before: Tally, now: Tally) -> Literal["added", "removed", "changed"]:
    if not before.count[0]:
        return "added"
    return "changed" if now.count[0] else "removed"


def described(steps: Steps, rows: Rows[Outline]) -> str:
    """Return what stands at a place: its types, and the members of an object."""
    if steps[0] in {"headers", "query", "order", "tools"}:
        return ""
    nodes = [one[steps] for row in rows for one in row if one is not None and steps in one]
    kinds = sorted({kind for node in nodes for kind in node.kinds})
    members = {
        place[len(steps)]
        for row in rows
        for one in row
        if one is not None
        for place in one
        if len(place) == len(steps) + 1 and place[: len(steps)] == steps
    }
    named = sorted(step for step in members if not is_element(step))
    more = ", …" if len(named) > _MOST_NAMED else ""
    inside = f" of {', '.join(named[:_MOST_NAMED])}{more}" if named else ""
    return " or ".join(kinds) + inside
