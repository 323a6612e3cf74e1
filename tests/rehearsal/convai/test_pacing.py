from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.convai.pacing import AHEAD, Pace

PIECE = 0.2


def played(pace: Pace, now: float, pieces: int) -> float:
    """Send pieces as they are due; return when the last one was sent."""
    for _ in range(pieces):
        now += pace.due(now)
        pace.sent(PIECE)
    return now


def test_sound_is_sent_no_further_ahead_than_agreed() -> None:
    pace = Pace()
    pace.say("x", 10)
    now = played(pace, 100.0, 50)
    assert now == pytest.approx(100 + 49 * PIECE - AHEAD)
    assert pace.left(now) == pytest.approx(AHEAD + PIECE)


def test_what_was_heard_ends_with_a_word_and_grows_with_time() -> None:
    pace = Pace()
    pace.say("One two three. ", 1.0)
    pace.due(0.0)
    pace.sent(1.0)
    pace.say("Four five.", 1.0)
    pace.sent(1.0)
    heard = [pace.heard(at / 10) for at in range(25)]
    assert heard[0] == ""
    assert "One two" in heard
    assert heard[10] == "One two three."
    assert "One two three. Four" in heard
    assert heard[20:] == ["One two three. Four five."] * 5
    assert all(later.startswith(one) for one, later in pairwise(heard))


def test_a_gap_is_no_sound() -> None:
    pace = Pace()
    pace.say("One. ", 1.0)
    played(pace, 0.0, 5)
    pace.say("Two.", 1.0)
    assert pace.due(10.0) == 0.0
    pace.sent(1.0)
    assert pace.heard(10.5) == "One."
    assert pace.heard(11.0) == "One. Two."


@given(st.lists(st.floats(0, 5)), st.floats(0, 100))
def test_nobody_has_heard_more_than_was_sent(lengths: list[float], later: float) -> None:
    pace, now = Pace(), 0.0
    for length in lengths:
        pace.say("a b ", length)
        now += pace.due(now)
        pace.sent(length)
    assert len(pace.heard(now + later)) <= 4 * len(lengths)
    assert pace.heard(1e9) == ("a b " * len(lengths)).strip()


def test_what_was_never_sent_was_not_heard() -> None:
    pace = Pace()
    pace.say("One.", 1.0)
    assert (pace.heard(5.0), pace.left(5.0)) == ("", 0.0)
    pace.say("", 0.0)
    pace.due(5.0)
    assert pace.heard(4.0) == ""
