"""A difference at one place, with how sure it is."""

from typing import Literal, TypeAlias

from capture.drift.naming import expression_of, group_of, name_of
from capture.drift.outline import Steps
from capture.drift.report import Change, Count
from capture.drift.tally import Judgement

Found: TypeAlias = tuple[Judgement, Change]
"""A difference, and how sure it is."""


def found_at(
    steps: Steps,
    judged: Judgement,
    text: str,
    counts: tuple[Count, Count],
    *,
    weight: int,
    change: Literal["added", "removed", "changed"] = "changed",
) -> Found | None:
    """Return what is told of a place, or None where nothing is; what lies deeper weighs less."""
    if judged is Judgement.SAME:
        return None
    return judged, Change(
        change,
        group_of(steps),
        expression_of(steps),
        name_of(steps),
        text,
        *counts,
        weak=judged is Judgement.WEAK,
        weight=weight - 4 * len(steps),
    )
