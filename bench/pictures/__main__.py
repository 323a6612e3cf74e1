"""`make bench-pictures`: what preparing pictures saves, and what uploads cost the turns of others.

Exit status 1 if a turn or an upload failed.
"""

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.pictures import during, page
from bench.pictures.saved import saved
from bench.pictures.tables import tables
from bench.relay import machine
from bench.relay.screen import show, tell

_QUICK = during.Plan(rounds=1, seconds=2.0)


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="A few seconds, to see that it works.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The page.", show_default="docs/pictures.md"),
    ] = None,
) -> None:
    """Measure, print tables, and write them into docs/pictures.md (a quick run only with --out)."""
    # Ended politely, it ends all that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tell("photographs as they are sent and as they are shown")
    found: dict[str, Any] = {
        "about": machine.about(),
        "saved": saved(),
        "during": during.measured(_QUICK if quick else during.Plan()),
    }
    show(tables(found))
    written = out or (None if quick else page.PAGE)
    if written is not None:
        page.write(found, written)
        tell(f"wrote {written}")
    for failure in found["during"]["failures"]:
        tell(f"FAILED {failure}")
    sys.exit(int(bool(found["during"]["failures"])))


if __name__ == "__main__":
    typer.run(main)
