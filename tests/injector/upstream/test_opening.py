"""What counts as the first word of a stream, and what as none."""

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.upstream.opening import MAX_HELD, NoStream, NothingSaid, Opening, Refused

if TYPE_CHECKING:
    from collections.abc import Callable


def data(*values: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)


def delta(**said: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": said}]}


ROLE = delta(role="assistant", content="", refusal=None)
STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
CREATED = {"type": "response.created", "response": {"status": "in_progress", "output": []}}

SPEAKS = [
    data(delta(content="I")),
    data(delta(content=" ")),
    data(ROLE, delta(content="I")),
    data(delta(reasoning_content="Hm")),
    data(delta(refusal="No.")),
    data(delta(role="assistant", content=None, tool_calls=[{"index": 0, "id": "c"}])),
    data(delta(function_call={"name": "f"})),
    data({"choices": []}, {"choices": [{"delta": {}}, {"delta": {"content": "b"}}]}),
    b": hello\n\nevent: ping\n\ndata:\n\nid: 7\n\n" + data(delta(content="I")),
    b"\xef\xbb\xbf" + data(delta(content="I")),
    data(delta(content="I")).replace(b"\n", b"\r\n"),
    data(CREATED, {"type": "response.output_text.delta", "delta": "I"}),
    data({"type": "response.refusal.delta", "delta": "No."}),
    data({"type": "response.reasoning_summary_text.delta", "delta": "Hm"}),
    data({"type": "response.output_item.added", "item": {"type": "function_call", "name": "f"}}),
    data({"type": "response.function_call_arguments.delta", "delta": "{"}),
]
HOLDS = [
    b"",
    b": a comment\n\n",
    b"event: ping\n\n",
    b"retry: 3000\n\n",
    data(ROLE),
    data(STOP),
    data(7, [], "text", None),
    data({"choices": None}, {"choices": [None]}, {"choices": [{"delta": None}]}),
    data({"choices": [], "prompt_filter_results": []}),
    data({"choices": [], "usage": {"prompt_tokens": 3}}),
    data(CREATED),
    data({"type": "response.output_item.added", "item": {"type": "message", "content": []}}),
    data({"type": "response.output_text.delta", "delta": ""}),
    data(delta(content="I"))[:-1],
    b"data: {",
]


@pytest.mark.parametrize("stream", SPEAKS, ids=range(len(SPEAKS)))
def test_a_stream_speaks_with_its_first_content(stream: bytes) -> None:
    assert Opening().feed(stream) is True


@pytest.mark.parametrize("stream", HOLDS, ids=range(len(HOLDS)))
def test_what_says_nothing_is_held_back(stream: bytes) -> None:
    assert Opening().feed(stream) is False


@given(st.sampled_from(SPEAKS), st.lists(st.integers(0, 400), max_size=6))
def test_it_does_not_matter_where_the_pieces_are_cut(stream: bytes, cuts: list[int]) -> None:
    opening, at = Opening(), 0
    heard = []
    for cut in [*sorted(cut for cut in cuts if cut < len(stream)), len(stream)]:
        heard.append(opening.feed(stream[at:cut]))
        at = cut
    assert any(heard)
    assert not any(heard[:-1]) or heard.index(True) < len(heard)


@pytest.mark.parametrize("stream", [b"data: [DONE]\n\n", data(ROLE, STOP) + b"data: [DONE]\n\n"])
def test_a_stream_that_says_it_is_done_before_a_word_is_empty(stream: bytes) -> None:
    with pytest.raises(NothingSaid):
        Opening().feed(stream)


@pytest.mark.parametrize("stream", [b"", b": c\n\n", data(ROLE, STOP), data(CREATED)])
def test_a_stream_that_ends_before_a_word_is_empty(stream: bytes) -> None:
    opening = Opening()
    assert not opening.feed(stream)
    with pytest.raises(NothingSaid):
        opening.finish()


def test_a_last_event_without_its_empty_line_still_counts() -> None:
    opening = Opening()
    assert not opening.feed(data(delta(content="I"))[:-2])
    opening.finish()


@pytest.mark.parametrize(
    "stream",
    [
        b"<html>\n<body>Bad gateway</body>\n\n",
        b"upstream connect error\n\n",
        b"data: {not json}\n\n",
        b"data: <html>\n\n",
        b'data: {"a":1}{"b":2}\n\n',
    ],
)
def test_what_is_no_event_stream_is_told(stream: bytes) -> None:
    with pytest.raises(NoStream):
        Opening().feed(stream)


def test_a_page_without_an_empty_line_is_told_at_its_end() -> None:
    opening = Opening()
    assert not opening.feed(b"<html>Bad gateway</html>")
    with pytest.raises(NoStream):
        opening.finish()


@pytest.mark.parametrize(
    ("value", "message", "codes"),
    [
        (
            {"error": {"message": "overloaded", "type": "server_error", "code": None}},
            "overloaded",
            ("server_error",),
        ),
        ({"error": "no"}, "no", ()),
        (
            {"type": "error", "message": "m", "code": "rate_limit_exceeded"},
            "m",
            ("error", "rate_limit_exceeded"),
        ),
        (
            {
                "type": "response.failed",
                "response": {"error": {"message": "f", "code": "server_error"}},
            },
            "f",
            ("server_error",),
        ),
        ({"type": "response.failed", "response": {}}, "the response failed", ()),
    ],
)
def test_an_error_before_a_word_is_told(value: Any, message: str, codes: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as caught:
        Opening().feed(data(CREATED, value))
    assert (str(caught.value), caught.value.codes) == (message, codes)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "identity", ""])
def test_a_coded_stream_is_understood(coding: str) -> None:
    made: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "x-gzip": gzip.compress,
        "deflate": zlib.compress,
    }
    coded = made.get(coding, bytes)(data(ROLE, delta(content="I")))
    opening = Opening(coding)
    assert [opening.feed(coded[at : at + 1]) for at in range(len(coded))].index(True) > 0


def test_a_coding_that_nobody_knows_speaks_with_its_first_byte() -> None:
    assert Opening("whatever").feed(b"\x00")


def test_a_broken_coding_is_no_stream() -> None:
    with pytest.raises(NoStream, match="content coding"):
        Opening("gzip").feed(b"data: {}\n\n")


def test_an_opening_without_end_is_let_through() -> None:
    opening = Opening()
    comment = b": " + b"x" * 1000 + b"\n\n"
    fed = 0
    while not opening.feed(comment):
        fed += len(comment)
    assert fed <= MAX_HELD


def test_what_unpacks_to_more_than_may_be_held_back_is_no_opening() -> None:
    packed = gzip.compress(b": still here\n\n" * 1_000_000, mtime=0)
    assert len(packed) < MAX_HELD
    assert Opening("gzip").feed(packed)
