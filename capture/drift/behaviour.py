"""The rules about values: each looks at one place in both recordings, and tells one thing of it."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from capture.drift.forms import form_of, is_unique
from capture.drift.naming import is_id, is_parameter, is_personal
from capture.drift.outline import Steps
from capture.drift.report import Count
from capture.drift.tally import SELDOM, Judgement, Rows, Tally, fisher, judge, moves, rises, tally
from contract.fieldpath import is_placeholder

Told: TypeAlias = tuple[Judgement, str, Count, Count]
"""How sure it is, what there is to say, and in how many turns it was and is so."""

Rule: TypeAlias = Callable[[Steps, Rows[str], Rows[str]], Told]

NOTHING: Final[Told] = (Judgement.SAME, "", (0, 0), (0, 0))

_FEW: Final = 8
"""More values than this are no choice."""


def different(rows: Rows[str]) -> set[str]:
    """Return the different values of a place."""
    return {it for row in rows for it in row if it is not None}


def filled_in(_: Steps, a: Rows[str], b: Rows[str]) -> Told:
    """Tell of a template variable that was left as it is, or is not any more."""
    one, other = tally(a, is_placeholder), tally(b, is_placeholder)
    if rises(one, other):
        left = next(it for it in sorted(different(b)) if is_placeholder(it))
        return judge(one, other), f"left as {left}, before filled in", one.count, other.count
    one, other = tally(a, _is_filled), tally(b, _is_filled)
    left = next((it for it in sorted(different(a)) if is_placeholder(it)), "")
    return judge(one, other), f"filled in, before left as {left}", one.count, other.count


def _is_filled(value: str) -> bool:
    return not is_placeholder(value)


def formed(steps: Steps, a: Rows[str], b: Rows[str]) -> Told:
    """Tell of IDs that have another form."""
    before, now = ({form_of(it) for it in different(rows)} for rows in (a, b))
    if len(before) != 1 or len(now) != 1 or before == now or is_personal(steps):
        return NOTHING
    old, new = next(iter(before)), next(iter(now))
    if not ((old and new) or (is_id(steps) and (old or new))):
        return NOTHING
    text = f"{new or 'of another form'}, before {old or 'of another form'}"
    return (Judgement.NEWS, text, *_counts(a, b, lambda it: form_of(it) == new))


def settled(steps: Steps, a: Rows[str], b: Rows[str]) -> Told:
    """Tell of a value that was always the same, and now is always the same other one."""
    if len(different(a)) != 1 or len(different(b)) != 1 or different(a) == different(b):
        return NOTHING
    old, new = next(iter(different(a))), next(iter(different(b)))
    chosen = is_parameter(steps)
    if not chosen and (is_personal(steps) or is_id(steps) or is_unique(old) or is_unique(new)):
        return NOTHING
    one, other = tally(a, new.__eq__), tally(b, new.__eq__)
    sure = chosen or fisher(*one.by_conversation(), *other.by_conversation()) <= SELDOM
    judged = Judgement.NEWS if sure else Judgement.MAYBE
    return judged, f"{_shown(new)}, before {_shown(old)}", one.count, other.count


def moving(_: Steps, a: Rows[str], b: Rows[str]) -> Told:
    """Tell of a value that changes within a conversation, or does so no more."""
    one, other = moves(a), moves(b)
    judged = judge(one, other, by_turn=True, tested=True)
    if not judged.is_news:
        return NOTHING
    more = rises(one, other)
    if (one if more else other).count[0]:
        text = f"changes {'more' if more else 'less'} often from turn to turn"
        return judged, text, one.count, other.count
    still = _stays(a if more else b)
    text = f"changes from turn to turn, before {still}"
    return judged, text if more else f"{still}, before it changed", *_states(one, other)


def _stays(rows: Rows[str]) -> str:
    every = sorted(different(rows))
    several = len(every) > 1 or len(rows) == 1
    return "the same within a conversation" if several else f"always {_shown(every[0])}"


def _states(a: Tally, b: Tally) -> tuple[Count, Count]:
    """Return the counts of what is so now: it changes, or it stays."""
    if rises(a, b):
        return a.count, b.count
    (moved_a, of_a), (moved_b, of_b) = a.count, b.count
    return (of_a - moved_a, of_a), (of_b - moved_b, of_b)


def constant(steps: Steps, a: Rows[str], b: Rows[str]) -> Told:
    """Tell of a value that was the same in every conversation and is not any more, or the reverse.

    Callers differ, so where a name says who calls that is no news.
    """
    if (len(different(a)) == 1) == (len(different(b)) == 1) or not _is_seen_twice(a, b):
        return NOTHING
    if is_personal(steps):
        return NOTHING
    became = len(different(b)) == 1
    constant = next(iter(different(b if became else a)))
    one, other = tally(a, constant.__eq__), tally(b, constant.__eq__)
    judged = judge(one, other, tested=True)
    if not judged.is_news and _differs(a if became else b):
        judged = Judgement.NEWS
    if became:
        text = f"always {_shown(constant)}, before different values"
        return judged, text, one.count, other.count
    text = f"different values, before always {_shown(constant)}"
    return (judged, text, *_counts(a, b, lambda it: it != constant))


def _differs(rows: Rows[str]) -> bool:
    """Tell whether each conversation has a value of its own that nobody else would have."""
    of = [{it for it in row if it is not None} for row in rows]
    single = [next(iter(it)) for it in of if len(it) == 1]
    return len(set(single)) == len(of) and all(map(is_unique, single))


def one_of_few(steps: Steps, a: Rows[str], b: Rows[str]) -> Told:
    """Tell of one more value, or one less, among a few that somebody chose."""
    every = sorted(different(a) | different(b))
    if min(len(different(a)), len(different(b))) < 2 or len(every) > _FEW:  # noqa: PLR2004
        return NOTHING
    if any(map(is_unique, every)) or is_personal(steps) or is_id(steps):
        return NOTHING
    for value in every:
        one, other = tally(a, value.__eq__), tally(b, value.__eq__)
        judged = judge(one, other, tested=True)
        if judged.is_news:
            return judged, _share(value, one, other), one.count, other.count
    return NOTHING


def _share(value: str, a: Tally, b: Tally) -> str:
    if not a.count[0]:
        return f"also {_shown(value)}"
    if not b.count[0]:
        return f"no longer {_shown(value)}"
    return f"{_shown(value)} {'more' if rises(a, b) else 'less'} often"


def _shown(value: str) -> str:
    """Return a value as it stands in a sentence."""
    return value if re.fullmatch(r"[^\s,“”]+", value) else f"“{value}”"


def _is_seen_twice(a: Rows[str], b: Rows[str]) -> bool:
    """Tell whether both recordings have the value in more than one conversation."""
    return all(sum(any(it is not None for it in row) for row in rows) > 1 for rows in (a, b))


def _counts(a: Rows[str], b: Rows[str], is_so: Callable[[str], bool]) -> tuple[Count, Count]:
    return tally(a, is_so).count, tally(b, is_so).count
