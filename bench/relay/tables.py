"""The figures as tables of words: made once, shown on a terminal and written as Markdown. Pure."""

from dataclasses import dataclass
from typing import Any

from bench.relay.figures import at
from bench.relay.memory import growth
from bench.relay.paced import held
from bench.relay.verdicts import added, rate, ratio, verdicts

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of the columns, and rows of as many words."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(run: dict[str, Any]) -> list[Table]:
    """Return all tables of a run, the goals first."""
    found = [goals(run), *(size(run, one) for one in run["sizes"])]
    if run["paced"]:
        found.append(paced(run["paced"]))
    if run["memory"]:
        found.append(memory(run["memory"]))
    return found


def goals(run: dict[str, Any]) -> Table:
    """Return the goals and what became of them."""
    rows = tuple((one.goal, one.measured or NOTHING, one.word) for one in verdicts(run))
    return Table("Goals, at 450 KB", ("goal", "measured", ""), rows)


def size(run: dict[str, Any], one: dict[str, Any]) -> Table:
    """Return what was measured with one size of picture."""
    tallies = run["measured"][one["mark"]]
    heads = ("", "p50 ms", "p99 ms", "added", "turns/s", "of direct", "CPU ms", "model's")
    rows = tuple(_row(tallies, name) for name in run["contenders"] if name in tallies)
    return Table(size_name(one), heads, rows)


def size_name(one: dict[str, Any]) -> str:
    """Return how a size of picture is called, with the real number of bytes."""
    if not one["bytes"]:
        return "No picture"
    return f"{round_size(one['mark'])} ({one['bytes']:,} bytes of data URI)"


def round_size(mark: str) -> str:
    """Return the size that a mark stands for, in round numbers."""
    return {"none": "none", "p100k": "100 KB", "p450k": "450 KB", "p2m": "2 MB"}[mark]


def _row(tallies: dict[str, Any], name: str) -> tuple[str, ...]:
    tally = tallies[name]
    direct = name == "direct"
    first = tally["first_ms"]
    return (
        name,
        number(at(first, 50)),
        number(at(first, 99)),
        NOTHING if direct else number(added(tallies, name)),
        number(tally["turns_per_s"], 0 if (tally["turns_per_s"] or 0) >= 100 else 1),
        NOTHING if direct else number(ratio(tally["turns_per_s"], rate(tallies, "direct"))),
        NOTHING if direct else number(tally["cpu_ms"]),
        number(tally["model_cpu_ms"]),
    )


def paced(found: dict[str, list[dict[str, Any]]]) -> Table:
    """Return the added gap at each number of streams; what was not held has an exclamation mark."""
    levels = sorted({level["streams"] for one in found.values() for level in one})
    heads = ("", *(str(level) for level in levels), "held")
    rows = []
    for name, measured in found.items():
        of = {level["streams"]: level for level in measured}
        cells = (_gap(of[level]) if level in of else "" for level in levels)
        rows.append((name, *cells, held(measured)))
    return Table("Paced streams: added gap, 99th percentile, ms", heads, tuple(rows))


def _gap(level: dict[str, Any]) -> str:
    if level["failures"]:
        return "fails!"
    return number(level["added_ms"], 1) + ("" if level["held"] else "!")


def memory(found: dict[str, Any]) -> Table:
    """Return what Sightline held in memory, now and at most."""
    rows = [("started", number(found["start_mb"], 0), "")]
    rows += [
        (f"{one['pictures']:,} stored", number(one["now_mb"], 0), number(one["most_mb"], 0))
        for one in found["stored"]
    ]
    last = found["turns"][-1]
    after = f"and after {last['turns']:,} turns"
    rows.append((after, number(last["now_mb"], 0), number(found["most_mb"], 0)))
    grown = growth(found["turns"])
    rows.append(("growth for 1,000 turns", NOTHING if grown is None else f"{grown:+.2f}", ""))
    return Table("Memory of Sightline, MB", ("pictures of 450 KB", "now", "at most"), tuple(rows))


def number(value: float | None, digits: int = 2) -> str:
    """Return a figure as text."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def markdown(table: Table) -> str:
    """Return a table as Markdown, figures to the right."""
    rule = ("---", *("---:" for _ in table.heads[1:]))
    lines = [table.heads, rule, *table.rows]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"**{table.title}**\n\n{text}\n"
