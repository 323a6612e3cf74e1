"""Conversations as a field path tells them apart, and whether the histories agree with that.

Histories alone cannot tell two calls apart that open with the same words. But if a place holds the
conversation ID, then the turns that share a value there are one whole conversation: each extends
what came before it in the same group, and nothing that came before it is missing from the group.
The ID of a request, a connection or a trace fails that: the turn before has another value.
"""

from collections.abc import Iterable, Sequence

from capture.links import Histories, View
from capture.sessions import Session, sessions
from contract.exchange import Exchange
from contract.fieldpath import FieldPath
from contract.roles import first_id


def sessions_by(paths: Sequence[FieldPath], exchanges: Iterable[Exchange]) -> tuple[Session, ...]:
    """Return the conversations that field paths tell apart, and by history where there is no ID."""
    groups: dict[str, list[Exchange]] = {}
    rest: list[Exchange] = []
    for turn in sorted((it for it in exchanges if it.is_turn), key=lambda it: it.started):
        key = first_id(paths, turn.request)
        (rest if key is None else groups.setdefault(key, [])).append(turn)
    by_id = [
        Session(0, tuple(turns), "likely", "the located ID is the same in all of its turns")
        for turns in groups.values()
    ]
    together = sorted([*by_id, *sessions(rest)], key=lambda it: it.turns[0].started)
    return tuple(
        Session(number, it.turns, it.certainty, it.why)
        for number, it in enumerate(together, start=1)
    )


def count_whole(found: Sequence[Session]) -> int:
    """Return how many of these can be told apart, each as one whole conversation; 0 if any is not.

    None may look like two calls, and no turn may have its beginning in another one: so neither what
    is said of a person, who calls twice, nor what is said of a request or a connection, which ends
    within a call, passes for a conversation's ID. A single turn counts where no other one says the
    same, for it could be that one, sent again.
    """
    histories = Histories(turn for session in found for turn in session.turns)
    views = iter(histories.views)
    groups = [[next(views) for _ in session.turns] for session in found]
    every = [view for group in groups for view in group]
    first: dict[int, int] = {}
    for view in histories.in_order:
        first.setdefault(view.node, view.position)
    if any(len(sessions(session.turns, of_one_id=True)) != 1 for session in found):
        return 0
    if not all(_is_whole(group, first) for group in groups):
        return 0
    return sum(_is_told_apart(group, every) for group in groups)


def _is_whole(group: Sequence[View], first: dict[int, int]) -> bool:
    """Tell whether the turns of a group have their beginnings in it."""
    own = {view.node for view in group}
    befores = (_before(view, first) for view in group)
    return all(before is None or before in own for before in befores)


def _before(view: View, first: dict[int, int]) -> int | None:
    """Return the longest history that a turn goes on from and that was sent before it."""
    for node, people in zip(reversed(view.path[:-1]), reversed(view.people[:-1]), strict=True):
        if not people:
            return None
        if first.get(node, view.position) < view.position:
            return node
    return None


def _is_told_apart(group: Sequence[View], every: Sequence[View]) -> bool:
    own = {view.node for view in group}
    if {node for node in own if any(node in view.path[:-1] for view in group)}:
        return True  # it went on from something that it said itself
    return not any(own & set(view.path) for view in every if view not in group)
