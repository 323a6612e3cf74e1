"""What in one request could be a conversation ID, for somebody who only looks."""

import json
from typing import Any

import pytest

from capture.locate.marks import possible_ids
from contract.exchange import Request
from contract.fieldpath import parse

ID = "conv_9801m4394evfexfsqb05pv6z39x3"


def marked(body: Any, *headers: tuple[str, str]) -> dict[str, str]:
    request = Request("POST", "http://h/v1/chat/completions", headers, json.dumps(body).encode())
    return {str(path): value for path, value in possible_ids(request).items()}


def test_a_name_or_a_form_is_marked() -> None:
    assert marked({"a": ID, "session_id": "k3f9"}, ("X-Call-Id", "c-1"), ("X-Mood", "glad7")) == {
        "$request.header.x-call-id": "c-1",
        "$request.body#/a": ID,
        "$request.body#/session_id": "k3f9",
    }


def test_a_word_of_a_text_is_marked_once() -> None:
    body = {"messages": [{"role": "system", "content": f"The conversation is {ID}."}]}
    ((path, value),) = possible_ids(
        Request("POST", "http://h/", (), json.dumps(body).encode())
    ).items()
    assert value == ID
    assert path.keys == parse("$request.body#/messages/0/content").keys


@pytest.mark.parametrize("body", [None, 1, [ID], "x", {"session": "{{x}}"}, {"session": "a b"}])
def test_what_can_be_none_is_not_marked(body: Any) -> None:
    assert marked(body) == {}
