"""`sightline diff`: what the platform changed between two recordings."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from capture.payload import readable
from cli.options import recordings
from contract.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from capture.drift.report import Change, Count, Drift
    from contract.recording import Recording

SHOWN = 14
"""So many differences fit on one screen with their headings; the others come with `--all`."""

_STYLES = {"added": "green", "removed": "red", "changed": "yellow"}


def diff(
    a: Annotated[Path, typer.Argument(metavar="A", help="The earlier recording.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The later recording.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the differences as JSON.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show all, also what may be chance.")
    ] = False,
) -> None:
    """Tell what the platform changed: the structure of the turns in two recordings, compared.

    A recording is a .jsonl, HAR or mitmproxy flow file. Exit status: 0 nothing differs, 1 something
    does, 2 bad input.
    """
    from capture.console import Screen
    from capture.drift.compare import drift

    before, now = recordings([a, b])
    for recording in (before, now):
        _check_has_turns(recording)
    found = drift(before.exchanges, now.exchanges)
    if as_json:
        names = {"a": before.name, "b": now.name}
        value = found.as_json()
        named = {side: {"file": name, **value[side]} for side, name in names.items()}
        typer.echo(json.dumps(value | named, indent=2, ensure_ascii=False))
    else:
        print_drift(Screen(), found, (before.name, now.name), everything=everything)
    raise typer.Exit(1 if found.changes else 0)


def _check_has_turns(recording: "Recording") -> None:
    if not any(exchange.is_turn for exchange in recording.exchanges):
        raise RecordingError(
            f"{recording.name} holds no turn to compare: a turn is a POST to a path that ends in "
            "/chat/completions or /responses"
        )


def print_drift(
    screen: "Console", found: "Drift", names: tuple[str, str], *, everything: bool
) -> None:
    """Print what differs, grouped, the most telling if it is too much for one screen."""
    from capture.drift.report import most_telling

    screen.print(_title(found, names))
    shown = found.changes if everything else most_telling(found.changes, SHOWN)
    _print_changes(screen, shown)
    if everything and found.unsure:
        screen.print(Text("\nmay be chance, and is no difference", "bold"))
        _print_changes(screen, found.unsure)
    for note in found.notes:
        screen.print(Text(f"\nno difference in structure, but {readable(note)}", "dim"))
    _print_rest(screen, found, len(found.changes) - len(shown), everything=everything)


def _title(found: "Drift", names: tuple[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    for label, name, side in zip(("before", "now"), names, (found.a, found.b), strict=True):
        conversations = f"{side.conversations} conversation{'s' * (side.conversations != 1)}"
        turns = f"{side.turns} turn{'s' * (side.turns != 1)} of {conversations}"
        table.add_row(Text(label, "bold"), Text(f"{readable(name)}  {turns}"))
    return table


def _print_changes(screen: "Console", changes: "Sequence[Change]") -> None:
    group = None
    for change in changes:
        if change.group != group:
            group = change.group
            screen.print(Text(f"\n{group}", "bold"))
        screen.print(_row(change))


def _row(change: "Change") -> Table:
    from capture.drift.report import SIGNS

    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(overflow="fold")
    style = _STYLES[change.change]
    words = Text(readable(change.name), style)
    words.append(f"  {readable(change.text)}" if change.text else "", "default")
    words.append(f"  {evidence(change)}", "dim")
    row.add_row(Text(SIGNS[change.change], style), words)
    return row


def evidence(change: "Change") -> str:
    """Return in how many turns it is so, and was before."""
    return f"in {_share(change.b)} turns, before in {_share(change.a)}".replace(
        "none turns", "no turn"
    )


def _share(count: "Count") -> str:
    seen, of = count
    return f"{seen} of {of}" if seen else "none"


def _print_rest(screen: "Console", found: "Drift", hidden: int, *, everything: bool) -> None:
    lines = []
    if not found.changes:
        lines.append(Text("nothing differs in structure", "bold green"))
    if found.is_small or any(change.weak for change in found.changes):
        lines.append(Text(_CAUTION, "dim"))
    if hidden:
        lines.append(Text(f"{hidden} more differences with --all", "bold"))
    if found.unsure and not everything:
        count = len(found.unsure)
        lines.append(
            Text(f"{count} more may be chance, and count for nothing; --all shows them", "dim")
        )
    if lines:
        screen.print()
    for line in lines:
        screen.print(line)


_CAUTION = "few conversations: a difference may be that between two callers; record more to be sure"
