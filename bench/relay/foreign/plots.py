"""The plots of docs/performance/. It runs in bench/.venv: python plots.py figures.json FOLDER."""

# mypy: disable-error-code="misc, no-any-unimported"

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, ScalarFormatter

COLOURS = {
    "direct": "#8a8f98",
    "nginx": "#3a9a5b",
    "documented": "#d9822b",
    "litellm": "#b04a8f",
    "sightline": "#1f5fbf",
}
SIZES = {"none": "no picture", "p100k": "100 KB", "p450k": "450 KB", "p2m": "2 MB"}

STYLE = {
    "figure.figsize": (8.0, 4.2),
    "figure.dpi": 110,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e6ea",
    "axes.edgecolor": "#8a8f98",
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlepad": 30,
    "legend.frameon": False,
}


def latency(run: dict[str, Any], axes: Any) -> None:
    """Draw the added median of each contender, for each size of picture; small at the left."""
    shown = [name for name in run["contenders"] if name != "direct"]

    def added(mark: str, name: str) -> float | None:
        first = run["measured"][mark][name]["first_ms"]
        direct = run["measured"][mark]["direct"]["first_ms"]
        return first["p50"] - direct["p50"] if "p50" in first and "p50" in direct else None

    _bars(run, axes, shown, added, digits=2)
    axes.set_title("Added time to the first content, median, in ms")
    axes.set_ylabel("ms over the model directly (log)")


def rate(run: dict[str, Any], axes: Any) -> None:
    """Draw the turns per second of each contender, for each size of picture."""

    def turns(mark: str, name: str) -> float | None:
        found: float | None = run["measured"][mark][name]["turns_per_s"]
        return found

    _bars(run, axes, run["contenders"], turns, digits=0)
    axes.set_title("Turns per second at 32 connections")
    axes.set_ylabel("turns per second (log)")


def _bars(run: dict[str, Any], axes: Any, names: list[str], value: Any, *, digits: int) -> None:
    marks = [size["mark"] for size in run["sizes"]]
    width = 0.84 / max(1, len(names))
    for number, name in enumerate(names):
        places = [at + (number - (len(names) - 1) / 2) * width for at in range(len(marks))]
        values = [value(mark, name) or 0.0 for mark in marks]
        drawn = [max(one, 10.0**-digits) if one else 0.0 for one in values]
        axes.bar(places, drawn, width * 0.92, color=COLOURS[name], label=name)
        for place, one, top in zip(places, values, drawn, strict=True):
            text = f"{one:,.{digits if one < 10 else min(digits, 1)}f}" if one else "none"
            axes.annotate(
                text,
                (place, top or axes.get_ylim()[0]),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=7,
                color="#40454d",
            )
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:,g}"))
    axes.grid(axis="x", visible=False)
    axes.set_xticks(range(len(marks)), [SIZES[mark] for mark in marks])
    axes.margins(y=0.12)
    _legend(axes)


def memory(run: dict[str, Any], axes: Any) -> None:
    """Draw the memory of Sightline over the turns."""
    turns = run["memory"]["turns"]
    pictures = run["memory"]["stored"][-1]["pictures"]
    x, y = [one["turns"] for one in turns], [one["now_mb"] for one in turns]
    axes.plot(x, y, color=COLOURS["sightline"], marker="o", markersize=3.5, clip_on=False)
    axes.axhline(150, color="#c0392b", linewidth=1, linestyle="--")
    axes.annotate("goal: under 150 MB", (x[-1], 150), xytext=(-2, -11), ha="right", **_SMALL)
    axes.set_ylim(0, max(165.0, *y) * 1.05)
    axes.set_xlim(0, x[-1])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:,.0f}"))
    axes.set_title(f"Memory of Sightline with {pictures:,} pictures stored, in MB", pad=12)
    axes.set_xlabel("turns")
    axes.set_ylabel("resident, MB")


_SMALL = {"textcoords": "offset points", "fontsize": 8, "color": "#40454d"}


def paced(run: dict[str, Any], axes: Any) -> None:
    """Draw the added gap over the number of streams; where a line ends, the limit was passed."""
    for name, levels in run["paced"].items():
        points = [
            (one["streams"], one["added_ms"]) for one in levels if one["added_ms"] is not None
        ]
        if not points:
            continue
        x, y = zip(*points, strict=True)
        drawn = [min(max(one, 0.0), _TOP) for one in y]
        axes.plot(x, drawn, color=COLOURS[name], marker="o", markersize=4, label=_label(name))
        if y[-1] > _TOP:
            said = f"{y[-1]:,.0f} ms"
            colour = {**_SMALL, "color": COLOURS[name]}
            axes.annotate(said, (x[-1], _TOP), xytext=(0, 6), ha="center", **colour)
    axes.axhline(10, color="#c0392b", linewidth=1, linestyle="--")
    axes.annotate(
        "limit: 10 ms",
        (1, 10),
        xycoords=("axes fraction", "data"),
        xytext=(0, 4),
        ha="right",
        **_SMALL,
    )
    axes.set_ylim(0, _TOP * 1.1)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.set_title("Paced streams: added gap between two pieces, 99th percentile, in ms")
    axes.set_xlabel("streams at once")
    axes.set_ylabel("ms over the model directly")
    _legend(axes)


_TOP = 20.0


def _label(name: str) -> str:
    return "direct (over its 20 ms)" if name == "direct" else name


def _legend(axes: Any) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=5, borderaxespad=0.2)


def main() -> None:
    """Draw what a run has figures for."""
    run = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wanted = {"latency": latency, "rate": rate}
    if run["memory"]:
        wanted["memory"] = memory
    if any(run["paced"].values()):
        wanted["paced"] = paced
    plt.rcParams.update(STYLE)
    for name, draw in wanted.items():
        figure, axes = plt.subplots(layout="constrained")
        draw(run, axes)
        figure.savefig(Path(sys.argv[2]) / f"{name}.png")
        plt.close(figure)


if __name__ == "__main__":
    main()
