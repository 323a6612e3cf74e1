"""What `locate` has found, on the terminal: verdict, reasons, places with their evidence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.text import Text

from contract.readable import readable

if TYPE_CHECKING:
    from rich.console import Console

    from capture.locate import Candidate, Finding

_STYLE: Final = {"found": "bold green", "absent": "bold red", "insufficient": "bold yellow"}
_GROUPING: Final = {
    "sure": "the grouping into conversations is sure",
    "likely": "the grouping into conversations is likely right",
    "unsure": "the grouping into conversations is unsure",
}
_MOST_MISSES: Final = 6  # the closest; `--json` has all that are worth a look


def print_finding(screen: "Console", finding: "Finding") -> None:
    """Print the verdict, what it rests on, and the candidates: chosen, equal, and missed."""
    screen.print()
    screen.print(_verdict(finding))
    for path in finding.paths:
        screen.print(_indented(Text(readable(str(path)), "bold")))
    for reason in finding.reasons:
        screen.print(_indented(Text(readable(reason))))
    if finding.requests:
        why = f": {finding.grouping}" if finding.grouping else ""
        sentence = f"{_GROUPING[finding.certainty]}{why}"
        screen.print(_indented(Text(readable(sentence), "dim")))
    chosen = [it for it in finding.candidates if it.path in finding.paths]
    equal = [it for it in finding.candidates if it not in chosen and it.note is None]
    missed = [it for it in finding.candidates if it.note is not None and it not in chosen]
    _print_all(screen, finding, "", chosen)
    _print_all(screen, finding, "also there" if chosen else "candidates", equal)
    _print_all(screen, finding, "closest misses", missed[:_MOST_MISSES])
    screen.print(Text(f"\nlooked at {', '.join(finding.looked_in)}", "dim"))


def _verdict(finding: "Finding") -> Text:
    verdict = Text(finding.verdict, _STYLE[finding.verdict])
    several = "" if finding.sessions == 1 else "s"
    counts = f"  in {finding.requests} turns of {finding.sessions} conversation{several}"
    return verdict.append(counts, "not bold default")


def _print_all(
    screen: "Console", finding: "Finding", title: str, candidates: Iterable["Candidate"]
) -> None:
    for at, candidate in enumerate(candidates):
        if title and at == 0:
            screen.print(Text(f"\n{title}", "bold"))
        elif not title:
            screen.print()
        _print_candidate(screen, candidate, finding)


def _print_candidate(screen: "Console", candidate: "Candidate", finding: "Finding") -> None:
    chosen = candidate.path in finding.paths
    mark = Text("● " if chosen else "○ ", "green" if chosen else "dim")
    screen.print(mark + Text(readable(candidate.path.expression), "bold" if chosen else ""))
    if candidate.path.match:
        screen.print(_indented(Text(f"match: {readable(candidate.path.match)}")))
    sample = Text(f"e.g. {readable(candidate.sample)}", "yellow" if chosen else "")
    screen.print(_indented(sample))
    screen.print(_indented(Text(", ".join(_evidence(candidate, finding)))))
    if candidate.note:
        screen.print(_indented(Text(f"but {readable(candidate.note)}", "dim")))


def _evidence(candidate: "Candidate", finding: "Finding") -> list[str]:
    evidence = [
        f"in {candidate.present} of {finding.requests} turns",
        f"constant within {candidate.constant_within}",
        f"distinct between {candidate.distinct_between} of {finding.sessions} conversations",
    ]
    if candidate.equals_known:
        evidence.append(f"a known ID in {candidate.equals_known} turns")
    return evidence


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 2), expand=False)
