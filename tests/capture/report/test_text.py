"""Captured text: each character is shown, none is obeyed, none becomes markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.report.text import UNSEEN, around, shown

COMMANDS = ["\x1b[2J", "\r", "\x00", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\xad"]
TAGS = re.compile(r'</?(?:mark|span)(?: class="(?:unseen|redacted)")?(?: title="[a-z ]+")?>')


def read(markup: str) -> str:
    """Return what a reader of the page reads."""
    return html.unescape(TAGS.sub("", markup))


@pytest.mark.parametrize("command", [*COMMANDS, "\ud800", "\U000e0041"], ids=ascii)
def test_what_nobody_would_see_stands_there_by_its_number(command: str) -> None:
    text = shown(f"a{command}b")
    assert not UNSEEN.search(text)
    assert "\\u" in text
    text.encode()


@given(st.text(), st.lists(st.text(max_size=3), max_size=3))
def test_any_text_is_read_as_it_was_and_is_no_markup(text: str, words: list[str]) -> None:
    made = shown(text, words)
    assert not re.search("[<>\"']", TAGS.sub("", made))
    assert not UNSEEN.search(made)
    if not UNSEEN.search(text):
        assert read(made) == text


@given(st.text(st.characters(categories=("L", "N", "P"))), st.text("<&a1", min_size=1, max_size=4))
def test_a_word_is_marked_wherever_it_stands(text: str, word: str) -> None:
    made = shown(f"{text}{word}{text}", [word])
    assert f"<mark>{html.escape(word)}</mark>" in made


def test_a_longer_word_is_marked_rather_than_one_inside_it() -> None:
    assert shown("a_12", ["a", "a_12"]) == "<mark>a_12</mark>"


def test_a_replaced_secret_is_recognised() -> None:
    assert 'class="redacted"' in shown("Bearer redacted-0123456789abcdef")
    assert 'class="redacted"' not in shown("Bearer redacted-0123")


def test_a_new_line_and_a_tab_stay() -> None:
    assert shown("a\n\tb") == "a\n\tb"


def test_around_a_word_is_a_little() -> None:
    assert around("x" * 100 + "WORD" + "y" * 100, "WORD", before=2, after=1) == "xxWORDy"
