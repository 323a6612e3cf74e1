"""`sightline locate`: where the conversation ID is, with evidence."""

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.options import Files, recordings
from contract.config import write_conversation_id
from contract.errors import UsageError
from contract.readable import readable

if TYPE_CHECKING:
    from rich.console import Console

EXIT = {"found": 0, "absent": 3, "insufficient": 4}
"""The exit status of each verdict."""


def locate(
    files: Files,
    known_id: Annotated[
        list[str] | None,
        typer.Option("--known-id", metavar="ID", help="An ID that you know occurred; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the finding as JSON.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the paths into the configuration.")
    ] = False,
    config: Annotated[
        Path, typer.Option("--config", help="The configuration that --write changes.")
    ] = Path("config.yaml"),
) -> None:
    """Find where the conversation ID is in recorded requests.

    Exit status: 0 found, 3 absent, 4 not enough evidence, 2 bad input.
    """
    from capture.locate import locate as find
    from capture.remedies.advice import remedy_for
    from capture.show.screen import Screen
    from cli.advice import print_advice
    from cli.finding import print_finding

    if "" in map(str.strip, known_id or []):
        raise UsageError("--known-id: an ID is missing; is a variable of your shell not set?")
    exchanges = [it for recording in recordings(files) for it in recording.exchanges]
    finding = find(exchanges, known_id or [])
    absent = finding.verdict == "absent"
    if as_json:
        remedy = {"remedy": remedy_for(exchanges).as_json()} if absent else {}
        typer.echo(json.dumps(finding.as_json() | remedy, indent=2, ensure_ascii=False))
    else:
        print_finding(Screen(), finding)
        if absent:
            print_advice(Screen(), remedy_for(exchanges))
    if write and finding.verdict == "found":
        change = changed(*write_conversation_id(config, finding.paths), str(config))
        if as_json:
            typer.echo(change or f"{config} says so already", err=True)
        else:
            print_change(Screen(), change or f"{config} says so already")
            if change:
                Screen().print(f"\n{config} is written; start `sightline serve` anew")
    elif write:
        typer.echo(f"{config} is left as it is: nothing was found", err=True)
    raise typer.Exit(EXIT[finding.verdict])


def changed(old: str, new: str, name: str) -> str:
    """Return what changed in a text as a diff; empty where nothing did."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), name, f"{name} (new)", lineterm="", n=1
    )
    return "\n".join(lines)


def print_change(screen: "Console", change: str) -> None:
    """Print a diff in colours."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in change.splitlines():
        style = styles.get(line[:1], "")
        row = Table.grid()
        row.add_column(width=1)
        row.add_column(overflow="fold")
        row.add_row(Text(line[:1], style), Text(readable(line[1:]), style))
        screen.print(row)
