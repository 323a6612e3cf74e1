"""The verdicts follow from the figures, at their very edges."""

from typing import Any

import pytest

from bench.relay.verdicts import verdicts


def tally(p50: float, rate: float) -> dict[str, Any]:
    return {"first_ms": {"n": 10.0, "p50": p50}, "turns_per_s": rate}


def level(streams: int, *, held: bool) -> dict[str, Any]:
    return {"streams": streams, "held": held}


def a_run() -> dict[str, Any]:
    """A run that reaches every goal just so."""
    return {
        "measured": {
            "p450k": {
                "direct": tally(2.0, 1000),
                "nginx": tally(2.5, 900),
                "documented": tally(12.0, 170),
                "litellm": tally(40.0, 56),
                "sightline": tally(3.0, 850),
            }
        },
        "paced": {"sightline": [level(200, held=True), level(250, held=False)]},
        "memory": {
            "stored": [{"pictures": 1000, "now_mb": 80.0, "most_mb": 90.0}],
            "turns": [{"turns": 1000 * n, "now_mb": 90.0 + 0.4 * n} for n in range(21)],
            "most_mb": 149.0,
        },
    }


def words(run: dict[str, Any]) -> list[str]:
    return [one.word for one in verdicts(run)]


def test_goals_that_are_met_just_so_are_reached() -> None:
    assert words(a_run()) == ["reached"] * 8


def change(run: dict[str, Any], name: str, **figures: Any) -> None:
    run["measured"]["p450k"][name] |= figures


@pytest.mark.parametrize(
    ("number", "name", "figures"),
    [
        (0, "sightline", {"first_ms": {"p50": 3.01}}),
        (1, "nginx", {"first_ms": {"p50": 2.33}}),
        (2, "direct", {"turns_per_s": 1001}),
        (3, "documented", {"turns_per_s": 171}),
        (4, "litellm", {"turns_per_s": 57}),
    ],
)
def test_a_goal_that_is_missed_by_little_is_not_reached(
    number: int, name: str, figures: dict[str, Any]
) -> None:
    run = a_run()
    change(run, name, **figures)
    assert [place for place, word in enumerate(words(run)) if word == "not reached"] == [number]


def test_streams_count_only_to_the_most_that_was_held() -> None:
    run = a_run()
    run["paced"]["sightline"] = [level(150, held=True), level(200, held=False)]
    assert verdicts(run)[5].word == "not reached"
    assert verdicts(run)[5].measured == "150"


def test_a_search_that_ended_early_is_no_verdict() -> None:
    run = a_run()
    run["paced"]["sightline"] = [level(150, held=True)]
    assert (verdicts(run)[5].word, verdicts(run)[5].measured) == ("not measured", "150 or more")


def test_growth_before_the_first_2000_turns_does_not_count() -> None:
    run = a_run()
    run["memory"]["turns"][0]["now_mb"] = 10.0
    assert verdicts(run)[6].word == "reached"


def test_memory_that_grows_or_is_large_is_not_reached() -> None:
    run = a_run()
    run["memory"]["turns"] = [{"turns": 1000 * n, "now_mb": 90 + 0.6 * n} for n in range(21)]
    run["memory"]["most_mb"] = 150.0
    assert words(run)[6:] == ["not reached", "not reached"]


def test_fewer_pictures_or_turns_than_the_goal_names_are_no_verdict() -> None:
    run = a_run()
    run["memory"]["stored"][-1]["pictures"] = 20
    assert words(run)[6:] == ["not measured", "not measured"]


def test_a_contender_that_was_left_out_leaves_its_goals_unmeasured() -> None:
    run = a_run()
    del run["measured"]["p450k"]["litellm"], run["measured"]["p450k"]["nginx"]
    assert words(run).count("not measured") == 2


def test_an_nginx_that_adds_nothing_measurable_gives_no_ratio() -> None:
    run = a_run()
    change(run, "nginx", first_ms={"p50": 1.9})
    assert verdicts(run)[1].word == "not measured"


def test_a_run_without_sightline_has_no_verdicts() -> None:
    run: dict[str, Any] = {"measured": {}, "paced": {}, "memory": None}
    assert words(run) == ["not measured"] * 8
