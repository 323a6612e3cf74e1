"""docs/performance.md: what a run found goes between two marks, and the words around it stay."""

import json
import subprocess
from pathlib import Path
from typing import Any

from bench.relay.contenders import foreign
from bench.relay.tables import markdown, tables

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"

_PROFILE = "profile.md"  # what `make bench-flame` writes

PLOTS = {
    "latency.png": "Added time to the first content, by size of picture and contender",
    "rate.png": "Turns per second at 32 connections, by size of picture and contender",
    "memory.png": "Memory of Sightline over the turns, with the pictures stored",
    "paced.png": "Added gap at the 99th percentile, by number of paced streams",
}


def write(run: dict[str, Any], folder: Path) -> list[Path]:
    """Write the page, the plots and the figures into a folder; return what was written."""
    place = folder / "performance"
    place.mkdir(parents=True, exist_ok=True)
    figures = place / "figures.json"
    figures.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    plots = _draw(figures, place)
    page = folder / "performance.md"
    around = (page if page.exists() else PAGE).read_text(encoding="utf-8")
    text = generated(run, [plot.name for plot in plots])
    if (place / _PROFILE).exists():
        text += f"\nWhere Sightline's own time goes: [the profile](performance/{_PROFILE}).\n"
    page.write_text(between(around, text), encoding="utf-8")
    return [page, figures, *plots]


def between(around: str, text: str) -> str:
    """Return a page with the text between its marks replaced.

    Raises:
        ValueError: it has no marks.
    """
    before, begun, rest = around.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not begun or not closed:
        raise ValueError(f"the page needs {BEGIN} and {END}, each on a line of its own")
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def generated(run: dict[str, Any], plots: list[str]) -> str:
    """Return what a run found, as Markdown."""
    parts = [_failed(run), *(markdown(table) for table in tables(run)), _notes(run)]
    parts += [f"![{PLOTS[name]}](performance/{name})\n" for name in PLOTS if name in plots]
    parts.append(_machine(run))
    return "\n".join(part for part in parts if part)


def failures(run: dict[str, Any]) -> list[str]:
    """Return what failed in a run: turns without their picture, broken answers."""
    found = [
        (f"{name}, {mark}", tally)
        for mark, tallies in run["measured"].items()
        for name, tally in tallies.items()
    ]
    if run["memory"]:
        found.append(("sightline, memory", run["memory"]))
    return [
        f"{where}: {one['failed']} turns, such as: {one['failures'][0]}"
        for where, one in found
        if one["failed"]
    ]


def _failed(run: dict[str, Any]) -> str:
    return "".join(f"**This run failed:** `{one}`\n\n" for one in failures(run))


def _notes(run: dict[str, Any]) -> str:
    left = "".join(f"Left out: {why}.\n\n" for why in run["left_out"].values())
    samples = ", ".join(f"{name} {_samples(run, name):,.0f}" for name in run["contenders"])
    counted = f"Samples of the first content for each size, at least: {samples}.\n\n"
    quick = "A quick run: too short to say much.\n\n" if run["quick"] else ""
    return quick + counted + left


def _samples(run: dict[str, Any], name: str) -> float:
    return min(float(tallies[name]["first_ms"]["n"]) for tallies in run["measured"].values())


def _machine(run: dict[str, Any]) -> str:
    it = run["about"]
    ours = ", ".join(f"{name} {version}" for name, version in it["ours"].items())
    theirs = ", ".join(f"{name} {version}" for name, version in it["theirs"].items())
    lines = [
        (
            "machine",
            f"{it['processor']}, {it['cores']} cores, {it['memory_gb']} GB, {it['kernel']}",
        ),
        ("Sightline's side", f"Python {it['python']}, {ours}, commit {it['commit'] or 'unknown'}"),
        ("the others'", ", ".join(filter(None, [it["nginx"] and f"nginx {it['nginx']}", theirs]))),
        ("when", f"{it['day']}, for {run['seconds'] / 60:.1f} minutes: `{it['command']}`"),
    ]
    rows = "\n".join(f"| {name} | {text} |" for name, text in lines)
    return f"| | |\n|---|---|\n{rows}\n"


def _draw(figures: Path, place: Path) -> list[Path]:
    if not foreign.PYTHON.exists():
        return []
    command = [str(foreign.PYTHON), str(foreign.SCRIPTS / "plots.py"), str(figures), str(place)]
    subprocess.run(command, check=True)  # noqa: S603 - our own command
    return [place / name for name in PLOTS if (place / name).exists()]
