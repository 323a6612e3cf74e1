"""HAR 1.2 as everybody writes it: a JSON value in, a recording out."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from contract.errors import RecordingError
from contract.exchange import Exchange, Headers, Request, Response
from contract.har.content import content, posted
from contract.har.export import CREATOR
from contract.har.odd import Odd, mapping, named
from contract.recording import Recording

_EPOCH = datetime.fromtimestamp(0, UTC)
_FOREVER = 1e12  # milliseconds; no exchange took thirty years
_SECONDS_UNTIL = 1e11  # a larger time since 1970 is in milliseconds
_HTTP_VERSIONS = {
    "": "HTTP/1.1",
    "UNKNOWN": "HTTP/1.1",
    "H2": "HTTP/2.0",
    "HTTP/2": "HTTP/2.0",
    "H3": "HTTP/3",
    "HTTP/3.0": "HTTP/3",
}
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?!\d)")
_OVER_HTTP = frozenset({"http", "https", "ws", "wss"})  # a WebSocket begins as a request


def from_har(document: Any, *, name: str) -> Recording:
    """Return the exchanges of a HAR document, in the order of its entries.

    What is no HTTP, such as `data:` URLs, is left out; so is an entry that cannot be read. The
    recording's `problems` name the one and the other, entries counted from 1.

    Args:
        document: the decoded JSON; a byte order mark is the caller's to remove.
        name: the file's name, for messages.

    Raises:
        RecordingError: the document is no HAR, or none of its entries can be read.
    """
    log, entries = _log(document, name)
    creator, before = _creator(log), _EPOCH
    exchanges, problems, foreign = [], [], set()
    for number, entry in enumerate(entries, start=1):
        try:
            scheme = _scheme(entry)
            if scheme not in _OVER_HTTP and creator != CREATOR:
                foreign.add((number, scheme))
                continue
            exchanges.append(_exchange(entry, creator, before, number))
        except Odd as odd:
            problems.append(f"{name}: entry {number} was skipped: {odd}")
            continue
        before = exchanges[-1].started
    if problems and not exchanges:
        raise RecordingError(f"{problems[0]}, and nothing is left; export it again as HAR 1.2")
    if foreign:
        schemes = ", ".join(sorted({f"{scheme}:" for _, scheme in foreign}))
        problems.append(
            f"{name}: entries that are no HTTP ({schemes}) were left out: {len(foreign)}"
        )
    return Recording(name, tuple(exchanges), tuple(problems))


def _log(document: Any, name: str) -> tuple[dict[str, Any], list[Any]]:
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if isinstance(log, dict) and isinstance(entries, list):
        return log, entries
    wrong = "`log.entries` is no list" if isinstance(log, dict) else "it has no object `log`"
    wrong = wrong if isinstance(document, dict) else "it is no JSON object"
    raise RecordingError(f"{name} is no HAR file: {wrong}; export it again as HAR 1.2")


def _creator(log: dict[str, Any]) -> str:
    creator = log.get("creator")
    return str(creator.get("name")) if isinstance(creator, dict) else ""


def _scheme(entry: Any) -> str:
    """Return the scheme of an entry's URL; one that names none was sent over HTTP."""
    if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
        raise Odd("it has no request")
    found = _SCHEME.match(str(entry["request"].get("url")))
    return found.group(1).lower() if found else "http"


def _exchange(entry: dict[str, Any], creator: str, before: datetime, number: int) -> Exchange:
    request = _request(entry["request"], creator)
    response = mapping(entry.get("response"), "`response`")
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
        raise Odd("`_sightline` is not as Sightline wrote it") from None


def _request(value: dict[str, Any], creator: str) -> Request:
    headers, pseudo = _headers(value.get("headers"), creator)
    http_version = str(value.get("httpVersion") or "")
    if creator != CREATOR:
        http_version = _HTTP_VERSIONS.get(http_version.upper(), http_version.upper())
    data = value.get("postData")
    body = posted(data, headers, creator) if data else b""
    method, url = value.get("method"), value.get("url")
    if creator != CREATOR:
        method = str(method or pseudo.get(":method") or ("POST" if body else "GET")).upper()
        url = _url(value, pseudo)
    if not isinstance(method, str) or not isinstance(url, str):
        raise Odd("its request has no method or no URL")
    return Request(method, url, headers, body, http_version)


def _url(value: dict[str, Any], pseudo: dict[str, str]) -> str:
    """Return the URL; its parts may stand in pseudo headers, and its query in `queryString`."""
    url = value.get("url")
    if not url and ":path" in pseudo:
        scheme, authority = pseudo.get(":scheme", "https"), pseudo.get(":authority", "")
        url = f"{scheme}://{authority}{pseudo[':path']}" if authority else pseudo[":path"]
    if not url or not isinstance(url, str):
        raise Odd("its request has no URL")
    if "?" not in url and (parameters := value.get("queryString")):
        before, mark, fragment = url.partition("#")
        query = urlencode(named(parameters, "queryString"), errors="replace")
        url = f"{before}?{query}{mark}{fragment}"
    return url


def _response(value: dict[str, Any], creator: str, wait: float | None) -> Response:
    headers, _ = _headers(value.get("headers"), creator)
    body = content(mapping(value.get("content"), "`response.content`"), headers, creator)
    arrivals = ((wait, len(body)),) if body and wait is not None else ()
    return Response(_status(value.get("status")), headers, body, arrivals)


def _status(value: Any) -> int:
    try:
        return max(0, int(value or 0))
    except (ValueError, TypeError, OverflowError):
        raise Odd("`response.status` is no number") from None


def _headers(value: Any, creator: str) -> tuple[Headers, dict[str, str]]:
    """Return the headers, and the pseudo headers of HTTP/2 by name.

    A line break cannot be in a header (RFC 9110, section 5.5): some tools join repeated ones so.
    """
    pairs = named(value, "headers")
    if creator == CREATOR:
        return pairs, {}
    split = [(key, line) for key, text in pairs for line in re.split(r"[\r\n]+", text)]
    pseudo = {key: text for key, text in split if key.startswith(":")}
    return tuple(pair for pair in split if not pair[0].startswith(":")), pseudo


def _times(entry: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return the time to the first byte and the duration, in milliseconds, where they are known."""
    timings = entry.get("timings")
    timings = timings if isinstance(timings, dict) else {}
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
        if isinstance(value, str):
            started = datetime.fromisoformat(value.strip().upper().replace(" +", "+"))
        else:
            started = datetime.fromtimestamp(value / (1000 if value > _SECONDS_UNTIL else 1), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return before
    return started if started.tzinfo else started.replace(tzinfo=UTC)
