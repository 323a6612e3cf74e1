"""HAR 1.2, as Sightline writes it."""

import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from haralyzer import HarParser
from hypothesis import given
from hypothesis import strategies as st

from contract.exchange import Exchange, Request, Response
from contract.har import from_har, to_har

SCHEMA = json.loads(Path(__file__).with_name("har-1.2.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

STARTED = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
JSON = ("Content-Type", "application/json")
STREAM = ("content-type", "text/event-stream; charset=utf-8")
PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF"

TURN = Exchange(
    id="turn",
    started=STARTED,
    request=Request(
        "POST",
        "https://example.test/v1/chat/completions?id=a%20b&id=c&empty=",
        (JSON, ("Cookie", "a=1; b=2"), ("Cookie", "c=x=y;odd;=z"), ("X-A", "1"), ("x-a", "2")),
        '{"messages": [{"content": "größe 😀"}]}'.encode(),
        "HTTP/2.0",
    ),
    response=Response(
        200,
        (STREAM, ("Set-Cookie", "s=1; Path=/; HttpOnly"), ("set-cookie", 't="2"; Secure')),
        "data: é\n\ndata: [DONE]\n\n".encode(),
        ((120.5, 10), (340.25, 14)),
    ),
    duration=341.0,
    redacted=("$request.header.authorization",),
)
UPLOAD = Exchange(
    id="upload",
    started=STARTED,
    request=Request(
        "POST", "https://example.test/upload", (("content-type", "image/jpeg"),), PICTURE
    ),
    response=Response(302, (("Location", "/x"), ("content-encoding", "gzip")), PICTURE),
    duration=7.0,
)
UNANSWERED = Exchange(
    id="unanswered",
    started=STARTED,
    request=Request("GET", "https://example.test/healthz"),
    complete=False,
    reason="the client left",
    duration=5.0,
)
CUT = Exchange(
    id="cut",
    started=STARTED,
    request=Request("POST", "https://example.test/v1/responses", (JSON,), b"{}"),
    response=Response(200, (STREAM,), b"data: a", ((9.0, 7),)),
    complete=False,
    reason="upstream broke off",
)
EXCHANGES = [TURN, UPLOAD, UNANSWERED, CUT]

texts = st.text()
headers = st.lists(
    st.tuples(texts | st.sampled_from([":path", "cookie", "Set-Cookie", "content-type"]), texts)
).map(tuple)
bodies = st.binary() | texts.map(str.encode)
times = st.floats(allow_nan=False, allow_infinity=False)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
exchanges = st.builds(
    Exchange,
    id=texts,
    started=st.datetimes(timezones=zones),
    request=st.builds(Request, texts, texts, headers, bodies, texts),
    response=st.none()
    | st.builds(
        Response,
        st.integers(0, 999),
        headers,
        bodies,
        st.lists(st.tuples(times, st.integers(0, 10**9))).map(tuple),
    ),
    complete=st.booleans(),
    reason=st.none() | texts,
    duration=st.none() | times,
    redacted=st.lists(texts).map(tuple),
)


def entry_of(exchange: Exchange) -> dict[str, Any]:
    entry = to_har([exchange])["log"]["entries"][0]
    assert isinstance(entry, dict)
    return entry


def document(*entries: object, creator: str = "WebInspector") -> dict[str, Any]:
    """Return a HAR as another tool would write it."""
    log = {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": list(entries)}
    return {"log": log}


@given(st.lists(exchanges, max_size=4))
def test_what_was_exported_is_read_back_exactly(several: list[Exchange]) -> None:
    text = json.dumps(to_har(several), allow_nan=False)
    assert list(from_har(json.loads(text), name="a.har").exchanges) == several


@given(exchanges)
def test_an_export_is_har_1_2(exchange: Exchange) -> None:
    entry = entry_of(exchange)
    VALIDATOR.validate(json.loads(json.dumps(document(entry))))
    assert entry["time"] == sum(entry["timings"].values())


def test_the_log_names_sightline_and_keeps_the_order() -> None:
    log = to_har(EXCHANGES)["log"]
    assert log["version"] == "1.2"
    assert log["creator"]["name"] == "Sightline"
    assert log["creator"]["version"]
    assert [entry["_sightline"]["id"] for entry in log["entries"]] == [x.id for x in EXCHANGES]


BREAKAGES = [
    (("log", "version"), "1.1"),
    (("log", "extra"), 1),
    (("log", "entries", 0, "startedDateTime"), "2026-11-23T09:00:00"),
    (("log", "entries", 0, "time"), "5"),
    (("log", "entries", 0, "sightline"), {}),
    (("log", "entries", 0, "request", "headersSize"), -2),
    (("log", "entries", 0, "request", "postData"), {"mimeType": ""}),
    (("log", "entries", 0, "request", "postData"), {"mimeType": "", "text": "", "params": []}),
    (("log", "entries", 0, "response", "status"), None),
    (("log", "entries", 0, "response", "content", "text"), None),
    (("log", "entries", 0, "response", "cookies", 0, "sameSite"), "Lax"),
    (("log", "entries", 0, "timings", "wait"), -1),
]


@pytest.mark.parametrize(("place", "value"), BREAKAGES)
def test_the_schema_refuses_what_is_no_har_1_2(place: tuple[str | int, ...], value: object) -> None:
    har = json.loads(json.dumps(to_har(EXCHANGES)))
    VALIDATOR.validate(har)
    holder = har
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    assert not VALIDATOR.is_valid(har)


@pytest.mark.parametrize("part", [(), ("request",), ("response",), ("timings",)])
def test_the_schema_misses_every_required_field(part: tuple[str, ...]) -> None:
    required = SCHEMA["$defs"][part[-1] if part else "entry"]["required"]
    for field in required:
        har = json.loads(json.dumps(to_har([TURN])))
        holder = har["log"]["entries"][0]
        for step in part:
            holder = holder[step]
        del holder[field]
        assert not VALIDATOR.is_valid(har), field


def test_a_turn_is_exported_where_har_has_a_place_for_it() -> None:
    entry = entry_of(TURN)
    request, response = entry["request"], entry["response"]
    assert entry["startedDateTime"] == "2026-11-23T09:00:00.123456+05:30"
    assert entry["timings"] == {"send": 0, "wait": 120.5, "receive": 220.5}
    assert request["httpVersion"] == response["httpVersion"] == "HTTP/2.0"
    assert [(pair["name"], pair["value"]) for pair in request["queryString"]] == [
        ("id", "a b"),
        ("id", "c"),
        ("empty", ""),
    ]
    assert request["headers"][-2:] == [
        {"name": "X-A", "value": "1"},
        {"name": "x-a", "value": "2"},
    ]
    assert request["postData"] == {
        "mimeType": "application/json",
        "text": '{"messages": [{"content": "größe 😀"}]}',
    }
    assert request["bodySize"] == len(TURN.request.body)
    assert (response["status"], response["statusText"]) == (200, "OK")
    assert response["content"] == {
        "size": 24,
        "mimeType": "text/event-stream; charset=utf-8",
        "text": "data: é\n\ndata: [DONE]\n\n",
    }
    assert "_error" not in response


def test_cookies_are_listed_by_name_and_value() -> None:
    entry = entry_of(TURN)
    assert [(pair["name"], pair["value"]) for pair in entry["request"]["cookies"]] == [
        ("a", "1"),
        ("b", "2"),
        ("c", "x=y"),
        ("odd", ""),
    ]
    assert entry["response"]["cookies"] == [
        {"name": "s", "value": "1"},
        {"name": "t", "value": '"2"'},
    ]


def test_bodies_that_are_not_text_are_base64() -> None:
    entry = entry_of(UPLOAD)
    assert entry["request"]["postData"]["text"] == "/9j/4AAQSkZJRg=="
    assert entry["request"]["postData"]["_encoding"] == "base64"
    assert entry["response"]["content"]["text"] == "/9j/4AAQSkZJRg=="
    assert entry["response"]["content"]["encoding"] == "base64"
    assert entry["response"]["redirectURL"] == "/x"


def test_the_size_on_the_wire_of_what_was_compressed_is_unknown() -> None:
    response = entry_of(UPLOAD)["response"]
    assert response["bodySize"] == -1
    assert response["content"]["size"] == len(PICTURE)


def test_a_request_without_a_body_posts_nothing() -> None:
    request = entry_of(UNANSWERED)["request"]
    assert "postData" not in request
    assert request["bodySize"] == 0


def test_an_exchange_that_failed_says_so_as_browsers_do() -> None:
    unanswered, cut = entry_of(UNANSWERED)["response"], entry_of(CUT)["response"]
    assert (unanswered["status"], unanswered["_error"]) == (0, "the client left")
    assert (cut["status"], cut["_error"]) == (200, "upstream broke off")
    assert cut["content"]["text"] == "data: a"


@pytest.mark.parametrize("duration", [None, -5.0, 3.0, 50.0])
def test_timings_are_never_negative(duration: float | None) -> None:
    response = Response(200, (), b"ab", ((10.0, 1), (20.0, 1)))
    exchange = Exchange("1", STARTED, TURN.request, response, duration=duration)
    entry = entry_of(exchange)
    assert min(entry["timings"].values()) >= 0
    assert entry["time"] == sum(entry["timings"].values()) == max(10.0, duration or 20.0)


def test_another_reader_sees_the_same_exchanges() -> None:
    parser = HarParser(json.loads(json.dumps(to_har(EXCHANGES))))
    (page,) = parser.pages
    assert parser.version == "1.2"
    assert [entry.url for entry in page.entries] == [x.request.url for x in EXCHANGES]
    assert [entry.status for entry in page.entries] == [200, 302, 0, 200]
    assert [entry.startTime for entry in page.entries] == [STARTED] * 4
    turn = page.entries[0]
    assert turn.request.text.encode() == TURN.request.body
    assert turn.request.get_header_value("x-a") == "1"
    assert turn.response.text.encode() == b"data: \xc3\xa9\n\ndata: [DONE]\n\n"
    assert page.entries[1].response.textEncoding == "base64"
    assert page.entries[2].response.text == ""


def test_mitmproxy_reads_the_same_exchanges() -> None:
    reader = pytest.importorskip("mitmproxy.io").FlowReader
    data = json.dumps(to_har(EXCHANGES)).encode()
    flows = list(reader(io.BytesIO(data)).stream())
    assert [flow.request.url for flow in flows] == [x.request.url for x in EXCHANGES]
    assert [flow.request.method for flow in flows] == [x.request.method for x in EXCHANGES]
    assert [flow.response.status_code for flow in flows] == [200, 302, 0, 200]
    assert flows[0].request.content == TURN.request.body
    assert flows[0].request.headers.get_all("x-a") == ["1", "2"]
    assert [flow.response.content for flow in flows] == [
        x.response.body if x.response else b"" for x in EXCHANGES
    ]
