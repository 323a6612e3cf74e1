"""What a run came to: a table for a person, JSON for a machine."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.locate.case import Case
from bench.locate.judge import OUTCOMES, Judgement

_STYLE = {
    "right": "green",
    "missed": "yellow",
    "off": "yellow",
    "wrong": "bold red",
    "broken": "red",
}

Judged = tuple[Case, Judgement]


def print_table(console: Console, judged: Sequence[Judged]) -> None:
    """Print a row for each kind, and the totals."""
    table = Table(box=None, pad_edge=False)
    table.add_column("kind", overflow="fold")
    for name in ("cases", *OUTCOMES):
        table.add_column(name, justify="right")
    group = ""
    for kind in dict.fromkeys(case.kind.name for case, _ in judged):
        mine = [one for one in judged if one[0].kind.name == kind]
        if mine[0][0].kind.group != group:
            group = mine[0][0].kind.group
            table.add_row(Text(group, "bold"))
        table.add_row(*_row(f"  {kind}", mine))
    table.add_section()
    table.add_row(*_row("all", judged))
    console.print(table)


def _row(name: str, judged: Sequence[Judged]) -> list[Text]:
    counts = Counter(judgement.outcome for _, judgement in judged)
    numbers = [
        Text(str(counts[one]) if counts[one] else "·", _STYLE[one] if counts[one] else "dim")
        for one in OUTCOMES
    ]
    return [Text(name), Text(str(len(judged))), *numbers]


def print_failures(console: Console, judged: Sequence[Judged], *, all_of_them: bool) -> None:
    """Print what was wrong, and with `all_of_them` also what else was not right."""
    for case, judgement in judged:
        if judgement.outcome == "wrong" or (all_of_them and judgement.outcome != "right"):
            console.print(Text(f"\n{judgement.outcome}  {case.name}", _STYLE[judgement.outcome]))
            console.print(Text(f"  {judgement.why}", overflow="fold"))
            console.print(Text(f"  the truth: {truth_of(case)}. {case.kind.why}", "dim"))


def truth_of(case: Case) -> str:
    """Return the truth in words."""
    return " or ".join(sorted(case.setup.verdicts))


def as_json(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return the run as JSON: totals, and every case with its outcome."""
    counts = Counter(judgement.outcome for _, judgement in judged)
    return {
        "kinds": len({case.kind.name for case, _ in judged}),
        "cases": len(judged),
        **{outcome: counts[outcome] for outcome in OUTCOMES},
        "results": [
            {
                "kind": case.kind.name,
                "group": case.kind.group,
                "seed": case.seed,
                "truth": sorted(case.setup.verdicts),
                "outcome": judgement.outcome,
                "why": judgement.why,
            }
            for case, judgement in judged
        ],
    }
