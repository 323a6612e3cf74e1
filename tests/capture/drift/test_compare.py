"""Drift: each change of the structure is told, in one line, and nothing else is."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.drift.compare import drift
from capture.drift.report import Drift
from contract.exchange import Exchange
from rehearsal.script import TOOLS

Plant = Callable[[Any], object]
Record = Callable[..., list[Exchange]]
Line = tuple[str, str]

SEEDS = st.integers(min_value=0, max_value=10**6)
MIRRORED = {"added": "removed", "removed": "added", "changed": "changed"}


def lines(found: Drift) -> list[Line]:
    return sorted((change.change, change.path) for change in found.changes)


def told(found: Drift) -> str:
    return "\n".join(f"{it.change} {it.path} {it.text} {it.a} {it.b}" for it in found.changes)


# What a plant changes, in the words of `sightline diff --json`.


def in_body(path: str, value: Any) -> Plant:
    """Put a value at a pointer of the body; a function is asked for one in each turn."""

    def plant(turn: Any) -> None:
        *steps, last = path.split("/")[1:]
        inside = turn.body
        for step in steps:
            inside = inside[step]
        inside[last] = value(turn) if callable(value) else value

    return plant


def without(path: str) -> Plant:
    def plant(turn: Any) -> None:
        *steps, last = path.split("/")[1:]
        inside = turn.body
        for step in steps:
            inside = inside[step]
        del inside[last]

    return plant


def a_header(name: str, value: Any) -> Plant:
    def plant(turn: Any) -> None:
        turn.headers[name] = value(turn) if callable(value) else value

    return plant


def no_header(name: str) -> Plant:
    def plant(turn: Any) -> None:
        del turn.headers[name]

    return plant


def both(*plants: Plant) -> Plant:
    def plant(turn: Any) -> None:
        for one in plants:
            one(turn)

    return plant


def in_messages(role: str, change: Callable[[dict[str, Any]], object]) -> Plant:
    def plant(turn: Any) -> None:
        for message in turn.of(role):
            change(message)

    return plant


def as_parts(message: dict[str, Any]) -> None:
    message["content"] = [{"type": "text", "text": message["content"]}]


def with_picture(message: dict[str, Any]) -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    message["content"] = [{"type": "text", "text": message["content"]}, part]


def first_message(message: dict[str, Any]) -> Plant:
    return lambda turn: turn.body["messages"].insert(1, dict(message))


def last_message(message: dict[str, Any]) -> Plant:
    return lambda turn: turn.body["messages"].append(dict(message))


def renamed_role(old: str, new: str) -> Plant:
    return in_messages(old, lambda message: message.update(role=new))


def in_tool(name: str, change: Callable[[dict[str, Any]], object]) -> Plant:
    return lambda turn: change(turn.tool(name))


def prompt(change: Callable[[str], str]) -> Plant:
    return in_messages("system", lambda it: it.update(content=change(it["content"])))


def each_turn(turn: Any) -> str:
    return f"{turn.id}-{turn.number}"


def as_responses(turn: Any) -> None:
    turn.path = "/v1/responses"
    turn.body["input"] = turn.body.pop("messages")


def whole_answer(turn: Any) -> None:
    turn.answered = {"Content-Type": "application/json"}


def with_event_member(turn: Any) -> None:
    for event in turn.events:
        event["obfuscation"] = "x"


def status(code: int) -> Plant:
    def plant(turn: Any) -> None:
        turn.status = code

    return plant


def attribute(name: str, value: str) -> Plant:
    return lambda turn: setattr(turn, name, value)


NEW_TOOL = {"type": "function", "function": {**TOOLS[0]["function"], "name": "play_dtmf"}}
VAPI = {"id": "x", "type": "webCall", "assistant": {"name": "a"}}
BODY = "$request.body#"

PLANTS: dict[str, tuple[Plant, list[Line]]] = {
    "field added": (
        in_body("/stream_options", {"include_usage": True}),
        [("added", f"{BODY}/stream_options")],
    ),
    "field removed": (without("/max_tokens"), [("removed", f"{BODY}/max_tokens")]),
    "field renamed": (
        both(without("/max_tokens"), in_body("/max_completion_tokens", 9)),
        [("added", f"{BODY}/max_completion_tokens"), ("removed", f"{BODY}/max_tokens")],
    ),
    "field added inside": (
        in_body("/elevenlabs_extra_body/conversation_id", each_turn),
        [("added", f"{BODY}/elevenlabs_extra_body/conversation_id")],
    ),
    "field removed inside": (
        without("/call/customer/number"),
        [("removed", f"{BODY}/call/customer/number")],
    ),
    "object added": (in_body("/assistant", VAPI), [("added", f"{BODY}/assistant")]),
    "object removed": (without("/call"), [("removed", f"{BODY}/call")]),
    "object became a list": (in_body("/call", [1]), [("changed", f"{BODY}/call")]),
    "number became text": (in_body("/max_tokens", "1024"), [("changed", f"{BODY}/max_tokens")]),
    "text became a number": (in_body("/user_id", 7), [("changed", f"{BODY}/user_id")]),
    "text became null": (in_body("/user_id", None), [("changed", f"{BODY}/user_id")]),
    "also null": (
        in_body("/model", lambda turn: None if turn.number % 2 else "gpt-4o"),
        [("changed", f"{BODY}/model")],
    ),
    "there less often": (
        lambda turn: turn.body.pop("temperature") if turn.number % 2 else None,
        [("changed", f"{BODY}/temperature")],
    ),
    "a parameter has another value": (in_body("/model", "gpt-4.1"), [("changed", f"{BODY}/model")]),
    "a switch was turned": (in_body("/stream", False), [("changed", f"{BODY}/stream")]),
    "a chosen value is another": (
        in_body("/elevenlabs_extra_body/client", "web"),
        [],  # who a client is, is its own affair
    ),
    "a value became constant": (in_body("/call/id", "none"), [("changed", f"{BODY}/call/id")]),
    "a value became the call's": (
        in_body("/call/id", lambda turn: turn.id),
        [("changed", f"{BODY}/call/id")],
    ),
    "a constant became varying": (
        in_body("/temperature", lambda turn: turn.number / 10),
        [("changed", f"{BODY}/temperature")],
    ),
    "a placeholder was left": (
        a_header("X-Conversation-Id", "{{system__conversation_id}}"),
        [("changed", "$request.header.x-conversation-id")],
    ),
    "IDs have another form": (
        a_header(
            "X-Conversation-Id", lambda turn: f"{turn.conversation:08}-0000-4000-8000-0123456789ab"
        ),
        [("changed", "$request.header.x-conversation-id")],
    ),
    "one more among a few": (
        in_body("/call/mood", lambda turn: ("calm", "glad", "sad")[turn.number % 3]),
        [("changed", f"{BODY}/call/mood")],
    ),
    "header added": (a_header("X-Session", each_turn), [("added", "$request.header.x-session")]),
    "header removed": (
        no_header("X-Conversation-Id"),
        [("removed", "$request.header.x-conversation-id")],
    ),
    "header renamed": (
        both(no_header("X-Conversation-Id"), a_header("Conversation", lambda turn: turn.id)),
        [
            ("added", "$request.header.conversation"),
            ("removed", "$request.header.x-conversation-id"),
        ],
    ),
    "header has another value": (
        a_header("User-Agent", "platform/2.0"),
        [("changed", "$request.header.user-agent")],
    ),
    "another scheme": (
        a_header("Authorization", "Basic abc"),
        [("changed", "$request.header.authorization")],
    ),
    "query parameter added": (
        attribute("query", "?v=1&tenant=a"),
        [("added", "$request.query.tenant")],
    ),
    "query parameter removed": (attribute("query", ""), [("removed", "$request.query.v")]),
    "path": (attribute("path", "/v2/chat/completions"), [("changed", "request/path")]),
    "path to a call": (
        lambda turn: setattr(turn, "path", f"/v1/{turn.id}/chat/completions"),
        [("changed", "request/path")],
    ),
    "HTTP/2": (attribute("version", "HTTP/2.0"), [("changed", "request/version")]),
    "another interface": (
        as_responses,
        [("added", f"{BODY}/input"), ("changed", "request/path"), ("removed", f"{BODY}/messages")],
    ),
    "content became parts": (
        in_messages("user", as_parts),
        [("changed", "messages/user/*/content")],
    ),
    "parts with pictures": (
        in_messages("user", with_picture),
        [("changed", "messages/user/*/content")],
    ),
    "messages have names": (
        in_messages("user", lambda it: it.update(name="caller")),
        [("added", "messages/user/*/name")],
    ),
    "tool results without their call": (
        in_messages("tool", lambda it: it.pop("tool_call_id")),
        [("removed", "messages/tool/*/tool_call_id")],
    ),
    "calls without a type": (
        in_messages("assistant", lambda it: it.get("tool_calls", [{"type": ""}])[0].pop("type")),
        [("removed", "messages/assistant calling/*/tool_calls/*/type")],
    ),
    "developer instead of system": (
        renamed_role("system", "developer"),
        [("changed", "order/opening")],
    ),
    "no greeting": (lambda turn: turn.body["messages"].pop(1), [("changed", "order/opening")]),
    "a second prompt": (
        first_message({"role": "system", "content": "x"}),
        [("changed", "order/opening"), ("changed", "prompt")],
    ),
    "a new role": (
        first_message({"role": "context", "content": "x"}),
        [("added", "order/roles/context")],
    ),
    "human instead of user": (renamed_role("user", "human"), [("added", "order/roles/human")]),
    "a prompt at the end": (
        last_message({"role": "system", "content": "x"}),
        [("added", "order/roles/system, later than the first words"), ("changed", "prompt")],
    ),
    "a sentence more": (prompt(lambda it: it + "\nNever say goodbye."), [("changed", "prompt")]),
    "a new role after a while": (
        lambda turn: turn.number > 1 and turn.body["messages"].append({"role": "context"}),
        [("added", "order/roles/context")],
    ),
    "an assistant that greets twice": (first_message({"role": "assistant", "content": "x"}), []),
    "a first request without messages": (
        lambda turn: turn.number or turn.body.update(messages=[]),
        [],
    ),
    "one user calls every time": (in_body("/user_id", "one-user"), []),
    "a tool described in other words": (
        in_tool("end_call", lambda it: it.update(description="Stop.")),
        [],
    ),
    "a tool parameter described in words": (
        in_tool(
            "end_call",
            lambda it: it["parameters"]["properties"]["reason"].update(description="Why."),
        ),
        [],
    ),
    "tool added": (
        lambda turn: turn.body["tools"].append(NEW_TOOL),
        [("added", "tools/play_dtmf")],
    ),
    "tool removed": (lambda turn: turn.body["tools"].pop(1), [("removed", "tools/skip_turn")]),
    "no tools": (without("/tools"), [("removed", f"{BODY}/tools")]),
    "tool parameter added": (
        in_tool(
            "end_call", lambda it: it["parameters"]["properties"].update(after={"type": "number"})
        ),
        [("changed", "tools/end_call")],
    ),
    "tool parameter has another type": (
        in_tool(
            "end_call", lambda it: it["parameters"]["properties"].update(reason={"type": "number"})
        ),
        [("changed", "tools/end_call")],
    ),
    "tool parameter is optional": (
        in_tool("end_call", lambda it: it["parameters"].update(required=[])),
        [("changed", "tools/end_call")],
    ),
    "tool parameter has one more choice": (
        in_tool(
            "language_detection",
            lambda it: it["parameters"]["properties"]["language"]["enum"].append("es"),
        ),
        [("changed", "tools/language_detection")],
    ),
    "answers fail": (status(503), [("changed", "answers/status")]),
    "answers are whole": (whole_answer, [("changed", "answers/content type")]),
    "events have one more member": (with_event_member, [("added", "stream/event/*/obfuscation")]),
}


@pytest.mark.parametrize(("plant", "expected"), PLANTS.values(), ids=PLANTS)
@pytest.mark.parametrize("seed", [1])
def test_each_change_is_told_in_its_lines_and_nothing_else(
    record: Record, plant: Plant, expected: list[Line], seed: int
) -> None:
    before = record(seed, conversations=5, turns=6)
    now = record(seed + 100, plant, conversations=6, turns=5)
    assert lines(drift(before, now)) == sorted(expected), told(drift(before, now))
    mirrored = sorted((MIRRORED[change], path) for change, path in expected)
    assert lines(drift(now, before)) == mirrored, told(drift(now, before))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(SEEDS, SEEDS)
def test_other_callers_ids_times_words_and_lengths_are_no_difference(
    record: Record, one: int, other: int
) -> None:
    found = drift(record(one), record(other))
    assert not found.changes, told(found)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_a_recording_does_not_differ_from_itself_in_any_order(
    record: Record, seed: int, chance: random.Random
) -> None:
    exchanges = record(seed)
    again = list(exchanges)
    chance.shuffle(again)
    found = drift(exchanges, again)
    assert (found.changes, found.unsure, found.notes) == ((), (), ())


def test_a_member_that_only_some_elements_have_is_there_less_often(record: Record) -> None:
    def every(turn: Any) -> None:
        for message in turn.of("user"):
            message["name"] = "caller"

    def first(turn: Any) -> None:
        turn.of("user")[0]["name"] = "caller"

    before, now = (record(1, it, conversations=12, turns=5) for it in (every, first))
    assert lines(drift(before, now)) == [("changed", "messages/user/*/name")]
    assert lines(drift(now, before)) == [("changed", "messages/user/*/name")]


def test_one_more_element_that_lacks_a_member_is_told(record: Record) -> None:
    before, now = (
        record(seed, in_body("/parts", value), conversations=3, turns=3)
        for seed, value in ((1, [{"a": True, "b": 1}]), (2, [{"a": True, "b": 1}, {"b": 1}]))
    )
    assert lines(drift(before, now)) == [("changed", f"{BODY}/parts/*/a")]
    assert lines(drift(now, before)) == [("changed", f"{BODY}/parts/*/a")]


def test_what_stands_at_an_id_is_compared_by_its_structure_only(record: Record) -> None:
    def told_of(one: Any, other: Any) -> list[Line]:
        key = "/token-20261124"
        return lines(drift(record(1, in_body(key, one)), record(2, in_body(key, other))))

    assert told_of("hush", "whisper") == []
    assert told_of("hush", 7) == [("changed", f"{BODY}/{{}}")]


def test_two_conversations_are_enough_to_see_that_an_id_became_constant(record: Record) -> None:
    own = in_body("/handle", lambda turn: turn.id.removeprefix("conv_"))
    before = record(1, own, conversations=2, turns=4)
    now = record(2, in_body("/handle", "default"), conversations=2, turns=4)
    assert lines(drift(before, now)) == [("changed", f"{BODY}/handle")]
    assert lines(drift(now, before)) == [("changed", f"{BODY}/handle")]


def test_requests_without_messages_say_nothing_of_how_a_conversation_opens(record: Record) -> None:
    def empty_at_first(turn: Any) -> None:
        if turn.number == 0:
            turn.body["messages"] = []

    before, now = (
        record(seed, plant, conversations=20, turns=4)
        for seed, plant in ((1, in_body("/n", 1)), (2, both(in_body("/n", 1), empty_at_first)))
    )
    assert lines(drift(before, now)) == []


def test_words_that_describe_a_tool_are_noted_only(record: Record) -> None:
    def described(words: str) -> Plant:
        return in_tool("end_call", lambda it: it.update(description=words))

    before, now = record(1, described("End it.")), record(2, described("Stop it."))
    found = drift(before, now)
    assert lines(found) == []
    assert "described in other words: end_call" in found.notes


def test_two_values_that_each_call_may_have_are_no_difference_in_two_calls(record: Record) -> None:
    before, now = (
        record(seed, in_body("/plan", plan), conversations=2, turns=4)
        for seed, plan in ((1, "free"), (2, "pro"))
    )
    found = drift(before, now)
    assert lines(found) == []
    assert f"{BODY}/plan" in [it.path for it in found.unsure]


@pytest.mark.parametrize("name", ["api_key", "workspace-secret", "token", "X-Access-Token"])
def test_secrets_are_not_shown(record: Record, name: str) -> None:
    before, now = (
        record(seed, both(in_body(f"/{name}", secret), a_header(f"{name}-too", secret)))
        for seed, secret in ((1, "hush"), (2, "whisper"))
    )
    found = drift(before, now)
    assert "hush" not in str(found)
    assert found.changes == ()


def test_turns_of_one_moment_may_stand_in_any_order(record: Record) -> None:
    exchanges = [replace(it, started=datetime(2026, 1, 1, tzinfo=UTC)) for it in record(7)]
    found = drift(exchanges, exchanges[::-1])
    assert (found.changes, found.unsure) == ((), ())
    assert found.a == found.b


def test_what_is_no_turn_is_not_compared(record: Record) -> None:
    exchanges = record(1)
    other = replace(exchanges[0], request=replace(exchanges[0].request, method="OPTIONS"))
    assert drift(exchanges, [other, *exchanges]).b.turns == len(exchanges)
