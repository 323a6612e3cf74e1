"""`sightline export` as a person uses it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.exchange import Exchange, Request, Response
from contract.recording import read, write
from contract.redact import Redactor, Rules

Run = Callable[..., subprocess.CompletedProcess[str]]

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BODY = '{"messages":[{"role":"user","content":"It\'s a \\"boat\\""}]}'
BINARY = bytes(range(256))


def asked(body: bytes, *headers: tuple[str, str]) -> Exchange:
    request = Request("POST", "http://127.0.0.1:9/v1/chat/completions", headers, body)
    return Exchange("1", NOW, request, Response(200))


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "first.jsonl"
    secret = asked(BODY.encode(), ("Authorization", "Bearer sk-planted-secret"))
    write(path, [Redactor(Rules()).redact(secret), asked(BINARY)], by="a test")
    return path


def test_a_curl_command_is_printed_and_what_to_fill_in_is_told(typed: Run, recorded: Path) -> None:
    done = typed("export", "first.jsonl", "--curl", "1")
    assert done.returncode == 0
    assert done.stdout.startswith("curl 'http://127.0.0.1:9/v1/chat/completions' \\\n")
    assert "--header 'Authorization: Bearer '\"${SIGHTLINE_SECRET:?}\"" in done.stdout
    assert done.stderr == (
        "sightline: set SIGHTLINE_SECRET first, to the secret that was redacted in header "
        "Authorization\n"
    )


def test_a_body_that_is_binary_is_kept_in_a_file(
    typed: Run, recorded: Path, tmp_path: Path
) -> None:
    for _ in range(2):  # the same command may be printed again
        done = typed("export", "first.jsonl", "--curl", "2")
        assert done.returncode == 0
        assert "--data-binary '@first-2.body'" in done.stdout
        assert done.stderr == "sightline: the body, 256 bytes, is in first-2.body\n"
    kept = tmp_path / "first-2.body"
    assert kept.read_bytes() == BINARY
    assert kept.stat().st_mode & 0o077 == 0


def test_a_file_of_somebody_else_is_not_overwritten(
    typed: Run, recorded: Path, tmp_path: Path
) -> None:
    (tmp_path / "first-2.body").write_text("mine")
    done = typed("export", "first.jsonl", "--curl", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "first-2.body exists already" in done.stderr
    assert (tmp_path / "first-2.body").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "export makes one thing: name either --har FILE or --curl N"),
        ("--har a.har --curl 1", "export makes one thing"),
        ("--curl 3", "--curl: there is no exchange 3; there are 1 to 2"),
        ("--har no/such/a.har", "cannot write no/such/a.har"),
        ("--har first.jsonl", "first.jsonl exists already"),
    ],
)
def test_a_bad_value_is_one_clear_line_and_status_2(
    typed: Run, recorded: Path, words: str, says: str
) -> None:
    before = recorded.read_bytes()
    done = typed("export", "first.jsonl", *words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"sightline: {says}")
    assert done.stderr.count("\n") == 1
    assert recorded.read_bytes() == before


def test_a_har_file_holds_what_utf_8_cannot(typed: Run, tmp_path: Path) -> None:
    """A header of a HAR file may hold half a character, as JSON allows."""
    write(tmp_path / "odd.jsonl", [asked(b"{}", ("x-odd", "a\udce9"))], by="a test")
    assert typed("export", "odd.jsonl", "--har", "odd.har").returncode == 0
    (entry,) = json.loads((tmp_path / "odd.har").read_text())["log"]["entries"]
    assert entry["request"]["headers"] == [{"name": "x-odd", "value": "a\udce9"}]


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is not installed: the command cannot be run"
)
def test_a_recorded_turn_is_sent_again_through_the_proxy_and_is_the_same(
    run: Run, parts: Mapping[str, str], tmp_path: Path
) -> None:
    """The capture proxy records what curl sends; it is what was sent the first time."""
    assert run("rehearse", "--endpoint", f"{parts['capture']}/v1").returncode == 0
    before = read(tmp_path / "first.jsonl").exchanges
    for number, exchange in enumerate(before, start=1):
        printed = run("export", "first.jsonl", "--curl", str(number))
        assert printed.returncode == 0, printed.stderr
        sent = subprocess.run(
            ["sh", "-c", printed.stdout], cwd=tmp_path, capture_output=True, check=True, timeout=30
        )
        assert b"[DONE]" in sent.stdout
        again = read(tmp_path / "first.jsonl").exchanges[-1].request
        was = exchange.request
        assert (again.method, again.url, again.body) == (was.method, was.url, was.body)
        headers = [
            [it for it in one.headers if not re.match("(?i)content-length|host", it[0])]
            for one in (again, was)
        ]
        assert headers[0] == headers[1]
