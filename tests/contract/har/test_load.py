"""HAR 1.2, as everybody writes it."""

import base64
import gzip
import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import RecordingError
from contract.exchange import Exchange, Request, Response
from contract.har import from_har, to_har

TURN = Exchange(
    id="turn",
    started=datetime(2026, 11, 23, 9, tzinfo=UTC),
    request=Request(
        "POST",
        "https://example.test/v1/chat/completions?id=a",
        (("Content-Type", "application/json"),),
        '{"messages": [{"content": "größe 😀"}]}'.encode(),
    ),
    response=Response(
        200,
        (("content-type", "text/event-stream"),),
        "data: é\n\ndata: [DONE]\n\n".encode(),
        ((120.5, 10), (340.25, 14)),
    ),
    duration=341.0,
    redacted=("$request.header.authorization",),
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
    (exchange,) = from_har(document(entry, creator=creator), name="a.har").exchanges
    return exchange


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
    one, other = from_har(har, name="a.har").exchanges
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
        (" 2026-11-23 09:00:00z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T10:00:00.123456789 +01:00", datetime(2026, 11, 23, 9, 0, 0, 123456, UTC)),
        (1795424400, datetime(2026, 11, 23, 9, tzinfo=UTC)),
        (1795424400000.5, datetime(2026, 11, 23, 9, 0, 0, 500, UTC)),
    ],
)
def test_a_start_is_read_as_the_tools_write_it(text: str, started: datetime) -> None:
    exchange = read(foreign(startedDateTime=text))
    assert exchange.started == started
    assert exchange.started.tzinfo


@pytest.mark.parametrize("start", [None, "", "yesterday", math.nan, 1e300, []])
def test_an_entry_of_unknown_start_stays_behind_the_one_before(start: object) -> None:
    known, unknown = foreign(), foreign(startedDateTime=start)
    one, other = from_har(document(known, unknown), name="a.har").exchanges
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
        [{"key": "A", "value": 1}, {"name": "a", "value": ""}, {"key": "b"}],
        {"A": "1", "a": "", ":path": "/", "b": None},
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
        ("größe", "größe".encode()),
        ("", b""),
        ({"text": {"a": ["é", 1]}}, '{"a":["é",1]}'.encode()),
        ({"text": "_9j_", "encoding": "base64"}, b"_9j_"),
        ({"text": "/9j/Cg", "encoding": "base64"}, b"\xff\xd8\xff\n"),
        ({"text": "a", "encoding": "base64"}, b"a"),
        ({"text": "é", "encoding": "base64"}, "é".encode()),
        ({"params": {"a": ["1", "2"], "b": None}}, b"a=1&a=2&b="),
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
    one, other = from_har(har, name="a.har").exchanges
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
        (7, "it has no request"),
        ({}, "it has no request"),
        (foreign(request=None), "it has no request"),
        (foreign(request={"url": None}), "its request has no URL"),
        (foreign(request={"url": ["/"]}), "its request has no URL"),
        (foreign(request={"headers": 1}), "`headers` is no list"),
        (foreign(request={"headers": [{"value": "x"}]}), "`headers` is no list"),
        (foreign(request={"headers": [["a"]]}), "`headers` is no list"),
        (foreign(request={"postData": 7}), "a body is no object"),
        (foreign(request={"postData": {"text": 7}}), "a body is no text"),
        (foreign(request={"postData": {"params": 1}}), "`params` is no list"),
        (foreign(response="x"), "`response` is no object"),
        (foreign(response={"status": "well"}), "`response.status` is no number"),
        (foreign(response={"content": "x"}), "`response.content` is no object"),
    ],
)
def test_an_entry_that_is_none_is_named_by_its_number_and_the_rest_is_read(
    bad: object, what: str
) -> None:
    found = from_har(document(foreign(), bad, foreign()), name="a.har")
    assert [exchange.id for exchange in found.exchanges] == ["entry-1", "entry-3"]
    (problem,) = found.problems
    assert re.match(f"a.har: entry 2 was skipped: .*{what}", problem)
    with pytest.raises(RecordingError, match=f"a.har: entry 1 was skipped: .*{what}"):
        from_har(document(bad), name="a.har")


def test_what_is_no_http_is_left_out_and_said() -> None:
    urls = ("data:image/png;base64,AAAA", "wss://h/socket", "blob:https://h/1", "/v1", "h:80/x")
    found = from_har(document(*(foreign(request={"url": url}) for url in urls)), name="a.har")
    assert [it.request.url for it in found.exchanges] == ["wss://h/socket", "/v1", "h:80/x"]
    assert found.problems == ("a.har: entries that are no HTTP (blob:, data:) were left out: 2",)


@pytest.mark.parametrize(
    ("request_", "method", "url"),
    [
        ({"method": "post", "url": "https://h/"}, "POST", "https://h/"),
        ({"url": "https://h/", "postData": {"text": "x"}}, "POST", "https://h/"),
        ({"url": "https://h/"}, "GET", "https://h/"),
        ({"url": "https://h/", "queryString": []}, "GET", "https://h/"),
        ({"url": "https://h/?a=1", "queryString": [["a", "1"]]}, "GET", "https://h/?a=1"),
        (
            {"url": "https://h/#f", "queryString": [{"name": "a b", "value": "é&"}]},
            "GET",
            "https://h/?a+b=%C3%A9%26#f",
        ),
        (
            {"headers": [[":method", "PUT"], [":path", "/x?a=1"], [":authority", "h"]]},
            "PUT",
            "https://h/x?a=1",
        ),
        ({"headers": {":path": "/x"}}, "GET", "/x"),
    ],
)
def test_what_an_entry_lacks_is_taken_from_where_it_stands(
    request_: dict[str, Any], method: str, url: str
) -> None:
    request = read({"request": request_}).request
    assert (request.method, request.url) == (method, url)


def test_headers_that_were_joined_with_line_breaks_are_taken_apart() -> None:
    exchange = read(foreign(response={"headers": [{"name": "set-cookie", "value": "a=1\nb=2"}]}))
    assert exchange.response
    assert exchange.response.headers == (("set-cookie", "a=1"), ("set-cookie", "b=2"))


@pytest.mark.parametrize(
    ("coding", "compress"),
    [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstandard.compress)],
)
def test_a_body_that_was_left_compressed_is_decoded(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    headers = [{"name": "Content-Encoding", "value": coding}]
    coded, said = base64.b64encode(compress(b"said")).decode(), base64.b64encode(b"said").decode()
    for text in (coded, said):
        body = {"text": text, "encoding": "base64"}
        exchange = read(
            foreign(
                request={"headers": headers, "postData": body},
                response={"headers": headers, "content": body},
            )
        )
        assert exchange.response
        assert (exchange.request.body, exchange.response.body) == (b"said", b"said")


@pytest.mark.parametrize(("status", "number"), [("200", 200), (200.0, 200), (-1, None)])
def test_a_status_is_read_in_any_notation(status: object, number: int | None) -> None:
    response = read(foreign(response={"status": status})).response
    assert (response and response.status) == number


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
    with pytest.raises(RecordingError, match=r"entry 1 was skipped: `_sightline` is not as"):
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
        assert "a.har: entry 1 was skipped: " in str(error)  # noqa: PT017 - both ways out are right
