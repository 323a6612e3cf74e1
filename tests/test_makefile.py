"""What `make` would run is something that a shell can read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TARGETS = re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"))


@pytest.mark.parametrize("words", [*TARGETS, "demo ARGS=--page", 'test ARGS=-m\\ "not\\ web"'])
def test_what_a_target_would_run_can_be_read_by_a_shell(words: str) -> None:
    told = subprocess.run(
        ["sh", "-c", f"make --dry-run --no-print-directory PYTHON={sys.executable} {words}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    read = subprocess.run(
        ["sh", "-n"], input=told.stdout, capture_output=True, text=True, check=False
    )
    assert (read.returncode, read.stderr) == (0, "")
