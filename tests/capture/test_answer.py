"""What an answer says, in both forms of a chat completion."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.answer import Answer, answer_of
from contract.exchange import Response

SSE = (("Content-Type", "text/event-stream; charset=utf-8"),)
JSON = (("Content-Type", "application/json"),)


def stream(*pieces: str | bytes, status: int = 200) -> Response:
    """Return a stream of which a piece comes every 100 ms."""
    raw = [piece if isinstance(piece, bytes) else piece.encode() for piece in pieces]
    arrivals = tuple((100.0 * at, len(piece)) for at, piece in enumerate(raw, start=1))
    return Response(status, SSE, b"".join(raw), arrivals)


def whole(value: Any, status: int = 200) -> Response:
    body = json.dumps(value).encode()
    return Response(status, JSON, body, ((40.0, len(body)),))


def delta(**more: Any) -> str:
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': more}]})}\n\n"


DONE = "data: [DONE]\n\n"
CALL = {"index": 0, "id": "call_1", "function": {"name": "end_call", "arguments": ""}}
REST = {"index": 0, "function": {"arguments": "{}"}}


def test_a_stream_says_its_text_and_when_the_first_of_it_came() -> None:
    response = stream(
        ": hello\n\n", delta(role="assistant"), delta(content="A "), delta(content="ö"), DONE
    )
    assert answer_of(response) == Answer("A ö", (), 300.0, done=True)


def test_the_first_content_is_when_its_event_is_complete() -> None:
    event = delta(content="hi")
    assert answer_of(stream(event[:9], event[9:-1], event[-1:], DONE)).first_content == 300.0


def test_a_stream_cut_inside_a_character_is_whole_again() -> None:
    event = 'data: {"choices":[{"delta":{"content":"größer"}}]}\n\n'.encode()
    at = event.index(b"\xb6")
    assert answer_of(stream(event[:at], event[at:], DONE)).text == "größer"


def test_a_tool_call_is_content() -> None:
    answer = answer_of(stream(delta(tool_calls=[CALL]), delta(tool_calls=[REST]), DONE))
    assert answer == Answer("", ("end_call",), 100.0, done=True)


def test_a_stream_without_done_is_not_done() -> None:
    assert answer_of(stream(delta(content="half"))) == Answer("half", (), 100.0, done=False)


def test_a_last_event_that_was_not_completed_is_read() -> None:
    assert answer_of(stream(delta(content="half").rstrip("\n"))).text == "half"


def test_an_error_event_in_the_middle_is_an_error() -> None:
    error = 'data: {"error": {"message": "overloaded", "code": 529}}\n\n'
    answer = answer_of(stream(delta(content="A"), error))
    assert answer == Answer("A", (), 100.0, done=False, error="overloaded")


def test_comments_and_empty_deltas_are_no_content() -> None:
    answer = answer_of(stream(": ping\n\n", delta(content=""), delta(content=None), DONE))
    assert answer == Answer("", (), None, done=True)


def test_a_whole_answer_says_its_text_and_its_tools() -> None:
    message = {"content": "Bye", "tool_calls": [{"function": {"name": "end_call"}}]}
    answer = answer_of(whole({"choices": [{"message": message}]}))
    assert answer == Answer("Bye", ("end_call",), 40.0, done=True)


ERRORS = {
    "object": ({"error": {"message": "no such model", "type": "x"}}, "no such model"),
    "object without message": ({"error": {"code": 7}}, "{'code': 7}"),
    "text": ({"error": "broken"}, "broken"),
}


@pytest.mark.parametrize(("value", "said"), ERRORS.values(), ids=ERRORS)
def test_a_whole_error_is_an_error(value: Any, said: str) -> None:
    answer = answer_of(whole(value, status=500))
    assert (answer.error, answer.done, answer.text) == (said, False, "")


GARBAGE: dict[str, Any] = {
    "no choices": {},
    "choices null": {"choices": None},
    "choices a number": {"choices": 7},
    "choices of numbers": {"choices": [7]},
    "delta null": {"choices": [{"delta": None, "message": None}]},
    "content a list": {"choices": [{"delta": {"content": [1]}, "message": {"content": [1]}}]},
    "tools of an odd type": {
        "choices": [{"delta": {"tool_calls": 7}, "message": {"tool_calls": 7}}]
    },
    "tools of null": {
        "choices": [{"delta": {"tool_calls": [None]}, "message": {"tool_calls": [7]}}]
    },
    "function null": {
        "choices": [
            {
                "delta": {"tool_calls": [{"function": None}]},
                "message": {"tool_calls": [{"function": None}]},
            }
        ]
    },
    "function a text": {
        "choices": [
            {"delta": {"tool_calls": [{"function": "x"}]}, "message": {"tool_calls": {"a": 1}}}
        ]
    },
    "error false": {"error": False},
    "a list": [1],
    "a number": 7,
    "null": None,
}


@pytest.mark.parametrize("value", GARBAGE.values(), ids=GARBAGE)
def test_garbage_says_nothing(value: Any) -> None:
    assert answer_of(whole(value)) == Answer(first_content=40.0)
    assert answer_of(stream(f"data: {json.dumps(value)}\n\n")) == Answer()


def test_no_body_says_nothing() -> None:
    assert answer_of(Response(204)) == Answer()
    assert answer_of(stream()) == Answer()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "delta",
                    "message",
                    "content",
                    "tool_calls",
                    "function",
                    "name",
                    "error",
                ]
            ),
            inner,
        )
    ),
)


@given(json_values, st.binary(max_size=20))
def test_no_answer_is_a_surprise(value: Any, more: bytes) -> None:
    assert answer_of(whole(value)).first_content == 40.0
    answer_of(Response(200, JSON, more))
    answer_of(stream(f"data: {json.dumps(value)}\n\n", more))
    for extra in (b"[" * 100_000, b'{"error":' * 100_000):
        assert answer_of(stream(b"data: " + extra + b"\n\n")) == Answer()
