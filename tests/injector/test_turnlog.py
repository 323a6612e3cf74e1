import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.readable import readable_line
from injector.discreet import Discreet
from injector.record import Outcome, TurnRecord
from injector.turnlog import as_json, as_text, counted, is_trouble, log_turn
from injector.usage import Usage

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
PARTS = {"locate": 0.1234, "store": 0.1, "inject": 0.1, "connect": 0.0, "first_byte": 400.0}
PLAIN = Discreet()


def turn(**more: Any) -> TurnRecord:
    known: dict[str, Any] = {
        "conversation_id": ID,
        "model": "gpt-4o",
        "context": "attached;n=1",
        "pictures": 1,
        "status": 200,
        "outcome": "answered",
        "attempts": 1,
        "parts": PARTS,
        "added": 0.42,
        "first_chunk": 0.412,
        "duration": 2.13,
        "usage": Usage(1200, 34, 1024),
        "bytes_out": 4211,
    }
    return TurnRecord(**(known | more))


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "conv_…39x3  attached;n=1  answered  first 412 ms  added 0.4 ms  2.1 s"),
        (
            {"conversation_id": None, "context": "no-conversation-id"},
            "-  no-conversation-id     answered  first 412 ms  added 0.4 ms  2.1 s",
        ),
        (
            {
                "conversation_id": "call-1",
                "context": "no-image",
                "first_chunk": 1.44,
                "added": 12.3,
            },
            "call-1      no-image      answered  first 1.4 s   added 12 ms   2.1 s",
        ),
        (
            {"status": 401, "outcome": "refused", "first_chunk": None, "duration": 0.0123},
            "conv_…39x3  attached;n=1  refused 401             added 0.4 ms  12 ms",
        ),
        (
            {"status": 0, "outcome": "left", "first_chunk": None},
            "conv_…39x3  attached;n=1  left                    added 0.4 ms  2.1 s",
        ),
    ],
)
def test_a_turn_is_one_line(more: dict[str, Any], line: str) -> None:
    assert as_text(turn(**more), PLAIN) == line


def test_what_went_wrong_stands_below() -> None:
    retried = turn(retries=["status 503", "timeout"], outcome="fallback", reason="too\nlate")
    assert as_text(retried, PLAIN).splitlines()[1:] == [
        "          asked again after status 503, timeout",
        r"          too\u000alate",
    ]
    left = turn(outcome="left", reason="the client went")  # which is no news
    assert "\n" not in as_text(left, PLAIN)


@given(
    key=st.none() | st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
    context=st.sampled_from(
        ["attached;n=4", "no-conversation-id", "no-image", "store-error", "image-refused"]
    ),
    outcome=st.sampled_from(["answered", "fallback", "greeted", "left", "broken"]),
    first=st.none() | st.floats(0, 99),
    added=st.floats(0, 999),
    duration=st.floats(0, 99),
)
def test_a_usual_line_fits_a_terminal(  # 80 columns, with the time of day before it
    key: str | None,
    context: str,
    outcome: Outcome,
    first: float | None,
    added: float,
    duration: float,
) -> None:
    key = None if context == "no-conversation-id" else key or "x"
    known = turn(
        conversation_id=key,
        context=context,
        outcome=outcome,
        first_chunk=first,
        added=added,
        duration=duration,
    )
    assert len("12:01:05  " + as_text(known, PLAIN)) <= 81


def test_machines_are_told_all_of_it() -> None:
    told = as_json(turn(retries=["timeout"], attempts=2, stream=False, api="responses"), PLAIN)
    assert told == {
        "conversation_id": ID,
        "context": "attached;n=1",
        "pictures": 1,
        "outcome": "answered",
        "reason": None,
        "status": 200,
        "attempts": 2,
        "retries": ["timeout"],
        "ms": {
            "locate": 0.12,
            "store": 0.1,
            "inject": 0.1,
            "connect": 0.0,
            "first_byte": 400.0,
            "added": 0.42,
            "first_chunk": 412.0,
            "total": 2130.0,
        },
        "usage": {"input_tokens": 1200, "output_tokens": 34, "cached_tokens": 1024},
        "model": "gpt-4o",
        "api": "responses",
        "stream": False,
        "bytes_out": 4211,
    }


def test_a_turn_of_which_little_is_known_is_told_too() -> None:
    told = as_json(TurnRecord(), PLAIN)
    assert told["conversation_id"] is told["usage"] is told["ms"]["first_chunk"] is None
    assert as_text(TurnRecord(), PLAIN).startswith("-  -                      left ")


@pytest.mark.parametrize("context", ["image-refused", "no-conversation-id", "attached;n=4", ""])
@pytest.mark.parametrize(
    ("outcome", "status"),
    [("answered", 200), ("fallback", 200), ("refused", 502), ("greeted", 200), ("broken", 200)],
)
def test_a_turn_fits_eighty_columns_with_the_time_of_day(
    context: str, outcome: Outcome, status: int
) -> None:
    turn = TurnRecord(
        conversation_id="conv_9801m4394evfexfsqb05pv6z39x3" if "no-c" not in context else None,
        context=context,
        outcome=outcome,
        status=status,
        first_chunk=None if outcome == "refused" else 0.0031,
        added=1.7,
        duration=0.0031,
    )
    assert len("12:01:05  " + as_text(turn, PLAIN)) <= 80


def test_reasons_that_follow_each_other_are_counted() -> None:
    reasons = ["connect refused"] * 3 + ["status 503", "connect refused"]
    assert counted(reasons) == "connect refused, 3 times, status 503, connect refused"


def test_what_was_wrong_stands_below_within_eighty_columns() -> None:
    turn = TurnRecord(outcome="fallback", reason="a word " * 40, retries=["empty", "broken"] * 9)
    first, *below = as_text(turn, PLAIN).splitlines()
    assert first.startswith("-  -")
    assert len(below) > 4
    assert all(line.startswith(" " * 10) and len(line) <= 80 for line in below)


@given(st.text() | st.text(st.characters(categories=["Cc", "Cs", "Cf", "Zl"]), min_size=1))
def test_whatever_an_id_holds_it_stays_one_safe_line(key: str) -> None:
    line = as_text(turn(conversation_id=key), PLAIN)
    assert len(line.splitlines()) == 1
    assert readable_line(line) == line
    assert json.loads(json.dumps(as_json(turn(conversation_id=key), PLAIN)))


def test_names_of_200_kb_are_cut_and_counted() -> None:
    told = as_json(turn(conversation_id="a" + "é" * 200_000, model="m-" * 100_000), PLAIN)
    assert told["conversation_id"] == "a" + "é" * 63 + "… (200,001 characters)"
    assert told["model"].endswith("… (200,000 characters)")
    assert len(as_text(turn(conversation_id="é" * 200_000), PLAIN)) < 100


def test_a_secret_is_covered_before_a_name_is_cut() -> None:
    secret, discreet = "s3cr3t-" * 20, Discreet(["s3cr3t-" * 20])
    for key in (secret, "x" * 60 + secret, secret + "x" * 100):
        known = turn(conversation_id=key, model=key, reason=f"bad key {secret}", outcome="refused")
        assert "s3cr3t" not in json.dumps(as_json(known, discreet))
        assert "cr3t" not in as_text(known, discreet)
    assert as_text(turn(conversation_id=secret), discreet).startswith("[secret]  ")


@pytest.mark.parametrize(
    ("more", "trouble"),
    [
        ({}, False),
        ({"outcome": "left"}, False),
        ({"outcome": "greeted"}, False),
        ({"retries": ["timeout"]}, False),
        ({"context": "no-image"}, False),
        ({"context": "no-conversation-id"}, False),
        ({"context": "store-error"}, True),
        ({"context": "image-refused"}, True),
        ({"outcome": "fallback"}, True),
        ({"outcome": "refused"}, True),
        ({"outcome": "broken"}, True),
    ],
)
def test_trouble_is_a_warning(
    more: dict[str, Any], trouble: bool, caplog: pytest.LogCaptureFixture
) -> None:
    known = turn(**more)
    assert is_trouble(known) is trouble
    with caplog.at_level(logging.INFO, "sightline.injector"):
        log_turn(known)
    (record,) = caplog.records
    assert record.levelno == (logging.WARNING if trouble else logging.INFO)
    assert vars(record)["turn"] is known


def test_nothing_is_made_where_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    class Untouched:
        def __len__(self) -> int:
            raise AssertionError("somebody has looked")

    with caplog.at_level(logging.ERROR, "sightline.injector"):
        log_turn(turn(outcome="broken", conversation_id=Untouched()))
    assert caplog.records == []


def test_any_other_handler_gets_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "sightline.injector"):
        log_turn(turn())
    assert caplog.messages == [f"turn '{ID}': attached;n=1, answered"]
