"""What stands at one place, counted as the endpoint would read it."""

import json
from datetime import UTC, datetime

from capture.evidence import CANNOT, Seen, against, behaviour, look, without_twins
from capture.sessions import Session
from contract.exchange import Exchange, Request
from contract.fieldpath import FieldPath

HEADER = FieldPath("header", ("x-conversation-id",))
PROMPT = FieldPath("body", ("messages", "0", "content"), "id: ([a-z0-9]+)")


def a_turn(messages: list[dict[str, str]], header: str = "") -> Exchange:
    headers = (("X-Conversation-Id", header),) if header else ()
    body = json.dumps({"messages": messages}).encode()
    return Exchange(
        "1", datetime(2026, 11, 23, tzinfo=UTC), Request("POST", "http://h/v1", headers, body)
    )


def a_prompt(text: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": text}]


def test_a_turn_that_cannot_carry_the_id_is_no_gap() -> None:
    session = Session(1, (a_turn([]), a_turn(a_prompt("id: a1")), a_turn(a_prompt("id: a1"))))
    seen = look(PROMPT, [session])
    assert seen.values == ((CANNOT, "a1", "a1"),)
    assert seen.covered == {0}
    assert (seen.present, seen.every) == (2, {"a1"})


def test_a_variable_that_was_left_as_it_is_is_no_gap_and_no_value() -> None:
    session = Session(1, (a_turn([], "{{system__conversation_id}}"), a_turn([], "a1")))
    assert look(HEADER, [session]).values == ((CANNOT, "a1"),)


def test_a_turn_that_could_carry_the_id_and_does_not_is_a_gap() -> None:
    seen = look(HEADER, [Session(1, (a_turn([], "a1"), a_turn([])))])
    assert seen.values == (("a1", None),)
    assert seen.covered == frozenset()


def test_counts_are_of_conversations() -> None:
    seen = Seen(HEADER, (("a", "a"), ("b",), ("b", "b"), ("c", "d"), (None,)))
    assert (seen.constant, seen.distinct, seen.present) == (3, 1, 7)
    assert not seen.tells_apart
    assert Seen(HEADER, (("a", "a"), ("b",), (None,))).tells_apart


def test_behaviour_says_what_an_id_would_not_do() -> None:
    assert behaviour(Seen(HEADER, (("a1", "a1"), ("b2",)))) is None
    assert "changes within 1 of 2" in str(behaviour(Seen(HEADER, (("a1", "a2"), ("b2",)))))
    assert "same in different" in str(behaviour(Seen(HEADER, (("a1",), ("a1",)))))
    odd = FieldPath("header", ("x-mood",))
    assert "nothing says that it is" in str(behaviour(Seen(odd, (("glad",), ("sad",)))))


def test_a_name_or_a_form_that_explains_speaks_against() -> None:
    assert against(HEADER, ["conv_9801m4394evfexfsqb05pv6z39x3"]) is None
    assert against(FieldPath("header", ("x-request-id",)), ["a1"])
    assert against(FieldPath("header", ("x-blue",)), ["2026-11-23T09:00:00Z"])


def test_two_ways_to_cut_the_same_word_are_one_place() -> None:
    other = FieldPath(PROMPT.place, PROMPT.keys, "([a-z0-9]+)$")
    values = (("a1",), ("b2",))
    ranked = [Seen(PROMPT, values), Seen(other, values), Seen(HEADER, values)]
    assert [one.path for one in without_twins(ranked)] == [PROMPT, HEADER]
