"""The page's own tools, run as a person would: in `web/`, each as a process that never stays."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from tests.lacking import CHROMIUM, NODE, WEB

Run: TypeAlias = Callable[..., None]

_BUILDING: Final = 120.0  # seconds
_FAREWELL: Final = 10.0  # seconds that a group of processes gets to end in order
_TOLD: Final = 12_000  # characters of a failure that are shown
_SOURCES: Final = ("src", "plugins", "public", "index.html", "vite.config.ts", "package-lock.json")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Have Node do something in `web/`; what it printed is shown where it fails."""
    return partial(_run, tmp_path / "said")


def _run(said: Path, script: str, *words: str, seconds: float) -> None:
    with said.open("wb") as output, _group(script, words, output.fileno()) as process:
        try:
            status: int | str = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = f"not over after {seconds:.0f} s"
    if status != 0:
        text = said.read_text("utf-8", errors="replace")[-_TOLD:]
        pytest.fail(f"{script} {' '.join(words)}: {status}\n{text}", pytrace=False)


@contextmanager
def _group(script: str, words: tuple[str, ...], output: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start Node with a group of its own, of which nobody is left afterwards.

    Its standard input is a pipe: where this process is killed, the end of it tells the other.
    """
    assert NODE is not None
    process = subprocess.Popen(
        (NODE, f"node_modules/{script}", *words),
        cwd=WEB,
        env={**os.environ, **_environment()},
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _environment() -> Mapping[str, str]:
    chromium = {"SIGHTLINE_CHROMIUM": CHROMIUM} if CHROMIUM else {}
    return {
        "SIGHTLINE_PYTHON": sys.executable,
        "SIGHTLINE_ENDS_WITH_STDIN": "1",
        "NO_COLOR": "1",
        "CI": "1",
        **chromium,
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a group: first in order, then for certain; its first process may be gone already."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_FAREWELL)
    if process.stdin:
        process.stdin.close()


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The built page, built anew where a source is newer."""
    built = WEB / "dist" / "index.html"
    newest = max(path.stat().st_mtime for path in _sources())
    if not built.exists() or built.stat().st_mtime < newest:
        said = tmp_path_factory.mktemp("page") / "said"
        _run(said, "vite/bin/vite.js", "build", seconds=_BUILDING)


def _sources() -> Iterator[Path]:
    for name in _SOURCES:
        path = WEB / name
        yield from filter(Path.is_file, [path, *path.rglob("*")])
