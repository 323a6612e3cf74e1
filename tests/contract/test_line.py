"""One exchange as one line, and back."""

import base64
import hashlib
import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import jsontext
from contract.exchange import Exchange, Headers, Request, Response
from contract.line import BrokenLine, from_exchange, to_exchange

STARTED = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
JSON = (("Content-Type", "application/json"),)
STREAM = (("Content-Type", "text/event-stream"),)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
DIGEST = hashlib.sha256(PICTURE).hexdigest()
DATA_URI = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
REFERENCE = f"data:image/png;base64,sha256:{DIGEST}"


class Kept:
    """Pictures that are kept in memory, and how often each was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.kinds: list[str] = []
        self.fetched: list[str] = []

    def keep(self, data: bytes, kind: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.files[digest] = data
        self.kinds.append(kind)
        return digest

    def fetch(self, digest: str) -> bytes:
        self.fetched.append(digest)
        try:
            return self.files[digest]
        except KeyError:
            raise FileNotFoundError(digest) from None


def exchange(body: bytes, headers: Headers = (), response: Response | None = None) -> Exchange:
    return Exchange("1", STARTED, Request("POST", "/", headers, body), response)


def written(one: Exchange, kept: Kept | None = None) -> Any:
    """Return the line as any JSON reader sees it."""
    return json.loads(jsontext.encode(from_exchange(one, (kept or Kept()).keep)))


def there_and_back(one: Exchange, kept: Kept | None = None) -> Exchange:
    kept = kept or Kept()
    return to_exchange(jsontext.encode(from_exchange(one, kept.keep)).encode(), kept.fetch)


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two bodies are the same, JSON but for white space and escapes."""
    return one == other or all_it_says(one) == all_it_says(other)


def all_it_says(body: bytes) -> object:
    """Return what a JSON body says, repeated keys and the text of fractions included."""
    return json.loads(body, object_pairs_hook=list, parse_float=str)


numbers = st.sampled_from(
    ["1.10", "12345678901234567.5", "1e400", "-0", "-0.0", "1E5", "9" * 400, "9" * 5000, "0.1", "7"]
)
literals = st.text().map(json.dumps) | st.sampled_from([r'"\ud800"', r'"\u00e9"', '"é"', '"/"'])
json_texts = st.recursive(
    st.sampled_from(["null", "true", " {} ", '{"a":1,"a":2}', f'"{DATA_URI}"', f'"{REFERENCE}"'])
    | numbers
    | literals,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | st.lists(st.tuples(literals, inner), max_size=3).map(
            lambda pairs: f"{{{','.join(f'{key}: {value}' for key, value in pairs)}}}"
        )
    ),
    max_leaves=8,
)
bodies = st.binary() | st.text().map(str.encode) | json_texts.map(str.encode)
texts = st.text()
headers = st.lists(st.tuples(texts, texts), max_size=4).map(tuple)
times = st.floats(0, 1e9)


@st.composite
def responses(draw: st.DrawFn) -> Response:
    """Draw an answer whose pieces are cut anywhere; of event streams, inside characters too."""
    pieces = draw(st.lists(st.tuples(times, st.binary() | texts.map(str.encode)), max_size=4))
    body = b"".join(piece for _, piece in pieces)
    if draw(st.booleans()):
        body = draw(bodies)
        cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=3)))
        pieces = [
            (1.5, body[start:end])
            for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)
        ]
    arrivals = tuple((at, len(piece)) for at, piece in pieces)
    kind = draw(st.sampled_from([STREAM, JSON, ()]))
    status = draw(st.integers(100, 599))
    return Response(status, kind + draw(headers), body, arrivals)


exchanges = st.builds(
    Exchange,
    id=texts,
    started=st.datetimes(timezones=st.just(UTC) | st.just(STARTED.tzinfo)),
    request=st.builds(Request, texts, texts, headers, bodies, texts),
    response=st.none() | responses(),
    complete=st.booleans(),
    reason=st.none() | texts,
    duration=st.none() | times,
    redacted=st.lists(texts, max_size=2).map(tuple),
)


@given(exchanges)
def test_what_was_written_comes_back(one: Exchange) -> None:
    back = there_and_back(one)
    assert same(one.request.body, back.request.body)
    assert (back.id, back.started, back.complete) == (one.id, one.started, one.complete)
    assert (back.reason, back.duration, back.redacted) == (one.reason, one.duration, one.redacted)
    assert (back.request.method, back.request.url) == (one.request.method, one.request.url)
    assert back.request.headers == one.request.headers
    assert back.request.http_version == one.request.http_version
    assert (back.response is None) == (one.response is None)
    if one.response and back.response:
        assert (back.response.status, back.response.headers, back.response.arrivals) == (
            one.response.status,
            one.response.headers,
            one.response.arrivals,
        )
        assert same(one.response.body, back.response.body)
        if one.response.is_event_stream and one.response.body and one.response.arrivals:
            is_json = "json" in (written(one)["response"].get("body") or {})
            assert is_json or back.response.chunks == one.response.chunks


@given(json_texts)
def test_what_a_json_body_says_is_never_changed(text: str) -> None:
    kept = Kept()
    back = there_and_back(exchange(text.encode(), JSON), kept)
    assert same(back.request.body, text.encode())


@pytest.mark.parametrize(
    ("body", "tagged"),
    [
        (b"", None),
        (b' {"a" : "\\u00e9"} ', {"json": {"a": "é"}}),
        (b"[0.1, 7, -3, 1e+22, null]", {"json": [0.1, 7, -3, 1e22, None]}),
        (b'{"id": 12345678901234567890}', {"json": {"id": 12345678901234567890}}),
        (b'{"a":1,"a":2}', {"text": '{"a":1,"a":2}'}),
        (b"[1.10]", {"text": "[1.10]"}),
        (b"[-0]", {"text": "[-0]"}),
        (b"[1e400]", {"text": "[1e400]"}),
        (b"[12345678901234567.5]", {"text": "[12345678901234567.5]"}),
        (b"9" * 5000, {"text": "9" * 5000}),
        (rb'"\ud800"', {"text": r'"\ud800"'}),
        (b"[NaN]", {"text": "[NaN]"}),
        ("\ufeff{}".encode(), {"text": "\ufeff{}"}),
        ("größe".encode(), {"text": "größe"}),
        (b"[" * 65 + b"]" * 65, {"text": "[" * 65 + "]" * 65}),
        (b"[" * 100_000, {"text": "[" * 100_000}),
        (b"\xff", {"base64": f"sha256:{hashlib.sha256(bytes([255])).hexdigest()}"}),
        (b'{"a": "' + DATA_URI.encode() + b'"}', {"json": {"a": REFERENCE}}),
        (b"see " + DATA_URI.encode() + b"!", {"text": f"see {REFERENCE}!"}),
    ],
)
def test_a_body_is_tagged_by_what_keeps_it(body: bytes, tagged: object) -> None:
    kept = Kept()
    assert written(exchange(body), kept)["request"]["body"] == tagged
    assert same(there_and_back(exchange(body)).request.body, body)


@pytest.mark.parametrize(
    "uri",
    [
        DATA_URI,
        DATA_URI.replace(";base64", ";name=a.png;base64"),
        f"![a]({DATA_URI}) and {DATA_URI}",
        DATA_URI + "\n" + "A" * 76,
    ],
)
def test_a_picture_is_kept_beside_and_comes_back_to_the_byte(uri: str) -> None:
    kept, body = Kept(), json.dumps({"url": uri}, separators=(",", ":")).encode()
    back = there_and_back(exchange(body), kept)
    assert list(kept.files.values()) == [PICTURE]
    assert set(kept.kinds) == {"image/png"}
    assert back.request.body == body


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64," + "A" * 63,  # so short that a reference is longer
        "data:image/png;base64," + "A" * 65,  # no whole number of bytes
        "data:image/png;base64," + "A" * 65 + "B==",  # bits that no encoder leaves
        "data:image/png;base64," + "A" * 66 + "=",  # padding is missing
        DATA_URI + "===",
        "data:image/png," + "A" * 64,
        "data:image/png;base64," + "A" * 40 + "\n" + "A" * 40,
        "data:image/png;base64," + "A_" * 40,
    ],
)
def test_base64_that_would_not_come_back_the_same_stays_inline(uri: str) -> None:
    kept, body = Kept(), json.dumps([uri], separators=(",", ":")).encode()
    assert written(exchange(body), kept)["request"]["body"] == {"json": [uri]}
    assert not kept.files
    assert there_and_back(exchange(body), kept).request.body == body


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"url": REFERENCE}).encode(),
        json.dumps({"url": "data:image/png;base64,sha256:" + "0" * 64}).encode(),
        json.dumps([f"{DATA_URI} {REFERENCE}"]).encode(),
        json.dumps([REFERENCE, 1.10]).encode().replace(b"1.1", b"1.10"),
        json.dumps([REFERENCE]).replace("sha256", r"sh\u0061256").encode(),
        f"data:;base64,sha256:{DIGEST}".encode(),
        f"data:x y;base64,sha256:{DIGEST}".encode(),
    ],
)
def test_a_body_that_looks_like_a_reference_fetches_nothing(body: bytes) -> None:
    kept = Kept()
    kept.keep(PICTURE, "image/png")
    assert written(exchange(body))["request"]["body"] == {"base64": base64.b64encode(body).decode()}
    assert there_and_back(exchange(body), kept).request.body == body
    assert not kept.fetched


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"base64": f"sha256:{DIGEST}"}, separators=(",", ":")).encode(),
        json.dumps({REFERENCE: 1}, separators=(",", ":")).encode(),
        b'{"json":{"text":"a"}}',
        f"sha256:{DIGEST}".encode(),
    ],
)
def test_a_body_that_looks_like_a_tag_is_only_a_body(body: bytes) -> None:
    kept = Kept()
    kept.keep(PICTURE, "image/png")
    assert there_and_back(exchange(body), kept).request.body == body
    assert not kept.fetched


def test_a_stream_of_text_is_kept_piece_by_piece() -> None:
    body = "data: é\n\n".encode()
    response = Response(200, STREAM, body, ((1.5, 6), (9.0, 4)))
    value = written(exchange(b"", response=response))["response"]
    assert value == {
        "status": 200,
        "headers": [["Content-Type", "text/event-stream"]],
        "chunks": [[1.5, "data: "], [9.0, "é\n\n"]],
    }


@pytest.mark.parametrize("cut", range(11))
def test_a_stream_that_was_cut_anywhere_keeps_its_pieces(cut: int) -> None:
    body = "data: é\n\n".encode()
    response = Response(200, STREAM, body, ((1.5, cut), (9.0, len(body) - cut)))
    back = there_and_back(exchange(b"", response=response)).response
    assert back == response
    assert back.chunks == response.chunks


def test_an_answer_that_is_no_stream_has_a_body_and_arrivals() -> None:
    response = Response(200, JSON, b"{}", ((1.5, 1), (9.0, 1)))
    value = written(exchange(b"", response=response))["response"]
    assert (value["body"], value["arrivals"]) == ({"json": {}}, [[1.5, 1], [9.0, 1]])


GOOD = written(exchange(b"{}", JSON, Response(200, JSON, b"{}", ((1.5, 2),))))


def changed(place: tuple[str, ...], value: object) -> bytes:
    line = json.loads(json.dumps(GOOD))
    holder = line
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return json.dumps(line).encode()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("id",), 1),
        (("started",), None),
        (("started",), "yesterday"),
        (("request",), None),
        (("request",), []),
        (("request", "method"), None),
        (("request", "url"), 7),
        (("request", "http_version"), 2),
        (("request", "headers"), None),
        (("request", "headers"), [["a"]]),
        (("request", "headers"), [["a", 1]]),
        (("request", "body"), "x"),
        (("request", "body"), {}),
        (("request", "body"), {"json": 1, "text": ""}),
        (("request", "body"), {"xml": ""}),
        (("request", "body"), {"text": 5}),
        (("request", "body"), {"base64": "&"}),
        (("request", "body"), {"base64": 5}),
        (("response",), []),
        (("response",), {}),
        (("response", "status"), "200"),
        (("response", "status"), True),
        (("response", "arrivals"), [[1]]),
        (("response", "arrivals"), [[1, math.inf]]),
        (("response", "chunks"), [["x", "y"]]),
        (("response", "chunks"), [[1, 2]]),
        (("complete",), "yes"),
        (("reason",), 7),
        (("duration",), "long"),
        (("duration",), math.nan),
        (("redacted",), [7]),
        (("redacted",), 7),
    ],
)
def test_a_line_that_somebody_broke_is_a_broken_line(place: tuple[str, ...], value: object) -> None:
    with pytest.raises(BrokenLine):
        to_exchange(changed(place, value), Kept().fetch)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"7",
        b'"x"',
        b"null",
        b"\xff",
        b"[" * 100_000,
        b"9" * 5000,
        changed(("response", "arrivals"), [[1, "@"]]).replace(b'"@"', b"1e999"),
    ],
)
def test_a_line_that_is_none_is_a_broken_line(line: bytes) -> None:
    with pytest.raises(BrokenLine):
        to_exchange(line, Kept().fetch)


def test_a_start_without_an_offset_is_utc() -> None:
    back = to_exchange(changed(("started",), "2026-11-23T09:00:00"), Kept().fetch)
    assert back.started == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_picture_that_is_missing_is_a_missing_file() -> None:
    line = changed(("request", "body"), {"json": REFERENCE})
    with pytest.raises(FileNotFoundError):
        to_exchange(line, Kept().fetch)
