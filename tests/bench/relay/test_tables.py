"""Tables and the page hold what was measured, and say what was not."""

from typing import Any

import pytest

from bench.relay.flame import table as flame_table
from bench.relay.flame import titled
from bench.relay.page import BEGIN, END, between, failures, generated
from bench.relay.tables import markdown, paced, tables


def tally(p50: float, rate: float | None, **more: Any) -> dict[str, Any]:
    first = {"n": 9.0, "p50": p50, "p99": p50 * 2}
    figures = {"first_ms": first, "turns_per_s": rate, "cpu_ms": 0.5, "model_cpu_ms": 0.4}
    return {**figures, "failed": 0, "failures": [], **more}


def a_run() -> dict[str, Any]:
    sightline = tally(3.0, 850.4)
    about = {"processor": "CPU", "cores": 2, "memory_gb": 8, "kernel": "Linux", "python": "3.11"}
    about |= {"ours": {"aiohttp": "3"}, "commit": "abc", "nginx": "1.22", "theirs": {}}
    level = {"streams": 25, "added_ms": 1.25, "held": True, "failures": []}
    return {
        "quick": False,
        "about": {**about, "day": "2026-11-24", "command": "python -m bench.relay"},
        "contenders": ["direct", "sightline"],
        "left_out": {"nginx": "nginx is not here"},
        "sizes": [{"mark": "p450k", "bytes": 458743}],
        "measured": {"p450k": {"direct": tally(2.0, 1000.0), "sightline": sightline}},
        "paced": {"sightline": [level, {**level, "streams": 50, "added_ms": 12.0, "held": False}]},
        "memory": None,
        "seconds": 660.0,
    }


def test_a_row_holds_the_figures_and_what_follows_from_them() -> None:
    size = tables(a_run())[1]
    assert size.title == "450 KB (458,743 bytes of data URI)"
    assert size.rows[1] == ("sightline", "3.00", "6.00", "1.00", "850", "0.85", "0.50", "0.40")
    assert size.rows[0] == ("direct", "2.00", "4.00", "-", "1,000", "-", "-", "0.40")


def test_what_was_not_held_is_marked_and_what_was_not_tried_is_empty() -> None:
    run = a_run()
    run["paced"]["nginx"] = [run["paced"]["sightline"][0]]
    ours, nginx = paced(run["paced"]).rows
    assert ours == ("sightline", "1.2", "12.0!", "25")
    assert nginx == ("nginx", "1.2", "", "25+")


def test_streams_that_break_are_told() -> None:
    run = a_run()
    run["paced"]["sightline"][1] |= {"failures": ["the connection was closed"]}
    assert paced(run["paced"]).rows[0][2] == "fails!"


def test_every_row_has_a_word_for_each_column() -> None:
    for table in tables(a_run()):
        assert {len(row) for row in table.rows} == {len(table.heads)}
        assert markdown(table).count("\n| ") == len(table.rows) + 2


def test_the_page_keeps_the_words_around_the_figures() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = between(page, "new\n")
    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert between(once, "new\n") == once


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="bench:begin"):
        between("no marks", "new")


def test_the_page_says_what_was_left_out_and_shows_the_plots_that_there_are() -> None:
    text = generated(a_run(), ["latency.png"])
    assert "Left out: nginx is not here." in text
    assert "(performance/latency.png)" in text
    assert "memory.png" not in text
    assert "at least: direct 9, sightline 9." in text
    assert "failed" not in text


def test_a_lost_picture_is_said_first() -> None:
    run = a_run()
    run["measured"]["p450k"]["sightline"] |= {"failed": 3, "failures": ["0 pictures"]}
    assert failures(run) == ["sightline, p450k: 3 turns, such as: 0 pictures"]
    assert generated(run, []).startswith("**This run failed:** `sightline, p450k: 3 turns")


def test_a_profile_tells_own_time_from_that_of_others() -> None:
    lines = ["run;read;parse 6", "run;read 2", "run;parse;parse 2"]
    assert flame_table(lines, 1).rows == (
        ("parse", "80.0 %", "80.0 %"),
        ("read", "20.0 %", "80.0 %"),
    )


def test_a_flame_graph_has_a_title_and_no_path() -> None:
    drawn = '<text id="title" x="5">/somewhere/py-spy record</text><text>x</text>'
    assert titled(drawn, "Sightline") == '<text id="title" x="5">Sightline</text><text>x</text>'
