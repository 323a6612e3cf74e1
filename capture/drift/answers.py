"""The answer to a turn as one value: status, type, how it ended, and the fields of its events.

What the model said is no drift, so nothing is kept of it.
"""

from typing import Any

from contract import jsontext, sse
from contract.answer import DONE
from contract.exchange import Exchange, Response, media_type

_SAID = frozenset({"delta", "message", "output", "usage", "error", "item", "part", "response"})
"""Members whose insides depend on what was said."""


def answer(exchange: Exchange) -> dict[str, Any]:
    """Return what is compared of an answer; nothing where there was none.

    Of an answer that is an error, or was cut short, no fields are compared.
    """
    response = exchange.response
    if response is None:
        return {}
    kind = media_type(response.headers) or "none"
    head = {"answers": {"status": str(response.status), "content type": kind}}
    if response.status >= 400 or not exchange.complete:  # noqa: PLR2004
        return head
    if response.is_event_stream:
        return head | {"stream": _stream(response)}
    body = _json(response.body)
    return head | {"object": {"": _without_said(body), "model": _model([body])}}


def _stream(response: Response) -> dict[str, Any]:
    data = [event.data for event in sse.decode(response.body) if event.data is not None]
    events = [_json(text) for text in data if text != DONE]
    return {
        "end": DONE if DONE in data else f"no {DONE}",
        "event": [_without_said(event) for event in events],
        "model": _model(events),
    }


def _json(text: bytes | str) -> Any:
    try:
        return jsontext.decode(text)
    except ValueError:
        return None


def _model(events: list[Any]) -> Any:
    named = [event["model"] for event in events if isinstance(event, dict) and "model" in event]
    return named[0] if named else None


def _without_said(value: Any, depth: int = 4) -> Any:
    if isinstance(value, dict) and depth:
        return {
            key: {} if key in _SAID and isinstance(item, dict) else _without_said(item, depth - 1)
            for key, item in value.items()
        }
    if isinstance(value, list) and depth:
        return [_without_said(item, depth - 1) for item in value]
    return None if isinstance(value, dict | list) else value
