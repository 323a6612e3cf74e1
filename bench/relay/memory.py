"""What Sightline holds in memory, with more and more pictures stored and turns taken."""

from typing import Any

from bench.relay.contenders import sightline
from bench.relay.figures import slope
from bench.relay.measures import BEARABLE, CONNECTIONS, Load
from bench.relay.pictures import numbered
from bench.relay.plan import Plan
from bench.relay.processes import Running

SETTLED = 2_000
"""Turns after which memory is to be flat: by then every buffer has had its size."""

FLAT = 0.5
"""MB for each thousand turns, up to which memory is called flat."""


def watch(plan: Plan, load: Load, ours: Running) -> dict[str, Any]:
    """Store pictures, then take turns over all their conversations; look at memory meanwhile."""
    start = ours.memory_mb()[0]
    stored = [_stored(plan, ours, number) for number in range(len(plan.stored))]
    turns = [{"turns": 0, "now_mb": ours.memory_mb()[0]}]
    failed, failures = 0, list[str]()
    while turns[-1]["turns"] < plan.turns and failed <= BEARABLE and ours.process.poll() is None:
        found = load.do(
            kind="spread",
            port=ours.port,
            connections=CONNECTIONS,
            turns=plan.step,
            start=turns[-1]["turns"],
            conversations=plan.stored[-1],
        )
        failed += found["failed"]
        failures += found["failures"]
        now = ours.memory_mb()[0]
        turns.append({"turns": turns[-1]["turns"] + plan.step, "now_mb": now})
    most = ours.memory_mb()[1]
    return {
        "start_mb": start,
        "stored": stored,
        "turns": turns,
        "most_mb": most,
        "failed": failed,
        "failures": failures[:3],
    }


def growth(turns: list[dict[str, float]]) -> float | None:
    """Return by how many MB memory grows for each thousand turns once it has `SETTLED`.

    None where there are too few samples after that.
    """
    settled = [(one["turns"], one["now_mb"]) for one in turns if one["turns"] >= SETTLED]
    return 1000 * slope(settled) if len(settled) > 1 else None


def _stored(plan: Plan, ours: Running, number: int) -> dict[str, float]:
    first = plan.stored[number - 1] if number else 0
    for picture in range(first, plan.stored[number]):
        sightline.share(ours.port, f"m{picture}", numbered(picture))
    now, most = ours.memory_mb()
    return {"pictures": plan.stored[number], "now_mb": now, "most_mb": most}
