"""The best answer to a case, made by somebody who knows the truth. It proves that there is one.

It reads where the IDs stand, takes what stands around them in all turns as a pattern, and keeps the
places that yield the ID or nothing. A case that must be found is sound if these cover every turn.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bench.locate.apply import Place, first_of, id_at
from bench.locate.case import Case
from bench.locate.draft import Request

_NEAR = 24


def best(case: Case) -> list[Place]:
    """Return places that together yield each turn's ID; empty where none do."""
    turns = [*case.recorded, *case.later]
    safe = [place for place in _places(case) if _is_safe(place, turns)]
    prefer = case.setup.prefer
    safe.sort(key=lambda place: not place.expression.startswith(prefer))
    covered = all(first_of(safe, turn) == turn.truth for turn in turns)
    return safe if covered else []


def _is_safe(place: Place, turns: Sequence[Request]) -> bool:
    return all(id_at(place, turn) in {None, turn.truth} for turn in turns)


def _places(case: Case) -> Iterator[Place]:
    turns = [turn for turn in (*case.recorded, *case.later) if turn.truth]
    seen: dict[str, list[tuple[str, str]]] = {}
    for turn in turns:
        for expression, text in _texts(turn):
            if turn.truth and turn.truth in text:
                seen.setdefault(expression, []).append((text, turn.truth))
    for expression, pairs in seen.items():
        yield Place(expression)
        yield Place(expression, _around(pairs, last=False))
        yield Place(expression, _around(pairs, last=True))


def _around(pairs: Sequence[tuple[str, str]], *, last: bool) -> str:
    """Return a pattern of what stands before and after the ID in all of these texts."""
    cut = [text.rpartition(one) if last else text.partition(one) for text, one in pairs]
    before = _common([start[::-1] for start, _, _ in cut])[:_NEAR][::-1]
    after = _common([end for _, _, end in cut])[:1]
    until = f"(.+?){re.escape(after)}" if after else "(.+)$"
    return (re.escape(before) if before else "^") + until


def _common(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    least, most = min(texts), max(texts)
    pairs = enumerate(zip(least, most, strict=False))
    return least[: next((at for at, (one, two) in pairs if one != two), min(len(least), len(most)))]


def _texts(request: Request) -> Iterator[tuple[str, str]]:
    for name, value in request.headers:
        yield f"$request.header.{name.lower()}", value
    url = urlsplit(request.url)
    for name, value in parse_qsl(url.query):
        yield f"$request.query.{name}", value
    for number in range(url.path.count("/")):
        expression = f"$request.path.{number}"
        yield expression, id_at(Place(expression), request) or ""
    yield from _leaves("$request.body#", json.loads(request.body, parse_int=str, parse_float=str))


def _leaves(pointer: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield pointer, node
    pairs = node.items() if isinstance(node, dict) else ()
    for key, value in enumerate(node) if isinstance(node, list) else pairs:
        token = str(key).replace("~", "~0").replace("/", "~1")
        yield from _leaves(f"{pointer}/{token}", value)
