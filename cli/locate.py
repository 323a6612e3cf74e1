"""`sightline locate`: where the conversation ID is, with evidence."""

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from capture.payload import readable
from cli.options import Files, recordings
from contract.config import write_conversation_id

if TYPE_CHECKING:
    from rich.console import Console

    from capture.locate import Candidate, Finding

EXIT = {"found": 0, "absent": 3, "insufficient": 4}
"""The exit status of each verdict."""

_STYLE = {"found": "bold green", "absent": "bold red", "insufficient": "bold yellow"}


def locate(
    files: Files,
    known_id: Annotated[
        list[str] | None,
        typer.Option("--known-id", metavar="ID", help="An ID that you know occurred; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the finding as JSON.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the path into the configuration.")
    ] = False,
    config: Annotated[
        Path, typer.Option("--config", help="The configuration that --write changes.")
    ] = Path("config.yaml"),
) -> None:
    """Find where the conversation ID is in recorded requests.

    Exit status: 0 found, 3 absent, 4 not enough evidence, 2 bad input.
    """
    from capture.console import Screen
    from capture.locate import locate as find

    exchanges = [it for recording in recordings(files) for it in recording.exchanges]
    finding = find(exchanges, known_id or [])
    if as_json:
        typer.echo(json.dumps(finding.as_json(), indent=2, ensure_ascii=False))
    else:
        print_finding(Screen(), finding)
    if write and finding.verdict == "found":
        change = changed(*write_conversation_id(config, finding.paths), str(config))
        if as_json:
            typer.echo(change or f"{config} says so already", err=True)
        else:
            print_change(Screen(), change or f"{config} says so already")
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


def print_finding(screen: "Console", finding: "Finding") -> None:
    """Print the verdict, the reasons, and the candidates with their evidence."""
    screen.print()
    verdict = Text(finding.verdict, _STYLE[finding.verdict])
    verdict.append(
        f"  in {finding.requests} turns of {finding.sessions} conversation"
        f"{'' if finding.sessions == 1 else 's'}",
        "not bold default",
    )
    screen.print(verdict)
    for path in finding.paths:
        screen.print(_indented(Text(readable(str(path)), "bold")))
    for reason in finding.reasons:
        screen.print(_indented(Text(readable(reason))))
    for candidate in finding.candidates:
        screen.print()
        _print_candidate(screen, candidate, finding)
    screen.print(Text(f"\nlooked at {', '.join(finding.looked_in)}", "dim"))


def _print_candidate(screen: "Console", candidate: "Candidate", finding: "Finding") -> None:
    chosen = candidate.path in finding.paths
    screen.print(
        Text.assemble(
            ("● " if chosen else "○ ", "green" if chosen else "dim"),
            (readable(candidate.path.expression), "bold" if chosen else ""),
        )
    )
    if candidate.path.match:
        screen.print(_indented(Text(f"match: {readable(candidate.path.match)}")))
    evidence = [
        f"in {candidate.present} of {finding.requests} turns",
        f"constant within {candidate.constant_within}",
        f"distinct between {candidate.distinct_between} of {finding.sessions} conversations",
    ]
    if candidate.equals_known:
        evidence.append(f"a known ID in {candidate.equals_known} turns")
    sample = Text(f"e.g. {readable(candidate.sample)}", "yellow" if chosen else "")
    for line in (sample, Text(", ".join(evidence))):
        screen.print(_indented(line))
    if candidate.note:
        screen.print(_indented(Text(f"but {readable(candidate.note)}", "dim")))


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 2), expand=False)
