"""The search for how many paced streams run at once ends where it must, and not before."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.relay.contenders import Contender
from bench.relay.measures import Load, Size
from bench.relay.paced import held, search
from bench.relay.plan import FULL

PLAN = replace(FULL, levels=(25, 50, 100))
DIRECT, OURS = Contender("direct", 1, None, carries=True), Contender("sightline", 2, None, False)
SIZE = Size("p450k", None, 450_000)


class Told(Load):
    """A load that finds what it is told: the 99th percentile of the gaps, by port and streams."""

    def __init__(self, gap: Callable[[int, int, int], float], failing: int = 0) -> None:
        self.asked: list[tuple[int, int]] = []
        self._gap, self._failing = gap, failing

    def do(self, **job: Any) -> dict[str, Any]:
        here = (job["port"], job["streams"])
        gap = self._gap(*here, self.asked.count(here))
        self.asked.append(here)
        failures = ["broken"] if job["streams"] == self._failing else []
        found = {"gaps_ms": {"p99": gap}, "first_ms": {"p99": 1.0}}
        return {**found, "failed": len(failures), "failures": failures}


def test_all_levels_are_held_where_nothing_is_added() -> None:
    found = search(PLAN, Told(lambda *_: 21.0), [OURS, DIRECT], SIZE)
    assert [level["streams"] for level in found["sightline"]] == [25, 50, 100]
    assert held(found["sightline"]) == "100+"


def test_the_model_is_measured_first_and_taken_off() -> None:
    load = Told(lambda port, *_: 24.0 if port == 1 else 33.5)
    found = search(PLAN, load, [OURS, DIRECT], SIZE)
    assert load.asked[:2] == [(1, 25), (2, 25)]
    assert found["direct"][0]["added_ms"] == pytest.approx(4.0)
    assert found["sightline"][0]["added_ms"] == pytest.approx(9.5)
    assert found["sightline"][0]["held"]


def test_a_level_that_is_not_held_is_tried_once_more_and_ends_the_search_for_one() -> None:
    load = Told(lambda port, streams, _: 40.0 if port == 2 and streams >= 50 else 21.0)
    found = search(PLAN, load, [DIRECT, OURS], SIZE)
    assert load.asked.count((2, 50)) == 2
    assert (2, 100) not in load.asked
    assert (1, 100) in load.asked
    assert held(found["sightline"]) == "25"


def test_a_hiccup_does_not_end_the_search() -> None:
    load = Told(lambda port, _, times: 40.0 if port == 2 and times == 0 else 21.0)
    assert held(search(PLAN, load, [DIRECT, OURS], SIZE)["sightline"]) == "100+"


def test_beyond_what_the_model_itself_holds_nobody_is_measured() -> None:
    load = Told(lambda port, streams, _: 31.0 if port == 1 and streams >= 50 else 21.0)
    found = search(PLAN, load, [DIRECT, OURS], SIZE)
    assert [level["streams"] for level in found["sightline"]] == [25]
    assert held(found["sightline"]) == "25+"


def test_answers_that_break_are_not_held() -> None:
    load = Told(lambda *_: 21.0, failing=25)
    found = search(PLAN, load, [DIRECT, OURS], SIZE)
    assert held(found["direct"]) == "<25"


def test_a_search_without_time_left_finds_nothing() -> None:
    found = search(replace(PLAN, paced_budget=-1), Told(lambda *_: 21.0), [DIRECT, OURS], SIZE)
    assert held(found["sightline"]) == ""
