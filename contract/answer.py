"""What a chat completion says: one object, whole or a chunk of a stream, as values.

Everybody who listens to a model reads it here: the recorder, the replay and the stand-in platform.
Pure, and patient: what is of another shape than OpenAI's says nothing and breaks nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

DONE = "[DONE]"
"""The data of the event that ends a stream of chunks."""

_MOST_CALLS = 128  # OpenAI's limit of tools; an index beyond it would only fill the memory


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A tool call, or as much of it as a chunk holds; `index` tells which call goes on."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one object says: text, pieces of tool calls, or an error instead."""

    text: str = ""
    calls: tuple[CallPiece, ...] = ()
    error: str | None = None


def said(value: Any, key: Literal["delta", "message"]) -> Said:
    """Return what a completion (`message`) or a chunk of one (`delta`) says."""
    parts = [_object(choice).get(key) for choice in _list(_object(value).get("choices"))]
    return Said(
        "".join(_text(_object(part).get("content")) for part in parts),
        tuple(call for part in parts for call in _calls(_object(part).get("tool_calls"))),
        error_of(value),
    )


def error_of(value: Any) -> str | None:
    """Return the sentence of an error in OpenAI's shape, or what else is said instead of one."""
    error = _object(value).get("error")
    if isinstance(error, dict):
        return str(error.get("message", error))
    return str(error) if error else None


def codes_of(value: Any) -> tuple[str, ...]:
    """Return type, code and parameter of an error, in OpenAI's shape or a failed response's.

    Those that are not there are left out.
    """
    error = _object(value).get("response", value)
    error = _object(error).get("error", error)
    named = (_object(error).get(key) for key in ("type", "code", "param"))
    return tuple(name for name in named if isinstance(name, str))


def _calls(value: Any) -> Iterator[CallPiece]:
    for place, call in enumerate(_list(value)):
        if not isinstance(call, dict):
            continue
        index, function = call.get("index", place), _object(call.get("function"))
        if type(index) is int and 0 <= index < _MOST_CALLS:
            name, arguments = _text(function.get("name")), _text(function.get("arguments"))
            yield CallPiece(index, _text(call.get("id")), name, arguments)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
