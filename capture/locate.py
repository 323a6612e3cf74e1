"""Where the conversation ID is, with evidence.

A place is the conversation ID's when its value is constant within each conversation, distinct
between any two, and nothing better explains that. `found` is said only then; a wrong `found` shows
one person's picture to another. Every candidate is read with the field path that the endpoint will
use, so what is counted here is what will happen there.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from capture import decoys
from capture.evidence import UNNAMED, Seen, against, behaviour, look, without_twins
from capture.finding import Candidate, Finding, Verdict
from capture.grouping import are_whole, sessions_by
from capture.places import all_texts, places
from capture.sessions import Session, sessions
from contract.exchange import Exchange, Request
from contract.fieldpath import PLACEHOLDER, FieldPath

_SHOWN = 12  # candidates in an answer; the rest is noise
_PLACES = ("header", "body", "query", "path")
_KINDS = {
    "header": "headers",
    "query": "query parameters",
    "path": "path segments",
    "body": "values of the body",
    "match": "words inside texts",
}


def locate(exchanges: Iterable[Exchange], known_ids: Sequence[str] = ()) -> Finding:
    """Return where the conversation ID is in these exchanges.

    Args:
        exchanges: what was recorded; what is no turn is left out.
        known_ids: IDs of recorded conversations that somebody knows; they win over all else.
    """
    turns = [it for it in exchanges if it.is_turn and isinstance(it.request.json(), dict)]
    finding = _find(sessions(turns), known_ids)
    if finding.verdict == "found":
        return finding
    for candidate in finding.candidates:
        groups = sessions_by([candidate.path], turns)
        regrouped = _find(groups, known_ids) if are_whole(groups) else finding
        if regrouped.verdict == "found":
            return replace(regrouped, reasons=(*regrouped.reasons, _SAME_WORDS))
    return finding


def _find(found: Sequence[Session], known_ids: Sequence[str]) -> Finding:
    """Return where the ID is, if these are the conversations."""
    seen = [look(path, found) for path in _distinct_places(found, known_ids)]
    ranked = sorted((one for one in seen if one.every), key=lambda one: _rank(one, known_ids))
    ranked = without_twins(ranked)
    candidates = [_candidate(one, known_ids) for one in ranked]
    good = [
        one for one, it in zip(ranked, candidates, strict=True) if _qualifies(one, it, known_ids)
    ]
    paths, left = _cover(good, len(found), known_ids)
    unnamed = any(
        one.is_tested and len(one.covered) == len(found) and it.note == UNNAMED
        for one, it in zip(ranked, candidates, strict=True)
        if decoys.is_shaped(it.sample)
    )
    verdict, reasons = _judge(found, paths, left, known_ids, unnamed=unnamed)
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


def _rank(one: Seen, known_ids: Sequence[str]) -> tuple[Any, ...]:
    """Return the sort key of a place: evidence first, then name, form and place."""
    return (
        -len(one.every & set(known_ids)),
        against(one.path, one.every) is not None,
        -len(one.covered),
        -one.distinct,
        not decoys.is_named(one.path),
        not decoys.is_call_named(one.path),
        one.path.match is not None,
        _PLACES.index(one.path.place),
        not all(decoys.is_shaped(value) for value in one.every),
    )


def _candidate(one: Seen, known_ids: Sequence[str]) -> Candidate:
    known = sum(value in known_ids for turns in one.values for value in turns)
    sample = next(value for turns in one.values for value in turns if value)
    note = None if known else against(one.path, one.every) or behaviour(one)
    return Candidate(one.path, one.present, one.constant, one.distinct, known, sample, note)


def _qualifies(one: Seen, candidate: Candidate, known_ids: Sequence[str]) -> bool:
    """Tell whether a person's privacy may be staked on this place, where it is present."""
    if not one.covered or not one.tells_apart:
        return False
    if known_ids:
        return candidate.equals_known > 0
    # One request each proves nothing about constancy; then the name must be beyond doubt.
    return candidate.note is None and (one.is_tested or decoys.is_named(one.path))


def _cover(
    good: Sequence[Seen], count: int, known_ids: Sequence[str]
) -> tuple[tuple[FieldPath, ...], frozenset[int]]:
    """Return the places to try in order, and the conversations that none of them covers."""
    paths: list[FieldPath] = []
    left = frozenset(range(count))
    fewest = 1 if known_ids else 2
    for one in good:
        if len(one.covered) >= fewest and one.covered & left:
            paths.append(one.path)
            left -= one.covered
    return tuple(paths), left


def _judge(
    found: Sequence[Session],
    paths: Sequence[FieldPath],
    left: Collection[int],
    known_ids: Sequence[str],
    *,
    unnamed: bool,
) -> tuple[Verdict, tuple[str, ...]]:
    if not found:
        return "insufficient", (_NO_TURN,)
    if known_ids:
        occurring = sum(_occurs(known, found) for known in known_ids)
        if paths:
            reason = f"{occurring} of {len(known_ids)} known IDs stand there"
            return "found", (reason, *_together(paths, len(found) - len(left), len(found)))
        return "absent", (_KNOWN_UNFIT if occurring else _KNOWN_ABSENT, *_unfilled(found))
    if len(found) < 2:  # noqa: PLR2004
        return "insufficient", (_ONLY_ONE,)
    if paths and not left:
        reason = f"constant within each of {len(found)} conversations and distinct between them"
        return "found", (reason, *_together(paths, len(found), len(found)))
    if paths:
        covered = len(found) - len(left)
        return "absent", (_IN_PART.format(covered, len(found)), *_unfilled(found))
    if unnamed:
        return "insufficient", (_ONLY_UNNAMED,)
    return "absent", (_NOTHING_FITS, *_unfilled(found))


def _together(paths: Sequence[FieldPath], covered: int, count: int) -> tuple[str, ...]:
    if len(paths) == 1:
        return ()
    return (f"tried in this order, they cover {covered} of {count} conversations",)


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
_SAME_WORDS = (
    "the histories alone do not tell all calls apart; told apart by this place, each is one whole "
    "conversation"
)
_IN_PART = (
    "what looks like the ID is there in {} of {} conversations and missing in the rest, so that "
    "their pictures would not be found: see to it that all agents send it"
)
_ONLY_UNNAMED = (
    "a value behaves like an ID, but nothing says whose: it may be a user's, an agent's or a "
    "device's. Name the ID of one of these conversations with --known-id"
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


def _looked_in(seen: Sequence[Seen]) -> tuple[str, ...]:
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
