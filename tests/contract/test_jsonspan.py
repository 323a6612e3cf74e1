"""Where the parts of a JSON text stand."""

import json
import string
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract import jsontext
from contract.jsonspan import (
    Edit,
    Part,
    document,
    elements,
    leaves,
    members,
    offsets,
    pieces,
    skip,
)

DEEP = 100_000

spaces = st.text(" \t\r\n", max_size=3)
numbers = st.from_regex(r"\A-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?\Z")
escapes = st.sampled_from(
    [r"\"", r"\\", r"\/", r"\b", r"\n", r"\u00e9", r"\uD83D\uDE00", r"\ud800", r"\uDC00", r"\u0000"]
)
plain = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters='"\\', min_codepoint=32),
    min_size=1,
    max_size=4,
)
literals = st.lists(plain | escapes, max_size=4).map(lambda parts: f'"{"".join(parts)}"')
keys = st.sampled_from(['"a"', '"a"', r'"\u0061"', '""']) | literals


def padded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(spaces, texts, spaces).map("".join)


def lists(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(padded(inner), max_size=4).map(lambda parts: f"[{','.join(parts) or ' '}]")


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(padded(keys), padded(inner)).map(":".join)
    return st.lists(pairs, max_size=4).map(lambda parts: f"{{{','.join(parts) or ' '}}}")


values = st.recursive(
    st.sampled_from(["null", "true", "false"]) | numbers | literals,
    lambda inner: lists(inner) | objects(inner),
    max_leaves=12,
)


def walked(text: str) -> list[tuple[tuple[str, ...], Any]]:
    """Return what `leaves` should find, by decoding; repeated keys included."""

    def walk(value: Any) -> Any:
        if isinstance(value, Pairs):
            for key, item in value.pairs:
                yield from (((key, *steps), leaf) for steps, leaf in walk(item))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from (((str(index), *steps), leaf) for steps, leaf in walk(item))
        else:
            yield (), value

    return list(walk(json.loads(text, object_pairs_hook=Pairs)))


class Pairs:
    """An object that remembers repeated keys."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def is_the_text_of(part: Part, text: str) -> bool:
    written = text[part.start : part.end]
    return written == written.strip() and jsontext.decode(written) == part.value


@given(padded(lists(values)))
def test_elements_stand_where_they_were_written(text: str) -> None:
    parts = list(elements(text))
    assert [part.value for part in parts] == jsontext.decode(text)
    assert [part.key for part in parts] == [str(index) for index in range(len(parts))]
    assert all(is_the_text_of(part, text) and part.key_start == part.start for part in parts)


@given(padded(objects(values)))
@example('{"a":1,"a":2}')
def test_members_stand_where_they_were_written_repeated_keys_included(text: str) -> None:
    parts = list(members(text))
    pairs = json.loads(text, object_pairs_hook=Pairs).pairs
    assert [part.key for part in parts] == [key for key, _ in pairs]
    for part in parts:
        assert is_the_text_of(part, text)
        key, colon, rest = text[part.key_start : part.start].rpartition(":")
        assert jsontext.decode(key) == part.key
        assert (colon, rest.strip()) == (":", "")


@given(padded(values))
def test_leaves_are_all_that_is_no_object_and_no_list(text: str) -> None:
    found = list(leaves(text))
    assert [(steps, leaf.value) for steps, leaf in found] == walked(text)
    assert all(is_the_text_of(leaf, text) for _, leaf in found)


@given(padded(objects(values)), st.data())
def test_a_part_is_found_behind_whatever_stands_before_it(text: str, data: st.DataObject) -> None:
    before = data.draw(st.text(max_size=5))
    moved = [(part.start - len(before), part.value) for part in members(before + text, len(before))]
    assert moved == [(part.start, part.value) for part in members(text)]


def test_leaves_are_found_at_any_depth() -> None:
    ((steps, leaf),) = leaves("[" * DEEP + "1" + "]" * DEEP)
    assert (len(steps), leaf.value, leaf.start) == (DEEP, 1, DEEP)


@pytest.mark.parametrize("opening", ["[", '{"a":', "[{}, ["])
def test_text_that_is_nested_without_end_is_a_value_error(opening: str) -> None:
    for walk in (members, elements, leaves):
        with pytest.raises(ValueError, match=r".+"):
            list(walk(opening * DEEP))


MALFORMED = [
    "",
    " ",
    "[",
    "{",
    "[1",
    "[1,",
    "[1,]",
    "[,]",
    "[1 2]",
    "[1}",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1]',
    "{1:2}",
    "{a:1}",
    "{[]:1}",
    '["\n"]',
    '["\\x"]',
    '["',
    "[01]",
    "[1.]",
    "[NaN]",
    "[-]",
    "[tru]",
    "\ufeff[]",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    for walk in (members, elements, leaves):
        with pytest.raises(ValueError, match=r".+"):
            list(walk(text))


@pytest.mark.parametrize("text", ["1 2", "[] []", '{"a":1}}', "[1]x", "01"])
def test_leaves_refuse_what_follows_the_value(text: str) -> None:
    with pytest.raises(ValueError, match="unexpected text"):
        list(leaves(text))


def test_leaves_before_a_fault_are_yielded() -> None:
    walk = leaves('{"a": [1, 2], "b": ')
    found = [next(walk)[0], next(walk)[0]]
    assert found == [("a", "0"), ("a", "1")]
    with pytest.raises(ValueError, match=r".+"):
        next(walk)


@given(values, st.data())
def test_a_json_text_that_was_changed_raises_nothing_but_a_value_error(
    text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, len(text)))
    put = data.draw(st.text(string.punctuation + "0e ", max_size=2))
    changed = text[:at] + put + text[until:]
    for walk in (members, elements, leaves):
        try:
            list(walk(changed))
        except ValueError:
            continue


@given(values)
def test_leaves_and_the_decoder_take_the_same_texts(text: str) -> None:
    for end in range(len(text)):
        try:
            jsontext.decode(text[:end])
        except ValueError:
            with pytest.raises(ValueError, match=r".+"):
                list(leaves(text[:end]))
        else:
            list(leaves(text[:end]))


@given(st.text())
def test_a_text_without_edits_changes_nothing(text: str) -> None:
    assert b"".join(pieces(text, [])) == text.encode()


@given(st.lists(st.tuples(st.text(), st.text(), st.binary())), st.text(), st.randoms())
def test_pieces_put_every_edit_in_its_place(
    parts: list[tuple[str, str, bytes]], end: str, random: Any
) -> None:
    text, edits, expected = "", [], b""
    for kept, old, new in parts:
        start = len(text) + len(kept)
        text += kept + old
        expected += kept.encode() + new
        edits.append(Edit(start, len(text), new))
    kept_in_place = len({(edit.start, edit.end) for edit in edits}) == len(edits)
    if kept_in_place:
        random.shuffle(edits)
    assert b"".join(pieces(text + end, edits)) == expected + end.encode()


@given(literals)
def test_each_character_of_a_text_is_found_in_its_literal(literal: str) -> None:
    text, places = jsontext.decode(literal), offsets(literal)
    assert len(places) == len(text) + 1
    for character, start, end in zip(text, places, places[1:], strict=False):
        assert jsontext.decode(f'"{literal[start:end]}"') == character


@pytest.mark.parametrize(
    ("text", "at"), [("", 0), ("x", 0), (" \t\r\nx", 4), ("\u00a0", 0), (" ", 1)]
)
def test_only_the_white_space_of_json_is_skipped(text: str, at: int) -> None:
    assert skip(text, 0) == at


@given(padded(objects(values)))
def test_a_document_is_an_object_and_white_space(text: str) -> None:
    assert document(text) == members(text)
    for changed in (text + "x", text + text, text.rstrip()[:-1], "x" + text, f"[{text}]"):
        with pytest.raises(ValueError, match=r".+"):
            document(changed)


@given(padded(objects(values | st.just('[1,{"a":[]}]'))))
@example('{"a":[ 1 , 2 ],"a":[]}')
def test_the_elements_of_a_member_come_with_it(text: str) -> None:
    for part in document(text, inside="a"):
        wanted = part.key == "a" and isinstance(part.value, list)
        assert part.parts == (tuple(elements(text, part.start)) if wanted else ())
    flat = [part._replace(parts=()) for part in document(text, inside="a")]
    assert flat == members(text)


def test_pieces_hold_the_very_bytes_that_were_put() -> None:
    put = b"a picture"
    found = pieces("<é>", [Edit(1, 1, b"("), Edit(1, 1, put), Edit(1, 2, b""), Edit(3, 3, b")")])
    assert found == (b"<", b"(", put, b">", b")")
    assert found[2] is put
    assert pieces("", []) == ()
