"""The advice on a terminal: readable at any width, and what is to be pasted can be copied whole."""

import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from capture.remedies.advice import GUIDES, VERIFY, Advice, remedy_for
from capture.remedies.remedy import Paste
from cli.advice import print_advice
from cli.main import app
from contract.exchange import Exchange, Headers, Request
from rehearsal import payload
from rehearsal.payload import VARIABLE, Agent, Placement

NOW = datetime(2026, 11, 24, 6, 0, 7, tzinfo=UTC)
WIDTHS = (20, 80, 160)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u200b]")


def turn(body: Any, headers: Headers = ()) -> Exchange:
    raw = json.dumps(body).encode()
    return Exchange("one", NOW, Request("POST", "/v1/chat/completions", headers, raw))


def rehearsed(placement: Placement) -> Exchange:
    body = payload.body(Agent(placement=placement), VARIABLE, [])
    return turn(json.loads(body))


RECORDED = {
    "ElevenLabs": [rehearsed(Placement.NOWHERE)],
    "unfilled": [rehearsed(Placement.PROMPT)],
    "Vapi": [turn({"call": {"orgId": "o"}})],
    "Hume": [turn({"messages": [{"role": "user", "models": {"prosody": {}}}]})],
    "Tavus": [turn({}, (("conversation_id", "ca980e2e"),))],
    "Telnyx": [turn({"extra_metadata": {"telnyx_agent_target": "+1"}})],
    "Fish Audio": [turn({"fishaudio_extra_body": {}})],
    "a guess": [turn({}, (("User-Agent", "deepgram"),))],
    "two": [rehearsed(Placement.NOWHERE), turn({"call": {"orgId": "o"}})],
    "nobody": [turn({"user_id": "u"})],
    "nothing": [],
}
each = pytest.mark.parametrize("exchanges", RECORDED.values(), ids=RECORDED)


def printed(advice: Advice, width: int = 80, **how: Any) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, **how)
    print_advice(console, advice)
    return out.getvalue()


def pastes(advice: Advice) -> list[Paste]:
    own = [it for remedy in advice.remedies if not remedy.in_vain for it in remedy.paste]
    own += [advice.client_paste] if advice.client_paste else []
    return own + [paste for other in advice.others for paste in pastes(other)]


def copied(text: str) -> list[str]:
    """Return what a person could mark: the blocks that stand at the left edge."""
    blocks = re.split(r"\n{2,}", text)
    return [block for block in blocks if not block.startswith(" ")]


@each
@pytest.mark.parametrize("width", WIDTHS)
def test_json_that_is_copied_from_the_screen_is_json(exchanges: list[Exchange], width: int) -> None:
    advice = remedy_for(exchanges)
    found = [json.loads(it) for it in copied(printed(advice, width)) if it.startswith("{")]
    assert found == [paste.content for paste in pastes(advice) if paste.kind == "json"]


@each
@pytest.mark.parametrize("width", WIDTHS)
def test_a_text_that_is_copied_from_the_screen_is_whole(
    exchanges: list[Exchange], width: int
) -> None:
    advice = remedy_for(exchanges)
    blocks = copied(printed(advice, width))
    for paste in pastes(advice):
        if paste.kind != "json":
            assert paste.content in blocks


@each
def test_at_80_columns_only_addresses_and_expressions_are_longer(
    exchanges: list[Exchange],
) -> None:
    text = printed(remedy_for(exchanges))
    for line in text.splitlines():
        assert len(line) <= 80 or re.match(r" +(read|then at) ", line)
        assert line == line.rstrip()
    assert text.startswith("\n")
    assert "\n\n\n" not in text


def test_a_narrow_screen_breaks_no_name() -> None:
    advice = remedy_for(RECORDED["ElevenLabs"])
    text = printed(advice, 20)
    assert advice.marks
    for mark in advice.marks:
        assert f"- {mark.where.split()[0]}" in text


@each
def test_prose_is_not_wider_than_can_be_read(exchanges: list[Exchange]) -> None:
    lines = printed(remedy_for(exchanges), 160).splitlines()
    assert max(map(len, lines)) <= 130
    assert any(len(line) > 80 for line in lines)


@each
def test_every_remedy_is_numbered_and_says_how_it_is_known(exchanges: list[Exchange]) -> None:
    advice = remedy_for(exchanges)
    text = printed(advice)
    for number, remedy in enumerate(advice.remedies, start=1):
        assert re.search(rf"^{number} +{re.escape(remedy.title)}$", text, re.MULTILINE)
    known = re.findall(r"^ +(?:documented|seen|inferred) ", text, re.MULTILINE)
    ways = [it for one in (advice, *advice.others) for it in one.remedies if not it.in_vain]
    assert len(known) == len(ways)
    assert "Nobody here has an account" in text
    assert "What never works" in text


def test_without_a_terminal_there_is_no_colour_and_on_one_there_is() -> None:
    advice = remedy_for(RECORDED["ElevenLabs"])
    assert "\x1b" not in printed(advice)
    assert "\x1b[" in printed(advice, force_terminal=True, color_system="standard")


def test_how_sure_it_is_is_said() -> None:
    said = {name: printed(remedy_for(it)).splitlines()[1] for name, it in RECORDED.items()}
    assert said["ElevenLabs"] == "This is ElevenLabs Agents"
    assert said["Tavus"] == "This is probably Tavus"
    assert said["a guess"] == "This may be Deepgram Voice Agent; it is a guess"
    assert said["nobody"] == said["nothing"] == "What to do on any platform"


def test_an_unfilled_variable_is_told_at_its_remedy() -> None:
    text = printed(remedy_for(RECORDED["unfilled"]), 160)
    assert "3  A line in the agent's prompt" in text
    assert f"In this recording {VARIABLE} arrived unfilled" in text
    assert "anywhere in the agent's system prompt" not in text


def test_a_captured_variable_commands_nothing() -> None:
    variable = "{{ conversation\x1b[2J\u202e }}"
    name = "x-\x1b]0;owned\x07"
    asked = turn({"elevenlabs_extra_body": {}}, ((name, "{{conversation_id}}"), ("a", variable)))
    assert not UNSEEN.search(printed(remedy_for([asked])))


texts = st.text(max_size=12) | st.sampled_from(["{{call_id}}", VARIABLE, "system", "conv_1"])
bodies = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "role", "content", "tools", "call", "orgId", "text"]),
            inner,
        )
    ),
    max_leaves=16,
)


@given(st.lists(st.tuples(bodies, st.lists(st.tuples(texts, texts), max_size=2)), max_size=3))
def test_any_recording_is_advised_on(asked: list[tuple[Any, list[tuple[str, str]]]]) -> None:
    advice = remedy_for([turn(body, tuple(headers)) for body, headers in asked])
    assert json.loads(json.dumps(advice.as_json()))["remedies"]
    assert not UNSEEN.search(printed(advice))


def test_the_commands_that_prove_it_exist() -> None:
    known = {command.name for command in app.registered_commands}
    for line in VERIFY:
        words = line.split()
        assert words[0] == "sightline"
        assert words[1] in known


@pytest.mark.parametrize("guide", GUIDES.values(), ids=[it.value for it in GUIDES])
def test_every_guide_tells_what_the_page_must_know(guide: Any) -> None:
    assert "/associate_context" in guide.client
