"""News is what chance does not explain; few turns, and the turns of one call, prove little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.drift.tally import Judgement, Rows, Tally, fisher, judge, moves, tally

Bits = tuple[tuple[int, ...], ...]


def of(rows: Bits) -> Tally:
    return Tally(tuple(tuple(map(bool, row)) for row in rows))


def calls(*rows: str) -> Tally:
    """Return a tally from words: `1` it is so, `0` it is not, `-` it cannot be."""
    known = {"1": True, "0": False, "-": None}
    return Tally(tuple(tuple(known[it] for it in row) for row in rows))


NEVER, ALWAYS = calls("000000", "000000"), calls("111111", "111111")

JUDGED = {
    "always and never": (ALWAYS, NEVER, Judgement.WEAK),
    "always and never in many calls": (
        calls(*["11"] * 8),
        calls(*["00"] * 8),
        Judgement.NEWS,
    ),
    "one turn each": (calls("1"), calls("0"), Judgement.WEAK),
    "the same": (ALWAYS, ALWAYS, Judgement.SAME),
    "nothing to see on one side": (ALWAYS, calls("------"), Judgement.SAME),
    "3 of 40 and 5 of 40": (
        calls(*["0001000000"] * 3, "0000000000"),
        calls(*["0001000000"] * 3, "0010000100"),
        Judgement.SAME,
    ),
    "none of 40 and 5 of 40": (
        calls(*["0000000000"] * 4),
        calls(*["0001000000"] * 3, "0010000100"),
        Judgement.MAYBE,
    ),
    "none of 40 and 20 of 40": (
        calls(*["0000000000"] * 4),
        calls(*["0101010101"] * 4),
        Judgement.NEWS,
    ),
    "always and 28 of 40": (
        calls(*["1111111111"] * 4),
        calls(*["1101011101"] * 4),
        Judgement.NEWS,
    ),
    # One caller of two shares a picture: 20 turns, but one event.
    "half of two calls": (
        calls("1" * 20, "0" * 20),
        calls("0" * 20, "0" * 20),
        Judgement.MAYBE,
    ),
    "from the third turn on": (calls("001111", "001111"), NEVER, Judgement.MAYBE),
    # One turn that was grouped with the wrong call does not make turns of calls.
    "calls with a stray turn": (
        calls("1" * 20, "0" * 20, "0" * 20, "0" * 19 + "1" + "0" * 5),
        calls(*["0" * 20] * 3),
        Judgement.MAYBE,
    ),
    "a little more often": (
        calls(*["01010101"] * 10),
        calls(*["01110111"] * 10),
        Judgement.SAME,
    ),
    "much more often": (
        calls(*["01000100"] * 10),
        calls(*["01110111"] * 10),
        Judgement.NEWS,
    ),
    "half of many calls": (calls(*["11"] * 20, *["00"] * 20), calls(*["00"] * 40), Judgement.NEWS),
    # The shorter calls end before it can happen.
    "late in longer calls": (calls(*["00"] * 20), calls(*["000111"] * 20), Judgement.SAME),
    "seen once in a corner": (calls("1-------"), calls("0-------"), Judgement.MAYBE),
    "seen often in a corner": (
        calls("----11", "----11"),
        calls("----00", "----00"),
        Judgement.WEAK,
    ),
}


@pytest.mark.parametrize(("a", "b", "expected"), JUDGED.values(), ids=JUDGED)
def test_a_difference_is_news_only_where_chance_does_not_explain_it(
    a: Tally, b: Tally, expected: Judgement
) -> None:
    assert judge(a, b) is expected
    assert judge(b, a) is expected


def test_where_it_must_be_more_than_chance_always_and_never_are_not_enough() -> None:
    assert judge(ALWAYS, NEVER, tested=True) is Judgement.MAYBE
    assert judge(ALWAYS, NEVER, tested=True, by_turn=True) is Judgement.NEWS


ROWS = st.lists(
    st.lists(st.integers(0, 1), min_size=1, max_size=8).map(tuple), min_size=1, max_size=8
).map(tuple)


@given(ROWS, ROWS)
def test_the_judgement_is_the_same_in_both_directions(a: Bits, b: Bits) -> None:
    assert judge(of(a), of(b)) is judge(of(b), of(a))


@given(ROWS)
def test_a_tally_does_not_differ_from_itself(rows: Bits) -> None:
    assert judge(of(rows), of(rows)) is Judgement.SAME


COUNTS = st.integers(1, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(COUNTS, COUNTS)
def test_a_probability_is_one_and_symmetric(a: tuple[int, int], b: tuple[int, int]) -> None:
    found = fisher(*a, *b)
    assert 0 < found <= 1
    assert found == fisher(*b, *a)
    assert found == pytest.approx(fisher(a[1] - a[0], a[1], b[1] - b[0], b[1]))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # Fisher's own: a lady tastes tea, 3 of 4 right (R: fisher.test, two-sided).
        ((3, 4), (1, 4), 0.4857142857),
        ((1, 10), (11, 14), 0.002759456),
        ((0, 40), (5, 40), 0.05474097),
        ((4, 4), (4, 4), 1.0),
    ],
)
def test_a_probability_is_what_textbooks_say(
    a: tuple[int, int], b: tuple[int, int], expected: float
) -> None:
    assert fisher(*a, *b) == pytest.approx(expected, rel=1e-4)


def test_moves_are_counted_between_turns_that_have_a_value() -> None:
    rows: Rows[str] = (("a", None, "a", "b"), ("c",))
    assert moves(rows).count == (1, 2)
    assert tally(rows, "a".__eq__).count == (2, 4)
