"""HAR 1.2 as everybody writes it: a JSON value in, exchanges out."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from contract.errors import RecordingError
from contract.exchange import Exchange, Headers, Request, Response
from contract.har.export import CREATOR

_EPOCH = datetime.fromtimestamp(0, UTC)
_FOREVER = 1e12  # milliseconds; no exchange took thirty years
_HTTP_VERSIONS = {
    "": "HTTP/1.1",
    "UNKNOWN": "HTTP/1.1",
    "H2": "HTTP/2.0",
    "HTTP/2": "HTTP/2.0",
    "H3": "HTTP/3",
    "HTTP/3.0": "HTTP/3",
}


class _Odd(ValueError):
    """What is wrong with an entry."""


def from_har(document: Any, *, name: str) -> list[Exchange]:
    """Return the exchanges of a HAR document, in the order of its entries.

    Args:
        document: the decoded JSON; a byte order mark is the caller's to remove.
        name: the file's name, for messages.

    Raises:
        RecordingError: the document is no HAR, or an entry is none; names the file and the entry,
            counted from 1.
    """
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(log, dict) or not isinstance(entries, list):
        wrong = "`log.entries` is no list" if isinstance(log, dict) else "it has no object `log`"
        wrong = wrong if isinstance(document, dict) else "it is no JSON object"
        raise RecordingError(f"{name} is no HAR file: {wrong}; export it again as HAR 1.2")
    creator, before, exchanges = _creator(log), _EPOCH, []
    for number, entry in enumerate(entries, start=1):
        try:
            exchanges.append(_exchange(entry, creator, before, number))
        except _Odd as odd:
            raise RecordingError(f"{name}: entry {number}: {odd}; mend or remove it") from None
        before = exchanges[-1].started
    return exchanges


def _creator(log: dict[str, Any]) -> str:
    creator = log.get("creator")
    return str(creator.get("name")) if isinstance(creator, dict) else ""


def _exchange(entry: Any, creator: str, before: datetime, number: int) -> Exchange:
    entry = _object(entry, "it")
    request = _request(_object(entry.get("request"), "`request`"), creator)
    response = _object(entry.get("response") or {}, "`response`")
    started = _started(entry.get("startedDateTime"), before)
    # Section "Custom Fields": only the tool that wrote a custom field may read it.
    if creator == CREATOR and "_sightline" in entry:
        return _own(entry["_sightline"], started, request, response)
    wait, duration = _times(entry)
    answer = _response(response, creator, wait)
    error = response.get("_error") or entry.get("_error") or ("" if answer.status else "no answer")
    return Exchange(
        id=f"entry-{number}",
        started=started,
        request=request,
        response=answer if answer.status else None,
        complete=not error,
        reason=str(error) or None,
        duration=duration,
    )


def _own(value: Any, started: datetime, request: Request, response: dict[str, Any]) -> Exchange:
    answer = _response(response, CREATOR, None)
    try:
        arrivals = value["arrivals"]
        pieces = tuple((float(at), int(size)) for at, size in arrivals or ())
        return Exchange(
            id=str(value["id"]),
            started=started,
            request=request,
            response=None if arrivals is None else replace(answer, arrivals=pieces),
            complete=bool(value["complete"]),
            reason=value["reason"],
            duration=None if value["duration"] is None else float(value["duration"]),
            redacted=tuple(value["redacted"]),
        )
    except (ValueError, TypeError, LookupError, OverflowError):
        raise _Odd("`_sightline` is not as Sightline wrote it") from None


def _request(value: dict[str, Any], creator: str) -> Request:
    posted = _object(value.get("postData") or {}, "`request.postData`")
    http_version = str(value.get("httpVersion") or "")
    if creator != CREATOR:
        http_version = _HTTP_VERSIONS.get(http_version.upper(), http_version.upper())
    return Request(
        _text(value.get("method"), "`request.method`"),
        _text(value.get("url"), "`request.url`"),
        _headers(value.get("headers"), creator),
        _body(posted, creator) or _form(posted),
        http_version,
    )


def _response(value: dict[str, Any], creator: str, wait: float | None) -> Response:
    status = value.get("status") or 0
    if not isinstance(status, int):
        raise _Odd("`response.status` is no whole number")
    body = _body(_object(value.get("content") or {}, "`response.content`"), creator)
    arrivals = ((wait, len(body)),) if body and wait is not None else ()
    return Response(status, _headers(value.get("headers"), creator), body, arrivals)


def _headers(value: Any, creator: str) -> Headers:
    pairs = _named(value, "headers")
    return tuple(pair for pair in pairs if creator == CREATOR or not pair[0].startswith(":"))


def _named(value: Any, what: str) -> Headers:
    """Return names and values, from objects or, as some tools write them, from pairs."""
    try:
        raw = [(i["name"], i.get("value")) if isinstance(i, dict) else i for i in value or ()]
        return tuple((str(name), "" if text is None else str(text)) for name, text in raw)
    except (ValueError, TypeError, LookupError):
        raise _Odd(f"`{what}` is no list of names and values") from None


def _body(value: dict[str, Any], creator: str) -> bytes:
    """Return the bytes that `postData` or `content` stands for."""
    text, kind = _text(value.get("text") or "", "the body"), str(value.get("mimeType"))
    if "base64" in (value.get("encoding"), value.get("_encoding")):
        try:
            return base64.b64decode(text)
        except ValueError:
            raise _Odd("a body is no base64") from None
    if creator == "mitmproxy" and "charset" not in kind and "json" not in kind:
        text = _as_utf8(text)
    return text.encode("utf-8", "replace")


def _as_utf8(text: str) -> str:
    """Return what UTF-8 that was decoded as Latin-1 says; other text as it is."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _form(posted: dict[str, Any]) -> bytes:
    if "multipart" in str(posted.get("mimeType")):
        return b""
    return urlencode(_named(posted.get("params"), "params"), errors="replace").encode()


def _times(entry: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return the time to the first byte and the duration, in milliseconds, where they are known."""
    timings = _object(entry.get("timings") or {}, "`timings`")
    wait, receive = _milliseconds(timings.get("wait")), _milliseconds(timings.get("receive"))
    if wait is None:
        total = _milliseconds(entry.get("time"))
        return total, total
    return wait, wait + (receive or 0.0)


def _milliseconds(value: Any) -> float | None:
    """Return a time; -1 stands for an unknown one (section "timings")."""
    known = isinstance(value, int | float) and 0 <= value < _FOREVER
    return float(value) if known else None


def _started(value: Any, before: datetime) -> datetime:
    try:
        started = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return before
    return started if started.tzinfo else started.replace(tzinfo=UTC)


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Odd(f"{what} is no object")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise _Odd(f"{what} is no text")
    return value
