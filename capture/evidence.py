"""What stands at one place in all requests, and what that says for or against an ID."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from capture import decoys
from capture.places import CONVERSATION
from capture.sessions import Session
from contract.exchange import Request
from contract.fieldpath import FieldPath, is_placeholder, text_of
from contract.roles import id_at

CANNOT: Final = ""
"""Stands for the value of a turn that cannot carry the ID at this place: `messages: []` has no
prompt to say it in, and a template variable that was left as it is was meant to say it."""


UNNAMED: Final = "nothing says that it is a conversation's"
"""What alone speaks against a place that behaves like an ID and is not named as one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands at one place: a value for each turn of each conversation, or None."""

    path: FieldPath
    values: tuple[tuple[str | None, ...], ...]

    @property
    def by_session(self) -> list[set[str]]:
        """The different values of each conversation, without those that are none."""
        return [{value for value in turns if value} for turns in self.values]

    @property
    def every(self) -> set[str]:
        """All different values."""
        return set().union(*self.by_session)

    @property
    def present(self) -> int:
        """In how many turns a value stands."""
        return sum(bool(value) for turns in self.values for value in turns)

    @property
    def constant(self) -> int:
        """In how many conversations one value stands, and no other."""
        return sum(len(values) == 1 for values in self.by_session)

    @property
    def distinct(self) -> int:
        """How many different values stand here alone, one for each conversation."""
        single = [next(iter(values)) for values in self.by_session if len(values) == 1]
        return sum(single.count(value) == 1 for value in single)

    @property
    def tells_apart(self) -> bool:
        """Whether it has one value within each conversation that has any, and no two the same."""
        having = sum(bool(values) for values in self.by_session)
        return self.constant == self.distinct == having

    @property
    def covered(self) -> frozenset[int]:
        """The conversations of which every turn that can has the same value here."""
        return frozenset(
            at
            for at, (turns, values) in enumerate(zip(self.values, self.by_session, strict=True))
            if len(values) == 1 and None not in turns
        )

    @property
    def is_tested(self) -> bool:
        """Whether a conversation has it in two turns, so that it could have changed."""
        return any(sum(bool(value) for value in turns) > 1 for turns in self.values)


def look(path: FieldPath, found: Iterable[Session]) -> Seen:
    """Return what stands at a place, read as the endpoint will read it."""
    return Seen(
        path,
        tuple(tuple(_value(path, turn.request) for turn in session.turns) for session in found),
    )


def _value(path: FieldPath, request: Request) -> str | None:
    value = id_at(path, request)
    return CANNOT if value is None and _cannot_carry(path, request) else value


def _cannot_carry(path: FieldPath, request: Request) -> bool:
    body = request.json()
    if path.place == "body" and path.keys[0] == "messages" and body.get("messages") == []:
        return True
    return is_placeholder(text_of(path.value(request)) or "")


def is_named(path: FieldPath, values: Iterable[str]) -> bool:
    """Tell whether a place says that it is a conversation's: by its name, or by `conv_` values.

    A random form alone is not enough: users, voices, agents and browsers have such IDs too, and no
    list of their names is ever complete.
    """
    named = decoys.is_named(path) or decoys.is_call_named(path)
    return named or all(CONVERSATION.fullmatch(value) for value in values)


def against(path: FieldPath, values: Iterable[str]) -> str | None:
    """Return what explains a place's values better than that they are IDs, or None."""
    named = decoys.against_name(path)
    if named:
        return f"its name {named}"
    shaped = next((why for value in values if (why := decoys.against_value(value))), None)
    return f"its value {shaped}" if shaped else None


def behaviour(one: Seen) -> str | None:
    """Return what a place's values do that a conversation ID's do not, or None."""
    several = sum(len(values) > 1 for values in one.by_session)
    if several:
        return f"changes within {several} of {len(one.values)} conversations"
    if len(one.values) > 1 and one.distinct < one.constant:
        return "is the same in different conversations"
    if not is_named(one.path, one.every):
        return UNNAMED
    return None


def without_twins(ranked: Sequence[Seen]) -> list[Seen]:
    """Return the places without those that only cut the same words out of the same text."""
    first: dict[object, Seen] = {}
    for one in ranked:
        values = one.values if one.path.match else one.path
        first.setdefault((one.path.place, one.path.keys, values), one)
    return list(first.values())
