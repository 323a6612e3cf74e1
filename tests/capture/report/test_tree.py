"""A JSON value as HTML: it unfolds, marks what is looked for, and says what it leaves out."""

import base64
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.report import tree as module
from capture.report.marks import Mark
from capture.report.pictures import Pictures
from capture.report.tree import LONG, MOST, WHOLE, Tree
from contract import jsontext
from contract.fieldpath import parse

CAT = (Path(__file__).parents[3] / "rehearsal" / "photos" / "cat.webp").read_bytes()
ID = "conv_9801m4394evfexfsqb05pv6z39x3"


def block(value: Any, *marks: Mark) -> str:
    return Tree(Pictures()).block(value, (), marks)


def read(markup: str) -> str:
    """Return what a reader reads when all is unfolded."""
    unfolded = re.sub(r'<span class="gist">.*?</span></summary>', "", markup)
    return html.unescape(re.sub("<[^>]+>", "", unfolded))


KEYS = st.text("abc<&", max_size=9)
TEXTS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_read_is_the_value(value: Any) -> None:
    assert json.loads(read(block(value))) == value


def test_numbers_are_as_they_were_written() -> None:
    shown = read(block(jsontext.decode(b"[1.10, 12345678901234567.5, 1e999]")))
    assert shown == "[1.10, 12345678901234567.5, 1e999]"


def test_a_marked_value_is_never_folded_away_and_has_its_path_below() -> None:
    path = parse("$request.body#/a/b/c")
    inner = {"c": ID, **{f"k{at}": "x" * 60 for at in range(40)}}
    made = block({"a": {"b": inner}, "z": inner}, Mark(path, ID, sure=True))
    above = made[: made.index("<mark>")]
    assert above.count('<details class="node" open>') == 3
    assert made.count("<mark>") == 1
    assert '<div class="where">▲ $request.body#/a/b/c</div>' in made


def test_what_is_large_is_folded_with_its_beginning_and_its_number() -> None:
    made = block({"tools": [{"name": "x" * 60, "more": at} for at in range(30)]})
    assert re.search(r'<details class="node"><summary>.*tools.*⟨30 elements⟩', made)


def test_a_long_text_is_folded_and_there_in_full() -> None:
    text = "word " * 100
    made = block({"a": text})
    assert '<details class="long">' in made
    assert "⟨text, 500 characters⟩" in made
    assert text in made
    assert '<details class="long">' not in block({"a": "x" * LONG})


def test_what_is_left_out_of_a_text_is_said() -> None:
    made = block({"a": "x " * (WHOLE // 2 + 617)})
    assert "⟨1,234 more characters are left out here⟩" in made
    assert len(made) < WHOLE + 1_000


def test_of_many_elements_the_rest_is_counted_but_none_that_is_marked() -> None:
    made = block({"a": [f"n{at}" for at in range(MOST + 99)]})
    assert f"n{MOST - 1}&#34;" in made
    assert f"n{MOST}&#34;" not in made
    assert "⟨99 more of them are left out here⟩" in made
    mark = Mark(parse(f"$request.body#/a/{MOST + 9}"), f"n{MOST + 9}", sure=True)
    made = block({"a": [f"n{at}" for at in range(MOST + 99)]}, mark)
    assert f"<mark>n{MOST + 9}</mark>" in made
    assert "⟨98 more of them are left out here⟩" in made


def test_of_a_long_key_the_rest_is_counted() -> None:
    assert "⟨722 more characters are left out here⟩" in block({"k" * 1_000: 1})


def test_on_a_huge_page_objects_and_lists_only_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HUGE", 200)
    tree, value = Tree(Pictures()), {"a": ["x" * 80, "y" * 80]}
    assert "yyy" in tree.block(value, (), ())
    assert "yyy" not in tree.block(value, (), ())
    assert "⟨1 members⟩" in tree.block(value, (), ())


def test_on_a_large_page_less_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM", 1_000)
    tree = Tree(Pictures())
    assert "left out" not in tree.whole("x" * 1_000)
    assert "⟨600 more characters are left out here⟩" in tree.whole("x" * 1_000)


def test_a_mark_deep_in_a_long_text_is_shown_while_it_is_folded() -> None:
    path = parse({"from": "$request.body#/a", "match": "(conv_[a-z0-9]+)"})
    made = block({"a": "x " * 400 + ID + " y" * 400}, Mark(path, ID, sure=True))
    summary = made[made.index('<details class="long">') : made.index('<div class="whole">')]
    assert f"<mark>{ID}</mark>" in summary
    assert "match (conv_[a-z0-9]+)" in made


def test_a_data_uri_is_a_picture_below_its_beginning() -> None:
    uri = f"data:image/webp;base64,{base64.b64encode(CAT).decode()}"
    made = block({"url": f"see {uri} there"})
    assert "see data:image/webp;base64,</span>" in made
    assert "picture 1: 451 x 300 WEBP" in made
    assert " there</span>" in made
    assert len(made) < 2_000


def test_of_many_pictures_in_one_text_the_first_are_shown() -> None:
    made = block({"a": "data:image/png;base64,AAAAAAAAAAAAAAAAAAAA " * 100})
    assert made.count('class="picture none"') == 20
    assert "characters⟩" in made


def test_base64_is_a_picture_or_a_note() -> None:
    assert "picture 1" in block({"data": base64.b64encode(CAT).decode()})
    assert "⟨base64, 1 KB⟩" in block({"data": "AAAA" * 400})


def test_what_is_no_base64_after_all_is_a_note() -> None:
    assert "that are no base64" in block({"url": "data:image/png;base64," + "A" * 81})


def test_a_key_is_marked_by_no_word_and_is_no_markup() -> None:
    made = block({"<b>": "<i>", "\u202e": "\x00"})
    assert "<b>" not in made
    assert "<i>" not in made
    assert "\u202e" not in made
