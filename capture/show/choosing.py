"""Which exchanges of a recording a person wants to see: filters that combine.

    --session 2            the second conversation, as the histories tell them apart
    --session conv_…       every exchange that holds this ID, turn or not
    --path TEXT            the text occurs in the path; with `*`, `?` or `[` it is the whole path
    --status 4xx,none      500 · 4xx · 200-299 · none: no answer · cut: cut short
    --grep REGEX           somewhere in what `show` shows
    --last N               of those that are left, the last

Pure. An exchange carries its number here: its place in the recordings, from 1, as `show` counts.
"""

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias

from capture.sessions import Session, sessions
from capture.show.payload import ids_in
from capture.show.searching import is_found
from contract.errors import UsageError
from contract.exchange import Exchange, Request
from contract.fieldpath import FieldPath
from contract.roles import first_id

_STATUS = re.compile(r"(?P<one>\d{3})(?:-(?P<last>\d{3}))?|(?P<hundred>\d)xx")
_GLOB = re.compile(r"[*?\[]")

StatusTest: TypeAlias = Callable[[Exchange], bool]


@dataclass(frozen=True, slots=True)
class Numbered:
    """An exchange with its number, and with that of its conversation where it is a turn."""

    number: int
    exchange: Exchange
    session: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants to see; None and 0 do not choose.

    `paths` are the configured field paths at which an ID is read, besides what `show` marks.
    """

    session: str | None = None
    path: str | None = None
    status: StatusTest | None = None
    hits: re.Pattern[str] | None = None
    last: int = 0
    paths: Sequence[FieldPath] = ()

    def of(self, exchanges: Sequence[Numbered]) -> tuple[Numbered, ...]:
        """Return those that a person wants to see."""
        is_in = self._session_test(exchanges)
        chosen = tuple(it for it in exchanges if is_in(it) and self._fits(it.exchange))
        return chosen[-self.last :] if self.last else chosen

    def _fits(self, exchange: Exchange) -> bool:
        return (
            (self.path is None or _is_path(self.path, exchange.request))
            and (self.status is None or self.status(exchange))
            and (self.hits is None or is_found(exchange, self.hits))
        )

    def _session_test(self, exchanges: Sequence[Numbered]) -> Callable[[Numbered], bool]:
        wanted = self.session
        if wanted is None:
            return lambda _: True
        if any(str(it.session) == wanted for it in exchanges):
            return lambda it: str(it.session) == wanted
        return lambda it: wanted in ids_of(it.exchange.request, self.paths)


def ids_of(request: Request, paths: Sequence[FieldPath]) -> tuple[str, ...]:
    """Return what could be the ID of a request's conversation: that of the field paths first."""
    found = first_id(paths, request)
    return tuple(dict.fromkeys([*([found] if found else []), *ids_in(request).values()]))


def numbered(exchanges: Iterable[Exchange]) -> tuple[Numbered, ...]:
    """Return exchanges with their numbers and those of their conversations."""
    every = tuple(exchanges)
    return with_sessions(every, sessions(every))


def with_sessions(exchanges: Sequence[Exchange], found: Sequence[Session]) -> tuple[Numbered, ...]:
    """Return exchanges with their numbers and those of the conversations `found` in them."""
    number_of = {id(turn): session.number for session in found for turn in session.turns}
    return tuple(
        Numbered(number, exchange, number_of.get(id(exchange)))
        for number, exchange in enumerate(exchanges, start=1)
    )


def check_session(choice: Choice, exchanges: Sequence[Numbered]) -> None:
    """Find out whether the conversation that a person names is there.

    Raises:
        UsageError: it is not; the message says which are.
    """
    if choice.session is None or Choice(choice.session, paths=choice.paths).of(exchanges):
        return
    count = max((it.session or 0 for it in exchanges), default=0)
    there = {0: "there is none", 1: "there is only 1"}.get(count, f"there are 1 to {count}")
    raise UsageError(
        f"--session: no conversation has the number {choice.session} ({there}), and no exchange "
        "holds it as an ID"
        if choice.session.isdecimal()
        else f"--session: no exchange holds the ID {choice.session}; by number {there}"
    )


def pattern(text: str) -> re.Pattern[str]:
    """Return the regular expression that a person wrote.

    Raises:
        UsageError: it is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what another Python may read otherwise
            return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"--grep: {text} is no regular expression: {error}") from None


def status_test(text: str) -> StatusTest:
    """Return the test for the statuses that a person wrote, with commas between them.

    Raises:
        UsageError: one of them is none.
    """
    tests = [_one_status(part.strip().lower()) for part in text.split(",")]
    return lambda exchange: any(test(exchange) for test in tests)


def _one_status(text: str) -> StatusTest:
    if text == "none":
        return lambda exchange: exchange.response is None
    if text == "cut":
        return lambda exchange: not exchange.complete
    found = _STATUS.fullmatch(text)
    if found is None:
        raise UsageError(
            f"--status: {text or 'nothing'} is no status: write 500, 4xx, 200-299, none (no "
            "answer) or cut (cut short), and commas between several"
        )
    if found["hundred"]:
        first, last = int(found["hundred"]) * 100, int(found["hundred"]) * 100 + 99
    else:
        first, last = int(found["one"]), int(found["last"] or found["one"])
    if first > last:
        raise UsageError(f"--status: {text} ends before it begins: write {last}-{first}")
    return lambda exchange: bool(exchange.response and first <= exchange.response.status <= last)


def _is_path(wanted: str, request: Request) -> bool:
    if _GLOB.search(wanted):
        return fnmatchcase(request.path, wanted)
    return wanted in request.path
