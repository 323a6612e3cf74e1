"""Conversations as a field path tells them apart, and whether the histories agree with that.

Histories alone cannot tell two calls apart that open with the same words. But if a place holds the
conversation ID, then the turns that share a value there are one whole conversation: each extends
what came before it in the same group, and nothing that came before it is missing from the group.
The ID of a request, a connection or a trace fails that: the turn before has another value.
"""

from collections.abc import Iterable, Sequence

from capture.sessions import Line, Session, continues, history_of, sessions
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
    together = [tuple(turns) for turns in groups.values()]
    together += [session.turns for session in sessions(rest)]
    together.sort(key=lambda turns: turns[0].started)
    return tuple(Session(number, turns) for number, turns in enumerate(together, start=1))


def are_whole(found: Sequence[Session]) -> bool:
    """Tell whether each of these is one whole conversation, by the histories in it.

    Each must have gone on beyond its first turn, none may look like two calls, and no turn may have
    its beginning in another one: so neither what is said of a person, who calls twice, nor what is
    said of a request or a connection, which ends within a call, passes for a conversation's ID.
    """
    histories = [[history_of(turn.request) for turn in session.turns] for session in found]
    every = [history for group in histories for history in group]
    return all(
        len(sessions(session.turns)) == 1 and _is_whole(group, every)
        for session, group in zip(found, histories, strict=True)
    )


def _is_whole(group: Sequence[Sequence[Line]], every: Sequence[Sequence[Line]]) -> bool:
    """Tell whether a conversation goes on, and whether its turns have their beginnings in it."""
    begun = [any(_extends(it, one) for one in group[:at]) for at, it in enumerate(group)]
    elsewhere = (
        any(_extends(it, other) for other in every)
        for it, is_begun in zip(group, begun, strict=True)
        if not is_begun
    )
    return any(begun) and not any(elsewhere)


def _extends(after: Sequence[Line], before: Sequence[Line]) -> bool:
    """Tell whether a history is another one with more said, in which a person has spoken."""
    spoken = any(role == "user" for role, _ in before)
    return spoken and len(before) < len(after) and continues(before, after)
