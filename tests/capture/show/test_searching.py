"""What a person can look for in an exchange."""

import base64
import json
import re
from datetime import UTC, datetime

import pytest

from capture.show.searching import is_found
from contract.exchange import Exchange, Request, Response

PICTURE = base64.b64encode(b"secret words in a picture" * 20).decode()
BODY = {
    "messages": [{"role": "user", "content": 'größer, said "he"\nand left'}],
    "image": f"data:image/png;base64,{PICTURE}",
    "stream": True,
    "temperature": 0.5,
    "tools": [],
}
CHUNK = {
    "id": "chunk-7",
    "choices": [
        {"delta": {"content": "A red", "tool_calls": [{"function": {"name": "end_call"}}]}}
    ],
}
MORE = {"choices": [{"delta": {"content": " boat."}}]}
STREAM = "".join(f"data: {json.dumps(it)}\n\n" for it in (CHUNK, MORE)).encode()


@pytest.fixture
def exchange() -> Exchange:
    headers = (("X-Conversation-Id", "a7"),)
    request = Request("POST", "http://h/v1?session=b8", headers, json.dumps(BODY).encode())
    kind = (("Content-Type", "text/event-stream"), ("x-sightline-context", "attached;n=1"))
    response = Response(200, kind, STREAM, ((1.0, len(STREAM)),))
    return Exchange("1", datetime.now(UTC), request, response, complete=False, reason="hung up")


FOUND = [
    "POST http",
    "session=b8",
    "x-conversation-id: a7",
    "größer",
    '"he"',
    "(?s)he.*left",
    r"(?m)^and",
    '"stream": true',
    "temperature.*0.5",
    '"tools"',
    "hung up",
    "attached;n=1",
    "A red boat",
    "end_call",
]


@pytest.mark.parametrize("regex", FOUND)
def test_what_is_shown_is_found(exchange: Exchange, regex: str) -> None:
    assert is_found(exchange, re.compile(f"(?i){regex}"))


NOT_FOUND = [PICTURE[:20], "chunk-7", "nowhere", "§*", "größer, said.*stream", "reda"]


@pytest.mark.parametrize("regex", NOT_FOUND)
def test_what_is_not_shown_is_not_found(exchange: Exchange, regex: str) -> None:
    assert not is_found(exchange, re.compile(regex))


@pytest.mark.parametrize(
    ("body", "is_there"),
    [(b"a needle", True), (b'"needle"', True), (b"[[[needle", True), (b"\xff needle", False)],
)
def test_a_body_that_is_no_json_is_text_where_it_is_text(body: bytes, is_there: bool) -> None:
    request = Request("POST", "http://h/", (), body)
    one = Exchange("1", datetime.now(UTC), request)
    other = Exchange("1", datetime.now(UTC), Request("GET", "/"), Response(404, (), body))
    assert is_found(one, re.compile("needle")) is is_there
    assert is_found(other, re.compile("needle")) is is_there
