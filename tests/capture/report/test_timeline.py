"""Turns on a time axis: overlaps are lanes, ends have forms, axes have round numbers."""

import re

from capture.report.axis import axis
from capture.report.outcome import End, Outcome
from capture.report.timeline import WORDS, Bar, bars, last, line, longest, strip

WELL = Outcome("done", "", 300.0, 500.0)


def place(name: str, svg: str) -> float:
    found = re.search(rf'class="{name}" x1?="([\d.]+)%', svg)
    assert found
    return float(found.group(1))


def test_turns_that_overlap_are_lanes_from_the_first_of_them() -> None:
    made = bars([0, 9_000, 9_240, 9_600, 20_000], [WELL] * 5, [()] * 5)
    assert [it.lanes for it in made] == [1, 3, 3, 3, 1]
    assert [it.lane for it in made] == [0, 0, 1, 2, 0]
    assert [it.offset for it in made] == [0, 0, 240, 600, 0]
    assert longest(made) == 1_100


def test_a_turn_overlaps_one_that_began_long_before() -> None:
    long, short = Outcome("done", "", 1.0, 1_000.0), Outcome("done", "", 1.0, 50.0)
    made = bars([0, 100, 400], [long, short, short], [()] * 3)
    assert [it.lanes for it in made] == [3, 3, 3]


def test_a_turn_that_begins_when_another_ends_does_not_overlap() -> None:
    assert [it.lanes for it in bars([0, 500], [WELL, WELL], [(), ()])] == [1, 1]


def test_a_line_shows_the_request_the_first_byte_the_pieces_and_the_end() -> None:
    svg = line(Bar(0, 100, 0, 1, WELL, (300, 400, 500)), axis(1_000))
    assert place("request", svg) == 10
    assert place("wait", svg) == 10
    assert place("first", svg) == place("flow", svg) == 40
    assert place("end done", svg) == 60
    assert 'class="piece" vector-effect="non-scaling-stroke" d="M2000 0v1M2500 0v1M3000 0v1"' in svg
    assert 'aria-label="first byte after 300 ms, 3 pieces, ended after 500 ms"' in svg


def test_each_end_has_a_form_and_words_of_its_own() -> None:
    forms = {
        re.search(r'<path d="([^"]+)"', line(Bar(0, 0, 0, 1, Outcome(end, "", 1, 2), ()), axis(2)))
        for end in WORDS
    }
    assert len({found.group(1) for found in forms if found}) == len(WORDS) == 4
    assert len(set(WORDS.values())) == 4


def test_without_a_byte_there_is_only_waiting() -> None:
    svg = line(Bar(0, 0, 0, 1, Outcome("cancelled", "", None, None), ()), axis(1_000))
    assert 'class="flow"' not in svg
    assert 'aria-label="no byte came, cancelled by the caller"' in svg


def test_of_many_pieces_only_those_that_lie_apart_are_drawn() -> None:
    svg = line(Bar(0, 0, 0, 1, Outcome("done", "", 0, 9_999), tuple(range(10_000))), axis(10_000))
    assert svg.count("v1M") <= 160


def test_a_strip_has_a_lane_for_each_turn_that_overlaps() -> None:
    ends: list[End] = ["cancelled", "failed", "done"]
    made = bars([0, 100, 200], [Outcome(end, "", 1, 500) for end in ends], [()] * 3)
    assert last(made) == 700
    svg = strip(made, axis(1_000))
    assert re.findall(r'class="turn (\w+)" x="([\d.]+)%" y="(\d+)" width="([\d.]+)', svg) == [
        ("cancelled", "0.00", "3", "50.00"),
        ("failed", "10.00", "15", "50.00"),
        ("done", "20.00", "27", "50.00"),
    ]
    assert 'aria-label="3 turns, from 0 s to 0.7 s"' in svg


def test_a_strip_begins_where_the_conversation_does() -> None:
    assert 'x="50.00%"' in strip(bars([0], [WELL], [()]), axis(1_000), since=500)
