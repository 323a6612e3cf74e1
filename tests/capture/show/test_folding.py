"""JSON as texts of bearable length."""

from typing import Any

import pytest

from capture.show.folding import FOLD_ABOVE, byte_size, folded, pieces


def test_a_text_at_the_limit_is_shown_whole() -> None:
    assert folded("- " * (FOLD_ABOVE // 2)) == ("- " * (FOLD_ABOVE // 2), None)
    assert folded("- " * FOLD_ABOVE)[1] is not None


FOLDS = [
    ("data:image/jpeg;charset=x;base64,QUJD", "image/jpeg, 3 bytes"),
    ("data:;base64,QUJD", "data, 3 bytes"),
    ("A" * 201, "base64"),
    ("A" * 199 + "=", None),
    ("data:text/plain,hello", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "note"), FOLDS)
def test_a_note_says_what_is_folded(text: str, note: str | None) -> None:
    found = folded(text)[1]
    assert (found is None) if note is None else note in (found or "")


SIZES = [
    (0, "0 bytes"),
    (1023, "1023 bytes"),
    (1024, "1 KB"),
    (450_000, "439 KB"),
    (3 << 20, "3.0 MB"),
]


@pytest.mark.parametrize(("count", "said"), SIZES)
def test_a_size_is_said_as_a_person_says_it(count: int, said: str) -> None:
    assert byte_size(count) == said


def test_every_value_is_a_piece_with_its_way_and_its_line() -> None:
    value: Any = {"a": [1, None, {"b": 'x "y"'}], "c": {}}
    assert [tuple(it) for it in pieces(value)] == [
        ((), "{", "{"),
        (("a",), "[", '"a": ['),
        (("a", "0"), "1", "1"),
        (("a", "1"), "null", "null"),
        (("a", "2"), "{", "{"),
        (("a", "2", "b"), 'x "y"', '"b": "x \\"y\\""'),
        (("c",), "{", '"c": {'),
    ]


def test_of_base64_only_what_is_shown_is_a_piece() -> None:
    assert [it.text for it in pieces("A" * 300)] == ["A" * 16]
    assert [it.text for it in pieces("data:image/png;base64,QUJD")] == [""]
    assert [it.text for it in pieces("a word " * 99)] == ["a word " * 99]


def test_a_value_may_be_nested_deeper_than_python_goes() -> None:
    value: Any = "x"
    for _ in range(5000):
        value = [value]
    assert sum(1 for _ in pieces(value)) == 5001
