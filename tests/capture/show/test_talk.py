"""A conversation as a person reads it."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import RenderableType

from capture.answer import Answer, Call
from capture.show.choosing import Numbered
from capture.show.screen import Screen
from capture.show.talk import render_opening, render_turn
from capture.show.transcript import Turn, Utterance
from contract.exchange import Exchange, Request, Response

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
NOW = datetime(2026, 11, 23, 6, 24, 6, 123456, tzinfo=UTC)
ANSWERED = Response(200, (("X-Sightline-Context", "attached;n=1"),), b"", ((20.0, 9),))
ASKED = Utterance("user", "What is in it?")


def shown(it: RenderableType, *, width: int = 80, **more: bool) -> str:
    screen = Screen(file=io.StringIO(), width=width, **more)
    screen.print(it)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def a_turn(
    *new: Utterance, answer: Answer | None = None, response: Response | None = ANSWERED, **more: Any
) -> Turn:
    exchange = Exchange("x", NOW, Request("POST", "http://h/v1/chat/completions"), response, **more)
    return Turn(Numbered(7, exchange, 1), new, answer)


def said_by(turn: Turn) -> list[str]:
    """Return what stands in the table of a turn, each row with who says it."""
    rows = shown(render_turn(turn)).splitlines()[1:]
    return [re.sub(r" {2,}", "  ", row) for row in rows if row]


SPOKE = Answer("A red boat.", (), 48.0, done=True)


def test_a_turn_says_who_said_what_and_how_fast() -> None:
    text = shown(render_turn(a_turn(Utterance("assistant", "Hello!"), ASKED, answer=SPOKE)))
    head, *rows = text.splitlines()
    assert re.fullmatch(r"7        \d\d:\d\d:06\.123  200  first content 48 ms  attached;n=1", head)
    assert rows == [
        "agent    Hello!",
        "person   What is in it?",
        "agent    A red boat.",
        "",
    ]


ENDINGS: dict[str, tuple[Turn, list[str]]] = {
    "cut short": (
        a_turn(answer=replace(SPOKE, done=False), complete=False, reason="Client disconnected."),
        ["agent  A red boat.", "  ⟨cut short: Client disconnected⟩"],
    ),
    "no answer": (
        a_turn(response=None, complete=False, reason="connection refused"),
        ["agent  ⟨no answer: connection refused⟩"],
    ),
    "no answer and no reason": (a_turn(response=None), ["agent  ⟨no answer⟩"]),
    "error": (a_turn(answer=Answer(error="overloaded")), ["agent  overloaded"]),
    "error in the middle": (
        a_turn(answer=Answer("A red", error="overloaded")),
        ["agent  A red", "  overloaded"],
    ),
    "no end": (
        a_turn(answer=replace(SPOKE, done=False)),
        ["agent  A red boat.", "  ⟨the answer breaks off⟩"],
    ),
    "nothing": (a_turn(answer=Answer(done=True)), ["agent  ⟨the answer says nothing⟩"]),
    "calls": (
        a_turn(answer=Answer("Bye", (Call("end_call", '{"a": 1}'), Call("x")), 1.0, done=True)),
        ["agent  Bye", '  calls end_call {"a": 1}', "  calls x"],
    ),
}


@pytest.mark.parametrize(("turn", "rows"), ENDINGS.values(), ids=ENDINGS)
def test_every_end_of_an_answer_is_said(turn: Turn, rows: list[str]) -> None:
    assert said_by(turn) == rows


UTTERED = [
    (Utterance("user", "this", pictures=1), ["person  this", "  ⟨1 picture⟩"]),
    (Utterance("user", "", pictures=2), ["person  ⟨2 pictures⟩"]),
    (Utterance("user", " "), ["person  ⟨nothing⟩"]),
    (Utterance("tool", "seen"), ["tool  seen"]),
    (Utterance("assistant", "", (Call("look", "{}"),)), ["agent  calls look {}"]),
    (Utterance("user", "one\ntwo"), ["person  one", "  two"]),
]


@pytest.mark.parametrize(("said", "rows"), UTTERED)
def test_everything_that_is_said_is_shown(said: Utterance, rows: list[str]) -> None:
    assert said_by(a_turn(said, answer=SPOKE))[:-1] == rows


def test_notes_and_a_new_prompt_come_first() -> None:
    turn = replace(a_turn(ASKED, answer=SPOKE), notes=("sent again",), prompt="be kind " * 40)
    rows = said_by(turn)
    assert rows[0] == "  sent again"
    assert rows[1].startswith("prompt  be kind be kind")
    assert "⟨text, 320 characters⟩" in " ".join(rows)


@pytest.mark.parametrize("width", [40, 80, 160])
def test_words_are_wrapped_below_themselves(width: int) -> None:
    text = shown(render_turn(a_turn(Utterance("user", "to be or not " * 30))), width=width)
    rows = text.splitlines()[1:-2]
    assert all(len(row) <= width for row in rows)
    assert all(row.startswith(" " * 9) for row in rows[1:])
    assert [row for row in text.splitlines() if row != row.rstrip()] == []


class TestTheOpening:
    def test_says_the_id_the_day_and_how_many_turns(self) -> None:
        turns = [a_turn().numbered, Numbered(9, replace(a_turn().numbered.exchange), 1)]
        later = replace(turns[1].exchange, started=NOW + timedelta(seconds=2.5))
        text = shown(render_opening(3, [turns[0], replace(turns[1], exchange=later)], [ID]))
        title, about, *_ = text.splitlines()
        assert title.startswith(f"call 3  {ID} ───")
        assert re.fullmatch(r"2026-11-2\d \d\d:\d\d:06  2 turns in 2\.5 s", about)

    def test_says_so_where_more_than_one_id_is_in_it(self) -> None:
        text = shown(render_opening(3, [a_turn().numbered], [ID, "CA12"]))
        assert "other IDs in it: CA12" in text
        assert "1 turn\n" in text

    @pytest.mark.parametrize(
        ("certainty", "why", "line"),
        [("sure", "each extends", "sure: each extends"), ("unsure", "", "unsure"), ("", "", None)],
    )
    def test_says_how_sure_the_grouping_is(
        self, certainty: str, why: str, line: str | None
    ) -> None:
        text = shown(render_opening(3, [a_turn().numbered], [ID], certainty, why))
        assert text.splitlines()[2:] == [*([line] if line else []), ""]


def test_what_a_person_looks_for_is_marked() -> None:
    turn = replace(a_turn(ASKED, answer=SPOKE), prompt="a boat")
    text = shown(render_turn(turn, re.compile("boat|What")), force_terminal=True, no_color=True)
    assert text.count("\x1b[1;7mboat\x1b[0m") + text.count("\x1b[1;2;7mboat\x1b[0m") == 2
    assert "\x1b[1;7mWhat\x1b[0m is in it?" in text


texts = st.text(st.characters() | st.sampled_from("\x1b\x9b\x07\r\t\u202e\u200b"), max_size=20)
calls = st.lists(st.builds(Call, texts, texts), max_size=2).map(tuple)
answers = st.builds(Answer, texts, calls, st.none() | st.floats(0, 1e9), st.booleans(), texts)
said = st.lists(st.builds(Utterance, texts, texts, calls, st.integers(0, 2)), max_size=3)
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)


@given(said, st.none() | answers, st.lists(texts, max_size=2), texts, texts)
def test_no_conversation_commands_the_terminal(
    new: Sequence[Utterance], answer: Answer | None, notes: list[str], prompt: str, bad: str
) -> None:
    response = Response(200, (("x-sightline-context", bad),))
    turn = a_turn(*new, answer=answer, response=response, complete=False, reason=bad)
    turn = replace(turn, notes=tuple(notes), prompt=prompt)
    opening = render_opening(1, [turn.numbered], [bad, prompt], bad, bad)
    for hits in (None, re.compile(r"(?s).+")):
        assert not UNSEEN.search(shown(render_turn(turn, hits)))
    assert not UNSEEN.search(shown(opening))
