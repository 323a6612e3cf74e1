"""Which exchanges a person wants to see."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.sessions import sessions
from capture.show.choosing import (
    Choice,
    Numbered,
    check_session,
    ids_of,
    pattern,
    status_test,
    with_sessions,
)
from contract.errors import UsageError
from contract.exchange import Exchange, Request, Response
from contract.fieldpath import parse

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ANNA, BEN = "conv_9801m4394evfexfsqb05pv6z39x3", "conv_1701m4394evfexfsqb05pv6z39x4"
ANNA_SAYS = "Hello, Anna here, which colours are in it?"
PATH = "/v1/chat/completions"


def an_exchange(
    at: float, *, status: int | None = 200, path: str = PATH, complete: bool = True, **body: Any
) -> Exchange:
    request = Request("POST", f"http://h{path}?x=1", (("X-Note", "a"),), json.dumps(body).encode())
    response = None if status is None else Response(status, (), b"answered", ((1.0, 8),))
    return Exchange(f"{at}", NOW + timedelta(seconds=at), request, response, complete=complete)


def said(*texts: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[at % 2], "content": it} for at, it in enumerate(texts)]


@pytest.fixture
def every() -> tuple[Numbered, ...]:
    exchanges = [
        an_exchange(0, path="/associate_context", conversationId=ANNA, status=201),
        an_exchange(1, messages=said(ANNA_SAYS), session_id=ANNA),
        an_exchange(2, messages=said("Please read out the label"), session_id=BEN, status=503),
        an_exchange(
            3,
            messages=said("Please read out the label"),
            session_id=BEN,
            status=None,
            complete=False,
        ),
        an_exchange(4, messages=said(ANNA_SAYS, "Hi", "What?"), session_id=ANNA, complete=False),
        an_exchange(5, path="/healthz", status=404),
    ]
    return with_sessions(exchanges, sessions(exchanges))


def numbers(choice: Choice, every: Sequence[Numbered]) -> list[int]:
    return [it.number for it in choice.of(every)]


def test_without_a_filter_everything_is_chosen(every: Sequence[Numbered]) -> None:
    assert Choice().of(every) == tuple(every)


def test_exchanges_carry_their_numbers_and_those_of_their_conversations(
    every: Sequence[Numbered],
) -> None:
    assert [(it.number, it.session) for it in every] == [
        (1, None),
        (2, 1),
        (3, 2),
        (4, 2),
        (5, 1),
        (6, None),
    ]


STATUSES = {
    "500": [],
    "503": [3],
    "2xx": [1, 2, 5],
    "2XX": [1, 2, 5],
    "200-299": [1, 2, 5],
    "400-599": [3, 6],
    "none": [4],
    "cut": [4, 5],
    "none, 404": [4, 6],
    "5xx,4xx": [3, 6],
}


@pytest.mark.parametrize(("text", "chosen"), STATUSES.items())
def test_a_status(every: Sequence[Numbered], text: str, chosen: list[int]) -> None:
    assert numbers(Choice(status=status_test(text)), every) == chosen


@pytest.mark.parametrize(
    "text", ["", "abc", "5x", "xxx", "99", "1000", "200-", "-299", "299-200", "200,", "2xx-3xx"]
)
def test_what_is_no_status_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="--status: ") as refused:
        status_test(text)
    assert "\n" not in str(refused.value)


PATHS = {
    "completions": [2, 3, 4, 5],
    "/": [1, 2, 3, 4, 5, 6],
    "Completions": [],
    "x=1": [],
    "/v1/*": [2, 3, 4, 5],
    "*context": [1],
    "v1/*": [],
    "/health?": [6],
    "/[ah]*": [1, 6],
}


@pytest.mark.parametrize(("text", "chosen"), PATHS.items())
def test_a_path_is_part_of_it_or_a_pattern_for_the_whole(
    every: Sequence[Numbered], text: str, chosen: list[int]
) -> None:
    assert numbers(Choice(path=text), every) == chosen


class TestAConversation:
    def test_is_known_by_its_number(self, every: Sequence[Numbered]) -> None:
        assert numbers(Choice("1"), every) == [2, 5]
        assert numbers(Choice("2"), every) == [3, 4]

    def test_is_known_by_an_id_that_is_marked_turn_or_not(self, every: Sequence[Numbered]) -> None:
        assert numbers(Choice(ANNA), every) == [1, 2, 5]

    def test_is_known_by_what_the_configured_field_paths_read(self) -> None:
        exchanges = [an_exchange(at, messages=said("Hi"), who=who) for at, who in enumerate("abc")]
        every = with_sessions(exchanges, sessions(exchanges))
        paths = (parse("$request.body#/who"),)
        assert numbers(Choice("b", paths=paths), every) == [2]
        assert numbers(Choice("b"), every) == []

    def test_that_is_not_there_is_refused_with_those_that_are(
        self, every: Sequence[Numbered]
    ) -> None:
        check_session(Choice("2"), every)
        check_session(Choice(BEN), every)
        check_session(Choice(), every)
        with pytest.raises(UsageError, match=r"number 7 \(there are 1 to 2\), and no exchange"):
            check_session(Choice("7"), every)
        with pytest.raises(UsageError, match=r"no exchange holds the ID conv_x; by number there"):
            check_session(Choice("conv_x"), every)
        with pytest.raises(UsageError, match=r"\(there is only 1\)"):
            check_session(Choice("2"), every[:2])
        with pytest.raises(UsageError, match=r"\(there is none\)"):
            check_session(Choice("1"), every[:1])

    def test_that_another_filter_empties_is_no_error(self, every: Sequence[Numbered]) -> None:
        choice = Choice("1", path="nowhere")
        check_session(choice, every)
        assert choice.of(every) == ()


def test_the_configured_id_comes_first(every: Sequence[Numbered]) -> None:
    request = replace(every[1].exchange.request, headers=(("x-call-id", "CA12"), ("x-who", "me7")))
    assert ids_of(request, (parse("$request.header.x-who"),)) == ("me7", "CA12", ANNA)
    assert ids_of(request, ()) == ("CA12", ANNA)


@pytest.mark.parametrize("regex", ["[", "(", "*", "a{99999999999}", "(?P<a>x)(?P<a>y)"])
def test_what_is_no_regular_expression_is_refused_in_one_line(regex: str) -> None:
    with pytest.raises(UsageError, match=r"--grep: .* is no regular expression") as refused:
        pattern(regex)
    assert "\n" not in str(refused.value)


def test_a_regular_expression_that_may_change_its_meaning_is_no_warning() -> None:
    assert pattern("[[a]").search("a")


def test_the_last_are_the_last_of_those_that_are_left(every: Sequence[Numbered]) -> None:
    assert numbers(Choice(last=2), every) == [5, 6]
    assert numbers(Choice(path="completions", last=2), every) == [4, 5]
    assert numbers(Choice(last=99), every) == [1, 2, 3, 4, 5, 6]


choices = st.builds(
    Choice,
    st.sampled_from([None, "1", "2", ANNA, BEN]),
    st.sampled_from([None, "completions", "/*", "/healthz"]),
    st.sampled_from([None, "2xx", "none", "cut,503"]).map(lambda it: it and status_test(it)),
    st.sampled_from([None, "Anna", "answered", "X-Note"]).map(lambda it: it and re.compile(it)),
)


@given(choices)
def test_filters_combine(choice: Choice) -> None:
    exchanges = [
        an_exchange(1, messages=said(ANNA_SAYS), session_id=ANNA),
        an_exchange(2, messages=said("Please read out the label"), session_id=BEN, status=503),
        an_exchange(
            3,
            messages=said("Please read out the label"),
            session_id=BEN,
            status=None,
            complete=False,
        ),
        an_exchange(5, path="/healthz", status=404),
    ]
    every = with_sessions(exchanges, sessions(exchanges))
    alone = [
        Choice(choice.session),
        Choice(path=choice.path),
        Choice(status=choice.status),
        Choice(hits=choice.hits),
    ]
    each = [set(numbers(one, every)) for one in alone]
    assert set(numbers(choice, every)) == set.intersection(*each)
