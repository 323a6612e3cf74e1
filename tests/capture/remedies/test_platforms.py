"""Which platform sent a recording: recognised by its own marks, never by what others send too."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.remedies.platforms import Recognition, recognise
from capture.remedies.signs import SIGNS, Platform, Weight
from contract.exchange import Exchange, Headers, Request
from rehearsal import payload
from rehearsal.payload import Agent, Placement

NOW = datetime(2026, 11, 24, 6, 0, 7, tzinfo=UTC)
MESSAGES = [
    {"role": "system", "content": "You help people with what they show you."},
    {"role": "user", "content": "What is this?"},
]
VAPI_CALL = {"id": "d3b1f5aa-3a50-4bd0-9c0b-0a8e4cbf7e11", "orgId": "o1", "type": "webCall"}
PROSODY = {"role": "user", "content": "Hi", "models": {"prosody": {"scores": {"Joy": 0.4}}}}


def exchange(
    body: Mapping[str, Any] | None = None,
    *,
    headers: Headers = (),
    query: str = "",
    method: str = "POST",
    path: str = "/v1/chat/completions",
) -> Exchange:
    whole = {"messages": MESSAGES, "model": "gpt-4o", "stream": True} | dict(body or {})
    request = Request(
        method,
        f"http://endpoint.example{path}{query}",
        (("Host", "endpoint.example"), *headers),
        json.dumps(whole).encode(),
    )
    return Exchange("one", NOW, request)


def tools(*names: str) -> dict[str, Any]:
    return {"tools": [{"type": "function", "function": {"name": name}} for name in names]}


def prompt(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "system", "content": text}, *MESSAGES[1:]]}


def only(*exchanges: Exchange) -> Recognition:
    (recognition,) = recognise(exchanges)
    return recognition


SURE = {
    "what the page passed": (Platform.ELEVENLABS, exchange({"elevenlabs_extra_body": {}})),
    "ElevenLabs variable": (
        Platform.ELEVENLABS,
        exchange(prompt("The conversation is {{ system__conversation_id }}.")),
    ),
    "ElevenLabs variable in a header": (
        Platform.ELEVENLABS,
        exchange(headers=(("X-Id", "{{system__conversation_id}}"),)),
    ),
    "Vapi call": (Platform.VAPI, exchange({"call": VAPI_CALL, "customer": {"number": "+1"}})),
    "Hume query": (Platform.HUME, exchange(query="?custom_session_id=a7")),
    "Hume prosody": (Platform.HUME, exchange({"messages": [PROSODY]})),
    "Telnyx variables": (
        Platform.TELNYX,
        exchange({"extra_metadata": {"telnyx_agent_target": "+13125550100"}}),
    ),
    "Telnyx variable": (Platform.TELNYX, exchange(prompt("You are at {{telnyx_agent_target}}."))),
    "Fish Audio": (Platform.FISH_AUDIO, exchange({"fishaudio_extra_body": {}, "session_id": "s"})),
    "Layercode": (
        Platform.LAYERCODE,
        exchange(headers=(("Layercode-Signature", "t=1,v1=ab"),), path="/webhook"),
    ),
    "WebSocket": (
        Platform.WEBSOCKET,
        exchange(headers=(("Upgrade", "WebSocket"),), method="GET", path="/llm/call_1"),
    ),
}


@pytest.mark.parametrize(("platform", "one"), SURE.values(), ids=SURE)
def test_a_name_that_only_one_platform_uses_settles_it(platform: Platform, one: Exchange) -> None:
    found = only(one)
    assert (found.platform, found.sureness) == (platform, "sure")
    assert found.marks


PERHAPS = {
    "skip_turn": (Platform.ELEVENLABS, exchange(tools("skip_turn"))),
    "ElevenLabs ID": (
        Platform.ELEVENLABS,
        exchange(headers=(("X-Id", "conv_9801m4394evfexfsqb05pv6z39x3"),)),
    ),
    "Vapi call without more": (Platform.VAPI, exchange({"call": {"id": "c1"}})),
    "Vapi tool": (Platform.VAPI, exchange(tools("endCall"))),
    "Tavus header": (Platform.TAVUS, exchange(headers=(("conversation_id", "Room 7"),))),
    "extra_metadata": (Platform.TELNYX, exchange({"extra_metadata": {"plan": "gold"}})),
    "Fish Audio tool": (Platform.FISH_AUDIO, exchange(tools("hang_up_call"))),
    "LiveKit": (Platform.LIVEKIT, exchange(headers=(("User-Agent", "livekit-agents/1.3"),))),
    "Pipecat": (Platform.PIPECAT, exchange(headers=(("User-Agent", "Pipecat/1.7"),))),
    "Deepgram": (Platform.DEEPGRAM, exchange(headers=(("User-Agent", "deepgram-agent"),))),
    "Agora": (Platform.AGORA, exchange(headers=(("X-Agora-Task", "1"),))),
}


@pytest.mark.parametrize(("platform", "one"), PERHAPS.values(), ids=PERHAPS)
def test_a_typical_sign_alone_is_a_guess(platform: Platform, one: Exchange) -> None:
    found = only(one)
    assert (found.platform, found.sureness) == (platform, "perhaps")


LIKELY = {
    "tools": (Platform.ELEVENLABS, exchange(tools("skip_turn", "end_call"))),
    "tool and user": (Platform.ELEVENLABS, exchange({**tools("skip_turn"), "user_id": "u"})),
    "the Responses API": (
        Platform.ELEVENLABS,
        exchange(
            {"tools": [{"type": "function", "name": name} for name in ("skip_turn", "end_call")]},
            path="/v1/responses",
        ),
    ),
    "call and phone": (
        Platform.VAPI,
        exchange({"call": {"id": "c1"}, "phoneNumber": {"number": "+1"}}),
    ),
    "Tavus ID": (Platform.TAVUS, exchange(headers=(("conversation_id", "ca980e2e"),))),
}


@pytest.mark.parametrize(("platform", "one"), LIKELY.values(), ids=LIKELY)
def test_a_typical_sign_and_another_make_it_likely(platform: Platform, one: Exchange) -> None:
    found = only(one)
    assert (found.platform, found.sureness) == (platform, "likely")


SHARED = {
    "user_id": exchange({"user_id": "u7"}),
    "session_id": exchange({"session_id": "s7"}),
    "both": exchange({"session_id": "s7", "user_id": "u7"}),
    "no token limit": exchange({"max_tokens": -1}),
    "end_call": exchange(tools("end_call")),
    "language_detection": exchange(tools("language_detection")),
    "customer": exchange({"customer": {"number": "+1"}, "timestamp": 1}),
    "OpenAI's own": exchange({"metadata": {"call": "1"}, "user": "u", "store": False}),
    "nothing": exchange(),
}


@pytest.mark.parametrize("one", SHARED.values(), ids=SHARED)
def test_what_several_platforms_send_recognises_none(one: Exchange) -> None:
    found = only(one)
    assert (found.platform, found.sureness) == (None, "unknown")


def test_a_shared_sign_is_told_where_nobody_is_recognised() -> None:
    found = only(SHARED["both"], SHARED["user_id"])
    assert {(mark.where, mark.requests) for mark in found.marks} == {
        ("$request.body#/session_id", 1),
        ("$request.body#/user_id", 2),
    }


def test_a_turn_with_messages_is_no_layercode_event() -> None:
    event = {"type": "message", "session_id": "s", "conversation_id": "c"}
    assert only(exchange(event)).platform is None
    hook = Request("POST", "http://endpoint.example/hook", (), json.dumps(event).encode())
    assert only(Exchange("one", NOW, hook)).platform is Platform.LAYERCODE


def test_a_vendors_name_elsewhere_is_no_sign() -> None:
    for name in ("Host", "Referer", "Authorization", "X-Forwarded-Host"):
        assert only(exchange(headers=((name, "vapi.example"),))).platform is None
    assert only(exchange(headers=(("User-Agent", "exhumed-vapid/1"),))).platform is None


def test_what_somebody_said_is_no_sign() -> None:
    said = "{{system__conversation_id}} and {{telnyx_x}} are conv_9801m4394evfexfsqb05pv6z39x3"
    for role in ("user", "assistant", "tool"):
        messages = [*MESSAGES, {"role": role, "content": said}]
        assert only(exchange({"messages": messages})).platform is None


def test_two_equal_guesses_are_none() -> None:
    both = exchange(tools("skip_turn"), headers=(("conversation_id", "Room 7"),))
    assert only(both).platform is None


def test_several_platforms_in_one_recording_are_told_apart() -> None:
    eleven = exchange({"elevenlabs_extra_body": {}, "user_id": "u"})
    vapi = exchange({"call": VAPI_CALL})
    found = recognise([vapi, eleven, exchange(), eleven])
    assert [(it.platform, len(it.requests), it.of) for it in found] == [
        (Platform.ELEVENLABS, 2, 4),
        (Platform.VAPI, 1, 4),
    ]
    assert {mark.requests for mark in found[0].marks} == {2}


def test_the_surest_platform_comes_first() -> None:
    found = recognise([exchange(tools("skip_turn"))] * 3 + [exchange({"call": VAPI_CALL})])
    assert [it.platform for it in found] == [Platform.VAPI, Platform.ELEVENLABS]


def test_marks_are_counted_in_the_requests_that_have_them() -> None:
    found = only(exchange({"elevenlabs_extra_body": {}}), exchange(SURE_AND_USER))
    assert {mark.where: mark.requests for mark in found.marks} == {
        "$request.body#/elevenlabs_extra_body": 2,
        "$request.body#/user_id": 1,
    }


SURE_AND_USER = {"elevenlabs_extra_body": {"a": 1}, "user_id": "u"}


def test_only_turns_are_looked_at_where_there_are_any() -> None:
    hook = exchange(headers=(("layercode-signature", "t=1"),), path="/webhook")
    assert only(exchange({"elevenlabs_extra_body": {}}), hook).platform is Platform.ELEVENLABS
    assert only(hook).platform is Platform.LAYERCODE


def test_nothing_recorded_is_nobody() -> None:
    found = only()
    assert (found.platform, found.marks, found.of) == (None, (), 0)


def test_the_rehearsal_platform_is_taken_for_elevenlabs() -> None:
    agent = Agent(placement=Placement.NOWHERE)
    request = Request(
        "POST", "http://endpoint.example/v1/chat/completions", (), payload.body(agent, "", [])
    )
    found = only(Exchange("one", NOW, request))
    assert (found.platform, found.sureness) == (Platform.ELEVENLABS, "sure")


def test_every_platform_has_a_sign_that_can_recognise_it() -> None:
    assert set(SIGNS) == set(Platform)
    for platform, signs in SIGNS.items():
        assert max(sign.weight for sign in signs) > Weight.SHARED, platform


names = st.sampled_from(
    ["messages", "input", "tools", "call", "extra_metadata", "instructions", "max_tokens", "x"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "function", "name", "id"]), inner)
    ),
    max_leaves=12,
)
bodies = st.binary(max_size=30) | st.dictionaries(names, values).map(
    lambda value: json.dumps(value).encode()
)


@given(st.text(max_size=20), st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9))), bodies)
def test_any_request_can_be_asked(url: str, headers: list[tuple[str, str]], body: bytes) -> None:
    request = Request("POST", url, tuple(headers), body)
    found = recognise([Exchange("one", NOW, request)])
    assert sum(len(it.requests) for it in found) == 1
