from typing import Any

import pytest
from openai.types.responses import response_create_params as params

from rehearsal.refusal import RefusalError
from rehearsal.responses.request import FIELDS, read

TOOL = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}
CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "42"}


def body(**fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "input": "hi"} | fields


def refusal(value: Any) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        read(value)
    return caught.value


def test_every_field_of_the_official_client_is_known() -> None:
    base = params.ResponseCreateParamsBase.__annotations__
    assert set(base) | {"stream"} <= FIELDS


WRONG: list[tuple[Any, str | None, str | None]] = [
    ([], None, None),
    ({"input": "hi"}, None, None),
    ({"model": "m"}, "input", "missing_required_parameter"),
    (body(input=[]), "input", "missing_required_parameter"),
    (body(user_id="u"), "user_id", "unknown_parameter"),
    (body(messages=[]), "messages", "unsupported_parameter"),
    (body(max_tokens=5), "max_tokens", "unsupported_parameter"),
    (body(max_output_tokens=-1), "max_output_tokens", "integer_below_min_value"),
    (body(max_output_tokens=15), "max_output_tokens", "integer_below_min_value"),
    (body(max_output_tokens="99"), "max_output_tokens", "invalid_type"),
    (body(stream=1), "stream", "invalid_type"),
    (body(background="no"), "background", "invalid_type"),
    (body(instructions=["be short"]), "instructions", "invalid_type"),
    (body(stream_options={"include_obfuscation": False}), "stream_options", None),
    (
        body(stream=True, stream_options={"include_usage": True}),
        "stream_options.include_usage",
        "unknown_parameter",
    ),
    (body(tools={}), "tools", "invalid_type"),
    (body(tools=["f"]), "tools[0]", "invalid_type"),
    (body(tools=[{"name": "f"}]), "tools[0].type", "missing_required_parameter"),
    (
        body(tools=[{"type": "function", "function": {"name": "f"}}]),
        "tools[0].name",
        "missing_required_parameter",
    ),
    (body(tools=[TOOL | {"function": {}}]), "tools[0].function", "unknown_parameter"),
    (body(tools=[TOOL | {"parameters": 1}]), "tools[0].parameters", "invalid_type"),
    (
        body(previous_response_id="resp_1"),
        "previous_response_id",
        "previous_response_not_found",
    ),
    (body(background=True), None, None),
    (body(model="gpt-6-luna", temperature=0), "temperature", None),
    (body(model="o3", top_p=1), "top_p", None),
]


@pytest.mark.parametrize(("value", "param", "code"), WRONG)
def test_an_odd_request_is_refused_where_it_is_odd(
    value: Any, param: str | None, code: str | None
) -> None:
    refused = refusal(value)
    assert (refused.status, refused.param, refused.code) == (400, param, code)


@pytest.mark.parametrize("name", ["conversation", "prompt"])
def test_what_was_never_kept_is_not_found(name: str) -> None:
    assert refusal(body(**{name: "conv_1"})).status == 404


def test_a_field_of_chat_completions_is_told_its_new_name() -> None:
    message = str(refusal(body(messages=[])))
    assert message.startswith(
        "Unsupported parameter: 'messages'. In the Responses API, this parameter has moved to "
        "'input'."
    )


def test_a_model_that_reasons_takes_tools_as_they_are() -> None:
    asked = read(body(model="gpt-6-luna", tools=[TOOL], reasoning={"effort": "none"}))
    assert [tool.name for tool in asked.tools] == ["f"]


def test_tools_of_openai_are_taken_and_never_called() -> None:
    assert read(body(tools=[{"type": "web_search"}, TOOL])).tools[0].name == "f"


def test_a_function_call_that_is_answered_passes_and_its_result_is_read() -> None:
    asked = read(body(input=[{"role": "user", "content": "hi"}, CALL, OUTPUT]))
    assert (asked.result, asked.said, asked.is_user_turn) == ("42", "hi", False)


def test_a_tool_that_may_not_be_chosen_is_not_there() -> None:
    assert read(body(tools=[TOOL], tool_choice="none")).tools == ()


def test_a_prompt_begins_with_tools_and_instructions() -> None:
    asked = read(body(instructions="be short", tools=[TOOL]))
    assert [piece.value for piece in asked.prompt] == [
        [TOOL],
        "be short",
        {"role": "user", "content": "hi"},
    ]
