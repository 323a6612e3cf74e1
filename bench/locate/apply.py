"""A field path applied to a request, written anew from the rules for field paths and for locate.

The corpus must not share a mistake with the code that it judges; so nothing of that is imported.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from bench.locate.draft import Request

_HEADER, _QUERY, _PATH, _BODY = (
    "$request.header.",
    "$request.query.",
    "$request.path.",
    "$request.body#",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A field path: an expression, and where the ID is inside a longer text, a pattern."""

    expression: str
    match: str | None = None

    def __str__(self) -> str:
        return self.expression + (f" match {self.match}" if self.match else "")


def first_of(places: Iterable[Place], request: Request) -> str | None:
    """Return the ID that the first of these places holds; None where none does."""
    return next((found for place in places if (found := id_at(place, request))), None)


def id_at(place: Place, request: Request) -> str | None:
    """Return the ID that a place holds, None where it holds none."""
    text = _text(place.expression, request)
    if text is not None and place.match is not None:
        found = re.search(place.match, text)
        text = found and (found.group(1) if found.re.groups else found.group())
    if not text or not text.strip() or re.search(r"\{\{.*\}\}", text):
        return None
    return text


def _text(expression: str, request: Request) -> str | None:
    if expression.lower().startswith(_HEADER):
        name = expression[len(_HEADER) :].lower()
        return next((value for key, value in request.headers if key.lower() == name), None)
    if expression.startswith(_QUERY):
        pairs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
        return next((value for key, value in pairs if key == expression[len(_QUERY) :]), None)
    if expression.startswith(_PATH):
        segments = urlsplit(request.url).path.split("/")[1:]
        number = int(expression[len(_PATH) :])
        return unquote(segments[number]) if number < len(segments) else None
    if expression.startswith(_BODY):
        return _pointed(expression[len(_BODY) :], request.body)
    raise ValueError(f"{expression!r} is no field path")


def _pointed(pointer: str, body: str) -> str | None:
    """Follow a pointer (RFC 6901); numbers are kept as their text."""
    try:
        node: Any = json.loads(body, parse_int=str, parse_float=str)
    except ValueError:
        return None
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(key)
        elif isinstance(node, list) and re.fullmatch(r"0|[1-9][0-9]*", key):
            node = node[int(key)] if int(key) < len(node) else None
        else:
            return None
    return node if isinstance(node, str) else None
