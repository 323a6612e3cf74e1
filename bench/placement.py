"""What `placement: anchored` saves: a model of prices, not a measurement.

    python -m bench.placement

A conversation of ten turns about one picture, shared in the first. On each turn the whole history
goes to the model, which has the longest prefix in its cache that the turn before had too. Where the
picture moves to the last words, that prefix ends before the words that had it; where it is
anchored, the whole turn before is in it. docs/bodies.md shows the table and says what is not
verified; a test holds it against this.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

TURNS = 10
PROMPT = 1200
"""Tokens of the agent's prompt and tools, which come first."""
SAID, ANSWERED = 25, 45
"""Tokens of what the person says in a turn, and of the answer."""
WIDTH, HEIGHT = 1024, 768

_SHORTEST_PREFIX, _STEP = 1024, 128  # OpenAI, "Prompt caching" (D)


@dataclass(frozen=True, slots=True)
class Model:
    """How a model counts pictures, and what a cached token costs, as a part of one that is not."""

    name: str
    picture: Callable[[int, int], int]
    cached_price: Fraction


@dataclass(frozen=True, slots=True)
class Sum:
    """The input of all turns, in tokens; `paid` counts a cached one by its price."""

    sent: int
    cached: int
    paid: Fraction


def tiles(width: int, height: int) -> int:
    """Return gpt-4o's tokens for a picture in detail `high`: 85, and 170 for each tile (D)."""
    fit = min(1.0, 2048 / max(width, height))
    fit = min(fit, 768 / min(width, height))
    return 85 + 170 * ceil(width * fit / 512) * ceil(height * fit / 512)


def patches(width: int, height: int) -> int:
    """Return the tokens of a model that counts patches of 32 x 32 pixels, one for each."""
    return ceil(width / 32) * ceil(height / 32)


MODELS = (
    Model("gpt-4o", tiles, Fraction(1, 2)),
    Model("counts patches", patches, Fraction(1, 10)),
)


def conversation(model: Model, *, anchored: bool) -> Sum:
    """Return what a conversation's turns come to."""
    picture = model.picture(WIDTH, HEIGHT)
    sent = cached = 0
    for turn in range(TURNS):
        before = PROMPT + turn * (SAID + ANSWERED)
        sent += before + SAID + picture
        if turn:
            last_words = before - ANSWERED - SAID
            same = before - ANSWERED + picture if anchored else last_words
            cached += _in_cache(same)
    return Sum(sent, cached, sent - cached + cached * model.cached_price)


def _in_cache(prefix: int) -> int:
    return prefix - prefix % _STEP if prefix >= _SHORTEST_PREFIX else 0


def table() -> Iterator[str]:
    """Yield the lines of the table that docs/bodies.md shows."""
    yield "| model | picture | placement | input | from the cache | to pay | saved |"
    yield "|---|---|---|---|---|---|---|"
    for model in MODELS:
        moved = conversation(model, anchored=False)
        stays = conversation(model, anchored=True)
        for name, it in (("last_user", moved), ("anchored", stays)):
            saved = round(100 * (1 - it.paid / moved.paid))
            yield (
                f"| {model.name} | {model.picture(WIDTH, HEIGHT)} | `{name}` | {it.sent:,} "
                f"| {it.cached:,} | {round(it.paid):,} | {f'{saved} %' if saved else ''} |"
            )


if __name__ == "__main__":
    sys.stdout.write("\n".join([*table(), ""]))
