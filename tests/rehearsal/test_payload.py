import json
import re

import pytest

from contract.errors import UsageError
from rehearsal import payload
from rehearsal.api import Api
from rehearsal.payload import Agent, Placement

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
HISTORY = [{"role": "user", "content": "hi"}]


def test_an_id_has_the_documented_format_and_is_new_every_time() -> None:
    ids = {payload.new_conversation_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"conv_\d{2}[0-7][0-9a-hjkmnp-tv-z]{25}", one) for one in ids)


@pytest.mark.parametrize("placement", Placement)
def test_the_id_is_in_its_place_and_nowhere_else(placement: Placement) -> None:
    agent = Agent(placement=placement, secret="s3cret")
    headers, body = payload.headers(agent, ID), payload.body(agent, ID, HISTORY)
    value = json.loads(body)
    found = {
        Placement.HEADER: headers.get("X-Conversation-Id") == ID,
        Placement.PROMPT: ID in value["messages"][0]["content"],
        Placement.EXTRA_BODY: value["elevenlabs_extra_body"].get("conversation_id") == ID,
    }
    assert [place for place, there in found.items() if there] == (
        [] if placement is Placement.NOWHERE else [placement]
    )
    times = json.dumps(headers).count(ID) + body.decode().count(ID)
    assert times == (0 if placement is Placement.NOWHERE else 1)


def test_the_body_holds_what_the_platform_sends_every_time() -> None:
    value = json.loads(payload.body(Agent(prompt="Be kind."), ID, HISTORY))
    assert list(value) == [
        "messages",
        "model",
        "temperature",
        "max_tokens",
        "stream",
        "tools",
        "user_id",
        "elevenlabs_extra_body",
    ]
    assert (value["stream"], value["temperature"]) == (True, 0)
    system, greeting, user = value["messages"]
    assert system["role"] == "system"
    assert "Be kind." in system["content"] != "Be kind."
    assert greeting["role"] == "assistant"
    assert user == HISTORY[0]
    names = [tool["function"]["name"] for tool in value["tools"]]
    assert names == ["end_call", "skip_turn", "language_detection", "make_a_note"]


def test_the_responses_api_is_asked_in_its_own_words() -> None:
    value = json.loads(payload.body(Agent(api=Api.RESPONSES, prompt="Be kind."), ID, HISTORY))
    assert list(value) == [
        "input",
        "model",
        "temperature",
        "max_output_tokens",
        "stream",
        "tools",
        "user_id",
        "elevenlabs_extra_body",
    ]
    system, greeting, user = value["input"]
    assert (system["role"], greeting["role"], user) == ("system", "assistant", HISTORY[0])
    assert [tool["name"] for tool in value["tools"]][-1] == "make_a_note"
    assert all(tool["type"] == "function" for tool in value["tools"])


def test_the_variable_is_substituted_where_the_prompt_has_it() -> None:
    agent = Agent(placement=Placement.PROMPT, prompt=f"<{payload.VARIABLE}> {{x}}")
    system = json.loads(payload.body(agent, ID, []))["messages"][0]["content"]
    assert f"<{ID}> {{x}}" in system


def test_a_prompt_with_the_variable_needs_the_placement_prompt() -> None:
    with pytest.raises(UsageError, match="placement is `prompt`"):
        Agent(placement=Placement.HEADER, prompt=payload.VARIABLE)


def test_the_secret_is_the_bearer_and_is_not_shown() -> None:
    agent = Agent(secret="s3cret")
    assert payload.headers(agent, ID)["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr(agent)
    assert "Authorization" not in payload.headers(Agent(), ID)
