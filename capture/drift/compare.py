"""What changed between two recordings: every place of their turns, compared."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from capture.drift.found import Found
from capture.drift.outline import Node, Outline, Steps, outline
from capture.drift.parameters import one_line_each
from capture.drift.presence import presence
from capture.drift.report import GROUPS, Change, Drift, Side
from capture.drift.tally import Rows
from capture.drift.turn import turn
from capture.drift.types import types
from capture.drift.values import values
from capture.drift.wording import wording
from capture.sessions import Session, sessions
from contract.exchange import Exchange


def drift(a: Iterable[Exchange], b: Iterable[Exchange]) -> Drift:
    """Return what changed from the turns among `a` to those among `b`; the order is no matter."""
    before, now = _conversations(a), _conversations(b)
    found = _found(_outlines(before), _outlines(now))
    words = wording(_turns(before), _turns(now))
    news = [(steps, it) for steps, it in found if it[0].is_news]
    maybe = [(steps, it) for steps, it in found if not it[0].is_news]
    changes = [change for _, (_, change) in one_line_each(news)]
    told = {steps[:2] for steps, _ in news if steps[0] == "tools"}
    unsure = [change for steps, (_, change) in one_line_each(maybe) if steps[:2] not in told]
    return Drift(
        _side(before),
        _side(now),
        _in_order([*changes, *([words.change] if words.change else [])]),
        _in_order(unsure),
        words.notes,
    )


def _conversations(exchanges: Iterable[Exchange]) -> tuple[Session, ...]:
    turns = (it for it in exchanges if it.is_turn)
    # Times decide; where they are equal, the order in the file must not.
    return sessions(sorted(turns, key=lambda it: (it.id, it.request.body)))


def _turns(found: Sequence[Session]) -> list[Exchange]:
    return [it for session in found for it in session.turns]


def _side(found: Sequence[Session]) -> Side:
    return Side(len(_turns(found)), len(found))


def _outlines(found: Sequence[Session]) -> Rows[Outline]:
    known: dict[str, Outline] = {}
    return tuple(tuple(_outline(turn(it), known) for it in session.turns) for session in found)


def _outline(value: dict[str, Any], known: dict[str, Outline]) -> Outline:
    """Return the outline of a turn; that of its tools is made once, for most turns have the same.

    Args:
        value: the turn.
        known: the outlines of tools so far, which grow.
    """
    if "tools" not in value:
        return outline(value)
    tools = {"tools": value.pop("tools")}
    text = json.dumps(tools, sort_keys=True)
    if text not in known:
        known[text] = outline(tools)
    return known[text] | outline(value)


def _found(a: Rows[Outline], b: Rows[Outline]) -> list[tuple[Steps, Found]]:
    """Return what is told of each place: the first and heaviest that there is to say."""
    every = [one for rows in (a, b) for row in rows for one in row if one is not None]
    places: set[Steps] = set().union(*every)
    same = {steps for steps in places if _is_one([it.get(steps) for it in every])}
    found = []
    for steps in sorted(places - {()}):
        if steps in same and steps[:-1] in same:
            continue  # no rule could tell anything; of most places it is so
        several = [it for rule in (presence, types, values) if (it := rule(steps, a, b))]
        several.sort(key=lambda it: not it[0].is_news)  # stable: the heaviest stays first
        found += [(steps, it) for it in several[:1]]
    return found


def _is_one(nodes: list[Node | None]) -> bool:
    return nodes.count(nodes[0]) == len(nodes)


def _in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return differences by what they are about, in the order of places within."""
    return tuple(sorted(changes, key=lambda it: GROUPS.index(it.group)))
