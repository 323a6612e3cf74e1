"""An answer is the same wherever its bytes are cut, and says whether another may follow it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.upstream.hearing import MAX_HEAD, NOT_HTTP, Head, Hearing

OK = b"HTTP/1.1 200 OK\r\n"
SIZED = OK + b"Content-Length: 5\r\nX:  a \r\n\r\nhello"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n2;ext=1\r\nhe\r\n3\r\nllo\r\n0\r\nT: t\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
OPEN = OK + b"X: y\r\n\r\nhello"


def heard(*parts: bytes) -> Hearing:
    hearing = Hearing()
    for part in parts:
        hearing.feed(part)
    return hearing


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        (SIZED, (("Content-Length", "5"), ("X", "a"))),
        (CHUNKED, (("Transfer-Encoding", "chunked"),)),
        (INTERIM + SIZED, (("Content-Length", "5"), ("X", "a"))),
        (OPEN, (("X", "y"),)),
    ],
    ids=["sized", "chunked", "interim", "open"],
)
@given(cuts=st.sets(st.integers(1, 120)))
def test_an_answer_is_the_same_wherever_it_is_cut(
    answer: bytes, headers: tuple[tuple[str, str], ...], cuts: set[int]
) -> None:
    places = [0, *sorted(cuts), len(answer)]
    parts = [answer[start:end] for start, end in pairwise(places)]
    hearing = heard(*filter(None, parts))
    assert hearing.head == Head(200, "OK", headers)
    assert b"".join(hearing.pieces) == b"hello"
    assert hearing.held == 5
    assert hearing.is_over is (answer is not OPEN)


@pytest.mark.parametrize(
    ("answer", "goes_on"),
    [
        (SIZED, True),
        (CHUNKED, True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", True),
        (SIZED.replace(b"X:  a", b"Connection: close"), False),
        (SIZED.replace(b"1.1", b"1.0"), False),
        (SIZED + OK, False),
    ],
)
def test_another_answer_may_follow_only_where_nothing_stands_between(
    answer: bytes, goes_on: bool
) -> None:
    hearing = heard(answer)
    assert (hearing.is_over, hearing.goes_on) == (True, goes_on)


@pytest.mark.parametrize(
    ("answer", "is_over"),
    [
        (OPEN, True),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nhello", True),
        (SIZED[:-1], False),
        (CHUNKED[:-4], False),
        (OK + b"X: y\r\n", False),
        (INTERIM, False),
        (b"", False),
    ],
)
def test_the_connection_s_end_ends_only_what_has_no_other(answer: bytes, is_over: bool) -> None:
    hearing = heard(*filter(None, [answer]))
    assert not hearing.is_over
    hearing.end()
    assert (hearing.is_over, hearing.goes_on) == (is_over, False)


@pytest.mark.parametrize("answer", [b"hello", b"HTTP/1.1 200 OK\r\nX\r\n\r\n", SIZED + b"?"])
def test_what_is_no_http_is_refused(answer: bytes) -> None:
    with pytest.raises(NOT_HTTP):
        heard(answer)


def test_a_head_that_does_not_end_is_not_waited_for() -> None:
    hearing = heard(OK)
    assert hearing.headless(MAX_HEAD) is None
    assert "do not end" in str(hearing.headless(1))


def test_a_head_that_is_too_long_is_none() -> None:
    hearing = heard(OK + b"X: " + b"x" * MAX_HEAD + b"\r\n\r\n")
    assert hearing.head is None
    assert "too long" in str(hearing.headless(1))


def test_nothing_of_one_answer_is_in_the_next() -> None:
    hearing = heard(SIZED)
    hearing.begin()
    assert (hearing.head, list(hearing.pieces), hearing.held) == (None, [], 0)
    assert (hearing.is_over, hearing.goes_on) == (False, False)
    hearing.feed(CHUNKED)
    assert hearing.head == Head(200, "OK", (("Transfer-Encoding", "chunked"),))
    assert b"".join(hearing.pieces) == b"hello"


def test_controls_in_the_reason_are_left_out_and_bytes_of_a_header_come_out_as_they_were() -> None:
    hearing = heard(b"HTTP/1.1 299 a\tb\r\nX: \xff\r\nContent-Length: 0\r\n\r\n")
    assert hearing.head is not None
    assert hearing.head.reason == "ab"
    assert (hearing.head.get("x") or "").encode("utf-8", "surrogateescape") == b"\xff"
