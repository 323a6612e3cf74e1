"""What is settled is remembered, for so many pairs, and in a form that tells nothing."""

import pytest

from injector import settled as room
from injector.settled import Settled

ONE, TWO = (f"tmp_{digit * 32}" for digit in "12")


def test_a_pair_is_settled_as_the_conversations_own_or_not() -> None:
    settled = Settled()
    assert not settled.holds("c", (ONE,))
    settled.put("c", ONE, is_own=True)
    settled.put("c", TWO, is_own=False)
    assert settled.holds("c", (ONE, TWO))
    assert not settled.holds("d", (ONE,))
    assert (settled.is_own("c", (TWO,)), settled.is_own("c", (TWO, ONE))) == (False, True)
    assert not settled.is_own("d", (ONE,))


def test_so_many_pairs_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "REMEMBERED", 3)
    settled = Settled()
    for at in range(10):
        settled.put(f"c{at}", ONE, is_own=True)
    assert [settled.is_own(f"c{at}", (ONE,)) for at in range(6, 10)] == [False, True, True, True]
    assert "c9" not in repr(vars(settled))
    assert ONE not in repr(vars(settled))
