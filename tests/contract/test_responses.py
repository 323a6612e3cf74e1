"""What an answer of the Responses API says."""

from typing import Any

import pytest

from contract.answer import CallPiece, Said
from contract.responses import is_event, is_response, repeated_in, said_in_event, said_in_response

CALL = {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"}

EVENTS: list[tuple[dict[str, Any], Said]] = [
    ({"type": "response.created", "response": {"error": None}}, Said()),
    ({"type": "response.output_text.delta", "delta": "A"}, Said("A")),
    ({"type": "response.output_text.done", "text": "A"}, Said()),
    (
        {"type": "response.output_item.added", "output_index": 2, "item": CALL},
        Said(calls=(CallPiece(2, "call_1", "look", "{}"),)),
    ),
    ({"type": "response.output_item.added", "item": {"type": "message"}}, Said()),
    ({"type": "response.output_item.done", "item": CALL}, Said()),
    (
        {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": "{"},
        Said(calls=(CallPiece(2, "", "", "{"),)),
    ),
    (
        {"type": "response.function_call_arguments.delta", "output_index": 10**9, "delta": "{"},
        Said(calls=(CallPiece(0, "", "", "{"),)),
    ),
    ({"type": "error", "message": "no"}, Said(error="no")),
]


@pytest.mark.parametrize(("event", "says"), EVENTS)
def test_an_event_says_what_it_adds(event: dict[str, Any], says: Said) -> None:
    assert is_event(event)
    assert said_in_event(event) == says


def test_the_last_event_says_everything_once_more() -> None:
    whole = {"output": [{"content": [{"type": "output_text", "text": "A"}]}, CALL]}
    says = Said("A", (CallPiece(1, "call_1", "look", "{}"),))
    assert said_in_response(whole) == says
    assert repeated_in({"type": "response.completed", "response": whole}) == says
    assert repeated_in({"type": "response.in_progress", "response": whole}) is None


def test_a_part_that_is_no_text_is_not_read_out() -> None:
    part = {"type": "reasoning_text", "text": "thinks"}
    assert said_in_response({"output": [{"content": [part]}]}) == Said()


@pytest.mark.parametrize("value", [None, 7, [], {}, {"type": 7}, {"type": "message"}])
def test_anything_else_is_neither(value: Any) -> None:
    assert not is_event(value)
    assert not is_response(value)
