"""Processes that a test's own folder tells from all others."""

import os
from pathlib import Path


def started_by(folder: Path) -> dict[int, str]:
    """Return the processes that name this folder and still run, by their numbers: their words."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
                state = (entry / "stat").read_text().rpartition(") ")[2][:1]
            except OSError:
                continue
            if str(folder) in words and state != "Z":
                found[int(entry.name)] = words.replace("\0", " ")
    return found
