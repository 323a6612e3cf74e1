"""What is done about a failure: again, when, without what; or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import UpstreamFailed
from injector.upstream.failure import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Again,
    Failure,
    next_step,
)

ERROR = UpstreamFailed("x")
PASSING = Failure("status", "upstream answered 503", ERROR, status=503)
FINAL = Failure("status", "upstream answered 401", ERROR, status=401, may_pass=False)
PICTURE = Failure(
    "status", "upstream answered 400", ERROR, status=400, may_pass=False, about_picture=True
)


def step(*failures: Failure, left: float = 3.0, has_pictures: bool = False) -> Again | None:
    return next_step(failures, left=left, has_pictures=has_pictures, jitter=0.0)


def test_waits_double_up_to_the_longest() -> None:
    waits = []
    for count in range(1, 12):
        again = step(*[PASSING] * count, left=100.0)
        assert again is not None
        waits.append(again.wait)
    assert waits[:4] == [FIRST_WAIT, 0.1, 0.2, 0.4]
    assert waits[-1] == LONGEST_WAIT == max(waits)
    assert waits == sorted(waits)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_jitter_only_adds_and_never_more_than_a_quarter(count: int, jitter: float) -> None:
    again = next_step([PASSING] * count, left=1e9, has_pictures=False, jitter=jitter)
    plain = step(*[PASSING] * count, left=1e9)
    assert again is not None
    assert plain is not None
    assert plain.wait <= again.wait <= plain.wait * 1.25


def test_what_no_repeat_mends_is_given_up() -> None:
    assert step(FINAL) is None
    assert step(PASSING, FINAL) is None


def test_a_wait_that_the_models_side_asks_for_is_kept() -> None:
    asked = Failure("status", "upstream answered 429", ERROR, status=429, wait=1.5)
    assert step(asked) == Again(1.5, without_pictures=False)


@pytest.mark.parametrize("left", [1.5, 1.4, 0.0, -1.0])
def test_a_wait_that_is_longer_than_the_budget_is_not_begun(left: float) -> None:
    asked = Failure("status", "upstream answered 429", ERROR, status=429, wait=1.5)
    assert step(asked, left=left) is None


def test_what_may_be_a_pictures_fault_is_asked_without_pictures_at_once() -> None:
    assert step(PICTURE, has_pictures=True) == Again(0.0, without_pictures=True)
    assert step(PICTURE, has_pictures=False) is None
    assert step(PICTURE, has_pictures=True, left=0.0) is None


def test_a_repeat_without_pictures_does_not_make_the_next_wait_longer() -> None:
    again = step(PICTURE, PASSING)
    assert again == Again(FIRST_WAIT, without_pictures=False)


def test_a_failure_is_named_in_few_words() -> None:
    assert PASSING.label == "status 503"
    assert Failure("connect timeout", "x", ERROR).label == "connect timeout"
