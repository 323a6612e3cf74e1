"""What one chat completion, or a chunk of it, says."""

from typing import Any

import pytest

from contract.answer import CallPiece, Said, error_of, said

CALL = {"id": "call_1", "function": {"name": "look", "arguments": "{}"}}


def completion(key: str, **part: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, key: part}]}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"role": "assistant"}, Said()),
        ({"content": "größe"}, Said("größe")),
        ({"content": None, "tool_calls": None}, Said()),
        ({"tool_calls": [CALL]}, Said(calls=(CallPiece(0, "call_1", "look", "{}"),))),
        (
            {"tool_calls": [CALL | {"index": 2}, {"index": 0}]},
            Said(calls=(CallPiece(2, "call_1", "look", "{}"), CallPiece(0, "", "", ""))),
        ),
        (
            {"content": "a", "tool_calls": [{}, CALL]},
            Said("a", (CallPiece(0, "", "", ""), CallPiece(1, "call_1", "look", "{}"))),
        ),
    ],
)
def test_text_and_tool_calls_are_read_whole_and_in_chunks(
    part: dict[str, Any], expected: Said
) -> None:
    assert said(completion("message", **part), "message") == expected
    assert said(completion("delta", **part), "delta") == expected


def test_a_chunk_is_no_whole_answer() -> None:
    assert said(completion("delta", content="a"), "message") == Said()


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        [],
        {},
        {"choices": 7},
        {"choices": [7]},
        {"choices": [{"delta": 7}]},
        completion("delta", content=[1], tool_calls=7),
        completion("delta", tool_calls=[None, 7, {"index": "x"}, {"index": -1}, {"index": 10**9}]),
    ],
)
def test_what_is_of_another_shape_says_nothing(value: Any) -> None:
    assert said(value, "delta") == Said()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"error": {"message": "overloaded"}}, "overloaded"),
        ({"error": {"code": 7}}, "{'code': 7}"),
        ({"error": "broken"}, "broken"),
        ({"error": None}, None),
        ({}, None),
        ("error", None),
    ],
)
def test_an_error_is_its_sentence(value: Any, message: str | None) -> None:
    assert error_of(value) == message
    assert said(value, "delta").error == message
