"""What can go wrong at the model's side before an answer begins, and what to do then. Pure.

    Broken, Garbled, Silent      what a connection says
    Failure                      what became of one attempt
    GivenUp                      what became of the turn: the failures of all attempts
    next_step                    try again, when, with or without our pictures; or give up

Trying again is safe as long as nothing was sent to the client.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from contract.errors import RequestError

FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0
"""Seconds before the first repeat, doubled for each further one up to the longest."""

Kind: TypeAlias = Literal[
    "connect refused",
    "connect timeout",
    "timeout",
    "broken",
    "garbage",
    "empty",
    "error event",
    "status",
]


class ConnectionFailed(Exception):
    """A connection cannot give what it was asked for."""

    kind: ClassVar[Kind] = "broken"


class Broken(ConnectionFailed):
    """It ended too early."""


class Garbled(ConnectionFailed):
    """What came over it is no HTTP/1.1."""

    kind = "garbage"


class Silent(ConnectionFailed):
    """Nothing came over it in time."""

    kind = "timeout"


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An error answer of the model's side, whole, as it came."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of an attempt that failed.

    `says` is one short line that may be shown to anybody, `detail` what may be logged besides,
    which holds nothing that anybody said. `error` is what the client is told where nothing better
    is known, `answer` what the model's side said instead of an answer. `wait` is seconds for which
    the model's side asked. `may_pass` tells whether a repeat can help, `about_picture` whether one
    without our pictures can.
    """

    kind: Kind
    says: str
    error: RequestError
    detail: str = ""
    status: int | None = None
    answer: ErrorAnswer | None = None
    wait: float = 0.0
    may_pass: bool = True
    about_picture: bool = False

    @property
    def told(self) -> str:
        """What is said of it in the log."""
        return f"{self.says}: {self.detail}" if self.detail else self.says

    @property
    def label(self) -> str:
        """What it is called in logs and metrics, one of few words."""
        return f"status {self.status}" if self.kind == "status" else self.kind


class AttemptFailed(Exception):
    """An attempt brought no answer; `failure` says what it brought."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.says)
        self.failure = failure


class GivenUp(Exception):
    """No attempt brought an answer; the last failure counts."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(failures[-1].says)
        self.failures = tuple(failures)

    @property
    def last(self) -> Failure:
        """The failure of the last attempt."""
        return self.failures[-1]


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after `wait` seconds."""

    wait: float
    without_pictures: bool


def next_step(
    failures: Sequence[Failure], *, left: float, has_pictures: bool, jitter: float
) -> Again | None:
    """Return how to try again, or None to give up.

    Args:
        failures: what became of all attempts so far.
        left: seconds of the budget that are left.
        has_pictures: whether anything of ours was in the last attempt that can be left out.
        jitter: a random number from 0 up to 1, so that many turns do not come back at once.
    """
    last = failures[-1]
    if left <= 0:
        return None
    if last.about_picture and has_pictures:
        return Again(0.0, without_pictures=True)
    if not last.may_pass:
        return None
    repeats = sum(failure.may_pass for failure in failures) - 1
    backoff = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(repeats, 16)) * (1 + jitter / 4)
    wait = max(backoff, last.wait)
    return Again(wait, without_pictures=False) if wait < left else None
