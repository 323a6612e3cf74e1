"""Which voice platform sent what was recorded, by which marks, and how sure that is.

Each request is looked at by itself and goes to the platform whose signs are the strongest in it; so
a recording of several platforms is told as several. One sign that platforms share recognises none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from capture.remedies.signs import SIGNS, Basis, Platform, Sign, Weight
from contract.exchange import Exchange, Request

Sureness: TypeAlias = Literal["sure", "likely", "perhaps", "unknown"]
"""How sure a recognition is: by a name that only this platform uses; by a typical sign and another
one; by a typical sign alone; not at all."""

_ORDER: tuple[Sureness, ...] = ("unknown", "perhaps", "likely", "sure")


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign that was met, and in how many of the requests."""

    where: str
    basis: Basis
    requests: int

    def as_json(self) -> dict[str, Any]:
        """Return the mark as JSON."""
        return {"where": self.where, "basis": self.basis, "requests": self.requests}


@dataclass(frozen=True, slots=True)
class Recognition:
    """A platform in a recording: `requests` are its own, among `of` that were looked at.

    Where `platform` is None nobody was recognised; `marks` are then those that several share.
    """

    platform: Platform | None
    sureness: Sureness
    marks: tuple[Mark, ...]
    requests: tuple[Request, ...] = field(repr=False)
    of: int


def recognise(exchanges: Iterable[Exchange]) -> tuple[Recognition, ...]:
    """Return the platforms of a recording, the surest and most frequent first; at least one entry.

    Turns are looked at; where there are none, all requests.
    """
    requests = _asked(exchanges)
    mine: dict[Platform, list[Request]] = {}
    nobody: list[Request] = []
    for request in requests:
        platform = _sender(request)
        (nobody if platform is None else mine.setdefault(platform, [])).append(request)
    found = [_recognition(platform, its, len(requests)) for platform, its in mine.items()]
    found.sort(key=lambda one: (-_ORDER.index(one.sureness), -len(one.requests)))
    return tuple(found) or (_unknown(nobody),)


def _asked(exchanges: Iterable[Exchange]) -> list[Request]:
    """Return the requests by which a platform is recognised: the turns, or else all of them."""
    every = list(exchanges)
    turns = [it.request for it in every if it.is_turn]
    return turns or [it.request for it in every]


def _sender(request: Request) -> Platform | None:
    """Return the platform whose signs are the strongest in a request; None where two are equal."""
    found = {platform: _in(signs, request) for platform, signs in SIGNS.items()}
    best, second = sorted(found, key=lambda platform: _strength(found[platform]), reverse=True)[:2]
    if _strength(found[best]) == _strength(found[second]):
        return None
    return best if _sureness(found[best]) != "unknown" else None


def _in(signs: Sequence[Sign], request: Request) -> list[Sign]:
    return [sign for sign in signs if sign.is_in(request)]


def _strength(signs: Sequence[Sign]) -> tuple[int, int]:
    return _ORDER.index(_sureness(signs)), sum(sign.weight for sign in signs)


def _sureness(signs: Sequence[Sign]) -> Sureness:
    strongest = max((sign.weight for sign in signs), default=Weight.SHARED)
    if strongest is Weight.OWN:
        return "sure"
    if strongest is Weight.SHARED:
        return "unknown"
    return "likely" if len(signs) > 1 else "perhaps"


def _recognition(platform: Platform, requests: Sequence[Request], of: int) -> Recognition:
    per_request = [_in(SIGNS[platform], request) for request in requests]
    surest = max((_sureness(signs) for signs in per_request), key=_ORDER.index)
    counts = Counter(sign for signs in per_request for sign in signs)
    marks = [Mark(it.where, it.basis, counts[it]) for it in SIGNS[platform] if it in counts]
    return Recognition(platform, surest, tuple(marks), tuple(requests), of)


def _unknown(requests: Sequence[Request]) -> Recognition:
    """Return that nobody was recognised, with the signs that were met all the same."""
    counts: dict[tuple[str, Basis], int] = {}
    for sign in {sign.where: sign for signs in SIGNS.values() for sign in signs}.values():
        met = sum(sign.is_in(request) for request in requests)
        if met:
            counts[sign.where, sign.basis] = met
    marks = tuple(Mark(where, basis, met) for (where, basis), met in counts.items())
    return Recognition(None, "unknown", marks, tuple(requests), len(requests))
