"""What an answer of the Responses API says: the whole object, or an event of a stream, as values.

The names are those of OpenAI's API reference, "Responses" and "Streaming events". Like
`contract.answer`, whose values these are: pure, and what is of another shape says nothing.

    response.output_text.delta                text
    response.output_item.added                a tool call begins: its name
    response.function_call_arguments.delta    more of its arguments
    response.completed, response.incomplete   the end, with all that was said once more
    response.failed, error                    an error instead
"""

import re
from collections.abc import Iterator
from typing import Any

from contract.answer import CallPiece, Said, error_of

_MOST_CALLS = 128  # as in `contract.answer`
_ENDS = {"response.completed", "response.incomplete"}
_PATH = re.compile(r"/responses/*\Z")


def is_path(path: str) -> bool:
    """Tell whether a turn that is sent to this path is of the Responses API."""
    return _PATH.search(path) is not None


def is_response(value: Any) -> bool:
    """Tell whether a value is a whole answer of the Responses API."""
    if not isinstance(value, dict):
        return False
    return value.get("object") == "response" or isinstance(value.get("output"), list)


def is_event(value: Any) -> bool:
    """Tell whether a value is an event of a Responses stream."""
    kind = value.get("type") if isinstance(value, dict) else None
    return isinstance(kind, str) and (kind.startswith("response.") or kind == "error")


def said_in_event(event: Any) -> Said:
    """Return what an event adds to what was said; the events that repeat it add nothing."""
    kind = event["type"]
    if kind == "response.output_text.delta":
        return Said(text=_text(event.get("delta")))
    if kind == "response.output_item.added":
        return Said(calls=tuple(_calls([event.get("item")], event.get("output_index"))))
    if kind == "response.function_call_arguments.delta":
        piece = CallPiece(_index(event.get("output_index")), "", "", _text(event.get("delta")))
        return Said(calls=(piece,))
    if kind == "response.failed":
        return Said(error=error_of(event.get("response")) or "the response failed")
    if kind == "error":
        return Said(error=error_of(event) or _text(event.get("message")) or "an error")
    return Said()


def repeated_in(event: Any) -> Said | None:
    """Return all that was said, where an event is the last and says it once more; or None."""
    return said_in_response(event.get("response")) if event["type"] in _ENDS else None


def said_in_response(value: Any) -> Said:
    """Return what a whole answer says."""
    output = _list(_object(value).get("output"))
    parts = [part for item in output for part in _list(_object(item).get("content"))]
    texts = [_text(_object(part).get("text")) for part in parts if _is_text(part)]
    error = error_of(value)
    if error is None and _object(value).get("status") == "failed":
        error = "the response failed"
    return Said("".join(texts), tuple(_calls(output)), error)


def _calls(items: list[Any], index: Any = None) -> Iterator[CallPiece]:
    for place, item in enumerate(items):
        if isinstance(item, dict) and item.get("type") == "function_call":
            at = _index(place if index is None else index)
            identity, name = _text(item.get("call_id")), _text(item.get("name"))
            yield CallPiece(at, identity, name, _text(item.get("arguments")))


def _index(value: Any) -> int:
    return value if type(value) is int and 0 <= value < _MOST_CALLS else 0


def _is_text(part: Any) -> bool:
    return _object(part).get("type") == "output_text"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
