"""The goals, and whether a run reached them. Pure: computed from the figures, never typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.relay.figures import at
from bench.relay.memory import FLAT, SETTLED, growth
from bench.relay.paced import ended, held, most

MARK = "p450k"
"""The size of picture for which the goals are set."""

ADDED_MS, TIMES_NGINX = 1.0, 3.0
OF_DIRECT, TIMES_DOCUMENTED, TIMES_LITELLM = 0.85, 5.0, 15.0
STREAMS, MEMORY_MB = 200, 150.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal, what was measured, and whether that is enough; None where it was not measured."""

    goal: str
    measured: str
    reached: bool | None

    @property
    def word(self) -> str:
        """Say it."""
        return {True: "reached", False: "not reached", None: "not measured"}[self.reached]


def verdicts(run: dict[str, Any]) -> list[Verdict]:
    """Return the verdict on each goal."""
    tallies = run["measured"].get(MARK, {})
    ours = added(tallies, "sightline")
    return [
        _at_most(f"added p50 at most {ADDED_MS} ms", ours, ADDED_MS, "ms"),
        _at_most(
            f"added p50 at most {TIMES_NGINX:g} x nginx's",
            ratio(ours, added(tallies, "nginx")),
            TIMES_NGINX,
            "x",
        ),
        _rate(tallies, "direct", OF_DIRECT),
        _rate(tallies, "documented", TIMES_DOCUMENTED),
        _rate(tallies, "litellm", TIMES_LITELLM),
        _streams(run["paced"].get("sightline", [])),
        *_memory(run["memory"]),
    ]


def added(tallies: dict[str, Any], name: str) -> float | None:
    """Return by how many ms the median first content of a contender comes later than directly."""
    median, direct = p50(tallies, name), p50(tallies, "direct")
    return None if median is None or direct is None else median - direct


def p50(tallies: dict[str, Any], name: str) -> float | None:
    """Return the median time to the first content, in ms."""
    return at(tallies[name]["first_ms"], 50) if name in tallies else None


def rate(tallies: dict[str, Any], name: str) -> float | None:
    """Return turns per second."""
    return tallies[name]["turns_per_s"] if name in tallies else None


def ratio(value: float | None, base: float | None) -> float | None:
    """Return how many times `base` a value is, or None where that says nothing."""
    return None if value is None or base is None or base <= 0 else value / base


def _rate(tallies: dict[str, Any], name: str, wanted: float) -> Verdict:
    found = ratio(rate(tallies, "sightline"), rate(tallies, name))
    goal = f"turns per second at least {wanted:g} x {name}'s"
    if found is None:
        return Verdict(goal, "", None)
    return Verdict(goal, f"{found:.2f} x", found >= wanted)


def _at_most(goal: str, found: float | None, limit: float, unit: str) -> Verdict:
    if found is None:
        return Verdict(goal, "", None)
    return Verdict(goal, f"{found:.2f} {unit}", found <= limit)


def _streams(levels: Sequence[dict[str, Any]]) -> Verdict:
    goal = f"at least {STREAMS} paced streams at once"
    if not levels:
        return Verdict(goal, "", None)
    found = most(levels)
    # A search that ended before the goal without a failure has not shown that it is out of reach.
    reached = True if found >= STREAMS else False if ended(levels) else None
    return Verdict(goal, held(levels).replace("+", " or more"), reached)


def _memory(memory: dict[str, Any] | None) -> list[Verdict]:
    flat = f"memory flat: at most {FLAT} MB more for 1,000 turns after the first {SETTLED:,}"
    small = f"memory under {MEMORY_MB:.0f} MB with 1,000 pictures stored"
    if not memory:
        return [Verdict(flat, "", None), Verdict(small, "", None)]
    if memory["turns"][-1]["turns"] < 20_000 or memory["stored"][-1]["pictures"] < 1_000:
        return [Verdict(flat, "", None), Verdict(small, "", None)]
    grown, most_mb = growth(memory["turns"]) or 0.0, memory["most_mb"]
    return [
        Verdict(flat, f"{grown:+.2f} MB", grown <= FLAT),
        Verdict(small, f"{most_mb:.0f} MB at most", most_mb < MEMORY_MB),
    ]
