"""A kind of recording, and a case of it: HAR documents, known IDs, and the truth beside them.

A kind is a function from dice to a `Setup`, which is how somebody has configured a platform; its
docstring says in one sentence why the truth is what it is. A case is what two recordings of that
configuration hold: one that is questioned, and a later one that the answer must hold for.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, TypeAlias

from bench.locate import forms, har, people, talk
from bench.locate.draft import Draft, Put, Request, Value
from bench.locate.forms import Form
from bench.locate.platforms import Platform

FOUND, ABSENT, INSUFFICIENT, UNREADABLE = "found", "absent", "insufficient", "unreadable"

Timed: TypeAlias = tuple[datetime, Request]
KnownIds: TypeAlias = Callable[[Sequence[str]], Sequence[str]]
Change: TypeAlias = Callable[[Request], Request]

_PLAN = talk.Plan()


@dataclass(frozen=True)
class Setup:
    """How a platform was configured, what was recorded, and what is true of it.

    Attributes:
        puts: what stands in each request, in this order.
        verdicts: every verdict that is right.
        plan, later: how the recorded calls and the calls of later days go.
        known: from the IDs of the recorded calls to those that somebody knows.
        prefer: starts of the expressions that may come first; empty where any place may.
        listed: expressions that must be among the candidates.
        answer: headers of the answers.
        beside: requests that are no turn.
        change: what is done to each recorded request before it is written down.
        redact: names of values that are replaced by tokens, `id` among them.
        clock: from a time to the one that the tool writes down.
        texts: files as they are, in place of what would be recorded.
    """

    platform: Platform
    puts: tuple[Put, ...] = ()
    verdicts: frozenset[str] = frozenset({FOUND})
    form: Form = forms.conv
    plan: talk.Plan = _PLAN
    later: talk.Plan | None = None
    known: KnownIds = lambda _: ()
    prefer: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    size: int = 1_500
    answer: tuple[tuple[str, Value], ...] = ()
    beside: tuple[Callable[[datetime], Request], ...] = ()
    change: Change | None = None
    redact: tuple[tuple[str, Form], ...] = ()
    files: int = 1
    turns: bool = True
    clock: Callable[[datetime], datetime] | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of recording; `why` says why its truth is the truth."""

    name: str
    group: str
    why: str
    setup: Callable[[Random], Setup]


@dataclass(frozen=True)
class Case:
    """A recording with its truth. `recorded` and `later` are the turns, with what each carries."""

    kind: Kind
    seed: int
    setup: Setup
    documents: tuple[dict[str, Any] | str, ...]
    known: tuple[str, ...]
    recorded: tuple[Request, ...] = field(repr=False)
    later: tuple[Request, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The name under which a case is found again."""
        return f"{self.kind.name}/{self.seed}"


KINDS: dict[str, Kind] = {}


def kind(group: str) -> Callable[[Callable[[Random], Setup]], Callable[[Random], Setup]]:
    """Register a function as a kind, under its name with dashes."""

    def register(setup: Callable[[Random], Setup]) -> Callable[[Random], Setup]:
        name = setup.__name__.replace("_", "-")
        if name in KINDS:
            raise ValueError(f"there are two kinds {name}")
        why = " ".join((setup.__doc__ or "").split())
        KINDS[name] = Kind(name, group, why, setup)
        return setup

    return register


def case(one: Kind, seed: int) -> Case:
    """Return the case of a kind with that seed; the same one for the same seed."""
    dice = Random(f"{one.name}/{seed}")
    setup = one.setup(dice)
    prompt = people.prompt(dice, setup.size)
    begin = talk.beginning(dice)
    made = _exchanges(setup, setup.plan, f"{one.name}/{seed}", begin, prompt)
    after = replace(setup.plan, calls=(3, 5), turns=(2, 8), one_person=False)
    later = _exchanges(
        setup,
        setup.later or after,
        f"{one.name}/{seed}/later",
        begin + timedelta(days=dice.uniform(3, 60)),
        prompt,
    )
    known = tuple(setup.known(_ids(made)))
    written = [(at, _written(setup, request, call)) for at, request, call in made]
    return Case(
        kind=one,
        seed=seed,
        setup=setup,
        documents=setup.texts or tuple(_documents(setup, written, begin, dice)),
        known=known,
        recorded=tuple(request for _, request in written),
        later=tuple(request for _, request, _ in later),
    )


def _exchanges(
    setup: Setup, plan: talk.Plan, seed: str, begin: datetime, prompt: str
) -> list[tuple[datetime, Request, talk.Call]]:
    if not setup.turns:
        return []
    turns = talk.turns(talk.calls(seed, plan, begin), plan)
    return [(turn.at, _request(setup, turn, prompt), turn.call) for turn in turns]


def _request(setup: Setup, turn: talk.Turn, prompt: str) -> Request:
    draft = Draft(turn, prompt, setup.form)
    for put in setup.puts:
        put(draft)
    answer = tuple((name, value(turn) or "") for name, value in setup.answer)
    return replace(setup.platform(draft), answer=answer)


def _ids(made: list[tuple[datetime, Request, talk.Call]]) -> list[str]:
    return list(dict.fromkeys(one.truth for _, one, _ in made if one.truth is not None))


def _written(setup: Setup, request: Request, call: talk.Call) -> Request:
    if setup.change is not None:
        request = setup.change(request)
    for name, form in setup.redact:
        request = _redacted(request, call.value(name, form))
    return request


def _redacted(request: Request, secret: str) -> Request:
    """Return the request with a token in place of a secret, wherever it stands."""
    token = f"redacted-{hashlib.sha256(secret.encode()).hexdigest()[:16]}"
    return replace(
        request,
        url=request.url.replace(secret, token),
        headers=tuple((name, value.replace(secret, token)) for name, value in request.headers),
        body=request.body.replace(secret, token),
        truth=token if request.truth == secret else request.truth,
    )


def _documents(
    setup: Setup, made: list[Timed], begin: datetime, dice: Random
) -> list[dict[str, Any]]:
    tool, answers = dice.choice(har.TOOLS), dice.random() < 0.8
    beside = [
        (at := begin + timedelta(seconds=dice.uniform(0, 60)), one(at)) for one in setup.beside
    ]
    every = sorted([*made, *beside], key=lambda exchange: exchange[0])
    if setup.clock is not None:
        every = [(setup.clock(at), one) for at, one in every]
    elif dice.random() < 0.1 and not setup.files > 1:
        every = every[::-1]  # some tools show the newest first
    cuts = [round(len(every) * n / setup.files) for n in range(setup.files + 1)]
    return [
        har.document(every[start:end], tool, dice, answers=answers) for start, end in pairwise(cuts)
    ]


_SPOKEN = re.compile(r"[A-Za-z]")


def masked(words: str) -> str:
    """Return what somebody said as Sightline hides it: an x for each letter, 0 for each digit."""
    return re.sub(r"[0-9]", "0", _SPOKEN.sub("x", words))
