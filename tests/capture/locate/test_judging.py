"""Which places qualify, and in which order: by values, without any request."""

from collections.abc import Sequence

import pytest

from capture.locate.evidence import Seen
from capture.locate.judging import Ranking
from capture.locate.places import Column
from contract.fieldpath import FieldPath, parse

A, B, C = ("7f330e251808a1", "c3c67bd09a5ab2", "7cc120911aebc3")
APART = ((A, A), (B, B), (C, C))


def seen(expression: str, values: Sequence[Column] = APART) -> Seen:
    return Seen(parse(expression), tuple(values))


def chosen(*places: Seen, known: Sequence[str] = ()) -> list[str]:
    return [str(one.path) for one in Ranking(places, known).cover()[0]]


SESSION, BLUE = "$request.header.x-session-id", "$request.header.x-blue"


def test_a_named_place_and_a_lone_one_without_a_name_qualify() -> None:
    assert chosen(seen(SESSION)) == [SESSION]
    assert chosen(seen(BLUE)) == [BLUE]


def test_two_without_a_name_do_not_unless_they_say_the_same() -> None:
    other = ((B, B), (C, C), (A + "x", A + "x"))
    assert chosen(seen(BLUE), seen("$request.header.x-green", other)) == []
    assert chosen(seen(BLUE), seen("$request.header.x-green")) == [BLUE]


FAULTS = {
    "changes within a call": ((A, B), (C, C)),
    "the same in two calls": ((A, A), (A, A), (B, B)),
    "missing in a turn of each": ((A, None), (B, None)),
    "a plain word": (("premium", "premium"), ("trial", "trial")),
    "an address": (("203.0.113.7", "203.0.113.7"), ("203.0.113.8", "203.0.113.8")),
}


@pytest.mark.parametrize("values", FAULTS.values(), ids=FAULTS)
def test_no_name_saves_what_does_not_behave(values: Sequence[Column]) -> None:
    assert chosen(seen(SESSION, values)) == []


def test_what_another_place_calls_a_user_or_a_number_is_none() -> None:
    numbers = (("4930123456", "4930123456"), ("4930654321", "4930654321"))
    plus = tuple(tuple(f"+{it}" for it in turns) for turns in numbers)
    assert chosen(seen(SESSION), seen("$request.body#/user_id")) == []
    assert chosen(seen(SESSION, numbers), seen("$request.body#/caller", plus)) == []
    assert chosen(seen(SESSION, numbers)) == [SESSION]


def test_what_differs_between_two_calls_of_one_person_is_not_that_persons() -> None:
    short = (("k3f9", "k3f9"), ("q7w2", "q7w2"), ("z9x1", "z9x1"))
    user = seen("$request.body#/user_id", (("u1", "u1"), ("u1", "u1"), ("u2", "u2")))
    assert chosen(seen(BLUE, short)) == []
    assert chosen(seen(BLUE, short), user) == [BLUE]


def test_a_call_that_can_carry_no_id_needs_none_but_gets_what_there_is() -> None:
    unfilled = ((A, A), (B, B), ("", ""))
    elsewhere = ((None, None), (None, None), (C, C))
    assert chosen(seen(SESSION, unfilled)) == [SESSION]
    assert Ranking([seen(SESSION, unfilled)], ()).cover()[1] == frozenset()
    body = "$request.body#/session_id"
    assert chosen(seen(SESSION, unfilled), seen(body, elsewhere)) == [SESSION, body]


def test_a_known_id_wins_over_a_name_but_not_as_another_calls() -> None:
    assert chosen(seen(SESSION, ((B, B), (C, C))), seen(BLUE, ((A, A), (B, B))), known=[A]) == [
        BLUE
    ]
    previous, own = "$request.header.x-previous-conversation-id", "$request.body#/ref"
    places = [seen(previous, ((B, B), (A, A))), seen(own, ((A, A), (C, C)))]
    assert chosen(*places, known=[A])[0] == own


def test_the_same_id_is_taken_from_the_header_and_from_a_text_last() -> None:
    text = Seen(
        FieldPath("body", ("messages", "0", "content"), r"\bSession:\s*([A-Za-z0-9]+)"),
        APART,
        "Session",
    )
    places = [text, seen("$request.body#/session_id"), seen(BLUE)]
    ranked = [str(one.path) for one in Ranking(places, ()).places]
    assert ranked == [BLUE, "$request.body#/session_id", str(text.path)]
