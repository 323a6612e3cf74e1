"""The code in question, asked about a case: in process, which is quick, or as the real command."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from bench.locate.case import Case
from capture.files import open_recording
from capture.locate import locate
from contract.errors import RecordingError

BAD_INPUT = 2
_STATUS = {"found": 0, "absent": 3, "insufficient": 4}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: JSON and an exit status, or why there is none. `status` 2 is bad input."""

    status: int
    json: dict[str, Any] | None = None
    trouble: str = ""


Asked: TypeAlias = Callable[[Case], Reply]


def in_process(case: Case) -> Reply:
    """Ask the functions that the command calls; files are written and read as ever."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            recordings = [open_recording(path) for path in _files(case, Path(folder))]
        except RecordingError as error:
            return Reply(BAD_INPUT, trouble=str(error))
        try:
            finding = locate([one for it in recordings for one in it.exchanges], list(case.known))
            answer = finding.as_json()
        except Exception as error:  # noqa: BLE001 - a crash is an outcome, and the run goes on
            return Reply(1, trouble=f"{type(error).__name__}: {error}")
    return Reply(_STATUS[answer["verdict"]], json.loads(json.dumps(answer)))


def by_command(case: Case) -> Reply:
    """Ask `sightline locate FILE… --json --known-id ID…`."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(path) for path in _files(case, Path(folder))]
        known = [word for one in case.known for word in ("--known-id", one)]
        command = [sys.executable, "-m", "cli.main", "locate", *files, "--json", *known]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        answer = json.loads(done.stdout) if done.returncode != BAD_INPUT else None
    except ValueError:
        return Reply(1, trouble=done.stderr.strip() or done.stdout)
    return Reply(done.returncode, answer, done.stderr.strip())


def _files(case: Case, folder: Path) -> list[Path]:
    paths = []
    for number, document in enumerate(case.documents, start=1):
        path = folder / f"recording-{number}.har"
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths
