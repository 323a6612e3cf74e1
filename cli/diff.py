"""`sightline diff`: what the platform changed between two recordings."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from capture.show.payload import readable
from cli.options import recordings
from contract.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from capture.drift.report import Change, Count, Drift
    from contract.recording import Recording

ROOM = 26
"""So many lines of differences leave a screen with its first and last lines; the rest: `--all`."""

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
    from capture.drift.compare import drift
    from capture.show.console import Screen

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
    """Print what differs, grouped; the most telling, if it is too much for one screen."""
    screen.print(_title(found, names))
    shown = found.changes if everything else _that_fit(found.changes, screen.width)
    _print_changes(screen, shown)
    if everything and found.unsure:
        screen.print(Text("\nnot counted, for it may be chance", "bold"))
        _print_changes(screen, found.unsure)
    screen.print()
    screen.print(_verdict(len(found.changes), len(found.changes) - len(shown)))
    for line in _remarks(found, everything=everything):
        screen.print(Text(readable(line), "dim"))


def _title(found: "Drift", names: tuple[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    for label, name, side in zip(("before", "now"), names, (found.a, found.b), strict=True):
        turns = f"{_counted(side.turns, 'turn')} of {_counted(side.conversations, 'conversation')}"
        table.add_row(Text(label, "bold"), Text(readable(name)), Text(turns))
    return table


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _that_fit(changes: "Sequence[Change]", width: int) -> "Sequence[Change]":
    """Return as many of the most telling differences as have room on one screen."""
    from capture.drift.report import most_telling

    shown = most_telling(changes, ROOM)
    while len(shown) > 1 and _height(shown, width) > ROOM:
        shown = most_telling(changes, len(shown) - 1)
    return shown


def _height(changes: "Sequence[Change]", width: int) -> int:
    rows = sum(-(-len(line) // width) for change in changes for line in _lines(change, width))
    return rows + 2 * len({change.group for change in changes})


def _print_changes(screen: "Console", changes: "Sequence[Change]") -> None:
    group = None
    for change in changes:
        if change.group != group:
            group = change.group
            screen.print(Text(f"\n{group}", "bold"))
        for line in _lines(change, screen.width):
            screen.print(line)


def _lines(change: "Change", width: int) -> list[Text]:
    """Return a difference on one line, or its evidence on the next where both are too long."""
    from capture.drift.report import SIGNS

    line = Text.assemble(
        (f"{SIGNS[change.change]} {readable(change.name)}", _STYLES[change.change]),
        f"  {readable(change.text)}" if change.text else "",
    )
    if len(line) + 2 + len(evidence(change)) <= width:
        return [Text.assemble(line, "  ", (evidence(change), "dim"))]
    return [line, Text(f"    {evidence(change)}", "dim")]


def evidence(change: "Change") -> str:
    """Return in how many turns something is so, and was before."""
    now = f"in {_share(change.b)} of {change.b[1]} turn{'' if change.b[1] == 1 else 's'}"
    if change.change == "changed" and not change.a[0] and change.b[0] == change.b[1]:
        return now
    before = f"{change.a[0]} of {change.a[1]}" if change.a[0] else "none"
    return f"{now}, before in {before}"


def _share(count: "Count") -> str:
    return str(count[0]) if count[0] else "none"


def _verdict(count: int, hidden: int) -> Text:
    if not count:
        return Text("nothing differs in structure", "bold green")
    verdict = Text(_counted(count, "difference"), "bold")
    verdict.append(f"; {hidden} more with --all" if hidden else "")
    return verdict


def _remarks(found: "Drift", *, everything: bool) -> list[str]:
    """Return what else there is to know, a line each."""
    remarks = [f"not counted: {note}" for note in found.notes]
    if found.unsure and not everything:
        remarks.append(f"not counted: {len(found.unsure)} more that may be chance; --all shows")
    if found.changes and any(change.weak for change in found.changes):
        remarks.append("few conversations: what differs may be the callers; record more to be sure")
    elif found.is_small:
        remarks.append("one conversation is too few to tell a platform's values from a caller's")
    return remarks
