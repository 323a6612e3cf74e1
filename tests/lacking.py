"""What a machine may lack: tests that need it are left out there, which is said in one line.

`@pytest.mark.needs("chromium", what="the page in a real browser")` names what a test cannot do
without, and what is not proved where that is not there. `tests/conftest.py` leaves such tests out
before they run, and says so at the end; a hundred skips would say the same thing a hundred times.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

WEB: Final = Path(__file__).parent.parent / "web"
CHROMIUM: Final = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
NODE: Final = shutil.which("node")
_OLDEST: Final = 20  # of Node: what web/package.json says

LEFT_OUT: Final = pytest.StashKey[dict[str, list[str]]]()
"""What was left out, by why."""


@cache
def _chromium() -> str | None:
    return None if CHROMIUM else "no Chromium: apt-get install chromium"


@cache
def _node() -> str | None:
    """Return why the programs of Node cannot be tried."""
    if NODE is None or shutil.which("npm") is None:
        return f"no Node {_OLDEST} or newer with npm"
    said = subprocess.run((NODE, "--version"), capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < _OLDEST:
        return f"Node {said.strip()} is older than {_OLDEST}"
    return None


@cache
def _packages() -> str | None:
    """Return why the page's own tools cannot be run."""
    if (WEB / "node_modules" / ".package-lock.json").exists():
        return None
    return "web/node_modules is not here: cd web && npm ci"


_LACKS: Final[Mapping[str, Callable[[], str | None]]] = {
    "node": _node,
    "packages": _packages,
    "chromium": _chromium,
}


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a test cannot run here, and what is not proved without it."""

    why: str
    what: str


def lack(item: pytest.Item) -> Lack | None:
    """Return what a test needs and this machine lacks, if anything."""
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if why := _LACKS[name]():
                return Lack(why, str(mark.kwargs["what"]))
    return None


def sentence(left_out: Mapping[str, Iterable[str]]) -> str:
    """Return one line: what was left out, and why."""
    parts = (f"{', '.join(what)} ({why})" for why, what in left_out.items())
    return f"left out: {'; '.join(parts)}"
