"""What a recording says of a remedy: tried in vain, begun already, or nothing."""

import json
from typing import Any

import pytest

from capture.remedies import elevenlabs
from capture.remedies.tried import met
from capture.remedies.unfilled import unfilled
from contract.exchange import Headers, Request

VARIABLE = "{{system__conversation_id}}"


def request(prompt: str = "Be kind.", headers: Headers = (), **more: Any) -> Request:
    body = {"messages": [{"role": "system", "content": prompt}], **more}
    return Request("POST", "/v1/chat/completions", headers, json.dumps(body).encode())


BARE = Request("POST", "/v1/chat/completions", (), b'{"messages": []}')
UNFILLED = request(f"The conversation is {VARIABLE}.")


def said(*requests: Request) -> list[str]:
    left = unfilled(requests)
    return [met(remedy, requests, left).here for remedy in elevenlabs.GUIDE.remedies]


def vain(*requests: Request) -> list[bool]:
    left = unfilled(requests)
    return [met(remedy, requests, left).in_vain for remedy in elevenlabs.GUIDE.remedies]


def test_nothing_tried_is_nothing_said() -> None:
    assert said(request(), BARE) == ["", "", ""]
    assert vain(request(), BARE) == [False, False, False]


def test_a_prompt_whose_variable_is_never_filled_in_is_in_vain() -> None:
    assert vain(UNFILLED, UNFILLED) == [False, True, False]
    assert said(UNFILLED, UNFILLED)[1].endswith(
        "in 2 of 2 turns: this way does not work here; take another"
    )


def test_a_request_without_a_prompt_could_not_have_said_it() -> None:
    assert vain(UNFILLED, BARE) == [False, True, False]
    assert "in 1 of 1 turns" in said(UNFILLED, BARE)[1]


def test_a_prompt_that_is_filled_in_sometimes_is_not_in_vain() -> None:
    mixed = (UNFILLED, request("The conversation is conv_01abc."))
    assert vain(*mixed) == [False, False, False]
    assert said(*mixed)[1].endswith("in 1 of 2 turns: see what was different there")


def test_another_variable_in_the_prompt_is_called_wrong() -> None:
    other = request("The conversation is {{conversation_id}}.")
    assert vain(other) == [False, False, False]
    assert said(other)[1].startswith("{{conversation_id}} arrived unfilled")
    assert said(other)[1].endswith("no such variable is filled in; write it as below")


def test_its_own_variable_counts_before_a_wrong_one() -> None:
    both = request(f"The call is {{{{call_id}}}}. The conversation is {VARIABLE}.")
    assert vain(both) == [False, True, False]
    assert said(both)[1].startswith(VARIABLE)


@pytest.mark.parametrize("name", ["X-Conversation-Id", "X-Call"])
def test_a_header_with_the_variable_as_a_text_is_told_how(name: str) -> None:
    one = request(headers=((name, VARIABLE),))
    assert vain(one) == [False, False, False]
    assert said(one)[0] == (
        f"{VARIABLE} arrived unfilled at $request.header.{name.lower()}, in 1 of 1 turns: set it "
        "as the platform's variable, not as a text"
    )
    assert said(one)[1:] == ["", ""]


def test_a_variable_that_the_page_passes_is_filled_in_by_nobody() -> None:
    one = request(elevenlabs_extra_body={"id": VARIABLE})
    assert said(one)[2].endswith("set it to the value itself")
    assert said(one)[:2] == ["", ""]
    assert said(request(metadata={"id": VARIABLE})) == ["", "", ""]


def test_an_object_that_arrives_without_the_id_says_that_the_way_is_open() -> None:
    one = request(elevenlabs_extra_body={"client": "web"})
    assert said(one, request())[2] == (
        "$request.body#/elevenlabs_extra_body arrives, in 1 of 2 turns; only the ID is not in it"
    )
    assert said(request(elevenlabs_extra_body={}))[2] == ""


def test_a_value_that_stands_there_already_is_told() -> None:
    one = request(headers=(("x-conversation-id", "always the same"),))
    assert said(one)[0].startswith(
        "a value stands at $request.header.x-conversation-id already, in 1 of 1 turns"
    )
