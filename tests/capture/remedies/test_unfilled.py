"""Template variables that nobody filled in: told where they stand, unless somebody said them."""

import json
from typing import Any

import pytest

from capture.remedies.unfilled import unfilled
from contract.exchange import Headers, Request

VARIABLE = "{{system__conversation_id}}"


def request(
    body: Any = None, *, headers: Headers = (), url: str = "/v1/chat/completions"
) -> Request:
    return Request("POST", url, headers, json.dumps(body).encode())


def message(role: str, content: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content}]}


PLACES = {
    "header": (request(headers=(("X-Conversation-Id", VARIABLE),)), "header.x-conversation-id"),
    "query": (request(url=f"/chat/completions?id={VARIABLE}"), "query.id"),
    "path": (request(url=f"/calls/{VARIABLE}/chat/completions"), "path.1"),
    "prompt": (request(message("system", f"It is {VARIABLE}.")), "body#/messages/0/content"),
    "developer": (request(message("developer", VARIABLE)), "body#/messages/0/content"),
    "part": (
        request(message("system", [{"type": "text", "text": VARIABLE}])),
        "body#/messages/0/content/0/text",
    ),
    "instructions": (request({"instructions": VARIABLE, "input": "Hi"}), "body#/instructions"),
    "extra": (
        request({"elevenlabs_extra_body": {"id": VARIABLE}}),
        "body#/elevenlabs_extra_body/id",
    ),
}


@pytest.mark.parametrize(("asked", "place"), PLACES.values(), ids=PLACES)
def test_a_variable_is_found_where_it_stands(asked: Request, place: str) -> None:
    (one,) = unfilled([asked])
    assert one.as_json() == {"path": f"$request.{place}", "variable": VARIABLE, "requests": 1}
    assert one.name == "system__conversation_id"


@pytest.mark.parametrize("key", ["prompt", "developer", "part", "instructions"])
def test_a_prompt_is_known_as_one(key: str) -> None:
    assert unfilled([PLACES[key][0]])[0].is_prompt


@pytest.mark.parametrize("key", ["header", "query", "path", "extra"])
def test_other_places_are_no_prompt(key: str) -> None:
    assert not unfilled([PLACES[key][0]])[0].is_prompt


NONE = {
    "said by a person": request(message("user", VARIABLE)),
    "said by the model": request(message("assistant", VARIABLE)),
    "a tool's example": request({"tools": [{"function": {"description": VARIABLE}}]}),
    "about something else": request(message("system", "Hello {{first_name}}")),
    "filled in": request(message("system", "It is conv_01.")),
    "no JSON": Request("POST", "/", (), b"{{conversation_id"),
}


@pytest.mark.parametrize("asked", NONE.values(), ids=NONE)
def test_nothing_else_is_unfilled(asked: Request) -> None:
    assert unfilled([asked]) == ()


def test_requests_are_counted_once_and_the_most_frequent_comes_first() -> None:
    twice = request(message("system", f"{VARIABLE} {VARIABLE} {{{{ call_id }}}}"))
    found = unfilled([twice, PLACES["prompt"][0]])
    assert [(one.variable, one.requests) for one in found] == [(VARIABLE, 2), ("{{ call_id }}", 1)]
