"""Whether a difference in how often something is seen is news, or may be chance.

What was always so and never is any more, or the other way round, is news; all else only where
Fisher's exact test says that chance does it less than once in a thousand times.

The turns of one conversation are no independent samples: a caller who shares a picture has it in
every turn from then on. So what changes no more than once within a conversation, on the average, is
counted by conversation, and only what comes and goes is counted by turn. (On the average, because
a turn or two may be grouped with the wrong conversation.) And what only happens late in a call
says nothing against a recording of short ones: of both only as many turns are looked at as the
longest conversation of the shorter recording has.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from math import comb
from typing import TypeAlias, TypeVar

from capture.drift.report import Count

T = TypeVar("T")

Rows: TypeAlias = tuple[tuple[T | None, ...], ...]
"""A value for each turn of each conversation, None where there is none."""

CHANCE = 0.001
"""What never or always was so, and now sometimes is, is news below this probability; what only is
more or less often so, below a tenth of it."""

WEAK = 0.05
"""What was always and never is any more is weak evidence above this probability."""

SELDOM = 0.1
"""The same for what can be seen in a small part of the turns only, or in each caller's way."""


class Judgement(Enum):
    """What a difference is, from nothing to certain."""

    SAME = 0
    MAYBE = 1
    WEAK = 2
    NEWS = 3

    @property
    def is_news(self) -> bool:
        """Whether to tell of it."""
        return self in {Judgement.WEAK, Judgement.NEWS}


@dataclass(frozen=True, slots=True)
class Tally:
    """Something that is or is not so in each turn; None where it cannot be."""

    rows: Rows[bool]

    @property
    def count(self) -> Count:
        """In how many turns it is so, and in how many it could be."""
        known = [it for row in self.rows for it in row if it is not None]
        return sum(known), len(known)

    @property
    def is_common(self) -> bool:
        """Whether it could be so in at least half of all turns."""
        return 2 * self.count[1] >= sum(map(len, self.rows))

    @property
    def comes_and_goes(self) -> bool:
        """Whether it changes more than once within a conversation, on the average."""
        return sum(one != other for row in self.rows for one, other in _pairs(row)) > len(self.rows)

    def first(self, turns: int) -> "Tally":
        """Return the tally of the first turns of each conversation."""
        return Tally(tuple(row[:turns] for row in self.rows))

    def by_conversation(self) -> Count:
        """In how many conversations it is ever so, and in how many it could be."""
        known = [[it for it in row if it is not None] for row in self.rows]
        return sum(any(row) for row in known), sum(bool(row) for row in known)


def tally(rows: Rows[T], is_so: Callable[[T], bool | None]) -> Tally:
    """Return in which turns something is so of a value."""
    return Tally(tuple(tuple([None if it is None else is_so(it) for it in row]) for row in rows))


def rises(a: Tally, b: Tally) -> bool:
    """Tell whether something is so in a larger share of turns than before."""
    return b.count[0] * a.count[1] > a.count[0] * b.count[1]


def moves(rows: Rows[T]) -> Tally:
    """Return where a value is another than in the turn before it."""
    return Tally(tuple(tuple(one != other for one, other in _pairs(row)) for row in rows))


def _pairs(row: tuple[T | None, ...]) -> Iterator[tuple[T, T]]:
    known = [it for it in row if it is not None]
    yield from pairwise(known)


def judge(a: Tally, b: Tally, *, by_turn: bool = False, tested: bool = False) -> Judgement:
    """Return whether two tallies differ by more than chance.

    Args:
        a: what was seen before.
        b: what is seen now.
        by_turn: turns are counted, though it may change but once within a conversation.
        tested: also always and never must be more than chance (`WEAK`).
    """
    turns = min(max(map(len, it.rows), default=0) for it in (a, b))
    opposite = _are_opposite(a.count, b.count)
    rare = not (a.is_common and b.is_common) and fisher(*a.count, *b.count) > SELDOM
    a, b = a.first(turns), b.first(turns)
    (seen_a, of_a), (seen_b, of_b) = a.count, b.count
    if not of_a or not of_b or seen_a * of_b == seen_b * of_a:
        return Judgement.SAME
    by_turn = by_turn or a.comes_and_goes or b.comes_and_goes
    one, other = (it.count if by_turn else it.by_conversation() for it in (a, b))
    chance = fisher(*one, *other)
    if opposite and not rare and (chance <= WEAK or not tested):
        return Judgement.WEAK if chance > WEAK else Judgement.NEWS
    clear = seen_a in {0, of_a} or seen_b in {0, of_b}
    if chance < (CHANCE if clear else CHANCE / 10):
        return Judgement.NEWS
    return Judgement.MAYBE if clear else Judgement.SAME


def _are_opposite(a: Count, b: Count) -> bool:
    """Tell whether what was always so never is, or the other way round."""
    (seen_a, of_a), (seen_b, of_b) = a, b
    return of_a > 0 < of_b and abs(seen_a * of_b - seen_b * of_a) == of_a * of_b


@lru_cache(maxsize=4096)
def fisher(seen_a: int, of_a: int, seen_b: int, of_b: int) -> float:
    """Return the probability that chance alone makes two shares differ as much (two-sided).

    Fisher's exact test: the sum over all tables with the same margins that are no likelier.
    """
    seen = seen_a + seen_b
    lowest, highest = max(0, seen - of_b), min(seen, of_a)
    # Whole numbers in proportion to the probabilities, so that equal ones are equal.
    weights = [comb(of_a, k) * comb(of_b, seen - k) for k in range(lowest, highest + 1)]
    mine = weights[seen_a - lowest]
    return sum(weight for weight in weights if weight <= mine) / sum(weights)
