"""A reply held against the truth. Pure.

An answer is judged by what it does: its field paths are applied to every recorded turn and to every
turn of later calls, and must yield that call's ID, whole and alone, wherever the turn carries it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bench.locate.apply import Place, first_of
from bench.locate.ask import BAD_INPUT, Reply
from bench.locate.case import FOUND, UNREADABLE, Case
from bench.locate.draft import Request

Outcome: TypeAlias = Literal["right", "missed", "off", "wrong", "broken"]

OUTCOMES: tuple[Outcome, ...] = ("right", "missed", "off", "wrong", "broken")
"""What a reply can be:

right: the verdict, and where it is `found`, the ID of every turn, recorded or later;
missed: there is an ID, and it was not found;
off: absent and insufficient mixed up, or the ID found where another place should come first;
wrong: found what is no ID, or an ID that is not whole, or not in every turn that carries it;
broken: a crash, or JSON that contradicts itself.
"""

_STATUS = {"found": 0, "absent": 3, "insufficient": 4}
_KEYS = {
    "verdict": str,
    "sessions": int,
    "requests": int,
    "candidates": list,
    "reasons": list,
    "looked_in": list,
}
_CANDIDATE = {
    "path": str,
    "present": int,
    "constant_within": int,
    "distinct_between": int,
    "sample": str,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome, and in a sentence why."""

    outcome: Outcome
    why: str = ""


def judge(case: Case, reply: Reply) -> Judgement:
    """Return what a reply is worth."""
    if UNREADABLE in case.setup.verdicts:
        good = reply.status == BAD_INPUT and "\n" not in reply.trouble and bool(reply.trouble)
        return Judgement("right") if good else Judgement("broken", "bad input was not refused")
    if reply.json is None:
        return Judgement("broken", reply.trouble or f"exit status {reply.status} without JSON")
    trouble = _contradiction(reply)
    if trouble:
        return Judgement("broken", trouble)
    return _judged(case, reply.json)


def _judged(case: Case, answer: dict[str, Any]) -> Judgement:
    verdict, expected = answer["verdict"], case.setup.verdicts
    if verdict != FOUND:
        if verdict in expected:
            return Judgement("right")
        said = f"{verdict}: {'; '.join(answer['reasons'])}"
        return Judgement("missed" if expected == {FOUND} else "off", said)
    places = places_of(answer)
    said = " | ".join(str(place) for place in places)
    if FOUND not in expected:
        return Judgement("wrong", f"found {said}")
    failure = _failure(places, case.recorded, "recorded") or _failure(places, case.later, "later")
    if failure:
        return Judgement("wrong", f"found {said}: {failure}")
    return _preferred(case, answer, places)


def places_of(answer: dict[str, Any]) -> list[Place]:
    """Return the places of an answer in order: those in `paths`, else `path` and `match`."""
    listed = answer.get("paths") or [{"from": answer["path"], "match": answer["match"]}]
    return [
        Place(one) if isinstance(one, str) else Place(one["from"], one.get("match"))
        for one in listed
    ]


def _failure(places: Iterable[Place], turns: Iterable[Request], when: str) -> str:
    places = list(places)
    for number, turn in enumerate(turns, start=1):
        got = first_of(places, turn)
        if got != turn.truth and not (got is None and turn.truth is None):
            return f"{when} turn {number} has {turn.truth!r}, and this yields {got!r}"
    return ""


def _preferred(case: Case, answer: dict[str, Any], places: list[Place]) -> Judgement:
    prefer = case.setup.prefer
    if prefer and not _same(places[0].expression).startswith(prefer):
        return Judgement("off", f"found {places[0]}, but {prefer[0]} comes before it")
    seen = {_same(candidate["path"]) for candidate in answer["candidates"]}
    missing = [one for one in case.setup.listed if one not in seen]
    if missing:
        return Judgement("off", f"the candidates lack {', '.join(missing)}")
    return Judgement("right")


def _same(expression: str) -> str:
    header = expression.lower().startswith("$request.header.")
    return expression.lower() if header else expression


def _contradiction(reply: Reply) -> str:
    """Return in what a reply is not what `locate --json` promises; empty where it is."""
    answer = reply.json or {}
    for key, kind in _KEYS.items():
        if not isinstance(answer.get(key), kind):
            return f"`{key}` is {answer.get(key)!r}"
    if reply.status != _STATUS.get(answer["verdict"]):
        return f"{answer['verdict']} with exit status {reply.status}"
    for candidate in answer["candidates"]:
        for key, kind in _CANDIDATE.items():
            if not isinstance(candidate.get(key), kind):
                return f"a candidate's `{key}` is {candidate.get(key)!r}"
    found = answer["verdict"] == FOUND
    if found != isinstance(answer.get("path"), str):
        return f"{answer['verdict']} with the path {answer.get('path')!r}"
    if found:
        first = answer["candidates"][0] if answer["candidates"] else {}
        if [first.get("path"), first.get("match")] != [answer["path"], answer["match"]]:
            return f"the answer is {answer['path']}, the first candidate {first.get('path')}"
    return ""
