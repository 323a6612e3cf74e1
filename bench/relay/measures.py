"""Latency at one connection, and turns per second at many, of all contenders in one run.

Contenders take turns in rounds, in an order that rotates, so that what else the machine does meets
all of them. A contender that is slow has fewer samples: each has the same time.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.relay.contenders import Contender
from bench.relay.figures import median, quantiles
from bench.relay.plan import Plan
from bench.relay.processes import Running

CONNECTIONS = 32

BEARABLE = 50
"""Turns that may fail before somebody is asked no more; one that fails is told in any case."""


class Load:
    """The process that makes the load."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "bench.relay.load"]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, **job: Any) -> dict[str, Any]:
        """Have a job done, and return what it found.

        Raises:
            RuntimeError: the process has ended.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the load has no pipes")
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError("the process that makes the load has ended")
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> None:
        """End the process."""
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


@dataclass(slots=True)
class Tally:
    """What was measured of a contender with one size of picture."""

    first_ms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    turns: int = 0
    cpu_ms: float = 0.0
    model_cpu_ms: float = 0.0
    spent: float = 0.0
    failed: int = 0
    failures: list[str] = field(default_factory=list)

    def add_failures(self, found: dict[str, Any]) -> None:
        """Count what failed in a job."""
        self.failed += found["failed"]
        self.failures += found["failures"]

    def as_json(self) -> dict[str, Any]:
        """Return the figures that the page and the plots need."""
        return {
            "first_ms": quantiles(self.first_ms),
            "turns_per_s": median(self.rates) if self.rates else None,
            "phases": len(self.rates),
            "cpu_ms": self.cpu_ms / self.turns if self.turns else None,
            "model_cpu_ms": self.model_cpu_ms / self.turns if self.turns else None,
            "failed": self.failed,
            "failures": self.failures[:3],
        }


@dataclass(frozen=True, slots=True)
class Size:
    """A size of picture: its mark, and the file of its data URI, or None for no picture."""

    mark: str
    uri: Path | None
    bytes: int


def measure(
    plan: Plan, load: Load, model: Running, contenders: Sequence[Contender], size: Size
) -> dict[str, Any]:
    """Measure all contenders with one size of picture; return a `Tally` as JSON for each."""
    tallies = {one.name: Tally() for one in contenders}
    for one in _rounds(contenders, plan.latency_rounds):
        _latency(plan, load, one, size, tallies[one.name])
    for tally in tallies.values():
        tally.spent = 0.0
    for one in _rounds(contenders, plan.rate_rounds):
        _rate(plan, load, model, one, size, tallies[one.name])
    return {name: tally.as_json() for name, tally in tallies.items()}


def job(one: Contender, size: Size) -> dict[str, Any]:
    """Return what a job says about whom to ask, and with what."""
    picture = str(size.uri) if one.carries and size.uri else None
    return {"port": one.port, "mark": size.mark, "picture": picture}


def _rounds(contenders: Sequence[Contender], rounds: int) -> Iterator[Contender]:
    for number in range(rounds):
        shift = number % len(contenders)
        yield from [*contenders[shift:], *contenders[:shift]]


def _latency(plan: Plan, load: Load, one: Contender, size: Size, tally: Tally) -> None:
    if tally.failed > BEARABLE:
        return
    asked = {"samples": plan.samples, "seconds": plan.latency_seconds}
    found = load.do(kind="latency", **job(one, size), **asked)
    tally.first_ms += found["first_ms"]
    tally.add_failures(found)


def _rate(plan: Plan, load: Load, model: Running, one: Contender, size: Size, tally: Tally) -> None:
    if tally.failed > BEARABLE or tally.spent > plan.rate_budget:
        return
    before, model_before = one.running.cpu_ms() if one.running else 0.0, model.cpu_ms()
    asked = {"connections": CONNECTIONS, "seconds": plan.rate_seconds}
    found = load.do(kind="throughput", **job(one, size), **asked)
    tally.cpu_ms += (one.running.cpu_ms() if one.running else 0.0) - before
    tally.model_cpu_ms += model.cpu_ms() - model_before
    tally.turns += found["turns"]
    tally.spent += found["seconds"]
    tally.rates.append(found["turns"] / found["seconds"])
    tally.add_failures(found)
