"""Which requests belong to one conversation."""

import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from capture.sessions import certainty_of, history_of, prompt_of, sessions
from contract.exchange import Exchange, Request, Response
from rehearsal.payload import Agent
from rehearsal.platform import hold

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]

BEGAN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
GREETING = ("assistant", "Hello! How can I help?")
PROMPT = "You help people. It is 10:31."


def said(*texts: str) -> tuple[tuple[str, str], ...]:
    """Return a history that opens with the greeting; the person speaks first, then in turns."""
    return (GREETING, *((("user", "assistant")[at % 2], text) for at, text in enumerate(texts)))


def turn(
    name: str, at: float, history: Sequence[tuple[str, str]], prompt: str | None = PROMPT
) -> Exchange:
    messages = [{"role": role, "content": text} for role, text in history]
    if prompt is not None:
        messages.insert(0, {"role": "system", "content": prompt})
    body = json.dumps({"messages": messages}).encode()
    request = Request("POST", "http://h/v1/chat/completions", (), body)
    return Exchange(name, BEGAN + timedelta(seconds=at), request)


def grouped(*turns: Exchange) -> list[str]:
    return [" ".join(it.id for it in session.turns) for session in sessions(turns)]


ONE = ("What is in it?", "A red boat.", "And behind it?")
ONE_CONVERSATION = {
    "history that extends": [said("What is in it?"), said(*ONE), said(*ONE, "The sea.", "Thanks")],
    "turn that is sent again": [said("What is in it?"), said("What is in it?"), said(*ONE)],
    "last utterance that is revised": [said(*ONE), said(*ONE[:2], "And behind the boat?")],
    "first utterance that is revised": [said("What is"), said("What is in it?")],
    "first utterance that is heard again": [said("What is it here"), said("What is in it here?")],
    "answer that was interrupted": [
        said("What is in it?", "A red boat on the sea.", "And behind it?"),
        said("What is in it?", "A red boat...", "Stop. Is it new?"),
        said("What is in it?", "A red boat...", "Stop. Is it new?", "It is.", "Fine"),
    ],
    "greeting that was interrupted": [[GREETING], [("assistant", "Hello!"), ("user", "Wait")]],
    "history that shrinks": [said(*ONE, "The sea.", "Is it cold?"), said(*ONE)],
    "person who is silent": [said(*ONE), said(*ONE), said(*ONE, "Are you there?", "...")],
    "request before anybody spoke": [[], [GREETING], said("What is in it?")],
    "clock in the prompt": [said("What is in it?"), said(*ONE)],
}


@pytest.mark.parametrize("histories", ONE_CONVERSATION.values(), ids=ONE_CONVERSATION)
def test_one_conversation_stays_one(histories: list[Sequence[tuple[str, str]]]) -> None:
    turns = [
        turn(str(at), 5 * at, history, f"You help people. It is 10:{31 + at}.")
        for at, history in enumerate(histories)
    ]
    assert grouped(*turns) == [" ".join(str(at) for at in range(len(turns)))]


def test_a_request_without_any_message_begins_the_conversation_that_follows() -> None:
    assert grouped(turn("a", 0, [], prompt=None), turn("b", 1, said("Hi"))) == ["a b"]


def test_two_conversations_with_different_first_words_are_two() -> None:
    turns = [
        turn("a1", 0, said("What is in it?")),
        turn("b1", 1, said("Good morning")),
        turn("a2", 5, said(*ONE)),
        turn("b2", 6, said("Good morning", "Hello.", "Is it red?")),
        turn("b3", 9, said("Good morning", "Hello.", "Is it red?", "No.", "Thanks")),
        turn("a3", 9.5, said(*ONE, "The sea.", "Thanks")),
    ]
    assert grouped(*turns) == ["a1 a2 a3", "b1 b2 b3"]


def test_two_conversations_of_one_request_each_are_two() -> None:
    assert grouped(turn("a", 0, said("What is in it?")), turn("b", 1, said("Good day"))) == [
        "a",
        "b",
    ]


def test_the_same_first_words_much_later_are_another_conversation() -> None:
    assert grouped(turn("a", 0, said("Hi")), turn("b", 600, said("Hi"))) == ["a", "b"]
    assert grouped(turn("a", 0, said("Hi")), turn("b", 600, said("Hi", "Hello.", "Well"))) == [
        "a b"
    ]


def test_the_same_first_words_after_a_conversation_went_on_are_another() -> None:
    turns = [turn("a1", 0, said("Hi")), turn("a2", 4, said("Hi", "Hello.", "Well"))]
    assert grouped(*turns, turn("b1", 8, said("Hi"))) == ["a1 a2", "b1"]


def test_a_request_before_anybody_spoke_begins_another_conversation() -> None:
    turns = [turn("a1", 0, said("Hi")), turn("b1", 4, []), turn("b2", 6, said("Good day"))]
    assert grouped(*turns) == ["a1", "b1 b2"]


def test_two_agents_are_two_conversations() -> None:
    turns = [
        turn("a", 0, said("Hi"), "You sell boats."),
        turn("b", 1, said("Hi"), "You mend cars."),
    ]
    assert grouped(*turns) == ["a", "b"]


def test_interleaved_conversations_with_the_same_first_words_part_where_they_differ() -> None:
    turns = [
        turn("a1", 0, said("Hi")),
        turn("a2", 4, said("Hi", "Hello.", "Is it red?")),
        turn("b1", 5, said("Hi")),
        turn("b2", 9, said("Hi", "Good day.", "Where is it?")),
        turn("a3", 10, said("Hi", "Hello.", "Is it red?", "Yes.", "Thanks")),
        turn("b3", 11, said("Hi", "Good day.", "Where is it?", "Here.", "Fine")),
    ]
    assert grouped(*turns) == ["a1 a2 a3", "b1 b2 b3"]


def test_members_in_another_order_are_the_same_history() -> None:
    def sent(name: str, at: float, call: dict[str, Any], *more: dict[str, Any]) -> Exchange:
        opening = {"role": "user", "content": "Note it."}
        messages = [opening, {"role": "assistant", "content": None, "tool_calls": [call]}, *more]
        body = json.dumps({"messages": messages}).encode()
        request = Request("POST", "http://h/v1/chat/completions", (), body)
        return Exchange(name, BEGAN + timedelta(seconds=at), request)

    call = {"id": "call_1", "type": "function", "function": {"name": "note", "arguments": "{}"}}
    again = {key: call[key] for key in reversed(call)}
    result = {"role": "tool", "tool_call_id": "call_1", "content": "ok"}
    first = sent("a", 0, call, result)
    later = sent("b", 9, again, result, {"role": "user", "content": "Thanks."})
    assert grouped(first, later) == ["a b"]


def test_what_is_no_turn_is_left_out() -> None:
    models = Exchange("m", BEGAN, Request("GET", "http://h/v1/models"))
    assert grouped(models, turn("a", 0, said("Hi"))) == ["a"]
    assert sessions([]) == ()


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(chance: random.Random) -> None:
    turns = [
        turn(
            f"{number}{at}",
            100 * at + number,
            said(*(f"{number}-{n} words" for n in range(2 * at + 1))),
        )
        for number in range(3)
        for at in range(3)
    ]
    expected = grouped(*turns)
    chance.shuffle(turns)
    assert grouped(*turns) == expected == ["00 01 02", "10 11 12", "20 21 22"]


BODIES: dict[str, Any] = {
    "no object": [1],
    "no messages": {},
    "messages of an odd type": {"messages": 7},
    "messages that are no objects": {"messages": [1, None, "x"]},
    "content of odd types": {"messages": [{"role": 1, "content": {"a": 1}}, {"content": [7, {}]}]},
    "input of an odd type": {"input": {"a": 1}},
    "instructions of an odd type": {"instructions": 7, "input": []},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_body_is_a_surprise(body: Any) -> None:
    request = Request("POST", "http://h/v1/responses", (), json.dumps(body).encode())
    (session,) = sessions([Exchange("a", BEGAN, request)])
    assert session.number == 1


def test_the_responses_api_has_a_prompt_and_a_history_too() -> None:
    body = {
        "instructions": "You sell 3 boats.",
        "input": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
            {"type": "function_call_output", "output": "done"},
        ],
    }
    request = Request("POST", "http://h/v1/responses", (), json.dumps(body).encode())
    assert prompt_of(request) == "Be brief.\nYou sell 0 boats."
    assert history_of(request) == (("user", "Hi"), ("function_call_output", "done"))


async def test_rehearsed_conversations_group_right(serve: Serve) -> None:
    turns: list[Exchange] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        names = request.headers["X-Conversation-Id"]
        sent = Request(
            "POST", str(request.url), (("X-Conversation-Id", names),), await request.read()
        )
        turns.append(Exchange(str(len(turns)), datetime.now(UTC), sent))
        said_there = len(json.loads(sent.body)["messages"])
        chunk = json.dumps(
            {"choices": [{"delta": {"content": f"Answer {said_there} to {names[-4:]}."}}]}
        )
        return web.Response(
            text=f"data: {chunk}\n\ndata: [DONE]\n\n", content_type="text/event-stream"
        )

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    endpoint = await serve(app) + "/v1"
    calls = [
        await hold(endpoint, Agent(), ("Hello?", "Is it red?", "Thanks.")),
        await hold(endpoint, Agent(), ("Good day!", "Where is it?")),
        await hold(endpoint, Agent(), ("Hello?", "Is it blue?", "Bye.")),
    ]
    found = sessions(turns)
    ids = [{it.request.header("x-conversation-id") for it in session.turns} for session in found]
    assert ids == [{call.id} for call in calls]
    assert [len(it.turns) for it in found] == [
        sum(t.requests for t in call.turns) for call in calls
    ]


WORDS = ("", "roses", "boats", "cats", "skies", "cups")


def a_lively_call(number: int, chance: random.Random) -> list[tuple[float, list[tuple[str, str]]]]:
    """Return what a platform sends in one call, with moments: retries, revisions, silence, cuts."""
    sent: list[tuple[float, list[tuple[str, str]]]] = []
    history, at = [GREETING], number * 1.7
    for turn_number in range(chance.randint(1, 5)):
        words = f"{WORDS[number]} and thing {turn_number * 7 + number} over there".split()
        if chance.random() < 0.3 and turn_number:
            sent.append((at, [*history, ("user", "...")]))
            at += chance.uniform(4, 9)
        if chance.random() < 0.4:
            heard = " ".join(words[: chance.randint(1, len(words) - 1)])
            sent.append((at, [*history, ("user", heard)]))
            at += chance.uniform(0.2, 1)
        history = [*history, ("user", " ".join(words))]
        for _ in range(chance.choice([1, 1, 2])):
            sent.append((at, history))
            at += chance.uniform(1, 4)
        answer = f"To caller {number} the answer is {turn_number}, and more of it."
        spoken_part = answer[: chance.randint(20, len(answer))]
        history = [*history, ("assistant", spoken_part)]
        at += chance.uniform(2, 8)
    return sent


@given(st.integers(1, 5), st.randoms(use_true_random=False))
def test_lively_calls_at_once_are_told_apart(count: int, chance: random.Random) -> None:
    calls = [a_lively_call(number, chance) for number in range(1, count + 1)]
    turns = [
        turn(f"{number}.{at}", moment, history)
        for number, sent in enumerate(calls, start=1)
        for at, (moment, history) in enumerate(sent)
    ]
    found = sessions(turns)
    groups = sorted(sorted(it.id for it in session.turns) for session in found)
    expected = sorted(
        sorted(f"{number}.{at}" for at in range(len(sent))) for number, sent in enumerate(calls, 1)
    )
    assert groups == expected


class TestHowSureItIs:
    def test_a_call_whose_turns_hold_what_was_said_before_is_sure(self) -> None:
        turns = [turn("a", 0, said("What is in it?")), turn("b", 5, said(*ONE))]
        more = turn("c", 9, said(*ONE, "The sea.", "Thanks"))
        answered = [with_answer(it, "A red boat.") for it in turns]
        (session,) = sessions([*answered, more])
        assert (session.certainty, session.why) == (
            "sure",
            "every turn holds what was said and answered before",
        )

    def test_first_words_alone_make_it_likely(self) -> None:
        (session,) = sessions([turn("a", 0, said("What is in it?")), turn("b", 5, said(*ONE))])
        assert session.certainty == "likely"
        assert session.why == "turn 2 repeats the first words and says more"

    def test_the_same_first_words_twice_leave_it_open(self) -> None:
        (session,) = sessions([turn("a", 0, said("Hi")), turn("b", 4, said("Hi"))])
        assert (session.certainty, session.why) == ("unsure", "turn 2 repeats the turn before it")

    def test_a_turn_that_was_sent_again_after_a_failure_is_sure(self) -> None:
        first = turn("a", 0, said("Hi"))
        failed = replace(first, response=Response(500))
        (session,) = sessions([failed, turn("b", 4, said("Hi"))])
        assert session.certainty == "sure"

    def test_calls_that_begin_alike_say_so(self) -> None:
        turns = [
            turn("a1", 0, said("Hi")),
            turn("a2", 4, said("Hi", "Hello.", "Is it red?")),
            turn("b1", 5, said("Hi")),
            turn("b2", 9, said("Hi", "Good day.", "Where is it?")),
        ]
        assert {it.certainty for it in sessions(turns)} == {"unsure"}
        assert certainty_of(sessions(turns)) == (
            "unsure",
            "in conversation 1, begins with the same words as another call; 1 more like it",
        )

    def test_of_nothing_all_is_sure(self) -> None:
        assert certainty_of([]) == ("sure", "")
        assert certainty_of(sessions([turn("a", 0, said("Hi"))]))[0] == "sure"


def with_answer(exchange: Exchange, text: str) -> Exchange:
    body = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
    return replace(exchange, response=Response(200, (), body, ((10.0, len(body)),)))


def test_a_prompt_that_changes_with_every_turn_does_not_part_a_call() -> None:
    turns = [
        turn("a", 0, said("What is in it?"), "Help. Found: boats are red."),
        turn("b", 5, said(*ONE), "Help. Found: the sea is deep."),
        turn("c", 9, said(*ONE, "The sea.", "Thanks"), "Help. Found: you are welcome."),
    ]
    assert grouped(*turns) == ["a b c"]


def test_each_call_gets_the_request_that_came_before_its_first_words() -> None:
    turns = [
        turn("a0", 0, [GREETING]),
        turn("b0", 1, [GREETING]),
        turn("a1", 3, said("What is in it?")),
        turn("b1", 4, said("Good morning")),
    ]
    assert grouped(*turns) == ["a0 a1", "b0 b1"]


def test_calls_with_the_same_answers_part_where_both_go_on() -> None:
    turns = [
        turn("a1", 0, said("Hi")),
        turn("b1", 1, said("Hi")),
        turn("a2", 5, said("Hi", "Hello.", "Is it red?")),
        turn("b2", 6, said("Hi", "Hello.", "Where is it?")),
        turn("a3", 10, said("Hi", "Hello.", "Is it red?", "I see.", "Thanks")),
        turn("b3", 11, said("Hi", "Hello.", "Where is it?", "I see.", "Fine")),
    ]
    assert [len(it.turns) for it in sessions(turns)] == [3, 3]


def test_the_answer_tells_whose_first_turn_it_was() -> None:
    turns = [
        with_answer(turn("a1", 0, said("Hi")), "Hello."),
        with_answer(turn("b1", 1, said("Hi")), "Good day."),
        with_answer(turn("c1", 2, said("Hi")), "Welcome."),
        turn("a2", 5, said("Hi", "Hello.", "Is it red?")),
        turn("b2", 6, said("Hi", "Good day.", "Where is it?")),
    ]
    assert "b1 b2" in grouped(*turns)


def test_like_first_words_are_two_calls_where_both_go_on() -> None:
    turns = [
        turn("a1", 0, said("Hi, Anna here, I have shared a picture")),
        turn("b1", 1, said("Hi, Ben here, I have shared a picture")),
        turn("a2", 5, said("Hi, Anna here, I have shared a picture", "Well.", "Is it red?")),
        turn("b2", 6, said("Hi, Ben here, I have shared a picture", "Well.", "Is it blue?")),
    ]
    assert grouped(*turns) == ["a1 a2", "b1 b2"]


def test_a_first_turn_that_is_sent_again_with_another_lookup_is_the_same_call() -> None:
    turns = [
        turn("a", 0, said("What is in it?"), "Help. Found: boats are red."),
        turn("b", 3, said("What is in it?"), "Help. Found: the sea is deep."),
        turn("c", 9, said(*ONE), "Help. Found: you are welcome."),
        turn("d", 14, said(*ONE, "The sea.", "Thanks"), "Help. Found: nothing."),
    ]
    assert grouped(*turns) == ["a b c d"]
