"""What an answer says, in both forms of a chat completion and of a Responses answer."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.answer import Answer, Call, answer_of
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
    assert answer == Answer("", (Call("end_call", "{}"),), 100.0, done=True)
    assert answer.tools == ("end_call",)


AGAIN = {"index": 0, "id": "call_2", "function": {"name": "look", "arguments": "[]"}}
SAME = {"index": 0, "id": "call_1", "function": {"name": "end_call", "arguments": "{}"}}
CALLS = {
    "calls that all have the index 0": ([CALL, AGAIN], [Call("end_call"), Call("look", "[]")]),
    "pieces that all have the name": ([CALL, SAME], [Call("end_call", "{}")]),
    "arguments of nobody": ([REST], []),
    "pieces that take turns": (
        [CALL, {**AGAIN, "index": 1}, REST, {**REST, "index": 1}],
        [Call("end_call", "{}"), Call("look", "[]{}")],
    ),
}


@pytest.mark.parametrize(("pieces", "calls"), CALLS.values(), ids=CALLS)
def test_the_pieces_of_a_tool_call_are_put_together(pieces: list[Any], calls: list[Call]) -> None:
    answer = answer_of(stream(*(delta(tool_calls=[piece]) for piece in pieces), DONE))
    assert list(answer.calls) == calls


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
    assert answer == Answer("Bye", (Call("end_call"),), 40.0, done=True)


def happened(kind: str, **more: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n"


def words(text: str) -> str:
    return happened("response.output_text.delta", output_index=0, delta=text)


ITEM = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": ""}
MESSAGE = {"type": "message", "content": [{"type": "output_text", "text": "A red boat."}]}
WHOLE: dict[str, Any] = {
    "object": "response",
    "status": "completed",
    "error": None,
    "output": [{"type": "reasoning", "summary": []}, MESSAGE, {**ITEM, "arguments": "{}"}],
}
SAID = Answer("A red boat.", (Call("look", "{}"),), None, done=True)


class TestTheResponsesAPI:
    def test_a_stream_says_its_text_its_calls_and_when_the_first_of_it_came(self) -> None:
        response = stream(
            happened("response.created", response={"object": "response", "output": []}),
            words("A red "),
            words("boat."),
            happened("response.output_item.added", output_index=1, item=ITEM),
            happened("response.function_call_arguments.delta", output_index=1, delta="{"),
            happened("response.function_call_arguments.delta", output_index=1, delta="}"),
            happened("response.function_call_arguments.done", output_index=1, arguments="{}"),
            happened("response.completed", response=WHOLE),
        )
        assert answer_of(response) == replace(SAID, first_content=200.0)

    def test_a_last_event_that_says_everything_is_enough(self) -> None:
        response = stream(": ping\n\n", happened("response.completed", response=WHOLE), DONE)
        assert answer_of(response) == replace(SAID, first_content=200.0)

    def test_a_stream_that_breaks_off_is_not_done(self) -> None:
        assert answer_of(stream(words("half"))) == Answer("half", (), 100.0, done=False)

    def test_a_stream_that_reaches_its_limit_is_done(self) -> None:
        end = happened("response.incomplete", response={**WHOLE, "status": "incomplete"})
        assert answer_of(stream(words("half"), end)) == Answer("half", (), 100.0, done=True)

    def test_a_whole_answer_says_its_text_and_its_calls(self) -> None:
        assert answer_of(whole(WHOLE)) == replace(SAID, first_content=40.0)

    @pytest.mark.parametrize(
        ("event", "said"),
        [
            (happened("error", code="server_error", message="overloaded"), "overloaded"),
            (happened("error", error={"message": "overloaded"}), "overloaded"),
            (happened("error"), "an error"),
            (happened("response.failed", response={"error": {"message": "boom"}}), "boom"),
            (happened("response.failed", response=None), "the response failed"),
        ],
    )
    def test_an_error_event_is_an_error(self, event: str, said: str) -> None:
        assert answer_of(stream(words("A"), event)) == Answer("A", (), 100.0, error=said)

    def test_a_whole_answer_that_failed_is_an_error(self) -> None:
        failed: dict[str, Any] = {"object": "response", "status": "failed", "output": []}
        assert answer_of(whole(failed)).error == "the response failed"
        failed["error"] = {"code": "server_error", "message": "boom"}
        answer = answer_of(whole(failed))
        assert (answer.error, answer.done) == ("boom", False)


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
    "an output of numbers": {"object": "response", "output": [7, {"content": [7]}]},
    "an output of odd items": {"output": [{"type": "function_call", "name": 7, "content": 7}]},
    "an event without a delta": {"type": "response.output_text.delta", "delta": 7},
    "an event without an item": {"type": "response.output_item.added", "output_index": "x"},
    "an event without arguments": {"type": "response.function_call_arguments.delta"},
    "a type that is no text": {"type": 7},
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


EVENTS = [
    "response.output_text.delta",
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.completed",
    "response.failed",
    "error",
]
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
                    "output",
                    "response",
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
    for kind in EVENTS:
        answer_of(
            stream(happened(kind, delta=value, item=value, response=value, output_index=value))
        )
    for extra in (b"[" * 100_000, b'{"error":' * 100_000):
        assert answer_of(stream(b"data: " + extra + b"\n\n")) == Answer()
