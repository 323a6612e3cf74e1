"""A JSON value as text: how long it is, how it begins, and how many lines it takes.

Numbers are as they were written. Nothing is encoded further than it is looked at, so that a large
value costs no more than a small one.
"""

import json
from collections.abc import Iterator
from typing import Any

from contract.jsontext import number_text

LINE = 72
"""What is no longer than this, in characters, stands on one line."""


def quoted(text: str) -> str:
    """Return a text as JSON has it."""
    return json.dumps(text, ensure_ascii=False)


def compact(value: Any, room: int) -> str:
    """Return the JSON text of a value, or of a longer one more than `room` characters of it."""
    made, size = [], 0
    for piece in _pieces(value, room):
        made.append(piece)
        size += len(piece)
        if size > room:
            break
    return "".join(made)


def _pieces(value: Any, room: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for at, (key, item) in enumerate(value.items()):
            yield f"{', ' if at else ''}{quoted(key[:room])}: "
            yield from _pieces(item, room)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for at, item in enumerate(value):
            yield ", " if at else ""
            yield from _pieces(item, room)
        yield "]"
    else:
        yield quoted(value[: room + 1]) if isinstance(value, str) else atom(value)


def atom(value: Any) -> str:
    """Return a number as it was written, or one of the three words that JSON knows."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value)


def fits(value: Any) -> bool:
    """Tell whether an object or a list can stand on one line."""
    return len(compact(value, LINE)) <= LINE


def lines(value: Any, room: int) -> int:
    """Return how many lines a value has, unfolded; counted no further than `room`."""
    if not isinstance(value, dict | list) or fits(value):
        return 1
    count = 2
    for item in value.values() if isinstance(value, dict) else value:
        count += lines(item, room - count)
        if count >= room:
            break
    return count
