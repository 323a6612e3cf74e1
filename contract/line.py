"""One exchange as one line of a recording, and back; pure but for the pictures' bytes.

    {"id", "started", "request": {"method", "url", "http_version", "headers": [[k, v]], "body"},
     "response": {"status", "headers", "chunks": [[ms, text]]} for an event stream in UTF-8, or else
                 {"status", "headers", "body", "arrivals": [[ms, bytes]]},
     "complete": true, "reason": null, "duration": ms, "redacted": [places]}

`contract.body` says what a body looks like. Times are milliseconds since the request was complete.
"""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from contract import jsontext
from contract.body import Fetch, Keep, refuse_constant, tagged, untagged
from contract.exchange import Arrival, Exchange, Headers, Request, Response, media_type

T = TypeVar("T")


class BrokenLine(ValueError):
    """A line that does not hold an exchange."""


def from_exchange(exchange: Exchange, keep: Keep) -> dict[str, Any]:
    """Return the JSON value of a line."""
    request = exchange.request
    return {
        "id": exchange.id,
        "started": exchange.started.isoformat(),
        "request": {
            "method": request.method,
            "url": request.url,
            "http_version": request.http_version,
            "headers": request.headers,
            "body": tagged(request.body, media_type(request.headers), keep),
        },
        "response": _from_response(exchange.response, keep) if exchange.response else None,
        "complete": exchange.complete,
        "reason": exchange.reason,
        "duration": exchange.duration,
        "redacted": exchange.redacted,
    }


def to_exchange(line: bytes, fetch: Fetch) -> Exchange:
    """Return the exchange that a line holds.

    Raises:
        BrokenLine: the line does not hold one.
        OSError: a picture is not where it was kept.
    """
    try:
        value = json.loads(line, parse_float=jsontext.Fraction, parse_constant=refuse_constant)
        request, response = value["request"], value["response"]
        reason, duration = value.get("reason"), value.get("duration")
        return Exchange(
            id=_a(str, value["id"]),
            started=_started(value["started"]),
            request=Request(
                _a(str, request["method"]),
                _a(str, request["url"]),
                _headers(request["headers"]),
                untagged(request["body"], fetch),
                _a(str, request.get("http_version", "HTTP/1.1")),
            ),
            response=None if response is None else _to_response(response, fetch),
            complete=_a(bool, value["complete"]),
            reason=None if reason is None else _a(str, reason),
            duration=None if duration is None else float(duration),
            redacted=tuple(_a(str, place) for place in value.get("redacted", ())),
        )
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise BrokenLine(f"no exchange: {error}") from error


def _a(kind: type[T], value: Any) -> T:
    """Return a value that is of this kind; a line that somebody changed by hand may hold others."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _started(text: str) -> datetime:
    started = datetime.fromisoformat(text)
    return started if started.tzinfo else started.replace(tzinfo=UTC)


def _from_response(response: Response, keep: Keep) -> dict[str, Any]:
    head = {"status": response.status, "headers": response.headers}
    if response.is_event_stream:
        pieces = _text_pieces(response)
        if pieces is not None:
            return {**head, "chunks": pieces}
    body = tagged(response.body, media_type(response.headers), keep)
    return {**head, "body": body, "arrivals": response.arrivals}


def _text_pieces(response: Response) -> list[tuple[float, str]] | None:
    """Return the pieces as text, or None where a piece alone is no UTF-8."""
    if sum(size for _, size in response.arrivals) != len(response.body):
        return None
    try:
        return [(at, piece.decode()) for at, piece in response.chunks]
    except UnicodeDecodeError:
        return None


def _to_response(value: dict[str, Any], fetch: Fetch) -> Response:
    status, headers = _a(int, value["status"]), _headers(value["headers"])
    if "chunks" in value:
        pieces = [(float(at), text.encode()) for at, text in value["chunks"]]
        arrivals = tuple((at, len(piece)) for at, piece in pieces)
        return Response(status, headers, b"".join(piece for _, piece in pieces), arrivals)
    arrivals = tuple(_arrival(item) for item in value.get("arrivals", ()))
    return Response(status, headers, untagged(value["body"], fetch), arrivals)


def _arrival(item: list[float]) -> Arrival:
    at, size = item
    return float(at), int(size)


def _headers(pairs: list[list[str]]) -> Headers:
    return tuple((_a(str, name), _a(str, value)) for name, value in pairs)
