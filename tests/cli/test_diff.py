"""`sightline diff`: what changed, on one screen, for machines, and as an exit status."""

import json
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from capture.drift.report import Change
from cli.diff import ROOM, _height, _that_fit
from contract.exchange import Exchange, Request
from contract.har import to_har
from rehearsal import payload
from rehearsal.payload import Agent

Run = Callable[..., subprocess.CompletedProcess[str]]
Service = Callable[..., AbstractAsyncContextManager[str]]

SCREEN = 40
"""Lines of a screen; more would scroll away."""


def recorded(
    path: Path, *, calls: int = 4, url: str = "http://h/v1/chat/completions", **body: Any
) -> None:
    """Write a HAR file of calls; what is named is put into each body."""
    made = []
    for number in range(calls):
        identity = f"conv_{number:02}{path.stem:0>26}"
        history: list[Any] = []
        for turn in range(3):
            history.append({"role": "user", "content": f"I am {path.stem} {number}, {turn}."})
            value = json.loads(payload.body(Agent(), identity, history)) | body
            made.append(
                Exchange(
                    id=f"{number}-{turn}",
                    started=datetime(2026, 11, 1, number, tzinfo=UTC) + timedelta(seconds=9 * turn),
                    request=Request(
                        "POST",
                        url,
                        tuple(payload.headers(Agent(), identity).items()),
                        json.dumps(value).encode(),
                    ),
                )
            )
            history.append({"role": "assistant", "content": "Yes."})
    path.write_text(json.dumps(to_har(made)))


def test_no_difference_is_status_0_and_says_how_much_was_compared(
    typed: Run, tmp_path: Path
) -> None:
    recorded(tmp_path / "october.har")
    recorded(tmp_path / "november.har", calls=5)
    done = typed("diff", "october.har", "november.har")
    assert done.returncode == 0, done.stdout
    assert "october.har   12 turns of 4 conversations" in done.stdout
    assert "november.har  15 turns of 5 conversations" in done.stdout
    assert "nothing differs in structure" in done.stdout


def test_a_difference_is_status_1_and_one_line_with_its_evidence(
    typed: Run, tmp_path: Path
) -> None:
    recorded(tmp_path / "a.har")
    recorded(tmp_path / "b.har", stream_options={"include_usage": True})
    done = typed("diff", "a.har", "b.har")
    assert done.returncode == 1
    assert (
        "+ /stream_options  object of include_usage  in 12 of 12 turns, before in none\n"
        in done.stdout
    )
    assert "\n1 difference\n" in done.stdout
    back = typed("diff", "b.har", "a.har")
    assert (
        "- /stream_options  object of include_usage  in none of 12 turns, before in 12 of 12"
        in back.stdout
    )


def test_json_is_for_machines(typed: Run, tmp_path: Path) -> None:
    recorded(tmp_path / "a.har", call={"id": "1"})
    recorded(tmp_path / "b.har", call={"id": None})
    done = typed("diff", "a.har", "b.har", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "verdict": "different",
        "a": {"file": "a.har", "turns": 12, "conversations": 4},
        "b": {"file": "b.har", "turns": 12, "conversations": 4},
        "changes": [
            {
                "change": "changed",
                "group": "body",
                "path": "$request.body#/call/id",
                "text": "null, before text",
                "a": {"seen": 0, "of": 12},
                "b": {"seen": 12, "of": 12},
                "weak": False,
            }
        ],
        "unsure": [],
        "notes": [],
    }


@pytest.mark.parametrize("order", ["a.har none.har", "none.har a.har"])
def test_a_recording_without_a_turn_is_bad_input(typed: Run, tmp_path: Path, order: str) -> None:
    recorded(tmp_path / "a.har")
    recorded(tmp_path / "none.har", url="http://h/healthz")
    done = typed("diff", *order.split())
    assert done.returncode == 2
    assert done.stderr.startswith("sightline: none.har holds no turn to compare")
    assert done.stderr.count("\n") == 1


def test_what_cannot_be_read_is_bad_input(typed: Run, tmp_path: Path) -> None:
    recorded(tmp_path / "a.har")
    done = typed("diff", "a.har", "missing.har")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot read missing.har" in done.stderr


def test_one_conversation_is_told_to_be_too_few(typed: Run, tmp_path: Path) -> None:
    recorded(tmp_path / "a.har", calls=1)
    recorded(tmp_path / "b.har", calls=1, plan="pro")
    done = typed("diff", "a.har", "b.har")
    assert done.returncode == 1
    assert "few conversations: what differs may be the callers" in done.stdout


def test_much_drift_fits_on_one_screen_and_all_shows_the_rest(typed: Run, tmp_path: Path) -> None:
    recorded(tmp_path / "a.har")
    fields: dict[str, Any] = {f"field_{number}": number for number in range(60)}
    recorded(tmp_path / "b.har", **fields)
    done = typed("diff", "a.har", "b.har")
    assert len(done.stdout.splitlines()) <= SCREEN
    assert "60 differences; 36 more with --all" in done.stdout
    everything = typed("diff", "a.har", "b.har", "--all")
    assert everything.stdout.count("+ /field_") == 60


def test_long_names_do_not_make_the_screen_too_long() -> None:
    changes = [
        Change("added", "body", "", "/" + "long/" * 30, "text", (0, 9), (9, 9)) for _ in range(50)
    ]
    shown = _that_fit(changes, 80)
    assert 5 < len(shown) < 10
    assert _height(shown, 80) <= ROOM


def test_what_was_captured_cannot_command_the_terminal(typed: Run, tmp_path: Path) -> None:
    recorded(tmp_path / "a.har")
    evil: dict[str, Any] = {"\x1b[31mred": 1}
    recorded(tmp_path / "b.har", **evil)
    done = typed("diff", "a.har", "b.har")
    assert "\x1b" not in done.stdout
    assert r"+ /\u001b[31mred" in done.stdout


async def test_recordings_of_real_calls_differ_only_in_where_the_id_is(
    run: Run, service: Service, parts: Mapping[str, str], tmp_path: Path
) -> None:
    first = run("rehearse", "--endpoint", f"{parts['capture']}/v1", "--id-in", "header")
    assert first.returncode == 0, first.stderr
    again = service(
        "capture", "--listen", "127.0.0.1:0", "--upstream", parts["serve"],
        "--out", str(tmp_path / "second.jsonl"),
    )  # fmt: skip
    async with again as capture:
        held = run("rehearse", "--endpoint", f"{capture}/v1", "--id-in", "extra_body")
        assert held.returncode == 0, held.stderr
    done = run("diff", "first.jsonl", "second.jsonl", "--json")
    assert done.returncode == 1, done.stdout
    found = json.loads(done.stdout)
    assert [(it["change"], it["path"]) for it in found["changes"]] == [
        ("removed", "$request.header.x-conversation-id"),
        ("added", "$request.body#/elevenlabs_extra_body/conversation_id"),
    ]
    assert run("export", "second.jsonl", "--har", "second.har").returncode == 0
    same = run("diff", "second.jsonl", "second.har", "--all")
    assert same.returncode == 0, same.stdout
