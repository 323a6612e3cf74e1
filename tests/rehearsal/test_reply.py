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


def spoken(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", **more}


TEXT_ITEM = {"type": "message", "content": [{"type": "output_text", "text": "Yes."}]}
CALL_ITEM = {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": ""}


def test_a_responses_stream_is_gathered_and_its_last_event_says_nothing_twice() -> None:
    reply = reply_to(
        spoken("created", response={}),
        spoken("output_text.delta", output_index=0, delta="Ye"),
        spoken("output_text.delta", output_index=0, delta="s."),
        spoken("output_item.added", output_index=1, item=CALL_ITEM),
        spoken("function_call_arguments.delta", output_index=1, delta="{}"),
        spoken("completed", response={"output": [TEXT_ITEM, CALL_ITEM | {"arguments": "{}"}]}),
        "[DONE]",
    )
    assert (reply.text, reply.calls, reply.error) == (
        "Yes.",
        [ToolCall("call_1", "look", "{}")],
        None,
    )


def test_tool_calls_stand_in_the_order_of_their_indexes() -> None:
    items = [CALL_ITEM | {"call_id": f"call_{index}"} for index in (3, 1)]
    reply = reply_to(
        spoken("output_item.added", output_index=3, item=items[0]),
        spoken("output_item.added", output_index=1, item=items[1]),
    )
    assert [call.id for call in reply.calls] == ["call_1", "call_3"]


def test_a_responses_stream_that_says_all_at_its_end_is_heard() -> None:
    reply = reply_to(spoken("completed", response={"output": [TEXT_ITEM]}))
    assert (reply.text, reply.error) == ("Yes.", None)


@pytest.mark.parametrize(
    "event",
    [
        spoken("failed", response={"error": {"message": "overloaded"}}),
        {"type": "error", "message": "overloaded"},
    ],
)
def test_a_responses_stream_that_fails_is_an_error(event: Any) -> None:
    assert reply_to(event).error == "overloaded"
