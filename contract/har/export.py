"""HAR 1.2 as Sightline writes it: exchanges in, a JSON value out."""

import base64
from collections.abc import Iterable
from http.client import responses
from importlib.metadata import version
from typing import Any, Final

from contract.exchange import Exchange, Headers, Request, Response, first_header

CREATOR: Final = "Sightline"
"""The name that Sightline's own files carry in `log.creator.name`."""


def to_har(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """Return a HAR 1.2 document with an entry for each exchange, in their order."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": CREATOR, "version": version("sightline")},
            "pages": [],
            "entries": [_entry(exchange) for exchange in exchanges],
        }
    }


def _entry(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    timings = _timings(exchange)
    return {
        "startedDateTime": exchange.started.isoformat(),
        "time": sum(timings.values()),
        "request": _from_request(request),
        "response": {
            **_from_response(response or Response(0), request.http_version),
            **_error(exchange),
        },
        "cache": {},
        "timings": timings,
        "_sightline": {
            "id": exchange.id,
            "complete": exchange.complete,
            "reason": exchange.reason,
            "duration": exchange.duration,
            "redacted": list(exchange.redacted),
            "arrivals": [list(arrival) for arrival in response.arrivals] if response else None,
        },
    }


def _from_request(request: Request) -> dict[str, Any]:
    value = {
        "method": request.method,
        "url": request.url,
        "httpVersion": request.http_version,
        "cookies": _cookies(request.headers, "cookie"),
        "headers": _pairs(request.headers),
        "queryString": _pairs(request.parameters),
        "headersSize": -1,
        "bodySize": _wire_size(request.headers, request.body),
    }
    if request.body:
        kind = first_header(request.headers, "content-type") or ""
        value["postData"] = {"mimeType": kind, **_from_body(request.body, "_encoding")}
    return value


def _from_response(response: Response, http_version: str) -> dict[str, Any]:
    return {
        "status": response.status,
        "statusText": responses.get(response.status, ""),
        "httpVersion": http_version,
        "cookies": _cookies(response.headers, "set-cookie", 1),
        "headers": _pairs(response.headers),
        "content": {
            "size": len(response.body),
            "mimeType": first_header(response.headers, "content-type") or "",
            **_from_body(response.body, "encoding"),
        },
        "redirectURL": first_header(response.headers, "location") or "",
        "headersSize": -1,
        "bodySize": _wire_size(response.headers, response.body),
    }


def _error(exchange: Exchange) -> dict[str, str]:
    if exchange.response and exchange.complete:
        return {}
    return {"_error": exchange.reason or "no answer"}


def _timings(exchange: Exchange) -> dict[str, float]:
    """Return timings that are never negative, as the section "timings" demands."""
    arrivals = exchange.response.arrivals if exchange.response else ()
    end = exchange.duration if exchange.duration is not None else max(arrivals, default=(0, 0))[0]
    wait = max(arrivals[0][0] if arrivals else end, 0)
    return {"send": 0, "wait": wait, "receive": max(end - wait, 0)}


def _wire_size(headers: Headers, body: bytes) -> int:
    return -1 if first_header(headers, "content-encoding") else len(body)


def _pairs(pairs: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _from_body(body: bytes, encoding: str) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), encoding: "base64"}


def _cookies(headers: Headers, field: str, limit: int | None = None) -> list[dict[str, str]]:
    """Return names and values, cut as leniently as RFC 6265, section 5.2, asks."""
    lines = [value for name, value in headers if name.lower() == field]
    parts = [part.partition("=") for line in lines for part in line.split(";")[:limit]]
    return [{"name": name.strip(), "value": value.strip()} for name, _, value in parts if name]
