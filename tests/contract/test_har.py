"""HAR 1.2, as Sightline writes it and as everybody else does."""

import io
import json
import math
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from haralyzer import HarParser
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import RecordingError
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


def foreign(**changes: Any) -> dict[str, Any]:
    """Return another tool's entry, with only what every tool writes."""
    entry: dict[str, Any] = {
        "startedDateTime": "2026-11-23T09:00:00.000Z",
        "time": 50,
        "request": {"method": "POST", "url": "https://example.test/", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"text": "ok"}},
        "timings": {"send": 1, "wait": 30, "receive": 12},
    }
    for key, change in changes.items():
        entry[key] = {**entry[key], **change} if isinstance(change, dict) else change
    return entry


def read(entry: object, creator: str = "WebInspector") -> Exchange:
    (exchange,) = from_har(document(entry, creator=creator), name="a.har")
    return exchange


@given(st.lists(exchanges, max_size=4))
def test_what_was_exported_is_read_back_exactly(several: list[Exchange]) -> None:
    text = json.dumps(to_har(several), allow_nan=False)
    assert from_har(json.loads(text), name="a.har") == several


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


def test_what_mitmproxy_saves_is_read() -> None:
    save = pytest.importorskip("mitmproxy.addons.savehar").SaveHar()
    flow = pytest.importorskip("mitmproxy.test.tflow").tflow(resp=True)
    failed = pytest.importorskip("mitmproxy.test.tflow").tflow(err=True)
    flow.request.method = "POST"
    flow.request.content = b'{"a": "\xc3\xa9"}'
    flow.request.headers["content-type"] = "application/json"
    flow.response.headers["content-type"] = "text/event-stream"
    flow.response.content = "data: größe\n\n".encode()
    har = json.loads(json.dumps(save.make_har([flow, failed])))
    one, other = from_har(har, name="a.har")
    assert one.request.url == flow.request.pretty_url
    assert one.request.body == b'{"a": "\xc3\xa9"}'
    assert one.response
    assert one.response.body == "data: größe\n\n".encode()
    assert one.started.timestamp() == pytest.approx(flow.request.timestamp_start)
    assert one.duration == pytest.approx(2000)
    ((at, size),) = one.response.arrivals
    assert at == pytest.approx(1000)
    assert size == len(one.response.body)
    assert one.complete
    assert (other.response, other.complete, other.reason) == (None, False, "error")


def test_what_reads_like_latin_1_is_kept_where_nobody_guessed() -> None:
    content = {"content": {"text": "Ã©", "mimeType": "text/plain"}}
    chrome, mitmproxy = (
        read(foreign(response=content)),
        read(foreign(response=content), "mitmproxy"),
    )
    assert chrome.response
    assert mitmproxy.response
    assert chrome.response.body == "Ã©".encode()
    assert mitmproxy.response.body == "é".encode()


@pytest.mark.parametrize(
    "content",
    [
        {"text": "größe 日本", "mimeType": "text/plain"},
        {"text": "Ã©", "mimeType": "application/json"},
        {"text": "Ã©", "mimeType": "text/plain; charset=utf-8"},
    ],
)
def test_text_of_mitmproxy_that_was_no_guess_is_kept(content: dict[str, str]) -> None:
    exchange = read(foreign(response={"content": content}), "mitmproxy")
    assert exchange.response
    assert exchange.response.body == content["text"].encode()


def test_an_entry_with_the_least_is_read() -> None:
    exchange = read({"request": {"method": "GET", "url": "/"}})
    assert exchange == Exchange(
        id="entry-1",
        started=datetime(1970, 1, 1, tzinfo=UTC),
        request=Request("GET", "/"),
        complete=False,
        reason="no answer",
    )


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("2026-11-23T09:00:00.000Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00.1234567+01:00", datetime(2026, 11, 23, 8, 0, 0, 123456, UTC)),
        ("2026-11-23T09:00:00.5+0100", datetime(2026, 11, 23, 8, 0, 0, 500000, UTC)),
        ("2026-11-23T09:00:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
    ],
)
def test_a_start_is_read_as_the_tools_write_it(text: str, started: datetime) -> None:
    exchange = read(foreign(startedDateTime=text))
    assert exchange.started == started
    assert exchange.started.tzinfo


@pytest.mark.parametrize("start", [None, "", "yesterday", 1700000000])
def test_an_entry_of_unknown_start_stays_behind_the_one_before(start: object) -> None:
    known, unknown = foreign(), foreign(startedDateTime=start)
    one, other = from_har(document(known, unknown), name="a.har")
    assert other.started == one.started


@pytest.mark.parametrize(
    ("changes", "arrivals", "duration"),
    [
        ({}, ((30.0, 2),), 42.0),
        ({"timings": {"receive": -1}}, ((30.0, 2),), 30.0),
        ({"timings": {"wait": -1}}, ((50.0, 2),), 50.0),
        ({"timings": None}, ((50.0, 2),), 50.0),
        ({"timings": None, "time": -1}, (), None),
        ({"timings": {"wait": "30"}, "time": None}, (), None),
        ({"timings": {"wait": math.inf}, "time": math.nan}, (), None),
        ({"response": {"content": {}}}, (), 42.0),
    ],
)
def test_the_body_arrives_whole_when_its_first_byte_came(
    changes: dict[str, Any], arrivals: tuple[tuple[float, int], ...], duration: float | None
) -> None:
    exchange = read(foreign(**changes))
    assert exchange.response
    assert exchange.response.arrivals == arrivals
    assert exchange.duration == duration


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("HTTP/1.1", "HTTP/1.1"),
        ("http/1.1", "HTTP/1.1"),
        ("HTTP/1.0", "HTTP/1.0"),
        ("h2", "HTTP/2.0"),
        ("http/2.0", "HTTP/2.0"),
        ("HTTP/2", "HTTP/2.0"),
        ("h3", "HTTP/3"),
        ("unknown", "HTTP/1.1"),
        ("", "HTTP/1.1"),
        (None, "HTTP/1.1"),
    ],
)
def test_a_version_of_http_is_read_in_any_spelling(written: str | None, version: str) -> None:
    assert read(foreign(request={"httpVersion": written})).request.http_version == version


@pytest.mark.parametrize(
    "given_headers",
    [
        [
            {"name": ":authority", "value": "example.test"},
            {"name": ":status", "value": "200"},
            {"name": "A", "value": "1"},
            {"name": "a", "value": None},
            {"name": "b"},
        ],
        [[":path", "/"], ["A", "1"], ["a", ""], ["b", None]],
    ],
)
def test_headers_keep_their_order_without_pseudo_headers(given_headers: list[Any]) -> None:
    part = {"headers": given_headers}
    exchange = read(foreign(request=part, response=part))
    assert exchange.response
    assert exchange.request.headers == (("A", "1"), ("a", ""), ("b", ""))
    assert exchange.response.headers == exchange.request.headers


@pytest.mark.parametrize(
    ("posted", "body"),
    [
        (None, b""),
        ({}, b""),
        ({"mimeType": "text/plain", "text": None}, b""),
        ({"mimeType": "text/plain", "text": "größe"}, "größe".encode()),
        ({"mimeType": "text/plain", "text": "\ud800"}, b"?"),
        ({"text": "/9j/", "_encoding": "base64"}, b"\xff\xd8\xff"),
        ({"text": "/9j/", "encoding": "base64"}, b"\xff\xd8\xff"),
        ({"text": "/9\nj/\r\n", "encoding": "base64"}, b"\xff\xd8\xff"),
        ({"text": "/9j/"}, b"/9j/"),
        ({"text": "a=1", "params": [{"name": "b", "value": "2"}]}, b"a=1"),
        ({"params": [{"name": "a b", "value": "é&"}, {"name": "c"}]}, b"a+b=%C3%A9%26&c="),
        ({"params": [{"name": "a", "value": "\ud800"}]}, b"a=%3F"),
        ({"mimeType": "multipart/form-data", "params": [{"name": "a", "value": "1"}]}, b""),
    ],
)
def test_posted_data_is_read_in_any_form(posted: dict[str, Any] | None, body: bytes) -> None:
    assert read(foreign(request={"postData": posted})).request.body == body


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (None, b""),
        ({}, b""),
        ({"size": 9, "mimeType": "image/png"}, b""),
        ({"text": "é", "encoding": "utf-8"}, "é".encode()),
        ({"text": "/9j/", "encoding": "base64"}, b"\xff\xd8\xff"),
    ],
)
def test_content_is_read_in_any_form(content: dict[str, Any] | None, body: bytes) -> None:
    exchange = read(foreign(response={"content": content}))
    assert exchange.response
    assert exchange.response.body == body
    assert exchange.complete


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (None, "no answer"),
        ({"status": 0}, "no answer"),
        ({"status": None}, "no answer"),
        ({"status": 0, "_error": "net::ERR_ABORTED"}, "net::ERR_ABORTED"),
    ],
)
def test_status_zero_means_that_no_answer_came(response: Any, reason: str) -> None:
    exchange = read({**foreign(), "response": response})
    assert (exchange.response, exchange.complete, exchange.reason) == (None, False, reason)


def test_an_answer_with_an_error_was_cut_short() -> None:
    exchange = read(foreign(response={"_error": "net::ERR_INCOMPLETE_CHUNKED_ENCODING"}))
    assert exchange.response
    assert not exchange.complete
    assert exchange.reason == "net::ERR_INCOMPLETE_CHUNKED_ENCODING"


def test_custom_fields_of_a_file_that_another_tool_wrote_are_ignored() -> None:
    exchange = read(entry_of(TURN))
    assert exchange.id == "entry-1"
    assert exchange.redacted == ()


def test_entries_that_somebody_added_to_our_file_are_read() -> None:
    har = to_har([TURN])
    har["log"]["entries"].append(foreign())
    one, other = from_har(har, name="a.har")
    assert one == TURN
    assert other.id == "entry-2"


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ([], "it is no JSON object"),
        (None, "it is no JSON object"),
        ({}, "no object `log`"),
        ({"log": []}, "no object `log`"),
        ({"log": {}}, "`log.entries` is no list"),
        ({"log": {"entries": {}}}, "`log.entries` is no list"),
    ],
)
def test_a_file_that_is_no_har_is_named(bad: object, what: str) -> None:
    with pytest.raises(RecordingError, match="a.har is no HAR file: .*" + what):
        from_har(bad, name="a.har")


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (7, "it is no object"),
        ({}, "`request` is no object"),
        (foreign(request=None), "`request` is no object"),
        (foreign(request={"url": None}), "`request.url` is no text"),
        (foreign(request={"url": ["/"]}), "`request.url` is no text"),
        (foreign(request={"method": 1}), "`request.method` is no text"),
        (foreign(request={"headers": 1}), "`headers` is no list"),
        (foreign(request={"headers": [{"value": "x"}]}), "`headers` is no list"),
        (foreign(request={"headers": [["a"]]}), "`headers` is no list"),
        (foreign(request={"postData": "x"}), "`request.postData` is no object"),
        (foreign(request={"postData": {"text": {"a": 1}}}), "the body is no text"),
        (foreign(request={"postData": {"params": 1}}), "`params` is no list"),
        (foreign(request={"postData": {"text": "a", "encoding": "base64"}}), "no base64"),
        (foreign(request={"postData": {"text": "é", "encoding": "base64"}}), "no base64"),
        (foreign(response="x"), "`response` is no object"),
        (foreign(response={"status": "200"}), "`response.status` is no whole number"),
        (foreign(response={"content": "x"}), "`response.content` is no object"),
        (foreign(timings=[1]), "`timings` is no object"),
    ],
)
def test_an_entry_that_is_none_is_named_by_its_number(bad: object, what: str) -> None:
    with pytest.raises(RecordingError, match=f"a.har: entry 2: .*{what}"):
        from_har(document(foreign(), bad), name="a.har")


@pytest.mark.parametrize(
    "custom",
    [
        None,
        [],
        {},
        {**entry_of(TURN)["_sightline"], "arrivals": [[1]]},
        {**entry_of(TURN)["_sightline"], "arrivals": [["x", 1]]},
        {**entry_of(TURN)["_sightline"], "arrivals": [[math.inf, math.inf]]},
        {**entry_of(TURN)["_sightline"], "duration": "long"},
        {**entry_of(TURN)["_sightline"], "redacted": 1},
    ],
)
def test_a_custom_field_of_ours_that_was_changed_is_named(custom: object) -> None:
    entry = {**entry_of(TURN), "_sightline": custom}
    with pytest.raises(RecordingError, match=r"entry 1: `_sightline` is not as"):
        read(entry, "Sightline")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.sampled_from(["entry", "request", "response", "postData", "content", "timings"]),
    st.data(),
    st.sampled_from(["Sightline", "mitmproxy", "Charles"]),
)
def test_nothing_but_a_recording_error_comes_out_of_junk(
    part: str, data: st.DataObject, creator: str
) -> None:
    entry = entry_of(TURN)
    parts = {
        "entry": entry,
        "request": entry["request"],
        "response": entry["response"],
        "postData": entry["request"]["postData"],
        "content": entry["response"]["content"],
        "timings": entry["timings"],
    }
    field = data.draw(st.sampled_from([*parts[part], "_error", "encoding", "params"]))
    parts[part][field] = data.draw(JUNK)
    try:
        assert isinstance(read(entry, creator), Exchange)
    except RecordingError as error:
        assert "a.har: entry 1: " in str(error)  # noqa: PT017 - both ways out are right
