"""The corpus is what it says: the same for the same seed, with a truth that can be found."""

import json
from pathlib import Path
from typing import Any

import pytest
from haralyzer import HarParser

import bench.locate.kinds  # noqa: F401 - registers the kinds
from bench.locate.ask import Reply
from bench.locate.case import FOUND, KINDS, UNREADABLE, Case, Kind, case, masked
from bench.locate.judge import judge
from bench.locate.oracle import best
from capture.files import open_recording

EVERY = [pytest.param(kind, id=name) for name, kind in KINDS.items()]
SEEDS = range(3)


def found(one: Case) -> Reply:
    """Answer as somebody who knows the truth."""
    places = best(one)
    assert places, f"no place yields the IDs of {one.name}"
    listed = [{"path": it.expression, "match": it.match, **_EVIDENCE} for it in places]
    more = [{"path": name, "match": None, **_EVIDENCE} for name in one.setup.listed]
    answer: dict[str, Any] = {"verdict": FOUND, "path": places[0].expression, "reasons": []}
    answer |= {"match": places[0].match, "sessions": 2, "requests": 2, "looked_in": []}
    answer["paths"] = [{"from": it.expression, "match": it.match} for it in places]
    return Reply(0, answer | {"candidates": listed + more})


_EVIDENCE = {"present": 1, "constant_within": 1, "distinct_between": 1, "sample": "x"}


def test_it_is_as_broad_as_the_world() -> None:
    assert len(KINDS) >= 200
    assert [name for name, kind in KINDS.items() if len(kind.why) < 20] == []


@pytest.mark.parametrize("kind", EVERY)
def test_a_case_comes_out_the_same_again(kind: Kind) -> None:
    assert case(kind, 1).documents == case(kind, 1).documents
    if not case(kind, 1).setup.texts and case(kind, 1).recorded:
        assert case(kind, 1).documents != case(kind, 2).documents


@pytest.mark.parametrize("kind", EVERY)
def test_what_must_be_found_can_be_found_and_holds_for_later_calls(kind: Kind) -> None:
    for seed in SEEDS:
        one = case(kind, seed)
        if FOUND in one.setup.verdicts:
            assert judge(one, found(one)).outcome == "right"


@pytest.mark.parametrize("kind", EVERY)
def test_calls_do_not_share_an_id_and_later_calls_are_new(kind: Kind) -> None:
    for seed in SEEDS:
        one = case(kind, seed)
        recorded = {turn.truth for turn in one.recorded if turn.truth}
        later = {turn.truth for turn in one.later if turn.truth}
        assert not recorded & later
        if one.setup.verdicts == {FOUND} and not one.known:
            assert len(recorded) >= 2


@pytest.mark.parametrize("kind", EVERY)
def test_the_files_are_har_as_others_read_it(kind: Kind, tmp_path: Path) -> None:
    one = case(kind, 0)
    if UNREADABLE in one.setup.verdicts:
        return
    count = 0
    for document in one.documents:
        assert isinstance(document, dict)
        HarParser(document)
        file = tmp_path / "one.har"
        file.write_text(json.dumps(document), encoding="utf-8")
        count += len(open_recording(file).exchanges)
    assert count == len(one.recorded) + len(one.setup.beside)


def test_a_recording_says_what_its_turns_say() -> None:
    one = case(KINDS["header-conventional"], 0)
    (document,) = one.documents
    assert isinstance(document, dict)
    bodies = {entry["request"]["postData"]["text"] for entry in document["log"]["entries"]}
    assert bodies == {turn.body for turn in one.recorded}


def test_redacted_recordings_hold_tokens_and_later_calls_do_not() -> None:
    one = case(KINDS["redacted-prompt"], 0)
    assert all((turn.truth or "").startswith("redacted-") for turn in one.recorded)
    assert not any("redacted-" in turn.body for turn in one.later)


def test_masked_words_keep_their_lengths() -> None:
    assert masked("Gate 7, please!") == "xxxx 0, xxxxxx!"
