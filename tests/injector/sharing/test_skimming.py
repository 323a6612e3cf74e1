"""What is skimmed is JSON without its long strings, however it is cut into pieces."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injector.sharing.skimming import LONGEST, Skimmed

TEXTS = st.text() | st.integers(LONGEST - 3, LONGEST + 3).map(lambda count: "x" * count)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def skimmed(data: bytes, cuts: list[int]) -> Skimmed:
    found, start = Skimmed(), 0
    for cut in [*sorted(cuts), len(data)]:
        found.feed(data[start:cut])
        start = max(start, cut)
    return found


def without_long(value: Any, *, ascii_only: bool) -> Any:
    if isinstance(value, str):
        inside = json.dumps(value, ensure_ascii=ascii_only)[1:-1].encode()
        return value if len(inside) <= LONGEST else ""
    if isinstance(value, list):
        return [without_long(one, ascii_only=ascii_only) for one in value]
    if isinstance(value, dict):
        return {key: without_long(one, ascii_only=ascii_only) for key, one in value.items()}
    return value


@given(VALUES, st.booleans(), st.data())
def test_all_but_long_strings_is_what_it_was(
    value: Any, ascii_only: bool, data: st.DataObject
) -> None:
    try:
        text = json.dumps(value, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:
        return  # half of a surrogate pair has no UTF-8
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    found = skimmed(text, cuts)
    assert found.value() == without_long(value, ascii_only=ascii_only)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_an_escape_may_be_cut_anywhere(size: int) -> None:
    text = rb'{"a\"b": "\\", "c": "\\\"", "d": ["\u00e9\\\\", "\"\""]}'
    assert skimmed(text, list(range(0, len(text), size))).value() == json.loads(text)


def test_the_sound_of_a_call_takes_no_memory() -> None:
    found = Skimmed()
    found.feed(b'{"data": {"full_audio": "')
    for _ in range(1000):
        found.feed(b"UklGRg+/" * 1024)
        assert found.size < 2 * LONGEST
    found.feed(b'", "conversation_id": "conv_1"}}')
    assert found.value() == {"data": {"full_audio": "", "conversation_id": "conv_1"}}


@pytest.mark.parametrize("text", [b"", b"{", b'"', b'{"a": "\\', b"[1,]", b"\xff", b'"\xff"'])
def test_what_is_no_json_is_said_to_be_none(text: bytes) -> None:
    found = Skimmed()
    found.feed(text)
    with pytest.raises(ValueError, match=r"."):
        found.value()
