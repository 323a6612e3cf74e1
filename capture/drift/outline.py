"""A turn's value without its contents: what is where, of which types, with which short values.

A place is the steps that lead to it. The elements of a list share one step: `*`, or `[type]` where
they are objects that say their type, as content parts do. Keys that are themselves IDs share `{}`.
So neither the length nor the order of anything shows.

(genson infers JSON Schemas, but forgets how often something was there, and that is the evidence.)
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from capture.drift.forms import is_id_like
from contract.jsontext import Fraction, encode, number_text
from contract.redact import TOKEN

Steps: TypeAlias = tuple[str, ...]

ELEMENT = "*"
"""The step to the elements of a list."""

ANY_KEY = "{}"
"""The step to what stands at a key that is itself an ID."""

LONG = "\0"
"""Stands for the value of a text that nobody chose from a few."""

HIDDEN = "…"
"""Stands for the value of a secret."""

_LONGEST = 64
_MOST_WORDS = 4
_DEEPEST = 32
_HOLDERS = frozenset({"list", "object"})
_KIND = 2  # steps to a list of messages, which are of one kind already


@dataclass(slots=True)
class Node:
    """What one place holds in one turn; it may be there several times."""

    count: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)


Outline: TypeAlias = dict[Steps, Node]


def outline(value: Any) -> Outline:
    """Return the outline of a JSON value."""
    found: Outline = {}
    waiting: list[tuple[Steps, Any]] = [((), value)]
    while waiting:
        steps, value = waiting.pop()
        node = found.get(steps)
        if node is None:
            node = found[steps] = Node()
        kind = type_of(value)
        node.count += 1
        node.kinds[kind] = node.kinds.get(kind, 0) + 1
        short = short_text(value)
        if short is not None:
            node.values.add(short)
        if kind in _HOLDERS and len(steps) < _DEEPEST:
            waiting += [((*steps, step), it) for step, it in _inside(value, steps)]
    return found


def _inside(value: Any, steps: Steps) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(ANY_KEY if is_id_like(key) else key, item) for key, item in value.items()]
    if isinstance(value, list):
        one_kind = steps[-1:] == ("tool_calls",) or (
            steps[:1] == ("messages",) and len(steps) == _KIND
        )
        return [(ELEMENT if one_kind else _element(item), item) for item in value]
    return []


def _element(item: Any) -> str:
    kind = item.get("type") if isinstance(item, dict) else None
    return f"[{kind}]" if isinstance(kind, str) and kind else ELEMENT


def is_typed(step: str) -> bool:
    """Tell whether a step leads to the elements of one type."""
    return step.startswith("[") and step.endswith("]")


def is_element(step: str) -> bool:
    """Tell whether a step leads to elements of a list."""
    return step == ELEMENT or is_typed(step)


_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Fraction: "number",
    str: "text",
    list: "list",
    dict: "object",
}


def type_of(value: Any) -> str:
    """Return the name of a JSON type; whole numbers and others are one."""
    return _TYPES[type(value)]


def short_text(value: Any) -> str | None:
    """Return the text of a value that could be one of few, `LONG` for others, None for no value.

    A list of plain values is such a value too.
    """
    if isinstance(value, str):
        text = value
    elif value is None or isinstance(value, dict):
        return None
    elif isinstance(value, list):
        if not value or any(isinstance(item, dict | list) for item in value):
            return None
        text = encode(value)
    else:
        text = encode(value) if isinstance(value, bool) else number_text(value)
    if len(text) > _LONGEST or text.count(" ") >= _MOST_WORDS:
        return LONG
    return TOKEN.sub(HIDDEN, text) if "redacted" in text else text
