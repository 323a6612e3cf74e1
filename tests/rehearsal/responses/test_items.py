import base64
from typing import Any

import pytest

from rehearsal.refusal import RefusalError
from rehearsal.responses.items import items_of, pictures_in, piece_of, text_of_item

USER = {"role": "user", "content": "hi"}
CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "42"}
TEXT = {"type": "input_text", "text": "see"}


def data_uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def image(data: bytes = b"x", **fields: Any) -> dict[str, Any]:
    return {"type": "input_image", "image_url": data_uri(data)} | fields


def says(*parts: Any, role: str = "user") -> dict[str, Any]:
    return {"type": "message", "role": role, "content": list(parts)}


def refusal(value: Any) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        list(pictures_in(items_of(value)))
    return caught.value


WRONG: list[tuple[Any, str, str | None]] = [
    (7, "input", "invalid_type"),
    (["hi"], "input[0]", "invalid_type"),
    ([{"content": "hi"}], "input[0].type", "missing_required_parameter"),
    ([{"type": "message", "content": "hi"}], "input[0].role", "missing_required_parameter"),
    ([{"type": "movie"}], "input[0].type", "invalid_value"),
    ([{"type": ["message"]}], "input[0].type", "invalid_value"),
    ([{"role": "tool", "content": "42"}], "input[0].role", "invalid_value"),
    ([USER | {"tool_calls": []}], "input[0].tool_calls", "unknown_parameter"),
    ([{"role": "user"}], "input[0].content", "missing_required_parameter"),
    ([{"role": "assistant", "content": None}], "input[0].content", "invalid_type"),
    ([USER, says("hi")], "input[1].content[0]", "invalid_type"),
    ([says({"text": "hi"})], "input[0].content[0].type", "missing_required_parameter"),
    ([says({"type": "text", "text": "hi"})], "input[0].content[0].type", "invalid_value"),
    ([says({"type": "image_url"})], "input[0].content[0].type", "invalid_value"),
    ([says(TEXT, role="assistant")], "input[0].content[0].type", "invalid_value"),
    ([says(image(), role="assistant")], "input[0].content[0].type", "invalid_value"),
    ([says(image(), role="system")], "input[0].content[0]", "invalid_value"),
    ([says({"type": "output_text", "text": ""})], "input[0].content[0].type", "invalid_value"),
    ([says({"type": "input_text"})], "input[0].content[0].text", "missing_required_parameter"),
    ([says({"type": "input_text", "text": 1})], "input[0].content[0].text", "invalid_type"),
    ([says(TEXT | {"detail": "low"})], "input[0].content[0].detail", "unknown_parameter"),
    ([says(image(image_url={"url": ""}))], "input[0].content[0].image_url", "invalid_type"),
    (
        [says({"type": "input_image"})],
        "input[0].content[0].image_url",
        "missing_required_parameter",
    ),
    ([says(image(detail="much"))], "input[0].content[0].detail", "invalid_value"),
    ([says(image(file_id="file_1"))], "input[0].content[0].file_id", None),
    ([says({"type": "input_file"})], "input[0].content[0]", None),
    ([says(image(image_url="http://a/b"))], "input[0].content[0].image_url", "invalid_image_url"),
    ([USER, CALL], "input", None),
    ([USER, OUTPUT], "input", None),
    ([USER, OUTPUT, CALL], "input", None),
    ([CALL | {"arguments": {}}, OUTPUT], "input[0].arguments", "invalid_type"),
    ([CALL, OUTPUT | {"output": None}], "input[1].output", "invalid_type"),
    ([{"type": "reasoning", "id": "rs_1"}], "input[0].summary", "missing_required_parameter"),
    (
        [{"type": "reasoning", "id": "rs_1", "summary": [], "status": None}],
        "input[0].status",
        "unknown_parameter",
    ),
]


@pytest.mark.parametrize(("value", "param", "code"), WRONG)
def test_an_odd_item_is_refused_where_it_is_odd(value: Any, param: str, code: str | None) -> None:
    refused = refusal(value)
    assert (refused.status, refused.param, refused.code) == (400, param, code)


def test_a_part_of_chat_completions_is_refused_in_openais_words() -> None:
    assert str(refusal([says({"type": "image_url"})])) == (
        "Invalid value: 'image_url'. Supported values are: 'input_text', 'input_image', "
        "'output_text', 'refusal', 'input_file', 'computer_screenshot', 'summary_text', and "
        "'encrypted_content'."
    )
    assert str(refusal([USER, CALL])) == "No tool output found for function call call_1."


def test_a_text_is_a_users_message() -> None:
    assert items_of("hi") == [USER]


def test_every_item_that_is_taken_passes_and_says_its_text() -> None:
    items = items_of(
        [
            {"role": "developer", "content": "be short"},
            says(TEXT, image(), {"type": "input_text", "text": "it"}),
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "…"},
            CALL,
            OUTPUT,
            says({"type": "output_text", "text": "yes", "annotations": []}, role="assistant"),
            says({"type": "refusal", "refusal": "no"}, role="assistant"),
        ]
    )
    texts = [text_of_item(item) for item in items]
    assert texts == ["be short", "see it", "", "f {}", "42", "yes", ""]


def test_pictures_are_found_in_messages_and_tool_outputs_in_order() -> None:
    output = OUTPUT | {"output": [TEXT, image(b"two")]}
    items = items_of([says(image(b"one")), CALL, output, says(image(b"three"))])
    assert list(pictures_in(items)) == [b"one", b"two", b"three"]
    assert [piece_of(item).pictures for item in items] == [1, 0, 1, 1]
