"""An answer is read alike, however it is cut into pieces."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.relay.model import event
from bench.relay.stream import Answer, Reader

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ROLE, DONE = event("", role=True), event(None) + b"data: [DONE]\n\n"


def chunked(*pieces: bytes) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return HEAD + body + b"0\r\n\r\n"


def read(data: bytes, cuts: list[int], pieces: int = 0) -> Answer:
    """Feed the pieces between cuts, at times 0, 1, 2 …; it ends with the last byte, not before."""
    reader = Reader(pieces)
    edges = sorted({0, *(cut % len(data) for cut in cuts), len(data)})
    ended = [
        reader.feed(data[begin:end], number) for number, (begin, end) in enumerate(pairwise(edges))
    ]
    assert ended == [False] * (len(ended) - 1) + [True]
    return reader.answer


@given(st.lists(st.integers(0, 10_000)))
def test_a_whole_answer_has_content_and_no_failure(cuts: list[int]) -> None:
    answer = read(chunked(ROLE, event("It "), event("is"), DONE), cuts)
    assert (answer.status, answer.failure) == (200, "")
    assert answer.first is not None


def test_the_first_content_counts_when_its_event_is_whole() -> None:
    data = chunked(ROLE, event("It "), DONE)
    whole = data.index(event("It ")) + len(event("It "))
    assert read(data, [whole - 1]).first == 1
    assert read(data, [whole]).first == 0
    assert read(data, [data.index(b"It ")]).first == 1


@given(st.lists(st.integers(0, 10_000)))
def test_every_piece_of_a_paced_answer_is_seen_once(cuts: list[int]) -> None:
    sent = [event(f"#{number}@{1000 + number}#") for number in range(5)]
    answer = read(chunked(*sent, DONE), cuts, pieces=5)
    assert [mark[:2] for mark in answer.marks] == [(number, 1000 + number) for number in range(5)]
    assert answer.failure == ""


def test_events_that_were_written_anew_are_read_as_well() -> None:
    event_anew = b'data: {"choices": [{"delta": {"content": "It "}}]}\n\n'
    assert read(chunked(event_anew, b"data: [DONE]\n\n"), []).failure == ""


ERROR = b'{"error":{"message":"0 pictures instead of one"}}'
LENGTH = b"content-length: %d\r\n" % len(ERROR)
REFUSAL = b"HTTP/1.1 422 No\r\n" + LENGTH + b"\r\n" + ERROR
OURS = b"HTTP/1.1 422 No\r\nx-sightline-context: store-error\r\n" + LENGTH + b"\r\n" + ERROR


@pytest.mark.parametrize(
    ("data", "pieces", "why"),
    [
        (chunked(ROLE, DONE), 0, "no content"),
        (chunked(ROLE, event("It ")), 0, r"without \[DONE\]"),
        (chunked(ROLE, event("I'm sorry, I can't answer."), DONE), 0, "not the model's: I'm sorry"),
        (chunked(event("#0@1#"), event("#2@1#"), DONE), 3, "a piece of the answer is lost"),
        (chunked(event("#0@1#"), DONE), 3, "a piece of the answer is lost"),
        (REFUSAL, 0, "status 422: .*0 pictures instead of one"),
        (OURS, 0, r"status 422 \(store-error\): "),
    ],
)
@given(cuts=st.lists(st.integers(0, 10_000)))
def test_what_is_wrong_with_an_answer_is_said(
    data: bytes, pieces: int, why: str, cuts: list[int]
) -> None:
    assert re.search(why, read(data, cuts, pieces).failure)
