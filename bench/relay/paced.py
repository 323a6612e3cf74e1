"""How many paced streams run at once before a listener would notice.

A gap is the time between the arrivals of two pieces of an answer. The added gap of a contender, at
a number of streams, is the 99th percentile of its gaps minus that of the gaps which the model shows
directly at the same number of streams, measured right before. For the model itself it is its own
99th percentile minus the pause of 20 ms; where that passes the limit, the search ends for all, for
beyond it the machine and not the relay is measured.
"""

import time
from collections.abc import Sequence
from typing import Any

from bench.relay.contenders import Contender
from bench.relay.figures import at
from bench.relay.measures import Load, Size, job
from bench.relay.model import PAUSE
from bench.relay.plan import Plan

LIMIT = 10.0
"""Milliseconds of added gap at the 99th percentile; OpenAI-like answers have 20 and more between
pieces, so that less is heard by nobody."""


def search(
    plan: Plan, load: Load, contenders: Sequence[Contender], size: Size
) -> dict[str, list[dict[str, Any]]]:
    """Return for each contender what was measured at each number of streams, to its first failure.

    One of the contenders must be `direct`; it is measured first.
    """
    found: dict[str, list[dict[str, Any]]] = {one.name: [] for one in contenders}
    still = sorted(contenders, key=lambda one: one.name != "direct")
    until = time.monotonic() + plan.paced_budget
    for streams in plan.levels:
        if not still or still[0].name != "direct" or time.monotonic() > until:
            break
        direct: float | None = None
        for one in list(still):
            level = _level(plan, load, one, size, streams, direct)
            if one.name == "direct":
                direct = level["gap_ms"]
            found[one.name].append(level)
            if not level["held"]:
                still.remove(one)
                if one.name == "direct":
                    break
    return found


def most(levels: Sequence[dict[str, Any]]) -> int:
    """Return the largest number of streams that was held, or 0."""
    return max((level["streams"] for level in levels if level["held"]), default=0)


def held(levels: Sequence[dict[str, Any]]) -> str:
    """Return the largest number of streams that was held, and whether there may be more."""
    if not most(levels):
        return f"<{levels[0]['streams']}" if levels else ""
    return f"{most(levels)}{'' if ended(levels) else '+'}"


def ended(levels: Sequence[dict[str, Any]]) -> bool:
    """Return whether the search came to a number of streams that was not held."""
    return any(not level["held"] for level in levels)


def _level(
    plan: Plan, load: Load, one: Contender, size: Size, streams: int, direct: float | None
) -> dict[str, Any]:
    """Measure one number of streams; once more where it is not held, for a machine may hiccup."""
    level: dict[str, Any] = {}
    for _ in range(2):
        asked = {"streams": streams, "seconds": plan.paced_seconds}
        level = _judged(load.do(kind="paced", **job(one, size), **asked), streams, direct)
        if level["held"]:
            break
    return level


def _judged(found: dict[str, Any], streams: int, direct: float | None) -> dict[str, Any]:
    gap, first = at(found["gaps_ms"], 99), at(found["first_ms"], 99)
    added = None if gap is None else gap - (PAUSE * 1000 if direct is None else direct)
    held = added is not None and added <= LIMIT and not found["failed"]
    return {
        "streams": streams,
        "gap_ms": gap,
        "first_ms": first,
        "added_ms": added,
        "held": held,
        "failures": found["failures"],
    }
