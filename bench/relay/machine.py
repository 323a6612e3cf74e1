"""On what was measured, and with which versions."""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.relay.contenders import foreign, nginx

_OURS = ("sightline", "aiohttp", "uvloop", "orjson", "Pillow")


def about() -> dict[str, Any]:
    """Return the machine, the day, and the versions of all that took part."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "ours": {name: version(name) for name in _OURS},
        "commit": _commit(),
        "nginx": nginx.version(),
        "theirs": foreign.versions(),
        "day": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": " ".join(["python -m bench.relay", *sys.argv[1:]]),
    }


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _commit() -> str:
    """Return the commit that is measured, with a plus if files differ from it, or nothing."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        said = subprocess.run(  # noqa: S603 - our own command
            command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip()
