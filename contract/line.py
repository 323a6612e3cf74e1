"""One exchange as one line of a recording, and back; pure but for the pictures' bytes.

    {"id", "started", "request": {"method", "url", "http_version", "headers": [[k, v]], "body"},
     "response": {"status", "headers", "chunks": [[ms, text]]} for an event stream in UTF-8, or else
                 {"status", "headers", "body", "arrivals": [[ms, bytes]]},
     "complete": true, "reason": null, "duration": ms, "redacted": [places]}

A body is `null` or tagged:

    {"json": value}     the value says all that the bytes said, but for white space and escapes
    {"text": "…"}       UTF-8 that is no JSON, or JSON of which a value would lose something: keys
                        that occur twice, numbers that a float does not hold
                        that occur twice, numbers that a float does not hold, deep nesting
    {"base64": "…"}     anything else

Where bytes are kept elsewhere, `sha256:<hex>` stands for their base64: for a picture in a data URI,
and for a whole body that is not text. Only canonical base64 is replaced, so it comes back the same.
A text that itself looks like such a reference is kept in base64, so nothing is fetched for it.
Times are milliseconds since the request was complete.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from contract import jsontext
from contract.exchange import Arrival, Exchange, Headers, Request, Response, media_type

_DATA_URI = re.compile(r"data:([a-z0-9.+/-]+)((?:;[^;,]*)*);base64,([A-Za-z0-9+/]{64,}={0,2})")
_DATA_REFERENCE = re.compile(r"(data:[^,]*;base64,)sha256:([0-9a-f]{64})")
_REFERENCE = re.compile(r"sha256:([0-9a-f]{64})")
_DEEPEST = 64  # deeper JSON stays text, so that no reader runs out of stack where a writer did not

T = TypeVar("T")

Keep = Callable[[bytes, str], str]
"""Keep bytes of a media type; return their SHA-256 in hex."""

Fetch = Callable[[str], bytes]
"""Return the bytes that were kept under a SHA-256."""


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
            "body": _tagged(request.body, request.headers, keep),
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
        value = json.loads(line, parse_float=jsontext.Fraction, parse_constant=_constant)
        request, response = value["request"], value["response"]
        reason, duration = value.get("reason"), value.get("duration")
        return Exchange(
            id=_a(str, value["id"]),
            started=_started(value["started"]),
            request=Request(
                _a(str, request["method"]),
                _a(str, request["url"]),
                _headers(request["headers"]),
                _untagged(request["body"], fetch),
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
    body = _tagged(response.body, response.headers, keep)
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
    return Response(status, headers, _untagged(value["body"], fetch), arrivals)


def _arrival(item: list[float]) -> Arrival:
    at, size = item
    return float(at), int(size)


def _headers(pairs: list[list[str]]) -> Headers:
    return tuple((_a(str, name), _a(str, value)) for name, value in pairs)


def _tagged(body: bytes, headers: Headers, keep: Keep) -> dict[str, Any] | None:
    if not body:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": f"sha256:{keep(body, media_type(headers))}"}
    try:
        value = _FAITHFUL.decode(text)
        strings = list(_strings(value))
        jsontext.encode(value).encode()  # a lone surrogate has no UTF-8
    except (ValueError, RecursionError):
        value, strings = text, [text]
        tag = "text"
    else:
        tag = "json"
    if any(map(_DATA_REFERENCE.search, strings)):
        return {"base64": base64.b64encode(body).decode()}
    return {tag: _without_pictures(value, keep)}


def _strings(value: Any, room: int = _DEEPEST) -> Iterator[str]:
    """Yield every text in a JSON value that is a value.

    Raises:
        ValueError: it is nested deeper than `room`.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        if not room:
            raise ValueError("the JSON is nested too deep")
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item, room - 1)


def _without_pictures(value: Any, keep: Keep) -> Any:
    if isinstance(value, dict):
        return {key: _without_pictures(item, keep) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_pictures(item, keep) for item in value]
    if isinstance(value, str):
        return _DATA_URI.sub(lambda found: _keep_picture(found, keep), value)
    return value


def _keep_picture(found: re.Match[str], keep: Keep) -> str:
    kind, parameters, text = found.groups()
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return found.group()
    if base64.b64encode(data).decode() != text:
        return found.group()
    return f"data:{kind}{parameters};base64,sha256:{keep(data, kind)}"


def _untagged(tagged: dict[str, Any] | None, fetch: Fetch) -> bytes:
    if tagged is None:
        return b""
    ((tag, value),) = tagged.items()
    if tag == "json":
        return jsontext.encode(_with_pictures(value, fetch)).encode()
    if tag == "text":
        return str(_with_pictures(_a(str, value), fetch)).encode()
    if tag == "base64":
        kept = _REFERENCE.fullmatch(value)
        return fetch(kept.group(1)) if kept else base64.b64decode(value, validate=True)
    raise ValueError(f"unknown kind of body: {tag}")


def _with_pictures(value: Any, fetch: Fetch) -> Any:
    if isinstance(value, dict):
        return {key: _with_pictures(item, fetch) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_pictures(item, fetch) for item in value]
    if isinstance(value, str):
        return _DATA_REFERENCE.sub(
            lambda found: found.group(1) + base64.b64encode(fetch(found.group(2))).decode(), value
        )
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _float(text: str) -> float:
    if repr(float(text)) != text:
        raise ValueError("a float does not hold this number")
    return float(text)


def _integer(text: str) -> int:
    if text == "-0":
        raise ValueError("an integer does not hold this number")
    return int(text)


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_FAITHFUL = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_float, parse_int=_integer, parse_constant=_constant
)
"""Takes no JSON but what comes back as it was, white space and escapes aside."""
