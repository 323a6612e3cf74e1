"""The figures as tables of words. Pure."""

from typing import Any

from bench.relay.figures import at
from bench.relay.tables import NOTHING, Table, number


def tables(run: dict[str, Any]) -> list[Table]:
    """Return all tables of a run."""
    return [sent(run), paid(run), during(run)]


def sent(run: dict[str, Any]) -> Table:
    """Return what goes to gpt-4o with each turn, beside the file that was shared."""
    heads = ("", "shared", "pixels", "KB", "sent", "KB", "KB a turn", "saved")
    rows = []
    for one in run["saved"]:
        shown = one["shown"]["gpt-4o"]
        rows.append(
            (
                one["name"],
                one["format"],
                _pixels(one),
                number(one["bytes"] / 1000, 0),
                _pixels(shown),
                number(shown["bytes"] / 1000, 0),
                number(shown["turn_bytes"] / 1000, 0),
                _part(1 - shown["turn_bytes"] / one["turn_bytes"]),
            )
        )
    return Table("What a turn carries (gpt-4o, detail high)", heads, tuple(rows))


def paid(run: dict[str, Any]) -> Table:
    """Return the estimated tokens of each photograph, by model."""
    models = list(run["saved"][0]["shown"])
    rows = tuple(
        (one["name"], *(number(one["shown"][model]["tokens"], 0) for model in models))
        for one in run["saved"]
    )
    return Table("Estimated tokens a turn", ("", *models), rows)


def during(run: dict[str, Any]) -> Table:
    """Return the times to the first content of turns, alone and during uploads."""
    heads = ("ms", "p50", "p90", "p99", "most", "samples")
    it = run["during"]
    names = {
        "alone": "turns alone",
        "during": f"turns during {it['at_once']} uploads of 12 MP",
        "uploads": "these uploads themselves",
    }
    rows = tuple((told, *_times(it[name])) for name, told in names.items())
    return Table("Time to the first content, in ms", heads, rows)


def _times(kept: dict[str, float]) -> tuple[str, ...]:
    found = (at(kept, rank) for rank in (50.0, 90.0, 99.0, 100.0))
    return (*map(number, found), number(kept["n"], 0))


def _pixels(one: dict[str, Any]) -> str:
    return f"{one['width']} x {one['height']}"


def _part(saved: float) -> str:
    return f"{saved:.0%}" if saved > 0 else NOTHING
