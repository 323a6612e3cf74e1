from typing import Any

import pytest
from openai.types.chat import completion_create_params as params

from rehearsal.chat.request import FIELDS, read
from rehearsal.refusal import RefusalError

USER = {"role": "user", "content": "hi"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def body(**fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [USER]} | fields


def refusal(value: Any) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        read(value)
    return caught.value


def test_an_unknown_field_is_refused_as_openai_refuses_it() -> None:
    assert refusal(body(x=1)).as_json() == {
        "error": {
            "message": "Unrecognized request argument supplied: x",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


def test_several_unknown_fields_are_named_together() -> None:
    message = str(refusal(body(user_id="u", elevenlabs_extra_body={})))
    assert message.endswith("arguments supplied: user_id, elevenlabs_extra_body")


def test_every_field_of_the_official_client_is_known() -> None:
    base = params.CompletionCreateParamsBase.__annotations__
    assert set(base) | {"stream"} <= FIELDS


@pytest.mark.parametrize(
    ("value", "param", "code"),
    [
        ([], None, None),
        ({"messages": [USER]}, None, None),
        ({"model": "m"}, "messages", "missing_required_parameter"),
        (body(messages=[]), "messages", "empty_array"),
        (body(tools=[]), "tools", "empty_array"),
        (body(tools=[{"type": "function"}]), "tools[0].function", "missing_required_parameter"),
        (body(max_tokens=-1), "max_tokens", "integer_below_min_value"),
        (body(max_tokens="5"), "max_tokens", "invalid_type"),
        (body(stream="yes"), "stream", "invalid_type"),
        (body(stream_options={"include_usage": True}), "stream_options", None),
        (body(n=2), "n", None),
        (body(model="gpt-6-luna", max_tokens=5), "max_tokens", "unsupported_parameter"),
        (body(model="o3", temperature=0), "temperature", "unsupported_value"),
        (
            body(model="gpt-5", tools=[{"function": {"name": "f"}}]),
            "reasoning_effort",
            None,
        ),
    ],
)
def test_an_odd_request_is_refused_where_it_is_odd(
    value: Any, param: str | None, code: str | None
) -> None:
    refused = refusal(value)
    assert (refused.status, refused.param, refused.code) == (400, param, code)


def test_a_tool_call_that_is_answered_passes_and_its_result_is_read() -> None:
    messages = [
        USER,
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "42"},
    ]
    asked = read(body(messages=messages))
    assert (asked.result, asked.said, asked.is_user_turn) == ("42", "hi", False)


def test_a_model_that_reasons_takes_the_newer_fields() -> None:
    asked = read(body(model="gpt-6-luna", max_completion_tokens=5, reasoning_effort="none"))
    assert asked.limit == 5


def test_a_prompt_begins_with_the_tools() -> None:
    tool = {"type": "function", "function": {"name": "f"}}
    asked = read(body(tools=[tool]))
    assert [piece.value for piece in asked.prompt] == [[tool], USER]
    assert "f" in asked.prompt[0].text
