"""`make bench-flame`: where Sightline's own time goes, under load at one connection and at 32.

py-spy looks at the process from outside a few hundred times a second. What it sees becomes a flame
graph and a table in docs/performance/. The
picture has 450 KB of data URI.
"""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bench.relay import page
from bench.relay.contenders import foreign, sightline
from bench.relay.measures import CONNECTIONS, Load, Size
from bench.relay.processes import Running
from bench.relay.run import learned, model_server
from bench.relay.screen import show, tell
from bench.relay.tables import Table, markdown

SPY = foreign.PLACE / "bin" / "py-spy"
LARGEST = 300_000
"""Bytes up to which a flame graph is kept."""

_TIMES_A_SECOND = 400
_SHOWN = 25
_PATIENCE = 30.0
_ABOUT = """# Where Sightline's own time goes

`make bench-flame` wrote this: py-spy's samples of the process under load, turns with 450 KB of data
URI. *self* is the share of samples in which a function was the innermost, what it calls in C
included; *with others*, that in which it was anywhere. Only what holds Python's lock is looked at,
so waiting does not count, nor what the system does meanwhile. Flame graphs:
[one connection](flame-1.svg), [32 connections](flame-32.svg).
"""


def main(
    seconds: Annotated[int, typer.Option(help="Of each of the two.")] = 10,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where it goes.", show_default="docs/performance"),
    ] = None,
) -> None:
    """Record Sightline under load, twice."""
    place = out or page.PAGE.parent / "performance"
    place.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        load = Load()
        stack.callback(load.end)
        model = stack.enter_context(model_server(folder))
        ours = sightline.start(folder / "ours", model.port)
        stack.callback(ours.end)
        size = learned("p450k", folder, ours, model)
        tables = []
        for connections in (1, CONNECTIONS):
            raw = _spied(load, ours, size, connections, seconds, folder / "stacks.txt")
            tables.append(table(raw.read_text(encoding="utf-8").splitlines(), connections))
            file = folder / f"flame-{connections}.svg"
            _keep(_spied(load, ours, size, connections, seconds, file), place, tables[-1].title)
    show(tables)
    text = "\n".join(markdown(one) for one in tables)
    (place / "profile.md").write_text(f"{_ABOUT}\n{text}", encoding="utf-8")


def table(lines: Iterable[str], connections: int) -> Table:
    """Return the functions that held the processor longest, of stacks as py-spy writes them.

    A line is `outer;…;inner count`. *self* is the share of samples in which a function was the
    innermost, *with others* that in which it was anywhere.
    """
    own, within = Counter[str](), Counter[str]()
    total = 0
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        total += int(count)
        own[frames[-1]] += int(count)
        for frame in set(frames):
            within[frame] += int(count)
    rows = tuple(
        (frame, f"{100 * count / total:.1f} %", f"{100 * within[frame] / total:.1f} %")
        for frame, count in own.most_common(_SHOWN)
    )
    title = f"Sightline at {connections} connection{'s' if connections > 1 else ''}"
    return Table(title, ("function", "self", "with others"), rows)


def titled(drawing: str, title: str) -> str:
    """Return a flame graph with a title instead of py-spy's command with this machine's paths."""
    return re.sub(r'(<text id="title"[^>]*>)[^<]*', rf"\g<1>{title}", drawing, count=1)


def _spied(
    load: Load, ours: Running, size: Size, connections: int, seconds: int, file: Path
) -> Path:
    """Look at Sightline under load for so long; py-spy needs a moment before it begins."""
    tell(f"{connections} at once, {seconds} s, {file.suffix[1:]}")
    command = [str(SPY), "record", "--pid", str(ours.process.pid), "--output", str(file)]
    command += ["--format", "flamegraph" if file.suffix == ".svg" else "raw", "--function"]
    command += ["--gil"]  # who waits for a socket or for a question uses no processor
    command += ["--rate", str(_TIMES_A_SECOND), "--duration", str(seconds)]
    log = file.with_suffix(".log")
    with log.open("wb") as said:
        spy = subprocess.Popen(command, stdout=said, stderr=said)  # noqa: S603 - our own command
    job = {"port": ours.port, "mark": size.mark, "picture": None, "connections": connections}
    until = time.monotonic() + seconds + _PATIENCE
    while spy.poll() is None and time.monotonic() < until:
        load.do(kind="throughput", seconds=1.0, **job)
    spy.kill()
    spy.wait()
    if not file.exists():
        sys.exit(f"py-spy could not look at Sightline:\n{log.read_text(errors='replace')}")
    return file


def _keep(drawn: Path, place: Path, title: str) -> None:
    if drawn.stat().st_size > LARGEST:
        tell(f"{drawn.name} has {drawn.stat().st_size:,} bytes, and is not kept")
        return
    (place / drawn.name).write_text(titled(drawn.read_text(encoding="utf-8"), title), "utf-8")
    tell(f"wrote {place / drawn.name}")


if __name__ == "__main__":
    typer.run(main)
