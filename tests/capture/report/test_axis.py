"""A time axis with round numbers on it, and times as people say them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.report.axis import axis, clock, clocks, labels, minutes, ms


@given(st.floats(0, 1e9))
def test_an_axis_is_long_enough_and_has_few_round_numbers(length: float) -> None:
    made = axis(length)
    assert made.length >= length
    assert 2 <= len(made.ticks) <= 7
    assert made.ticks[0] == 0
    assert made.ticks[-1] == pytest.approx(made.length)
    assert re.fullmatch(r"[125]0*(\.0)?", f"{made.ticks[1] * 1000:.1f}")


def test_only_the_last_number_of_an_axis_has_the_unit() -> None:
    assert re.findall(r">([^<>]+)</text>", labels(axis(1_000), ms)) == [
        "0",
        "200",
        "400",
        "600",
        "800",
        "1,000 ms",
    ]


def test_times_are_said_as_people_say_them() -> None:
    assert [ms(it) for it in (0, 4.4, 1_234, 12_345)] == ["0 ms", "4 ms", "1,234 ms", "12.3 s"]
    assert [clock(it) for it in (0, 551, 12_400, 60_000, 3_599_999)] == [
        "0 s",
        "0.551 s",
        "12.4 s",
        "1:00",
        "60:00",
    ]
    assert minutes(5_000) == "0:05"


def test_a_clock_runs_in_seconds_or_in_minutes_but_not_in_both() -> None:
    assert re.findall(r">([^<>]+)</text>", clocks(axis(30_000)))[-1] == "30 s"
    assert re.findall(r">([^<>]+)</text>", clocks(axis(200_000)))[:2] == ["0:00", "0:50"]
