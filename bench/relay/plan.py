"""How much is measured, so that a run ends in time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds, samples and seconds; a full run takes about twelve minutes."""

    marks: tuple[str, ...] = ("none", "p100k", "p450k", "p2m")
    latency_rounds: int = 15
    samples: int = 40
    """Samples of a contender in a round, if it is fast enough."""
    latency_seconds: float = 0.5
    """Seconds of a contender in a round."""
    rate_rounds: int = 6
    rate_seconds: float = 1.5
    rate_budget: float = 9.0
    """Seconds after which a slow contender is not asked again with the same picture."""
    levels: tuple[int, ...] = (25, 50, 100, 150, 200, 250, 300, 400, 500, 600)
    paced_seconds: float = 4.0
    paced_budget: float = 240.0
    """Seconds of the whole search; a level that has begun is measured to its end."""
    memory_begins: float = 640.0
    """Seconds of the run after which the search ends in any case, so that memory has its time."""
    stored: tuple[int, ...] = (1, 100, 1000)
    turns: int = 20_000
    step: int = 1_000


FULL = Plan()

QUICK = Plan(
    marks=("none", "p450k"),
    latency_rounds=3,
    samples=15,
    latency_seconds=0.3,
    rate_rounds=2,
    rate_seconds=0.5,
    rate_budget=3.0,
    levels=(25, 50),
    paced_seconds=1.0,
    paced_budget=20.0,
    stored=(1, 20),
    turns=1_000,
    step=100,
)
