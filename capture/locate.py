"""Where the conversation ID is, with evidence.

A place is the conversation ID's when its value is constant within each conversation, distinct
between any two, and nothing better explains that. `found` is said only then; a wrong `found` shows
one person's picture to another. Every candidate is read with the field path that the endpoint will
use, so what is counted here is what will happen there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from capture import decoys
from capture.places import all_texts, places
from capture.sessions import Session, sessions
from contract.exchange import Exchange, Request
from contract.fieldpath import PLACEHOLDER, FieldPath

Verdict: TypeAlias = Literal["found", "absent", "insufficient"]

_SHOWN = 12  # candidates in an answer; the rest is noise
_PLACES = ("header", "body", "query", "path")
_KINDS = {
    "header": "headers",
    "query": "query parameters",
    "path": "path segments",
    "body": "values of the body",
    "match": "words inside texts",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place and the evidence for it; counts are of requests or of conversations.

    `note` says what speaks against it; None where nothing does.
    """

    path: FieldPath
    present: int
    constant_within: int
    distinct_between: int
    equals_known: int
    sample: str
    note: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as `sightline locate --json` prints it."""
        return {
            "path": self.path.expression,
            "match": self.path.match,
            "present": self.present,
            "constant_within": self.constant_within,
            "distinct_between": self.distinct_between,
            "equals_known": self.equals_known,
            "sample": self.sample,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of where the conversation ID is.

    `paths` are the places to try in order; one is enough where it covers every conversation.
    """

    verdict: Verdict
    paths: tuple[FieldPath, ...]
    sessions: int
    requests: int
    candidates: tuple[Candidate, ...]
    reasons: tuple[str, ...]
    looked_in: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `sightline locate --json` prints it."""
        first = self.paths[0] if self.paths else None
        return {
            "verdict": self.verdict,
            "path": first.expression if first else None,
            "match": first.match if first else None,
            "paths": [path.as_config() for path in self.paths],
            "sessions": self.sessions,
            "requests": self.requests,
            "candidates": [candidate.as_json() for candidate in self.candidates],
            "reasons": list(self.reasons),
            "looked_in": list(self.looked_in),
        }


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands at one place: the values of each conversation's turns, in order."""

    path: FieldPath
    values: tuple[tuple[str | None, ...], ...]
    order: int

    @property
    def by_session(self) -> list[set[str]]:
        """The different values of each conversation, without those that are none."""
        return [{value for value in turns if value is not None} for turns in self.values]

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
    def covered(self) -> frozenset[int]:
        """The conversations of which every turn has the same value here."""
        return frozenset(
            at
            for at, (turns, values) in enumerate(zip(self.values, self.by_session, strict=True))
            if len(values) == 1 and None not in turns
        )


def locate(exchanges: Iterable[Exchange], known_ids: Sequence[str] = ()) -> Finding:
    """Return where the conversation ID is in these exchanges.

    Args:
        exchanges: what was recorded; what is no turn is left out.
        known_ids: IDs of recorded conversations that somebody knows; they win over all else.
    """
    found = sessions(it for it in exchanges if isinstance(it.request.json(), dict))
    seen = [
        look(path, order, found) for order, path in enumerate(_distinct_places(found, known_ids))
    ]
    ranked = sorted(
        (one for one in seen if any(one.by_session)), key=lambda one: _rank(one, known_ids)
    )
    ranked = _without_twins(ranked)
    candidates = [_candidate(one, known_ids) for one in ranked]
    good = [
        one for one, it in zip(ranked, candidates, strict=True) if _qualifies(one, it, known_ids)
    ]
    paths = _cover(good, len(found), known_ids)
    verdict, reasons = _judge(found, paths, known_ids)
    answer = [it for path in paths for it in candidates if it.path == path]
    rest = [it for it in candidates if it not in answer and _is_near(it)]
    return Finding(
        verdict,
        paths if verdict == "found" else (),
        len(found),
        sum(len(session.turns) for session in found),
        tuple([*answer, *rest][:_SHOWN]),
        reasons,
        _looked_in(seen),
    )


def _distinct_places(found: Sequence[Session], known_ids: Sequence[str]) -> list[FieldPath]:
    turns = [turn for session in found for turn in session.turns]
    every = (path for turn in turns for path in places(turn.request, known_ids))
    return list(dict.fromkeys(every))


def look(path: FieldPath, order: int, found: Sequence[Session]) -> _Seen:
    """Return what stands at a place, read as the endpoint will read it."""
    return _Seen(
        path,
        tuple(tuple(path.find(turn.request) for turn in session.turns) for session in found),
        order,
    )


def _without_twins(ranked: Sequence[_Seen]) -> list[_Seen]:
    """Return the places without those that only cut the same words out of the same text."""
    first: dict[object, _Seen] = {}
    for one in ranked:
        values = one.values if one.path.match else one.path
        first.setdefault((one.path.place, one.path.keys, values), one)
    return list(first.values())


def _rank(one: _Seen, known_ids: Sequence[str]) -> tuple[Any, ...]:
    """Return the sort key of a place: evidence first, then name, form and place."""
    values = set().union(*one.by_session)
    return (
        -len(values & set(known_ids)),
        _against(one.path, values) is not None,
        -len(one.covered),
        -one.distinct,
        not decoys.is_named(one.path),
        not decoys.is_call_named(one.path),
        one.path.match is not None,
        _PLACES.index(one.path.place),
        not all(decoys.is_shaped(value) for value in values),
        one.order,
    )


def _against(path: FieldPath, values: set[str]) -> str | None:
    named = decoys.against_name(path)
    if named:
        return f"its name {named}"
    shaped = next((why for value in values if (why := decoys.against_value(value))), None)
    return f"its value {shaped}" if shaped else None


def _candidate(one: _Seen, known_ids: Sequence[str]) -> Candidate:
    values = set().union(*one.by_session)
    known = sum(value in known_ids for turns in one.values for value in turns)
    sample = next(value for turns in one.values for value in turns if value is not None)
    note = None if known else _against(one.path, values) or _behaviour(one)
    return Candidate(
        one.path,
        sum(value is not None for turns in one.values for value in turns),
        one.constant,
        one.distinct,
        known,
        sample,
        note,
    )


def _behaviour(one: _Seen) -> str | None:
    """Return what a place's values do that a conversation ID's do not, or None."""
    several = sum(len(values) > 1 for values in one.by_session)
    if several:
        return f"changes within {several} of {len(one.values)} conversations"
    if len(one.values) > 1 and one.distinct < one.constant:
        return "is the same in different conversations"
    values = set().union(*one.by_session)
    if not (decoys.is_named(one.path) or decoys.is_call_named(one.path)) and not all(
        decoys.is_shaped(value) for value in values
    ):
        return "neither its name nor its form is that of an ID"
    return None


def _qualifies(one: _Seen, candidate: Candidate, known_ids: Sequence[str]) -> bool:
    """Tell whether a person's privacy may be staked on this place, where it is present."""
    present = [values for values in one.by_session if values]
    if any(len(values) > 1 for values in present) or candidate.distinct_between < len(present):
        return False
    if known_ids:
        return candidate.equals_known > 0 and bool(one.covered)
    if candidate.note is not None or not one.covered:
        return False
    # One request each proves nothing about constancy; then the name must be beyond doubt.
    return any(len(turns) > 1 for turns in one.values) or decoys.is_named(one.path)


def _cover(good: Sequence[_Seen], count: int, known_ids: Sequence[str]) -> tuple[FieldPath, ...]:
    """Return the places to try in order, each for the conversations that those before leave."""
    paths: list[FieldPath] = []
    left = frozenset(range(count))
    for one in good:
        fewest = 1 if known_ids else 2
        if len(one.covered) >= fewest and one.covered & left:
            paths.append(one.path)
            left -= one.covered
    return tuple(paths)


def _judge(
    found: Sequence[Session],
    paths: Sequence[FieldPath],
    known_ids: Sequence[str],
) -> tuple[Verdict, tuple[str, ...]]:
    if not found:
        return "insufficient", (_NO_TURN,)
    if known_ids:
        occurring = sum(_occurs(known, found) for known in known_ids)
        if paths:
            return "found", (f"{occurring} of {len(known_ids)} known IDs stand there",)
        return "absent", (_KNOWN_UNFIT if occurring else _KNOWN_ABSENT, *_unfilled(found))
    if len(found) < 2:  # noqa: PLR2004
        return "insufficient", (_ONLY_ONE,)
    if paths:
        return "found", (
            f"constant within each of {len(found)} conversations and distinct between them",
        )
    return "absent", (_NOTHING_FITS, *_unfilled(found))


_NO_TURN = (
    "there is no turn in it: no POST to a path that ends in /chat/completions or /responses with a "
    "JSON body"
)
_KNOWN_ABSENT = "no request holds a known ID as a value of its own"
_KNOWN_UNFIT = "a known ID occurs, but at no place that tells conversations apart"
_ONLY_ONE = (
    "there is only one conversation, so nothing shows what differs between two: capture one more, "
    "or name the ID that you know with --known-id"
)
_NOTHING_FITS = (
    "no place holds a value that is constant within each conversation, distinct between any two, "
    "and not explained by something else"
)


def _occurs(known: str, found: Sequence[Session]) -> bool:
    return any(_holds(turn.request, known) for session in found for turn in session.turns)


def _holds(request: Request, known: str) -> bool:
    return any(path.find(request) == known for path in places(request, [known]))


def _is_near(candidate: Candidate) -> bool:
    """Tell whether a candidate is worth showing though it is not the answer."""
    return (
        candidate.note is None
        or decoys.is_named(candidate.path)
        or (decoys.is_shaped(candidate.sample) and candidate.distinct_between > 1)
    )


def _looked_in(seen: Sequence[_Seen]) -> tuple[str, ...]:
    """Return how many places of each kind were looked at."""
    counts = dict.fromkeys(_KINDS.values(), 0)
    for one in seen:
        counts["words inside texts" if one.path.match else _KINDS[one.path.place]] += 1
    return tuple(f"{count} {kind}" for kind, count in counts.items())


def _unfilled(found: Sequence[Session]) -> tuple[str, ...]:
    """Return a sentence for each template variable that arrived as it was written."""
    names = {
        name: path
        for session in found
        for turn in session.turns
        for path, text in all_texts(turn.request)
        for name in PLACEHOLDER.findall(text)
    }
    return tuple(
        f"at {path} the variable {name} arrived as it was written: the platform does not fill it "
        "in there"
        for name, path in names.items()
    )
