"""What a machine lacks is said in one line, and fails nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("there", [(), ("node", "npm")], ids=["nothing", "an old Node"])
def test_where_programs_are_not_there_one_line_says_what_is_left_out(
    tmp_path: Path, there: tuple[str, ...]
) -> None:
    for name in there:
        (tmp_path / name).write_text("#!/bin/sh\necho v18.20.4\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/web", "tests/capture/report/test_in_chromium.py"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "left out" in line]
    node = "Node v18.20.4 is older than 20" if there else "no Node 20 or newer with npm"
    assert f"the page in a real browser, the page and its hook ({node})" in line
    assert "the report page in a real browser (no Chromium: apt-get install chromium)" in line
    assert "SKIPPED" not in done.stdout
