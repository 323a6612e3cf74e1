"""JSON as texts of bearable length: what is folded away, and what is left to read and to search."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from contract.jsontext import encode, number_text

FOLD_ABOVE = 240
"""Longer texts are folded, in characters."""

Steps: TypeAlias = tuple[str, ...]
"""The way to a value: keys, and numbers of lists as text."""

_KEPT = 100
_DATA_URI = re.compile(r"data:(?P<type>[\w.+/-]*)(?:;[\w=.-]+)*;base64,(?P<data>[A-Za-z0-9+/=]*)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")


def folded(text: str) -> tuple[str, str | None]:
    """Return the part of a text that is shown, and a note of what is not."""
    uri = _DATA_URI.match(text)
    if uri:
        size = len(uri["data"]) * 3 // 4
        return "", f"{uri['type'] or 'data'}, {byte_size(size)}"
    if _BASE64.fullmatch(text):
        return text[:16], f"base64, {byte_size(len(text.rstrip('=')) * 3 // 4)}"
    if len(text) > FOLD_ABOVE:
        return text[:_KEPT], f"text, {len(text):,} characters"
    return text, None


def byte_size(count: int) -> str:
    """Return a number of bytes as a person says it."""
    if count < 1024:  # noqa: PLR2004
        return f"{count} bytes"
    if count < 1 << 20:
        return f"{count / 1024:.0f} KB"
    return f"{count / (1 << 20):.1f} MB"


class Piece(NamedTuple):
    """A value in JSON as text: where it is, by itself, and as it stands in a line with its key."""

    steps: Steps
    text: str
    line: str


def pieces(value: Any) -> Iterator[Piece]:
    """Yield every value; of an object and a list the bracket, of base64 what is shown of it."""
    waiting: list[tuple[Steps, str, Any]] = [((), "", value)]
    while waiting:  # not by recursion: a body may be nested deeper than Python goes
        steps, before, value = waiting.pop()
        if isinstance(value, dict):
            yield Piece(steps, "{", f"{before}{{")
            items = ((key, f"{encode(key)}: ", item) for key, item in value.items())
        elif isinstance(value, list):
            yield Piece(steps, "[", f"{before}[")
            items = ((str(at), "", item) for at, item in enumerate(value))
        else:
            text = _searched(value) if isinstance(value, str) else scalar(value)
            line = encode(text) if isinstance(value, str) else text
            yield Piece(steps, text, f"{before}{line}")
            continue
        waiting += reversed([((*steps, key), written, item) for key, written, item in items])


def _searched(text: str) -> str:
    """Return a text, or of base64 as much as is shown of it."""
    shown, note = folded(text)
    return shown if note and not note.startswith("text") else text


def scalar(value: Any) -> str:
    """Return a number, a boolean or null as JSON has it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return encode(value)
