"""A request and what was answered, as values."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.exchange import (
    Exchange,
    Headers,
    Request,
    Response,
    first_header,
    is_turn_path,
    media_type,
)

STARTED = datetime(2026, 11, 23, 9, tzinfo=UTC)


def exchange(url: str, method: str = "POST") -> Exchange:
    return Exchange(id="1", started=STARTED, request=Request(method, url))


def test_the_first_of_repeated_headers_counts_in_any_case() -> None:
    headers = (("X-A", "1"), ("x-b", "2"), ("x-a", "3"))
    assert first_header(headers, "x-A") == "1"
    assert first_header(headers, "X-B") == "2"
    assert first_header(headers, "x-c") is None
    assert Request("GET", "/", headers).header("X-a") == "1"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ((("Content-Type", "Application/JSON; charset=utf-8"),), "application/json"),
        ((("content-type", " text/event-stream "),), "text/event-stream"),
        ((("content-type", ""),), ""),
        ((("content-type", ";charset=utf-8"),), ""),
        ((("accept", "text/html"),), ""),
        ((), ""),
    ],
)
def test_the_media_type_is_bare_and_lower_case(headers: Headers, kind: str) -> None:
    assert media_type(headers) == kind


@pytest.mark.parametrize(
    ("kind", "stream"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream;charset=UTF-8", True),
        ("application/json", False),
        ("text/event-stream-x", False),
    ],
)
def test_an_event_stream_is_known_by_its_media_type(kind: str, *, stream: bool) -> None:
    assert Response(200, (("Content-Type", kind),)).is_event_stream is stream


def test_chunks_are_the_body_cut_where_it_arrived() -> None:
    response = Response(200, (), b"abcdef", ((1.0, 2), (2.5, 0), (4.0, 4)))
    assert response.chunks == ((1.0, b"ab"), (2.5, b""), (4.0, b"cdef"))
    assert Response(200, (), b"abc").chunks == ()


@given(st.lists(st.tuples(st.floats(0, 1e6), st.binary())))
def test_chunks_give_back_the_pieces_that_came(pieces: list[tuple[float, bytes]]) -> None:
    arrivals = tuple((at, len(piece)) for at, piece in pieces)
    body = b"".join(piece for _, piece in pieces)
    assert Response(200, (), body, arrivals).chunks == tuple(pieces)


@pytest.mark.parametrize(
    "path",
    [
        "/chat/completions",
        "/v1/chat/completions",
        "/v1/chat/completions/",
        "/v1/chat/completions/chat/completions",
        "/a/b/c/chat/completions//",
        "/responses",
        "/v1/responses",
        "/x/responses/",
    ],
)
def test_turns_are_sent_to_a_path_under_any_prefix(path: str) -> None:
    assert is_turn_path(path)
    assert exchange(f"https://example.test{path}?a=/b#c").is_turn


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/healthz",
        "/v1/models",
        "/v1/completions",
        "/v1/xchat/completions",
        "/v1/chat/completions/1",
        "/v1/responses/resp_1",
        "/v1/xresponses",
        "/chat/completions.json",
        "/v1/chat%2Fcompletions",
        "/Chat/Completions",
        "/chat/completions\n",
    ],
)
def test_other_paths_are_no_turns(path: str) -> None:
    assert not is_turn_path(path)


def test_a_turn_is_posted() -> None:
    assert not exchange("https://example.test/v1/chat/completions", "GET").is_turn
    assert not exchange("https://example.test/v1/chat/completions", "OPTIONS").is_turn


def test_a_word_in_the_query_makes_no_turn() -> None:
    assert not exchange("https://example.test/x?next=/chat/completions").is_turn
    assert not exchange("https://example.test/x#/chat/completions").is_turn


def test_query_parameters_are_decoded_and_keep_their_order() -> None:
    request = Request("GET", "https://example.test/?b=1%2B1&a=x+y&b=2&empty&%C3%A9=%C3%BC")
    assert request.parameters == (
        ("b", "1+1"),
        ("a", "x y"),
        ("b", "2"),
        ("empty", ""),
        ("é", "ü"),
    )
    assert request.query("b") == "1+1"
    assert request.query("é") == "ü"
    assert request.query("c") is None


def test_segments_are_counted_after_the_first_slash_and_decoded_one_by_one() -> None:
    request = Request("GET", "https://example.test/a%2Fb//c%20d/?x#y")
    assert request.segments == ("a/b", "", "c d", "")
    assert request.segment(0) == "a/b"
    assert request.segment(2) == "c d"
    assert request.segment(4) is None


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.test/a%20b", "/a%20b"),
        ("https://example.test", ""),
        ("/v1/responses?x=1", "/v1/responses"),
        ("*", "*"),
        ("", ""),
        ("example.test:443", "443"),
        ("https://[::1]:8080/a", "/a"),
        ("https://[::1/a", "/a"),
        ("https://[x]/a", "/a"),
        ("https://exa\u2100mple.test/a", "/a"),
        ("https://example.test:99999999/a", "/a"),
        ("https://user:pass@example.test/a;b", "/a;b"),
        ("data:image/png;base64,AAAA", "image/png;base64,AAAA"),
    ],
)
def test_the_path_of_an_odd_url_is_found_without_an_error(url: str, path: str) -> None:
    assert exchange(url).request.path == path


@given(st.text())
def test_no_url_stops_a_request_from_being_read(url: str) -> None:
    request = Request("POST", url)
    assert isinstance(request.path, str)
    assert isinstance(request.parameters, tuple)
    assert request.segment(len(request.segments)) is None
    assert isinstance(exchange(url).is_turn, bool)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1]}', {"a": [1]}),
        (b'\xef\xbb\xbf"x"', "x"),
        (b"", None),
        (b"NaN", None),
        (b"{", None),
        (b"\xff\xd8", None),
        (b"[" * 200_000, None),
    ],
)
def test_a_body_is_read_as_json_or_not_at_all(body: bytes, value: object) -> None:
    assert Request("POST", "/", (), body).json() == value


def test_a_body_is_decoded_once() -> None:
    request = Request("POST", "/", (), b'{"a": 1}')
    assert request.json() is request.json()


def test_what_was_looked_up_makes_no_difference_to_equality() -> None:
    one, other = Request("POST", "/a", (), b"{}"), Request("POST", "/a", (), b"{}")
    assert one.json() == {}
    assert one == other
    assert hash(one) == hash(other)
