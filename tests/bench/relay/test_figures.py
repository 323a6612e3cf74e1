"""Figures say of samples what their names say."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.relay.figures import at, percentile, quantiles, slope

SAMPLES = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)


@given(SAMPLES)
def test_the_50th_percentile_is_the_median(samples: list[float]) -> None:
    assert percentile(samples, 50) == pytest.approx(statistics.median(samples))


@given(SAMPLES, st.floats(0, 100))
def test_a_percentile_lies_within_the_samples(samples: list[float], rank: float) -> None:
    assert min(samples) <= percentile(samples, rank) <= max(samples) * (1 + 1e-12)


def test_a_percentile_between_two_samples_is_taken_by_distance() -> None:
    assert percentile([10.0, 20.0], 99) == pytest.approx(19.9)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 50)


def test_kept_percentiles_are_found_again_and_nothing_has_none() -> None:
    assert at(quantiles([1.0, 2.0, 3.0]), 50) == 2.0
    assert quantiles([]) == {"n": 0.0}
    assert at(quantiles([]), 99) is None


@given(st.floats(-5, 5), st.floats(-100, 100))
def test_the_slope_of_a_line_is_found(rise: float, start: float) -> None:
    points = [(float(x), start + rise * x) for x in range(10)]
    assert slope(points) == pytest.approx(rise, abs=1e-9)


def test_fewer_than_two_points_have_no_slope() -> None:
    assert slope([]) == 0.0
    assert slope([(1.0, 5.0)]) == 0.0
