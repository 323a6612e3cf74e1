"""Figures of samples: percentiles, medians, the slope of a series. Pure."""

from collections.abc import Sequence
from statistics import fmean, median

__all__ = ["MARKS", "at", "median", "percentile", "quantiles", "slope"]

MARKS = (1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 98.0, 99.0, 99.5, 100.0)
"""The percentiles that are kept of a set of samples."""


def percentile(samples: Sequence[float], rank: float) -> float:
    """Return the value below which `rank` percent of the samples lie, or one between two.

    Raises:
        ValueError: there are no samples.
    """
    if not samples:
        raise ValueError("no samples")
    ordered = sorted(samples)
    place = (len(ordered) - 1) * rank / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def quantiles(samples: Sequence[float]) -> dict[str, float]:
    """Return the percentiles `MARKS` of the samples, by their names, and `n`; only `n` if none."""
    kept = {f"p{rank:g}": percentile(samples, rank) for rank in MARKS} if samples else {}
    return {"n": float(len(samples)), **kept}


def at(kept: dict[str, float], rank: float) -> float | None:
    """Return a percentile of `quantiles`, or None where there were no samples."""
    return kept.get(f"p{rank:g}")


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return by how much y grows for each x, by least squares; 0 for fewer than two points."""
    if not points:
        return 0.0
    middle_x, middle_y = fmean(x for x, _ in points), fmean(y for _, y in points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0
