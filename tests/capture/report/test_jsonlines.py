"""A JSON value as text, no further than it is looked at."""

import json

from hypothesis import given
from hypothesis import strategies as st

from capture.report.jsonlines import LINE, compact, fits, lines
from contract import jsontext

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(VALUES)
def test_a_value_that_has_room_is_its_own_text(value: object) -> None:
    assert json.loads(compact(value, 10_000)) == value


@given(VALUES, st.integers(0, 40))
def test_of_a_longer_one_it_is_the_beginning(value: object, room: int) -> None:
    whole, beginning = compact(value, 10_000), compact(value, room)
    assert beginning[: room + 1] == whole[: room + 1]


def test_a_large_value_costs_no_more_than_a_small_one() -> None:
    assert len(compact(["x" * 1_000_000] * 3, 50)) < 60
    assert len(compact(list(range(100_000)), 50)) < 60


def test_numbers_are_as_they_were_written() -> None:
    assert compact(jsontext.decode(b'[1.10, 1e999, -0, "1.0"]'), 99) == '[1.10, 1e999, -0, "1.0"]'


def test_what_is_short_stands_on_one_line() -> None:
    assert fits(["x" * (LINE - 4)])
    assert not fits(["x" * (LINE - 3)])
    assert lines({"a": 1}, 9) == 1


def test_lines_are_counted_no_further_than_needed() -> None:
    assert lines([["x" * LINE] * 3], 99) == 7
    assert lines([list(range(100))] * 1_000, 20) in range(20, 30)
