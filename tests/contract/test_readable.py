"""Text that is safe on a terminal."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.readable import in_one_line, readable, readable_line

WITH_A_SHAPE = set(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Of the characters that format others, those that one can see."""


def is_unseen(character: str) -> bool:
    unseen = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return unseen and character not in WITH_A_SHAPE


def test_no_character_that_commands_or_hides_comes_through() -> None:
    """All of Unicode, as this Python knows it."""
    every = (chr(code) for code in range(sys.maxunicode + 1))
    through = [one for one in every if is_unseen(one) and readable(one) == one]
    assert through == ["\t", "\n"]


@pytest.mark.parametrize("text", ["größer", "日本語", "عربي", "é", "🙂", "a\tb\nc", "\\u001b"])
def test_what_can_be_read_stays(text: str) -> None:
    assert readable(text) == text


def test_what_is_not_seen_is_written_as_json_writes_it() -> None:
    assert readable("a\x1b[2J\u202eb\U000e0041") == r"a\u001b[2J\u202eb\U000e0041"


@given(st.text(st.characters() | st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Cs"])))
def test_a_line_stays_a_line(text: str) -> None:
    for one in (readable_line(text), in_one_line(text)):
        assert not any(map(is_unseen, one))
        assert len(one.splitlines()) <= 1


def test_white_space_is_one_blank_in_what_was_said() -> None:
    assert in_one_line(" a\r\n\tb  c\n") == "a b c"
