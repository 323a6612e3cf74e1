"""A conversation as it was held."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.answer import Call
from capture.show.choosing import Numbered
from capture.show.transcript import Turn, Utterance, prompt_text, transcript, utterances
from contract.exchange import Exchange, Request, Response

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PROMPT = {"role": "system", "content": "You help. It is 10:31."}
GREETING = {"role": "assistant", "content": "Hello!"}
ASKED = {"role": "user", "content": "What is in it?"}
BOAT = "A red boat on the sea."
CALLS: dict[str, Any] = {
    "tool_calls": [{"id": "call_1", "function": {"name": "look", "arguments": '{"at": 1}'}}]
}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def agent(text: str | None, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **more}


def whole(status: int = 200, **message: Any) -> Response:
    body = json.dumps({"choices": [{"message": message}]}).encode()
    return Response(status, (), body, ((40.0, len(body)),))


ANSWER = whole(content=BOAT)
FAILED = Response(500, (), b'{"error": {"message": "overloaded"}}')


def turn(
    messages: Sequence[Any],
    answer: Response | None = ANSWER,
    *,
    at: float = 0,
    complete: bool = True,
    duration: float | None = None,
    key: str = "messages",
    **more: Any,
) -> Exchange:
    body = json.dumps({key: messages, **more}).encode()
    request = Request("POST", "http://h/v1/chat/completions", (), body)
    started = NOW + timedelta(seconds=at)
    return Exchange("x", started, request, answer, complete=complete, duration=duration)


def talk(*turns: Exchange) -> tuple[Turn, ...]:
    return transcript([Numbered(at, it, 1) for at, it in enumerate(turns, start=1)])


def new_in(one: Turn) -> list[str]:
    return [f"{it.role}: {it.text}" for it in one.new]


FIRST = [PROMPT, GREETING, ASKED]


def test_the_first_turn_says_everything_with_the_prompt_by_itself() -> None:
    (one,) = talk(turn(FIRST))
    assert new_in(one) == ["assistant: Hello!", "user: What is in it?"]
    assert one.prompt == "You help. It is 10:31."
    assert one.answer is not None
    assert (one.answer.text, one.notes) == (BOAT, ())


def test_a_turn_says_only_what_is_new_and_an_answer_once() -> None:
    _, second = talk(turn(FIRST), turn([*FIRST, agent(f" {BOAT} "), user("And behind it?")]))
    assert new_in(second) == ["user: And behind it?"]
    assert (second.notes, second.prompt) == ((), "")


@pytest.mark.parametrize(
    "spoken", [f" {BOAT}  ", "A red boat on the sea", "A red\nboat on the sea…"]
)
def test_an_answer_is_known_though_its_marks_and_blanks_differ(spoken: str) -> None:
    _, second = talk(turn(FIRST), turn([*FIRST, agent(spoken), user("And?")]))
    assert (new_in(second), second.notes) == (["user: And?"], ())


def test_an_answer_that_was_interrupted_is_what_was_spoken_of_it() -> None:
    _, second = talk(turn(FIRST), turn([*FIRST, agent("A red..."), user("Stop")]))
    assert new_in(second) == ["assistant: A red...", "user: Stop"]
    assert second.notes == ("interrupted: of the answer only the beginning was spoken",)


def test_an_interruption_may_be_known_later() -> None:
    before = [*FIRST, agent(BOAT), user("Go on")]
    _, _, third = talk(
        turn(FIRST), turn(before), turn([*FIRST, agent("A red"), user("Stop"), agent("Yes")])
    )
    assert new_in(third) == ["assistant: A red", "user: Stop", "assistant: Yes"]
    assert third.notes == ("interrupted: of the answer only the beginning was spoken",)


def test_another_answer_than_the_one_that_was_given_is_shown() -> None:
    _, second = talk(turn(FIRST), turn([*FIRST, agent("A cat."), user("Stop")]))
    assert new_in(second) == ["assistant: A cat.", "user: Stop"]
    assert second.notes == ("the history has another answer than the one that was given",)


def test_an_answer_to_any_attempt_is_not_said_twice() -> None:
    _, _, third = talk(
        turn(FIRST, whole(content="A dog.")),
        turn(FIRST, ANSWER),
        turn([*FIRST, agent("A dog."), user("Stop")]),
    )
    assert (new_in(third), third.notes) == (["user: Stop"], ())


AGAIN: dict[str, tuple[Exchange, str]] = {
    "no answer": (turn(FIRST, None, complete=False), "sent again: 1 had no answer"),
    "cut short": (turn(FIRST, complete=False), "sent again: 1 was cut short"),
    "an error": (turn(FIRST, FAILED), "sent again: 1 failed"),
    "an error in it": (
        turn(FIRST, Response(200, (), b'{"error": "no"}')),
        "sent again: 1 failed",
    ),
    "still answered": (turn(FIRST, duration=3000), "sent again while 1 was being answered"),
    "silence": (turn(FIRST, duration=1000), "sent again: the same as 1"),
    "nobody knows": (turn(FIRST), "sent again: the same as 1"),
}


@pytest.mark.parametrize(("first", "note"), AGAIN.values(), ids=AGAIN)
def test_a_turn_that_is_sent_again_says_why(first: Exchange, note: str) -> None:
    _, second = talk(first, turn(FIRST, at=2))
    assert (second.new, second.notes) == ((), (note,))


def test_last_words_that_are_heard_again_say_what_they_were() -> None:
    _, second, third = talk(
        turn([PROMPT, GREETING, user("What is")]), turn(FIRST), turn([PROMPT, GREETING, user(" ")])
    )
    assert new_in(second) == ["user: What is in it?"]
    assert second.notes == ("revised: before, it was “What is”",)
    assert third.notes == ("revised: before, it was “What is in it?”",)


def test_a_history_that_shrinks_says_by_how_much() -> None:
    more = [*FIRST, agent(BOAT), user("And?")]
    _, second, third = talk(turn(more), turn(more[:-1]), turn(FIRST[:-1]))
    assert (second.new, second.notes) == ((), ("the history is shorter: its last line is gone",))
    assert third.notes == ("the history is shorter: its last 2 lines are gone",)


def test_a_history_that_is_corrected_says_from_where_on() -> None:
    more = [*FIRST, agent(BOAT), user("And?")]
    _, second = talk(turn(more), turn([PROMPT, GREETING, user("What's this?"), *more[3:]]))
    assert second.notes == ("corrected: the history is another from line 2 on",)
    assert new_in(second)[0] == "user: What's this?"


def test_a_prompt_is_said_again_only_where_it_changes() -> None:
    other = {"role": "system", "content": "You help. It is 10:32."}
    changed = {"role": "system", "content": "You sell boats."}
    _, second, third = talk(turn(FIRST), turn([other, *FIRST[1:]]), turn([changed, *FIRST[1:]]))
    assert (second.prompt, third.prompt) == ("", "You sell boats.")


def test_a_call_and_what_came_of_it_are_said_once() -> None:
    result = {"role": "tool", "tool_call_id": "call_1", "content": '{"ok": 1}'}
    first, second = talk(turn(FIRST, whole(**CALLS)), turn([*FIRST, agent(None, **CALLS), result]))
    assert first.answer is not None
    assert first.answer.calls == (Call("look", '{"at": 1}'),)
    assert new_in(second) == ['tool: {"ok": 1}']


def test_a_call_that_nobody_saw_is_shown() -> None:
    (one,) = talk(turn([*FIRST, agent(None, **CALLS)]))
    assert one.new[-1] == Utterance("assistant", "", (Call("look", '{"at": 1}'),))


class TestTheResponsesAPI:
    def test_reads_like_the_other(self) -> None:
        call = {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"}
        other = {**call, "call_id": "c2"}
        output = {"type": "function_call_output", "call_id": "c1", "output": "seen"}
        answer = json.dumps({"object": "response", "output": [call, other]}).encode()
        first, second = talk(
            turn([ASKED], Response(200, (), answer), key="input", instructions="You help."),
            turn([ASKED, {"type": "reasoning"}, call, other, output], key="input"),
        )
        assert (first.prompt, new_in(first)) == ("You help.", ["user: What is in it?"])
        assert new_in(second) == ["tool: seen"]

    def test_an_input_may_be_one_text(self) -> None:
        request = turn([], key="x", input="Hello").request
        assert utterances(request) == (Utterance("user", "Hello"),)


def test_pictures_are_counted() -> None:
    parts = [
        {"type": "text", "text": "this"},
        {"type": "image_url", "image_url": {"url": "data:"}},
        {"type": "input_image", "image_url": "data:"},
    ]
    output = {"type": "function_call_output", "call_id": "c1", "output": parts}
    for message in ({"role": "user", "content": parts}, output):
        (said,) = utterances(turn([message]).request)
        assert (said.text, said.pictures) == ("this", 2)


keys = st.sampled_from(["role", "content", "type", "tool_calls", "function", "name", "output"])
words = st.sampled_from(["user", "assistant", "system", "tool", "function_call", "hi", "hi there"])
values = st.recursive(
    st.none() | st.integers(0, 3) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
)
messages = st.lists(st.dictionaries(keys, values, max_size=4) | values, max_size=4)


@given(st.lists(st.tuples(messages, values), max_size=4))
def test_no_conversation_is_a_surprise(turns: list[tuple[Any, Any]]) -> None:
    exchanges = [turn(said, Response(200, (), json.dumps(it).encode())) for said, it in turns]
    found = talk(*exchanges)
    assert [it.numbered.exchange for it in found] == exchanges
    for exchange in exchanges:
        prompt_text(exchange.request)


plain = st.lists(st.sampled_from(["a", "b", "c", "a b"]), min_size=1, max_size=5)


@given(st.lists(plain, min_size=1, max_size=4))
def test_every_change_is_seen(histories: list[list[str]]) -> None:
    """A turn without anything new and without a note would hide what was sent."""
    turns = [turn([user(it) for it in history]) for history in histories]
    assert all(it.new or it.notes for it in talk(*turns))
