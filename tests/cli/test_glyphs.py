"""What stands for a character that a terminal's encoding has not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.glyphs import ERRORS


def test_our_signs_stay_as_wide_as_they_are() -> None:
    signs = "▲△●○→…─⟨⟩"
    written = signs.encode("ascii", ERRORS)
    assert len(written) == len(signs)
    assert b"\\" not in written


def test_what_was_captured_is_not_lost() -> None:
    assert "größer 語 🙂".encode("ascii", ERRORS) == rb"gr\xf6\xdfer \u8a9e \U0001f642"
    assert "größer ▲".encode("latin-1", ERRORS) == "größer ^".encode("latin-1")


@given(st.text(st.characters()))
def test_every_text_can_be_written(text: str) -> None:
    for encoding in ("ascii", "latin-1", "utf-8"):
        text.encode(encoding, ERRORS)


def test_it_is_not_for_reading() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", ERRORS)
