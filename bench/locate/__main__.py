"""`make bench-locate`: ask `sightline locate` about the whole corpus, and print what it is worth.

Exit status 1 if anything found is wrong; what is missed costs a picture, not a person's privacy.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import bench.locate.kinds  # noqa: F401 - registers the kinds
from bench.locate.ask import by_command, in_process
from bench.locate.case import KINDS, Case, Kind, case
from bench.locate.judge import judge
from bench.locate.table import as_json, print_failures, print_table, truth_of


def main(
    kind: Annotated[
        list[str] | None, typer.Option(help="Only kinds or groups with this in their name.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="How many cases of each kind.")] = 3,
    seed: Annotated[int | None, typer.Option(help="Only the case with this seed.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Explain all that is not right.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the results as JSON.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the cases as HAR files.")
    ] = None,
    command: Annotated[
        bool, typer.Option("--command", help="Run the real command, which is slower.")
    ] = False,
) -> None:
    """Ask `sightline locate` about recordings whose truth is known."""
    numbers = range(seeds) if seed is None else [seed]
    cases = [case(one, number) for one in _chosen(kind or []) for number in numbers]
    if save:
        for one in cases:
            _save(one, save)
    ask = by_command if command else in_process
    judged = [(one, judge(one, ask(one))) for one in cases]
    console = Console()
    print_table(console, judged)
    print_failures(console, judged, all_of_them=show)
    if json_file:
        json_file.write_text(json.dumps(as_json(judged), indent=2) + "\n", encoding="utf-8")
    sys.exit(int(any(judgement.outcome == "wrong" for _, judgement in judged)))


def _chosen(words: list[str]) -> list[Kind]:
    kinds = [
        one
        for one in KINDS.values()
        if not words or any(word in one.name or word == one.group for word in words)
    ]
    if not kinds:
        raise typer.BadParameter(f"no kind or group is called {', '.join(words)}")
    return kinds


def _save(one: Case, folder: Path) -> None:
    place = folder / one.kind.name / str(one.seed)
    place.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(one.documents, start=1):
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        (place / f"{number}.har").write_text(text, encoding="utf-8")
    truth = {
        "verdict": truth_of(one),
        "why": one.kind.why,
        "known": one.known,
        "recorded": [turn.truth for turn in one.recorded],
    }
    (place / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
