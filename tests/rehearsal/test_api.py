from typing import Any

import pytest

from rehearsal import script
from rehearsal.api import Api
from rehearsal.chat.request import read as read_chat
from rehearsal.responses.request import read as read_responses

CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
MESSAGES: list[Any] = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": ""},
    {"role": "assistant", "content": "One moment.", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "42"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "43"},
]


def test_chat_completions_takes_messages_as_they_are() -> None:
    assert Api.CHAT.prompt(MESSAGES) == {"messages": MESSAGES}
    assert Api.CHAT.tools(script.TOOLS) == list(script.TOOLS)


def test_the_responses_api_has_an_item_for_each_call_and_each_output() -> None:
    call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_1"}
    assert Api.RESPONSES.prompt(MESSAGES) == {
        "input": [
            *MESSAGES[:2],
            {"role": "assistant", "content": "One moment."},
            call,
            output | {"output": "42"},
            call,
            output | {"output": "43"},
        ]
    }


@pytest.mark.parametrize(("api", "read"), [(Api.CHAT, read_chat), (Api.RESPONSES, read_responses)])
def test_what_is_sent_is_what_the_model_takes(api: Api, read: Any) -> None:
    body = api.prompt(MESSAGES) | {"tools": api.tools(script.TOOLS), api.limit: 1024}
    asked = read({"model": "gpt-4o"} | body)
    assert asked.result == "43"
    assert [tool.name for tool in asked.tools][-1] == script.TOOL
