"""The demo, as a newcomer runs it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.config import load
from contract.recording import read
from tests.cli.started import started_by

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parent.parent.parent


def test_the_demo_finds_proves_and_replays(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = run("demo", "--out", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    text = " ".join(done.stdout.split())
    assert "no-conversation-id" in text
    assert "found in 12 turns of 2 conversations" in text
    assert text.count("so say 4 of 4 answers") == 2
    assert "good all 12 turns" in text
    assert text.endswith("good every answer came from the right picture")
    assert re.search(r"added time [0-9.]+ ms a turn", text)
    paths = [path.expression for path in load(folder / "config.yaml", {}).conversation_id]
    assert paths == ["$request.header.x-conversation-id", "$request.body#/messages/0/content"]
    for name in ("first", "second"):
        assert any(it.is_turn for it in read(folder / f"{name}.jsonl").exchanges)
    assert started_by(folder) == {}


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", ["stand-in model", "capture proxy", "→", "They call again"])
def test_a_demo_that_is_told_to_stop_leaves_nothing_running(
    tmp_path: Path, told: signal.Signals, after: str
) -> None:
    folder = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", "demo", "--out", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        assert any(after in line for line in demo.stdout)
        demo.send_signal(told)
        said, _ = demo.communicate(timeout=20)
    assert demo.returncode == 130, said
    assert "nothing is left running" in said
    assert "Traceback" not in said
    assert started_by(folder) == {}
