"""One turn, as the exporters of this world write it down, is one turn."""

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contract.har import from_har

TURN = '{"messages":[{"role":"user","content":"größe"}]}'
ANSWER = "data: é\n\n"
URL = "https://h/v1/chat/completions"
START = datetime(2026, 11, 23, 9, 0, 0, 123000, UTC)


def coded(text: str, *, zipped: bool = False) -> dict[str, str]:
    data = gzip.compress(text.encode()) if zipped else text.encode()
    return {"text": base64.b64encode(data).decode(), "encoding": "base64"}


CHARLES: dict[str, Any] = {
    "startedDateTime": "2026-11-23T10:00:00.123+01:00",
    "time": 120,
    "request": {
        "method": "POST",
        "url": URL,
        "httpVersion": "HTTP/2.0",
        "cookies": [],
        "headers": [
            {"name": ":method", "value": "POST"},
            {"name": ":authority", "value": "h"},
            {"name": ":path", "value": "/v1/chat/completions"},
            {"name": "x-id", "value": "a"},
        ],
        "postData": {"mimeType": "application/json; charset=utf-8", "text": TURN},
    },
    "response": {
        "_charlesStatus": "COMPLETE",
        "status": 200,
        "headers": [{"name": "content-type", "value": "text/event-stream"}],
        "content": {"size": 7, "mimeType": "text/event-stream", **coded(ANSWER)},
        "redirectURL": None,
    },
    "timings": {"dns": -1, "connect": -1, "ssl": -1, "send": 1, "wait": 100, "receive": 19},
}
FIDDLER: dict[str, Any] = {
    "time": 30,
    "startedDateTime": "2026-11-23T10:00:00.1230000+01:00",
    "timings": {"send": 0, "dns": -1, "receive": 0, "connect": -1, "wait": 30, "ssl": -1},
    "request": {
        "postData": {"mimeType": "application/json", "text": TURN},
        "headers": [{"value": "a", "name": "X-Id"}],
        "url": URL,
        "method": "POST",
    },
    "response": {
        "headers": [{"value": "gzip", "name": "Content-Encoding"}],
        "content": {"size": 7, "compression": 0, **coded(ANSWER, zipped=True)},
        "status": 200,
    },
}
SAFARI: dict[str, Any] = {
    "pageref": "page_0",
    "startedDateTime": "2026-11-23T09:00:00.123Z",
    "time": 40.1,
    "request": {
        "method": "POST",
        "url": URL,
        "httpVersion": "",
        "headers": [{"name": "X-Id", "value": "a"}],
        "queryString": [],
        "postData": {"mimeType": "application/json", "text": TURN},
        "bodySize": -1,
    },
    "response": {
        "status": 200,
        "httpVersion": "h2",
        "headers": [],
        "content": {"size": 0, "mimeType": "text/event-stream", "text": ANSWER},
    },
    "timings": {"blocked": -1, "dns": -1, "send": 0.1, "wait": 30, "receive": 1},
}
PROXYMAN: dict[str, Any] = {
    "_id": "1",
    "startedDateTime": "2026-11-23T09:00:00.123Z",
    "time": 1.5,
    "request": {
        "method": "POST",
        "url": URL,
        "headers": [{"name": "X-Id", "value": "a"}],
        "postData": {"mimeType": "application/json", "params": [], **coded(TURN)},
    },
    "response": {"status": 200, "headers": [], "content": {"text": ANSWER}},
    "timings": {"send": 0, "wait": 1, "receive": 0.5},
}
EXPORTERS = {
    "Charles Proxy": CHARLES,
    "Fiddler": FIDDLER,
    "WebKit Web Inspector": SAFARI,
    "Proxyman": PROXYMAN,
}


@pytest.mark.parametrize(("creator", "entry"), EXPORTERS.items())
def test_a_turn_is_read_whoever_wrote_it(creator: str, entry: dict[str, Any]) -> None:
    document = json.loads(json.dumps({"log": {"creator": {"name": creator}, "entries": [entry]}}))
    found = from_har(document, name="a.har")
    (exchange,) = found.exchanges
    assert found.problems == ()
    assert exchange.is_turn
    assert exchange.complete
    assert exchange.started == START
    assert exchange.request.header("x-id") == "a"
    assert exchange.request.body == TURN.encode()
    assert exchange.response
    assert exchange.response.body == ANSWER.encode()
    assert exchange.duration == entry["timings"]["wait"] + entry["timings"]["receive"]
