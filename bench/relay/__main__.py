"""`make bench`: Sightline beside the model itself, nginx, and what else people use.

Exit status 1 if somebody lost a picture or broke an answer; whether the goals are reached is said,
and fails nothing.
"""

import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from bench.relay import page
from bench.relay.contenders import NAMES
from bench.relay.plan import FULL, QUICK
from bench.relay.processes import NotStarted
from bench.relay.run import run
from bench.relay.screen import show, tell
from bench.relay.tables import tables


def main(
    quick: Annotated[bool, typer.Option("--quick", help="A minute, to see that it works.")] = False,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help=f"Of {', '.join(NAMES)}; direct always is.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where performance.md goes.", show_default="docs"),
    ] = None,
    again: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Show the figures of an earlier run, figures.json."),
    ] = None,
) -> None:
    """Measure, print tables, and write docs/performance.md (a quick run only with --out)."""
    # Ended politely, it ends all that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if again is not None:
        found = json.loads(again.read_text(encoding="utf-8"))
    else:
        try:
            found = run(QUICK if quick else FULL, _chosen(only), quick=quick)
        except NotStarted as error:
            tell(str(error))
            sys.exit(1)
    show(tables(found))
    if out is None and not found["quick"]:
        out = page.PAGE.parent
    if out is not None:
        for file in page.write(found, out):
            tell(f"wrote {file}")
    for failure in page.failures(found):
        tell(f"FAILED {failure}")
    sys.exit(int(bool(page.failures(found))))


def _chosen(only: str | None) -> list[str]:
    names = list(NAMES) if only is None else only.split(",")
    for name in names:
        if name not in NAMES:
            raise typer.BadParameter(f"no contender is called {name}; there are {', '.join(NAMES)}")
    return [name for name in NAMES if name in names or name == "direct"]


if __name__ == "__main__":
    typer.run(main)
