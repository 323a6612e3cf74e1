"""Whoever speaks cannot say whose conversation it is."""

import json
from typing import Any

import pytest

from contract.exchange import Request
from contract.fieldpath import parse
from contract.roles import id_at, is_said, speaker_of

BODY = {
    "messages": [
        {"role": "system", "content": "session: a1"},
        {"role": "user", "content": "session: b2"},
        {"role": "assistant", "content": [{"type": "text", "text": "session: c3"}]},
        {"role": "tool", "content": "session: d4"},
        {"role": "developer", "content": "session: e5"},
        {"content": "session: f6"},
        "session: g7",
        {"role": ["system"], "content": "session: g8"},
        {"role": {}, "content": "session: g9"},
    ],
    "input": [{"type": "function_call_output", "output": "session: h8"}],
    "call": {"id": "i9"},
}


@pytest.mark.parametrize(
    ("pointer", "said"),
    [
        ("/messages/0/content", False),
        ("/messages/1/content", True),
        ("/messages/2/content/0/text", True),
        ("/messages/3/content", True),
        ("/messages/4/content", False),
        ("/messages/5/content", False),
        ("/messages/6", True),
        ("/messages/7/content", True),
        ("/messages/8/content", True),
        ("/messages/9/content", True),
        ("/messages/x/content", True),
        ("/input/0/output", True),
        ("/input", True),
        ("/call/id", False),
        ("/user_id", False),
    ],
)
def test_what_was_said_is_told_from_what_was_set(pointer: str, said: bool) -> None:
    assert is_said(BODY, tuple(pointer.split("/")[1:])) is said


@pytest.mark.parametrize("role", ["user", "assistant", "tool", "function"])
def test_nobody_talks_themselves_into_another_conversation(role: str) -> None:
    path = parse({"from": "$request.body#/messages/0/content", "match": "session: ([a-z0-9]+)"})

    def found(message: dict[str, Any]) -> str | None:
        return id_at(path, Request("POST", "/", (), json.dumps({"messages": [message]}).encode()))

    assert found({"role": "system", "content": "session: victim77"}) == "victim77"
    assert found({"role": role, "content": "my session: victim77"}) is None


@pytest.mark.parametrize(
    ("message", "speaker"),
    [
        ({"role": "user", "type": "message"}, "user"),
        ({"type": "function_call", "name": "look"}, "assistant"),
        ({"type": "function_call_output", "output": "seen"}, "tool"),
        ({"role": "function", "content": "seen"}, "tool"),
        ({"type": "reasoning"}, "reasoning"),
        ({}, ""),
    ],
)
def test_an_item_without_a_role_says_by_its_type_who_speaks(
    message: dict[str, Any], speaker: str
) -> None:
    assert speaker_of(message) == speaker
