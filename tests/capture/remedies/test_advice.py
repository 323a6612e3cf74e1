"""What to do where the ID is nowhere: each remedy leads where it says, and says how it is known."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from capture.remedies import generic
from capture.remedies.advice import GUIDES, Advice, remedy_for
from capture.remedies.remedy import Guide, Remedy
from capture.remedies.signs import Basis, Platform
from contract.exchange import Exchange, Headers, Request
from contract.fieldpath import FieldPath, parse
from rehearsal import payload
from rehearsal.payload import VARIABLE, Agent, Placement

NOW = datetime(2026, 11, 24, 6, 0, 7, tzinfo=UTC)
ID = "conv_9801m4394evfexfsqb05pv6z39x3"
IDS = {  # an ID as the variable of a prompt would be filled in
    "system__conversation_id": ID,
    "call.id": "d3b1f5aa-3a50-4bd0-9c0b-0a8e4cbf7e11",
    "call_control_id": "v3:u5OAKGEPT3Dx8SZSSDRWEMdNH2OripQhO",
    "conversation": "3f2c6a70-41b5-4b6f-8f0e-2f3f6d1a9a55",
    "conversation_id": "a7_b-9",
}


def guides() -> dict[str, Guide]:
    return {it.value: guide for it, guide in GUIDES.items()} | {"any": generic.GUIDE}


def remedies() -> Iterator[tuple[str, Remedy]]:
    for name, guide in guides().items():
        for remedy in guide.remedies:
            yield f"{name}: {remedy.title}", remedy


REMEDIES = dict(remedies())
each = pytest.mark.parametrize("remedy", REMEDIES.values(), ids=REMEDIES)


def turn(body: Any, headers: Headers = (), query: str = "") -> Exchange:
    url = f"http://endpoint.example/v1/chat/completions{query}"
    return Exchange("one", NOW, Request("POST", url, headers, json.dumps(body).encode()))


def recorded(placement: Placement = Placement.NOWHERE, said: str = ID) -> Exchange:
    agent = Agent(placement=placement)
    headers = tuple(payload.headers(agent, said).items())
    return turn(json.loads(payload.body(agent, said, [])), headers)


def titles(advice: Advice) -> list[str]:
    return [remedy.title for remedy in advice.remedies]


def test_every_platform_has_a_guide() -> None:
    assert set(GUIDES) == set(Platform)
    assert all(guide.remedies and guide.client for guide in guides().values())


@each
def test_a_remedy_says_what_to_paste_and_how_it_is_known(remedy: Remedy) -> None:
    assert remedy.title
    assert remedy.why
    assert remedy.paste
    assert remedy.basis in get_args(Basis)
    assert remedy.evidence
    assert remedy.source.startswith("https://") or remedy.basis == "inferred"


@each
def test_a_remedy_is_only_as_sure_as_its_weakest_part(remedy: Remedy) -> None:
    if "inferred" in remedy.evidence:
        assert remedy.basis == "inferred"
    if "reported" in remedy.evidence:
        assert remedy.basis != "documented"


@each
def test_what_is_to_be_pasted_fits_the_screen(remedy: Remedy) -> None:
    for paste in remedy.paste:
        text = json.dumps(paste.content, indent=2) if paste.kind == "json" else paste.content
        assert max(map(len, text.splitlines())) <= 80
        assert text.isascii()


@each
def test_the_configuration_takes_the_place_to_which_a_remedy_leads(remedy: Remedy) -> None:
    if remedy.path is not None:
        assert parse(remedy.path.as_config()) == remedy.path


@each
def test_a_line_in_the_prompt_leads_to_the_bare_id(remedy: Remedy) -> None:
    for paste in remedy.paste:
        for variable in re.findall(r"^The conversation is \{\{(.+)\}\}", str(paste.content)):
            line = paste.content.replace(f"{{{{{variable}}}}}", IDS[variable])
            body = {"messages": [{"role": "system", "content": f"Be kind. {line}\nBe brief."}]}
            assert remedy.path
            assert remedy.path.find(turn(body).request) == IDS[variable]


@each
def test_a_remedy_leads_to_a_name_that_it_gives(remedy: Remedy) -> None:
    if remedy.path is not None and remedy.path.match is None:
        given = [remedy.title, remedy.why, *(str(paste.content) for paste in remedy.paste)]
        name = re.escape(".".join(remedy.path.keys[-2:])) + "|" + re.escape(remedy.path.keys[-1])
        assert any(re.search(rf"\b({name})\b", text, re.IGNORECASE) for text in given)


def test_elevenlabs_gets_the_header_then_the_prompt_then_the_extra_body() -> None:
    advice = remedy_for([recorded()])
    assert (advice.platform, advice.sureness) == ("ElevenLabs Agents", "sure")
    header, prompt, extra = advice.remedies
    assert header.paste[0].content == {
        "conversation_config": {
            "agent": {
                "prompt": {
                    "custom_llm": {
                        "request_headers": {
                            "X-Conversation-Id": {"variable_name": "system__conversation_id"}
                        }
                    }
                }
            }
        }
    }
    assert VARIABLE in prompt.paste[0].content
    flag, page = extra.paste
    assert flag.content == {"platform_settings": {"overrides": {"custom_llm_extra_body": True}}}
    assert "customLlmExtraBody: {" in page.content
    limits = " ".join(extra.limits)
    for word in ("browser", "not to be trusted", "Phone", "1008"):
        assert word in limits
    assert advice.client_paste
    assert "conversationId" in advice.client_paste.content


@pytest.mark.parametrize(
    ("number", "placement"),
    [(0, Placement.HEADER), (1, Placement.PROMPT), (2, Placement.EXTRA_BODY)],
    ids=["header", "prompt", "extra body"],
)
def test_each_way_of_elevenlabs_leads_to_the_id(number: int, placement: Placement) -> None:
    path = remedy_for([recorded()]).remedies[number].path
    assert path
    assert path.find(recorded(placement).request) == ID


OTHERS = {
    "Vapi": (
        turn({"messages": [], "call": {"orgId": "o"}}),
        {"metadataSendMode": "variable"},
        "$request.body#/call/id",
    ),
    "Hume EVI": (
        turn({"messages": [{"role": "user", "content": "Hi", "models": {"prosody": {}}}]}),
        {"type": "session_settings"},
        "$request.query.custom_session_id",
    ),
    "Tavus": (
        turn({"messages": []}, (("User-Agent", "tavus"),)),
        {},
        "$request.header.conversation_id",
    ),
    "Telnyx AI Assistants": (
        turn({"messages": [], "extra_metadata": {"telnyx_agent_target": "+1"}}),
        {"forward_metadata": True},
        "$request.body#/extra_metadata/conversation_id",
    ),
    "Fish Audio Agents": (
        turn({"messages": [], "fishaudio_extra_body": {}}),
        {},
        "$request.body#/session_id",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_platforms_get_their_own(name: str) -> None:
    exchange, setting, place = OTHERS[name]
    advice = remedy_for([exchange])
    assert advice.platform == name
    first = advice.remedies[0]
    assert first.path
    assert str(first.path) == place
    text = json.dumps([paste.content for paste in first.paste])
    assert json.dumps(setting)[1:-1] in text


def test_nobody_recognised_still_gets_ways() -> None:
    for exchanges in ([], [turn({"messages": [], "user_id": "u"})]):
        advice = remedy_for(exchanges)
        assert (advice.platform, advice.sureness) == (None, "unknown")
        assert [it.title for it in generic.GUIDE.remedies] == titles(advice)


def test_a_guess_gets_what_holds_for_any_platform_too() -> None:
    advice = remedy_for([turn({"messages": []}, (("User-Agent", "pipecat"),))])
    assert (advice.platform, advice.sureness) == ("Pipecat", "perhaps")
    assert [other.platform for other in advice.others] == [None]


def test_each_platform_of_a_recording_is_advised_on_its_own_requests() -> None:
    vapi = turn({"messages": [], "call": {"id": "c", "orgId": "o"}})
    advice = remedy_for([recorded(Placement.PROMPT, VARIABLE), recorded(), vapi])
    assert (advice.platform, advice.requests, advice.of) == ("ElevenLabs Agents", 2, 3)
    (other,) = advice.others
    assert (other.platform, other.unfilled) == ("Vapi", ())


def test_what_never_works_is_said() -> None:
    never = " ".join(remedy_for([]).as_json()["never"])
    for word in ("history", "number", "time"):
        assert word in never


def test_the_advice_is_json_whose_pastes_are_values() -> None:
    for name, (exchange, *_) in OTHERS.items():
        told = json.loads(json.dumps(remedy_for([exchange]).as_json()))
        assert told["platform"] == name
        for remedy in told["remedies"]:
            for paste in remedy["paste"]:
                assert isinstance(paste["content"], dict) == (paste["kind"] == "json")
            assert remedy["path"] is None or parse(remedy["path"])


def test_a_field_path_of_the_advice_is_as_the_configuration_holds_it() -> None:
    told = remedy_for([recorded()]).as_json()["remedies"]
    assert told[0]["path"] == "$request.header.x-conversation-id"
    assert set(told[1]["path"]) == {"from", "match"}
    assert FieldPath("header", ("x-conversation-id",)) == parse(told[0]["path"])
