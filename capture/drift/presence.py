"""Whether something is there: a member, a header, a parameter, a tool, a part of a type.

It is counted where it could be: a member only in the turns that have the object. What is new or
gone is told once; what is inside it is not told again.
"""

from capture.drift.naming import expression_of, group_of, name_of
from capture.drift.outline import Node, Outline, Steps, is_element, is_typed
from capture.drift.report import Change
from capture.drift.tally import Judgement, Rows, Tally, judge, tally

Found = tuple[Judgement, Change]
"""A difference, and how sure it is."""

_MOST_NAMED = 4


def presence(steps: Steps, a: Rows[Outline], b: Rows[Outline]) -> Found | None:
    """Return how a place comes and goes, if it differs."""
    if not _is_counted(steps):
        return None
    by_turn = steps[:2] == ("order", "roles")
    there = tuple(tally(rows, lambda one: _is_there(steps, one)) for rows in (a, b))
    found = judge(*there, by_turn=by_turn)
    if found.is_news or is_typed(steps[-1]) or group_of(steps) == "answers":
        return _told(found, steps, there, _sign(*there), (a, b))
    lacking = tuple(tally(rows, lambda one: _is_lacking(steps, one)) for rows in (a, b))
    other = judge(*lacking)
    if other.is_news and there[0].count[0] and there[1].count[0]:
        return _told(other, steps, tuple(map(_inverted, lacking)), "changed", (a, b))
    return _told(found, steps, there, _sign(*there), (a, b))


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


def _inverted(lacking: Tally) -> Tally:
    return tally(lacking.rows, lambda it: not it)


def _sign(a: Tally, b: Tally) -> str:
    if not a.count[0] and b.count[0]:
        return "added"
    return "removed" if a.count[0] and not b.count[0] else "changed"


def _told(
    found: Judgement,
    steps: Steps,
    there: tuple[Tally, ...],
    sign: str,
    rows: tuple[Rows[Outline], ...],
) -> Found | None:
    if found is Judgement.SAME:
        return None
    a, b = (it.count for it in there)
    if sign == "changed":
        more = b[0] * a[1] > a[0] * b[1]
        text = "there more often" if more else "there less often"
    else:
        text = described(steps, rows[sign == "added"])
    weight = (100 if sign != "changed" else 60) - 4 * len(steps)
    change = Change(
        sign,  # type: ignore[arg-type]
        group_of(steps),
        expression_of(steps),
        name_of(steps),
        text,
        a,
        b,
        weak=found is Judgement.WEAK,
        weight=weight,
    )
    return found, change


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
