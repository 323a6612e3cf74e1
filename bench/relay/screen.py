"""The tables on a terminal, and progress beside them."""

import sys
import time

from rich import box
from rich.console import Console
from rich.table import Table as Drawn

from bench.relay.tables import Table

_NAMES = 12  # columns that the names have at least, whatever stands beside them
_BEGAN = time.monotonic()


def show(tables: list[Table]) -> None:
    """Print tables, figures to the right."""
    console = Console(width=None if sys.stdout.isatty() else 80)
    for table in tables:
        console.print(table.title, style="bold")
        drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        names = max(len(row[0]) for row in table.rows)
        for number, head in enumerate(table.heads):
            drawn.add_column(
                head,
                justify="right" if number else "left",
                no_wrap=bool(number),
                min_width=None if number else min(names, _NAMES),
            )
        for row in table.rows:
            drawn.add_row(*row, style="bold" if row[0] == "sightline" else None)
        console.print(drawn)


def tell(what: str) -> None:
    """Say on standard error what is being done, and how long the run has taken."""
    minutes, seconds = divmod(int(passed()), 60)
    print(f"{minutes}:{seconds:02}  {what}", file=sys.stderr, flush=True)  # noqa: T201


def passed() -> float:
    """Return how many seconds the run has taken."""
    return time.monotonic() - _BEGAN
