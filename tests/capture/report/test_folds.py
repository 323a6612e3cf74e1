"""What a JSON value is folded into."""

import re

from markupsafe import Markup

from capture.report.folds import counted, fold, gist, key_of, rest, where
from capture.report.marks import Mark
from contract.fieldpath import parse


def test_a_fold_is_open_or_not_and_closes_what_it_opens() -> None:
    for is_open in (True, False):
        made = fold(key_of("a"), "[", gist([1]), Markup("1"), "],", is_open=is_open)
        assert ('<details class="node" open>' in made) is is_open
        assert re.sub("<[^>]+>", "", made) == "&#34;a&#34;: [1] ⟨1 elements⟩1],"


def test_a_value_is_told_by_its_beginning_and_its_number() -> None:
    assert gist({"a": "x" * 200}).startswith("&#34;a&#34;: &#34;xxx")
    assert "…" in gist({"a": "x" * 200})
    assert "⟨1 members⟩" in gist({"a": "x" * 200})
    assert "⟨3 elements⟩" in counted([1, 2, 3])
    assert gist([1, 2], beginning=0).startswith("[1, 2]")


def test_an_element_has_no_key() -> None:
    assert key_of(7) == ""
    assert key_of("<7>") == '<span class="key">&#34;&lt;7&gt;&#34;</span>: '


def test_what_is_not_shown_is_counted() -> None:
    assert "⟨1,234 more of them are left out here⟩" in rest(1_234)
    assert rest(0) == ""


def test_a_mark_is_named_by_its_field_path() -> None:
    path = parse({"from": "$request.body#/a", "match": "<(.*)>"})
    assert "▲ $request.body#/a match &lt;(.*)&gt;" in where([Mark(path, "x", sure=True)])
