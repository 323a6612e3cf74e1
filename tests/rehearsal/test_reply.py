import json
from typing import Any

import pytest

from contract.sse import Event
from rehearsal.reply import Reply, ToolCall


def reply_to(*chunks: Any) -> Reply:
    reply = Reply()
    for chunk in chunks:
        reply.take(Event(chunk if isinstance(chunk, str | None) else json.dumps(chunk)))
    return reply


def delta(**more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": more}]}


def call(index: int, **more: Any) -> dict[str, Any]:
    return delta(tool_calls=[{"index": index, **more}])


def test_text_is_gathered_from_every_chunk() -> None:
    reply = reply_to(delta(role="assistant"), delta(content="A "), delta(content="ö"), "[DONE]")
    assert (reply.text, reply.error, reply.has_content) == ("A ö", None, True)


@pytest.mark.parametrize(
    "chunk", [None, "[DONE]", " [DONE] ", {"choices": [], "usage": {}}, delta(role="assistant")]
)
def test_what_cannot_be_said_or_done_is_no_content(chunk: Any) -> None:
    assert reply_to(chunk) == Reply()
    assert not reply_to(chunk).has_content


def test_tool_calls_are_put_together_by_their_index() -> None:
    reply = reply_to(
        call(0, id="call_1", function={"name": "look", "arguments": ""}),
        call(1, id="call_2", function={"name": "end_call"}),
        call(0, function={"arguments": '{"a"'}),
        call(0, function={"arguments": ":1}"}),
    )
    assert reply.calls == [ToolCall("call_1", "look", '{"a":1}'), ToolCall("call_2", "end_call")]
    assert reply.calls[0].as_message_part() == {
        "id": "call_1",
        "type": "function",
        "function": {"name": "look", "arguments": '{"a":1}'},
    }


@pytest.mark.parametrize(
    ("chunk", "error"),
    [
        ({"error": {"message": "overloaded"}}, "overloaded"),
        ("hello", "the stream holds an event that is no chunk: 'hello'"),
        ("[1]", "the stream holds an event that is no chunk: '[1]'"),
        ("[" * 100_000, f"the stream holds an event that is no chunk: '{'[' * 80}'"),
    ],
)
def test_an_event_that_is_no_chunk_is_an_error_and_keeps_the_text(chunk: Any, error: str) -> None:
    reply = reply_to(delta(content="A"), chunk)
    assert (reply.text, reply.error) == ("A", error)
