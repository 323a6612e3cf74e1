"""Calls and their turns: who calls when, and the history that each request carries. Pure.

A history is what the platform would send after its prompt. It grows, is sent again, is revised,
and shrinks after an interruption, as voice platforms do it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any, TypeAlias

from bench.locate.forms import Form, letters
from bench.locate.people import Person, answered, person, said

Message: TypeAlias = dict[str, Any]

RETRY, GUESS, CUT, TOOL, SILENCE, EMPTY, BARE, RECONNECT = (
    "a turn is sent again",
    "a turn is sent before the person has finished",
    "the person interrupts, and the history shrinks",
    "the model calls a tool",
    "the person says nothing",
    "the first request has no messages",
    "the first request has a prompt only",
    "the connection is lost and made again",
)


@dataclass(frozen=True)
class Plan:
    """How calls go; ranges are inclusive. `same` opening lines are equal in all calls."""

    calls: tuple[int, int] = (2, 4)
    turns: tuple[int, int] = (3, 6)
    events: frozenset[str] = frozenset()
    together: bool = False
    same: int = 0
    one_person: bool = False


@dataclass(frozen=True)
class Call:
    """One conversation. What is constant in it is made once, whoever asks for it first."""

    seed: str
    number: int
    person: Person
    start: datetime

    def dice(self, name: str) -> Random:
        """Return fresh dice for one purpose."""
        return Random(f"{self.seed}/{self.number}/{name}")

    def value(self, name: str, form: Form) -> str:
        """Return the value of that name, the same one in every turn."""
        return form(self.dice(f"value/{name}"))


@dataclass(frozen=True)
class Turn:
    """One request to be made. `history` is None where the platform sends no message at all."""

    call: Call
    number: int
    at: datetime
    history: tuple[Message, ...] | None
    connection: int = 0

    @cached_property
    def dice(self) -> Random:
        """The dice of this request alone."""
        return self.call.dice(f"turn/{self.number}")


def calls(seed: str, plan: Plan, begin: datetime) -> list[Call]:
    """Return the calls that a plan makes from a time on."""
    dice = Random(f"{seed}/calls")
    one, at, made = person(dice), begin, []
    for number in range(dice.randint(*plan.calls)):
        who = one if plan.one_person or number == 0 else person(dice)
        made.append(Call(seed, number, who, at))
        gap = dice.uniform(2, 9) if plan.together else dice.uniform(400, 9000)
        at += timedelta(seconds=round(gap, 3))
    return made


def turns(made: Sequence[Call], plan: Plan) -> list[Turn]:
    """Return the turns of all calls in the order of time."""
    every = [turn for call in made for turn in _turns(call, plan)]
    return sorted(every, key=lambda turn: (turn.at, turn.call.number))


def _turns(call: Call, plan: Plan) -> Iterator[Turn]:
    dice = call.dice("talk")
    at = call.start + timedelta(seconds=round(dice.uniform(0.4, 1.6), 3))
    length = dice.randint(*plan.turns)
    reconnect = dice.randint(1, max(1, length - 1)) if RECONNECT in plan.events else -1
    exchanges = list(_exchanges(call, plan, length))
    for number, (step, history) in enumerate(_requests(exchanges, plan, dice)):
        connection = int(reconnect != -1 and step >= reconnect)
        yield Turn(call, number, at, history, connection)
        at += timedelta(seconds=round(dice.uniform(1.5, 14), 3))


def _exchanges(call: Call, plan: Plan, length: int) -> Iterator[tuple[str, str]]:
    shared = Random(f"{call.seed}/shared")
    own = call.dice("words")
    stranger = person(shared)
    for number in range(length):
        both = (said(shared, stranger, number), answered(shared, stranger))
        mine = (said(own, call.person, number), answered(own, call.person))
        yield both if number < plan.same else mine


def _requests(
    exchanges: Sequence[tuple[str, str]], plan: Plan, dice: Random
) -> Iterator[tuple[int, tuple[Message, ...] | None]]:
    history: tuple[Message, ...] = ({"role": "assistant", "content": "Hello! How can I help you?"},)
    if EMPTY in plan.events:
        yield 0, None
    if BARE in plan.events:
        yield 0, ()
    for step, (person_says, agent_says) in enumerate(exchanges):
        words = "..." if SILENCE in plan.events and step and dice.random() < 0.3 else person_says
        if GUESS in plan.events and " " in words and dice.random() < 0.6:
            yield step, (*history, _user(words.rsplit(" ", dice.randint(1, 2))[0]))
        history = (*history, _user(words))
        yield step, history
        for _ in range(dice.randint(1, 2) if RETRY in plan.events and dice.random() < 0.5 else 0):
            yield step, history
        if TOOL in plan.events and dice.random() < 0.6:
            history = (*history, *_tool(dice))
            yield step, history
        cut = CUT in plan.events and dice.random() < 0.5
        heard = agent_says[: dice.randint(4, len(agent_says) - 1)] if cut else agent_says
        if cut and dice.random() < 0.5:  # once the whole answer was in it, then what was heard
            yield step, (*history, _agent(agent_says), _user("Wait."))
        history = (*history, _agent(heard))


def _user(words: str) -> Message:
    return {"role": "user", "content": words}


def _agent(words: str) -> Message:
    return {"role": "assistant", "content": words}


def _tool(dice: Random) -> tuple[Message, Message]:
    name = f"call_{letters(dice, 'abcdefghijkmnpqrstuvwxyzABCDEFGHIJ0123456789', 24)}"
    function = {"name": "look_up", "arguments": json.dumps({"number": dice.randint(100, 999)})}
    asked = [{"id": name, "type": "function", "function": function}]
    found = json.dumps({"status": "in stock", "ticket": letters(dice, "0123456789abcdef", 8)})
    return (
        {"role": "assistant", "content": None, "tool_calls": asked},
        {"role": "tool", "tool_call_id": name, "content": found},
    )


def later(begin: datetime, days: float) -> datetime:
    """Return a time so many days later."""
    return begin + timedelta(days=days)


def beginning(dice: Random) -> datetime:
    """Return when a recording began: some working hour of 2026."""
    day = datetime(2026, 1, 5, 8, 0, tzinfo=UTC) + timedelta(days=dice.randrange(300))
    return day + timedelta(seconds=dice.randrange(36_000), milliseconds=dice.randrange(1000))
