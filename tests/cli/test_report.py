"""`sightline report`: one page, never written over another file, with no secret in it."""

import json
import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import recording
from contract.exchange import Exchange, Request, Response
from contract.har import to_har

Typed = Callable[..., subprocess.CompletedProcess[str]]

IDS = ("conv_9801m4394evfexfsqb05pv6z39x3", "conv_1701m83p4dr064z9b2p3s5a2sw0v")


def calls() -> list[Exchange]:
    """Return two calls of two turns, with the ID in a header and a secret in another."""
    made = []
    for call, known in enumerate(IDS):
        messages = []
        for at in range(2):
            messages.append({"role": "user", "content": f"Call {call} says its line {at} now."})
            made.append(
                Exchange(
                    f"{call}-{at}",
                    datetime(2026, 11, 23, 6, call, at * 9, tzinfo=UTC),
                    Request(
                        "POST",
                        "http://voice.example/v1/chat/completions",
                        (("X-Conversation-Id", known), ("Authorization", "Bearer sk-planted-key")),
                        json.dumps({"messages": messages}).encode(),
                    ),
                    Response(200, (), b'{"choices": [{"message": {"content": "Yes."}}]}'),
                )
            )
    return made


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = tmp_path / "first.jsonl"
    recording.write(path, calls(), by="a test")
    return path


def test_a_page_is_written_that_nobody_else_may_read(
    typed: Typed, first: Path, tmp_path: Path
) -> None:
    done = typed("report", str(first), "--out", "report.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "found; 4 exchanges, 2 conversations in report.html\n"
    page = tmp_path / "report.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    text = page.read_text("utf-8")
    assert "$request.header.x-conversation-id" in text
    assert all(f"<mark>{known}</mark>" in text for known in IDS)


def test_another_file_is_never_written_over(typed: Typed, first: Path, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("mine")
    done = typed("report", str(first))
    assert done.returncode == 2
    assert done.stderr == "sightline: report.html exists already: name another file\n"
    assert (tmp_path / "report.html").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing.jsonl",), "cannot read nothing.jsonl: No such file or directory"),
        (("first.jsonl", "--out", "no/where.html"), "cannot write no/where.html"),
        (("first.jsonl", "--config", "none.yaml"), "none.yaml"),
    ],
)
def test_bad_input_is_one_line_and_no_page(
    typed: Typed, first: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = typed("report", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.glob("*.html")) == []


def test_a_secret_of_a_har_file_is_not_on_the_page(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "first.har").write_text(json.dumps(to_har(calls())), "utf-8")
    assert typed("report", "first.har").returncode == 0
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "sk-planted-key" not in text
    assert "redacted-" in text


def test_a_token_of_a_recording_stays_as_it_is(typed: Typed, tmp_path: Path) -> None:
    token = "redacted-0123456789abcdef"
    turn = calls()[0]
    request = Request("POST", turn.request.url, (("Authorization", f"Bearer {token}"),), b"{}")
    redacted = Exchange("one", turn.started, request, redacted=("$request.header.authorization",))
    recording.write(tmp_path / "first.jsonl", [redacted], by="a test")
    typed("report", "first.jsonl")
    assert token in (tmp_path / "report.html").read_text("utf-8")


def test_a_known_id_is_looked_for(typed: Typed, first: Path) -> None:
    assert typed("report", str(first), "--known-id", "conv_nobody").stdout.startswith("absent;")


def test_a_recording_without_a_turn_is_a_page_too(typed: Typed, tmp_path: Path) -> None:
    turn = calls()[0]
    health = Exchange("h", turn.started + timedelta(1), Request("GET", "/healthz"), Response(200))
    recording.write(tmp_path / "first.jsonl", [health], by="a test")
    done = typed("report", "first.jsonl")
    assert done.returncode == 0
    assert done.stdout == "insufficient; 1 exchange, 0 conversations in report.html\n"
