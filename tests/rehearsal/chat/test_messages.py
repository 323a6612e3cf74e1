import base64
from typing import Any

import pytest

from rehearsal.chat.messages import messages_of, pictures_in, text_of
from rehearsal.refusal import RefusalError

USER = {"role": "user", "content": "hi"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def image(url: Any) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


def data_uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def refusal(messages: Any) -> RefusalError:
    with pytest.raises(RefusalError) as caught:
        list(pictures_in(messages_of({"messages": messages})))
    return caught.value


@pytest.mark.parametrize(
    ("messages", "param", "code"),
    [
        ([], "messages", "empty_array"),
        ("hi", "messages", "invalid_type"),
        (["hi"], "messages[0]", "invalid_type"),
        ([{"content": "hi"}], "messages[0].role", "missing_required_parameter"),
        ([{"role": "bot", "content": ""}], "messages[0].role", "invalid_value"),
        ([{"role": "user", "content": None}], "messages[0].content", "invalid_type"),
        ([{"role": "user", "content": 3}], "messages[0].content", "invalid_type"),
        (
            [{"role": "user", "content": [{"type": "image"}]}],
            "messages[0].content[0].type",
            "invalid_value",
        ),
        ([image("u") | {"role": "system"}], "messages[0].content[0]", "invalid_value"),
        (
            [{"role": "tool", "tool_call_id": "call_1", "content": ""}],
            "messages.[0].role",
            None,
        ),
        (
            [{"role": "assistant", "content": None, "tool_calls": [CALL]}, USER],
            "messages.[0].role",
            None,
        ),
        (
            [{"role": "assistant", "tool_calls": ["x"]}],
            "messages[0].tool_calls[0]",
            "invalid_type",
        ),
    ],
)
def test_odd_messages_are_refused_where_they_are_odd(
    messages: Any, param: str, code: str | None
) -> None:
    refused = refusal(messages)
    assert (refused.status, refused.param, refused.code) == (400, param, code)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.org/a.jpg", "invalid_image_url"),
        ("/tmp/a.jpg", "invalid_image_url"),
        ("data:image/png,abc", "invalid_image_url"),
        ("data:text/plain;base64,aGk=", "invalid_image_format"),
        ("data:image/png;base64,&&&", "invalid_base64"),
        (None, "missing_required_parameter"),
    ],
)
def test_a_picture_that_does_not_come_as_a_data_uri_is_refused(url: Any, code: str) -> None:
    assert refusal([image(url)]).code == code


def test_pictures_are_found_in_any_message_and_kept_in_order() -> None:
    messages = messages_of({"messages": [image(data_uri(b"one")), USER, image(data_uri(b"two"))]})
    assert list(pictures_in(messages)) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("hi", "hi"),
        (None, ""),
        (
            [{"type": "text", "text": "a"}, {"type": "refusal"}, {"type": "text", "text": "b"}],
            "a b",
        ),
    ],
)
def test_the_text_of_a_message_is_read_in_every_form(content: Any, text: str) -> None:
    assert text_of({"role": "user", "content": content}) == text
