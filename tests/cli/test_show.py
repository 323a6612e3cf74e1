"""`sightline show` as a person uses it."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.exchange import Exchange, Request, Response
from contract.recording import Writer, write

Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parent.parent.parent
ANNA, BEN = "conv_9801m4394evfexfsqb05pv6z39x3", "conv_1701m4394evfexfsqb05pv6z39x4"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
OWNED = "\x1b]0;owned\x07\x1b[2J\x9b\u202e"


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def agent(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def a_turn(
    at: float, identity: str, *messages: Any, says: str = "A red boat.", status: int = 200
) -> Exchange:
    request = Request(
        "POST",
        "http://h/v1/chat/completions",
        (("Content-Type", "application/json"), ("X-Conversation-Id", identity)),
        json.dumps({"messages": messages}).encode(),
    )
    body = json.dumps({"choices": [{"message": {"content": says}}]}).encode()
    response = Response(status, (), body, ((48.0, len(body)),))
    return Exchange(f"{at}", NOW + timedelta(seconds=at), request, response)


FIRST = user("Hello, Anna here, which colours are in it?")
EXCHANGES = (
    a_turn(0, ANNA, FIRST),
    a_turn(1, BEN, user("Please read out the label"), says="Sunflower oil.", status=503),
    a_turn(2, ANNA, FIRST, agent("A red boat."), user("And behind it?"), says="The sea."),
    Exchange("4", NOW + timedelta(seconds=3), Request("GET", "http://h/healthz")),
)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "first.jsonl"
    write(path, EXCHANGES, by="a test")
    return path


def numbers(shown: str) -> list[str]:
    return re.findall(r"(?m)^ *(\d+)  \d\d:", shown)


FILTERS = {
    "--session 1": ["1", "3"],
    "--session 2": ["2"],
    f"--session {ANNA}": ["1", "3"],
    "--path completions": ["1", "2", "3"],
    "--path /health*": ["4"],
    "--status 5xx": ["2"],
    "--status none": ["4"],
    "--status 200-299": ["1", "3"],
    "--grep red.boat": ["1", "3"],
    "--grep (?i)SUNFLOWER": ["2"],
    "--last 2": ["3", "4"],
    "--session 1 --last 1": ["3"],
    "--session 1 --grep sea --status 2xx": ["3"],
}


@pytest.mark.parametrize(("words", "chosen"), FILTERS.items())
def test_filters_choose_and_numbers_stay(
    typed: Run, recorded: Path, words: str, chosen: list[str]
) -> None:
    done = typed("show", "first.jsonl", "--line", *words.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert numbers(done.stdout) == chosen


def test_the_default_shows_everything(typed: Run, recorded: Path) -> None:
    done = typed("show", "first.jsonl")
    assert re.findall(r"(?m)^(\d) \S+  (\S+)(?: answer)?(?:  call (\d))? ─", done.stdout) == [
        ("1", "200", "1"),
        ("2", "503", "2"),
        ("3", "200", "1"),
        ("4", "no", ""),
    ]
    assert done.stdout.count("▲ $request.header.x-conversation-id") == 3


def test_a_conversation_reads_as_a_conversation(typed: Run, recorded: Path) -> None:
    done = typed("show", "first.jsonl", "--talk", "--session", "1")
    said = [line for line in done.stdout.splitlines() if re.match("person|agent", line)]
    assert said == [
        "person   Hello, Anna here, which colours are in it?",
        "agent    A red boat.",
        "person   And behind it?",
        "agent    The sea.",
    ]
    assert done.stdout.startswith(f"call 1  {ANNA} ──")
    assert BEN not in done.stdout


def test_all_conversations_are_told_and_what_is_none(typed: Run, recorded: Path) -> None:
    done = typed("show", "first.jsonl", "--talk")
    assert re.findall(r"(?m)^call (\d)", done.stdout) == ["1", "2"]
    assert "1 more exchange is no turn: --line shows all" in done.stdout


def test_numbers_go_on_from_file_to_file(typed: Run, recorded: Path, tmp_path: Path) -> None:
    write(tmp_path / "second.jsonl", EXCHANGES[:1], by="a test")
    done = typed("show", "first.jsonl", "second.jsonl", "--line")
    assert numbers(done.stdout) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("view", [[], ["--line"], ["--talk"]])
@pytest.mark.parametrize("more", [{}, {"COLUMNS": "80"}, {"PYTHONIOENCODING": "ascii"}])
def test_what_is_piped_has_no_colour_and_no_blanks_at_the_ends_of_lines(
    run: Run, recorded: Path, view: list[str], more: dict[str, str]
) -> None:
    done = run("show", "first.jsonl", *view, **more)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == []
    assert "?" not in done.stdout.replace("it?", ""), "a sign of ours became a question mark"


@pytest.mark.parametrize("view", [[], ["--line"], ["--talk"], ["--grep", "(?s).+"]])
def test_nothing_captured_commands_the_terminal(run: Run, tmp_path: Path, view: list[str]) -> None:
    """Neither in what was sent, nor in names of files, nor in what is told on standard error."""
    bad = Exchange(
        OWNED,
        NOW,
        Request(f"GET{OWNED}", f"http://h/{OWNED}", ((f"x{OWNED}", OWNED),), OWNED.encode()),
        Response(200, ((OWNED, OWNED),), OWNED.encode(), ((1.0, 9),)),
        complete=False,
        reason=OWNED,
    )
    path = tmp_path / f"a{OWNED}.jsonl"
    write(path, [bad, a_turn(1, OWNED, user(OWNED), says=OWNED)], by="a test")
    with path.open("a") as file:
        file.write("{torn")
    done = run("show", path.name, *view)
    assert done.returncode == 0
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", done.stdout + done.stderr)
    assert "torn" in done.stderr
    missing = run("show", f"missing{OWNED}")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", missing.stderr)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--grep [", "--grep: [ is no regular expression"),
        ("--status 6000", "--status: 6000 is no status: write 500, 4xx"),
        ("--session 9", "--session: no conversation has the number 9 (there are 1 to 2)"),
        ("--session conv_x", "--session: no exchange holds the ID conv_x"),
        ("--line --talk", "--line and --talk are two views"),
        ("--follow first.jsonl", "--follow takes one recording, and here are 2"),
    ],
)
def test_a_bad_value_is_one_clear_line_and_status_2(
    typed: Run, recorded: Path, words: str, says: str
) -> None:
    done = typed("show", "first.jsonl", *words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"sightline: {says}")
    assert done.stderr.count("\n") == 1


def test_what_does_not_grow_cannot_be_followed(typed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text('{"log": {"version": "1.2", "entries": [' + " " * 60)
    done = typed("show", "a.har", "--follow")
    assert done.returncode == 2
    assert "no recording that grows" in done.stderr


class Following:
    """`sightline show --follow` while it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def until(self, words: str) -> str:
        """Read lines until one has these words; return them all."""
        assert self._process.stdout is not None
        lines: list[str] = []
        while not lines or words not in lines[-1]:
            line = self._process.stdout.readline()
            assert line, f"it ended after {lines}"
            lines.append(line)
        return "".join(lines)

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit status and what stands on standard error."""
        self._process.send_signal(signal.SIGINT)
        _, complaints = self._process.communicate(timeout=30)
        return self._process.returncode, complaints


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Callable[..., Following]]:
    with contextmanager(_following)(tmp_path) as start:
        yield start


def _following(folder: Path) -> Iterator[Callable[..., Following]]:
    processes: list[subprocess.Popen[str]] = []
    watchdogs: list[threading.Timer] = []

    def start(*words: str) -> Following:
        command = [sys.executable, "-m", "cli.main", "show", "first.jsonl", "--follow", *words]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        watchdogs.append(threading.Timer(30, process.kill))  # or a test would wait for ever
        watchdogs[-1].start()
        return Following(process)

    yield start
    for process, watchdog in zip(processes, watchdogs, strict=True):
        watchdog.cancel()
        process.kill()
        process.communicate()


def test_what_comes_to_a_recording_is_shown_as_it_comes(
    following: Callable[..., Following], tmp_path: Path
) -> None:
    with Writer(tmp_path / "first.jsonl", by="a test") as writer:
        writer.write(EXCHANGES[0])
        shown = following("--line")
        assert numbers(shown.until("Anna here")) == ["1"]
        writer.write(EXCHANGES[1])
        assert numbers(shown.until("Sunflower")) == ["2"]
        writer.write(EXCHANGES[2])
        assert "   1 conv_" in shown.until("The sea."), "it belongs to the first conversation"
        assert shown.stop() == (130, "")


def test_filters_work_on_what_comes(following: Callable[..., Following], tmp_path: Path) -> None:
    with Writer(tmp_path / "first.jsonl", by="a test") as writer:
        for exchange in EXCHANGES[:2]:
            writer.write(exchange)
        shown = following("--line", "--session", "1", "--grep", "boat|sea", "--last", "1")
        shown.until("boat")
        for exchange in (EXCHANGES[1], EXCHANGES[3], EXCHANGES[2]):
            writer.write(exchange)
        assert numbers(shown.until("The sea.")) == ["5"]
        assert shown.stop() == (130, "")


def test_a_conversation_is_followed_turn_by_turn(
    following: Callable[..., Following], tmp_path: Path
) -> None:
    with Writer(tmp_path / "first.jsonl", by="a test") as writer:
        writer.write(EXCHANGES[0])
        shown = following("--talk")
        assert "call 1" in shown.until("agent    A red boat.")
        writer.write(EXCHANGES[2])
        more = shown.until("agent    The sea.")
        assert "call 1" not in more
        assert "Hello" not in more
        writer.write(EXCHANGES[1])
        assert "call 2" in shown.until("agent    Sunflower oil.")
        assert shown.stop()[0] == 130


def test_a_half_written_line_is_waited_for(
    following: Callable[..., Following], recorded: Path
) -> None:
    whole = recorded.read_bytes()
    half = len(whole) - 40
    recorded.write_bytes(whole[:half])
    shown = following("--line")
    shown.until("The sea.")
    with recorded.open("ab") as file:
        file.write(whole[half:])
    assert numbers(shown.until("healthz")) == ["4"]
    assert shown.stop() == (130, "")


def test_a_recording_is_waited_for(following: Callable[..., Following], tmp_path: Path) -> None:
    shown = following("--line")
    write(tmp_path / "first.jsonl", EXCHANGES, by="a test")
    assert numbers(shown.until("healthz")) == ["1", "2", "3", "4"]
    status, complaints = shown.stop()
    assert status == 130
    assert complaints in {"", "sightline: waiting for first.jsonl\n"}


def test_a_broken_line_is_told_and_the_rest_goes_on(
    following: Callable[..., Following], recorded: Path
) -> None:
    with recorded.open("a") as file:
        file.write("{broken\n")
    shown = following("--line")
    shown.until("healthz")
    assert shown.stop() == (130, "sightline: first.jsonl: line 6 is broken and was skipped\n")


def on_a_terminal(folder: Path, *words: str, width: int, **more: str) -> str:
    """Run a command on a terminal of that width, and return what the terminal is sent."""
    parent, child = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", *words],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "COLUMNS": str(width), **more},
        stdin=child,
        stdout=child,
    )
    os.close(child)
    sent = b""
    while select.select([parent], [], [], 30)[0]:
        try:
            piece = os.read(parent, 65536)
        except OSError:
            break  # on Linux, how a terminal tells that nobody writes to it any more
        if not piece:
            break
        sent += piece
    process.wait(timeout=30)
    os.close(parent)
    return sent.decode()


OURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("view", ["--line", "--talk"])
def test_it_fits_the_terminal(recorded: Path, tmp_path: Path, width: int, view: str) -> None:
    sent = on_a_terminal(tmp_path, "show", "first.jsonl", view, width=width, TERM="xterm")
    assert OURS.search(sent), "on a terminal there is colour"
    lines = OURS.sub("", sent).replace("\r\n", "\n").splitlines()
    assert max(map(len, lines)) <= width
    if view == "--line":
        assert lines[0].split() == ["#", "time", "code", "request", "call"] + (
            ["size", "first", "words"] if width > 80 else ["first", "words"]
        )
        assert len(lines) == 5


@pytest.mark.parametrize("more", [{"TERM": "dumb"}, {"NO_COLOR": "1", "TERM": "xterm"}])
def test_without_colour_there_is_none(recorded: Path, tmp_path: Path, more: dict[str, str]) -> None:
    sent = on_a_terminal(tmp_path, "show", "first.jsonl", "--talk", width=80, **more)
    assert "Hello, Anna here" in sent
    colours = re.findall(r"\x1b\[([0-9;]*)m", sent)
    assert not [it for it in colours if re.search(r"(?:^|;)(?:3|4|9|10)\d(?:;|$)", it)]


def test_filters_that_nothing_fits_say_so(typed: Run, recorded: Path) -> None:
    done = typed("show", "first.jsonl", "--path", "nowhere")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"sightline: none of {len(EXCHANGES)} exchanges fits\n"
