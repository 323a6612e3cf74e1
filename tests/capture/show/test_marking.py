"""Captured text with what is looked for marked in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.show.marking import HIT, MARK, around, found_line, has_hit, hit_spans, id_spans, marked
from contract.readable import readable

texts = st.text(st.characters() | st.sampled_from("ab\x1b\n\u202e"), max_size=20)


@given(texts, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.just(HIT))))
def test_a_marked_text_is_the_readable_text(text: str, spans: list[tuple[int, int, str]]) -> None:
    assert marked(text, spans).plain == readable(text)


@given(texts, texts, texts)
def test_what_is_marked_is_what_was_meant(before: str, word: str, after: str) -> None:
    start, end = len(before), len(before) + len(word)
    text = marked(before + word + after, [(start, end, HIT)])
    found = [text.plain[span.start : span.end] for span in text.spans]
    assert found == ([readable(word)] if word else [])


def test_ids_and_hits_may_overlap() -> None:
    spans = [*id_spans("the a7b8 id", ["a7b8", "zz"]), *hit_spans("the a7b8 id", re.compile("b8 "))]
    assert spans == [(4, 8, MARK), (6, 9, HIT)]
    assert len(marked("the a7b8 id", spans).spans) == 2


@pytest.mark.parametrize(
    ("text", "regex", "is_there"),
    [("abc", "b", True), ("abc", "x*", False), ("abc", "d", False), ("", "", False)],
)
def test_a_match_of_nothing_is_no_hit(text: str, regex: str, is_there: bool) -> None:
    assert has_hit(text, re.compile(regex)) is is_there
    assert (found_line([text], re.compile(regex)) is not None) is is_there


def test_nobody_looks_for_anything() -> None:
    assert not has_hit("abc", None)


def test_what_was_found_is_said_briefly_and_commands_nothing() -> None:
    line = found_line(["a\x1bb\nc"], re.compile("(?s)a.*"))
    assert line is not None
    assert line.plain == r"△ a\u001bb c"
    long = found_line(["x" * 99], re.compile("x+"))
    assert long is not None
    assert long.plain == f"△ {'x' * 40}…"


def test_around_a_word_a_little_is_kept() -> None:
    assert around("0123456789", 5, 6, before=2, after=1) == ("3456", 3)
    assert around("0123456789", 1, 9, before=5, after=5) == ("0123456789", 0)
