import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.convai.sentences import _LONGEST, Sentences


def cut(*pieces: str) -> list[str]:
    sentences = Sentences()
    found = [one for piece in pieces for one in sentences.feed(piece)]
    return [*found, rest] if (rest := sentences.rest()) else found


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two", ["One. ", "Two"]),
        ('(Well.) "What?!" he said. End', ["(Well.) ", '"What?!" ', "he said. ", "End"]),
        ("3.5 metres by a.m", ["3.5 metres by a.m"]),
        ("a list\n\nof things", ["a list\n\n", "of things"]),
    ],
)
def test_a_text_is_cut_behind_its_sentences(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


@given(st.lists(st.text(alphabet="ab .!?\n\"'", max_size=40)))
def test_no_character_is_lost_and_none_waits_too_long(pieces: list[str]) -> None:
    found = cut(*pieces)
    assert "".join(found) == "".join(pieces)
    assert all(0 < len(one) <= _LONGEST for one in found)


@given(st.integers(1, 2000), st.booleans())
def test_a_sentence_without_an_end_is_spoken_in_parts(length: int, spaced: bool) -> None:
    text = ("word " if spaced else "words") * length
    found = cut(text)
    assert "".join(found) == text
    assert all(len(one) <= _LONGEST for one in found)
    if spaced:
        assert all(one.endswith(" ") for one in found)
