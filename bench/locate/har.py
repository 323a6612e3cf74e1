"""HAR 1.2 as other tools write it, not as Sightline does: each tool has habits of its own.

Names, fields and order follow what exports of mitmproxy, Charles, Chrome and Proxyman look like.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bench.locate.draft import Request

TOOLS = ("mitmproxy", "Charles Proxy", "WebInspector", "Proxyman", "Fiddler")
_VERSIONS = {
    "mitmproxy": "1.2.3",
    "Charles Proxy": "4.6.7",
    "WebInspector": "537.36",
    "Proxyman": "5.9.1",
    "Fiddler": "5.0.20242",
}


def document(
    exchanges: Sequence[tuple[datetime, Request]], tool: str, dice: Random, *, answers: bool = True
) -> dict[str, Any]:
    """Return a HAR document of these requests; without `answers` no request was answered."""
    http2 = tool in {"WebInspector", "Proxyman"} and dice.random() < 0.7
    entries = [_entry(at, one, tool, dice, http2=http2, answers=answers) for at, one in exchanges]
    log: dict[str, Any] = {"version": "1.2", "creator": {"name": tool, "version": _VERSIONS[tool]}}
    if tool == "WebInspector":
        log["pages"] = []
    return {"log": log | {"entries": entries}}


def _entry(
    at: datetime, request: Request, tool: str, dice: Random, *, http2: bool, answers: bool
) -> dict[str, Any]:
    wait = round(dice.uniform(180, 900), 3)
    entry: dict[str, Any] = {
        "startedDateTime": _time(at, tool),
        "time": wait + 40,
        "request": _request(request, tool, http2=http2),
        "response": _response(request, http2=http2, answers=answers),
        "cache": {},
        "timings": {"send": 1, "wait": wait, "receive": 39, "connect": -1, "ssl": -1},
    }
    if tool != "Fiddler":
        entry["serverIPAddress"] = "192.0.2.10"
    if tool == "WebInspector":
        entry |= {"_resourceType": "fetch", "_priority": "High", "connection": "443"}
    return entry


def _time(at: datetime, tool: str) -> str:
    if tool == "Charles Proxy":
        return (at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+01:00"
    if tool == "mitmproxy":
        return at.isoformat()
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _request(request: Request, tool: str, *, http2: bool) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in request.headers]
    url = urlsplit(request.url)
    if http2:
        headers = [one | {"name": one["name"].lower()} for one in headers if one["name"] != "Host"]
        target = url.path + (f"?{url.query}" if url.query else "")
        pseudo = {":authority": url.netloc, ":method": request.method, ":path": target}
        headers = [
            {"name": n, "value": v} for n, v in (pseudo | {":scheme": "https"}).items()
        ] + headers
    value: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "httpVersion": {True: "h2" if tool == "WebInspector" else "HTTP/2.0"}.get(
            http2, "HTTP/1.1"
        ),
        "headers": headers,
        "cookies": [],
        "queryString": [
            {"name": name, "value": text}
            for name, text in parse_qsl(url.query, keep_blank_values=True)
        ],
        "headersSize": -1 if http2 else sum(len(n) + len(v) + 4 for n, v in request.headers),
        "bodySize": len(request.body.encode()),
    }
    if request.body:
        value["postData"] = {"mimeType": "application/json", "text": request.body}
        if tool in {"mitmproxy", "Proxyman"}:
            value["postData"]["params"] = []
    return value


def _response(request: Request, *, http2: bool, answers: bool) -> dict[str, Any]:
    text = "" if request.method != "POST" else _EVENTS
    kind = "text/event-stream" if text else "application/json"
    status = 200 if answers else 0
    pairs = (("content-type", kind), *request.answer)
    headers = [{"name": name, "value": value} for name, value in pairs]
    return {
        "status": status,
        "statusText": "" if http2 or not answers else "OK",
        "httpVersion": "h2" if http2 else "HTTP/1.1",
        "cookies": [],
        "headers": headers if answers else [],
        "content": {"size": len(text), "mimeType": kind, "text": text if answers else ""},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(text) if answers else -1,
    }


_EVENTS = (
    'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,'
    '"delta":{"role":"assistant","content":"One moment, please."},"finish_reason":null}]}\n\n'
    'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},'
    '"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)
