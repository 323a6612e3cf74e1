"""What is new in a turn, and what became of the history."""

import json
from typing import Any

import pytest

from capture.report.talk import Talk, messages_of, new_in
from contract.exchange import Request

PROMPT = {"role": "system", "content": "It is 9 o'clock."}
LATER = {"role": "system", "content": "It is 10 o'clock."}
HI, HELLO = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}
WHO, WHAT = {"role": "user", "content": "Who?"}, {"role": "user", "content": "What?"}


def asked(*messages: Any, **body: Any) -> Request:
    value = json.dumps({"messages": messages, **body}).encode()
    return Request("POST", "http://voice.example/v1/chat/completions", (), value)


AGAIN = ("the same history as in the turn before: sent again",)
CHANGED = ("the agent's prompt has changed",)
CASES: dict[str, tuple[list[Any], list[Any], list[Any], tuple[str, ...]]] = {
    "it goes on": ([PROMPT, HI], [PROMPT, HI, HELLO, WHO], [HELLO, WHO], ()),
    "sent again": ([PROMPT, HI], [PROMPT, HI], [], AGAIN),
    "revised": ([WHO], [WHAT], [WHAT], ("1 message of the turn before is replaced",)),
    "two revised": ([WHO, HI], [WHAT], [WHAT], ("2 messages of the turn before are replaced",)),
    "shorter": (
        [HI, HELLO, WHO],
        [HI],
        [],
        ("the history ends 2 messages earlier than in the turn before",),
    ),
    "another prompt": ([PROMPT, HI], [LATER, HI, HELLO], [LATER, HELLO], CHANGED),
    "no prompt": ([PROMPT, HI], [HI, HELLO], [HELLO], ("the agent's prompt is missing here",)),
    "another prompt, sent again": ([PROMPT, HI], [LATER, HI], [LATER], CHANGED + AGAIN),
}


@pytest.mark.parametrize(("before", "after", "new", "notes"), CASES.values(), ids=CASES)
def test_only_what_is_new_is_told(
    before: list[Any], after: list[Any], new: list[Any], notes: tuple[str, ...]
) -> None:
    assert new_in(asked(*after), asked(*before)) == Talk(tuple(new), notes)


def test_of_the_first_turn_all_is_told() -> None:
    assert new_in(asked(PROMPT, HI), None) == Talk((PROMPT, HI))
    assert new_in(asked(), None) == Talk((), ("no messages",))


def test_a_responses_body_has_instructions_and_an_input() -> None:
    body = json.dumps({"instructions": "Be short.", "input": "Hi"}).encode()
    prompt = {"role": "system", "content": "Be short."}
    assert messages_of(Request("POST", "/", (), body)) == [prompt, HI]


@pytest.mark.parametrize("body", [b"", b"[1]", b"\xff", b'{"messages": 7}', b'{"messages": null}'])
def test_a_body_without_messages_says_nothing(body: bytes) -> None:
    assert messages_of(Request("POST", "/", (), body)) == []


def test_messages_that_are_no_objects_are_told_too() -> None:
    assert new_in(asked(7, "x", None), asked(7)).messages == ("x", None)
