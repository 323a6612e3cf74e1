"""Captured text with what is looked for marked in it; nothing in it can command the terminal."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TypeAlias

from rich.text import Text

from contract.readable import readable

MARK = "bold black on yellow"
"""The style of what could be a conversation ID."""

HIT = "bold reverse"
"""The style of what a person looks for; it shows without colour too."""

Span: TypeAlias = tuple[int, int, str]
"""From where to where a text is marked, and in which style."""

_MOST = 3  # what was found, said in a line: more of it would say no more
_LONGEST = 40


def marked(
    text: str, spans: Iterable[Span], style: str = "", dress: Callable[[str], str] = readable
) -> Text:
    """Return a text with some of it marked.

    Args:
        text: what was captured.
        spans: what to mark, in positions of `text`.
        style: the style of the whole.
        dress: makes the text safe, character by character; what it returns may be longer.
    """
    kept = [span for span in spans if span[0] < span[1] <= len(text)]
    cuts = sorted({0, len(text), *(at for start, end, _ in kept for at in (start, end))})
    shown, at = "", {0: 0}
    for start, end in pairwise(cuts):
        shown += dress(text[start:end])
        at[end] = len(shown)
    result = Text(shown, style)
    for start, end, one in kept:
        result.stylize(one, at[start], at[end])
    return result


def id_spans(text: str, words: Iterable[str]) -> Iterator[Span]:
    """Yield where words stand that could be a conversation ID."""
    for word in words:
        for found in re.finditer(re.escape(word), text):
            yield (*found.span(), MARK)


def hit_spans(text: str, hits: re.Pattern[str] | None) -> Iterator[Span]:
    """Yield where a text has what a person looks for; a match of nothing is none."""
    if hits is not None:
        yield from ((*found.span(), HIT) for found in hits.finditer(text) if found.group())


def has_hit(text: str, hits: re.Pattern[str] | None) -> bool:
    """Tell whether a text has what a person looks for."""
    return next(hit_spans(text, hits), None) is not None


def found_line(texts: Iterable[str], hits: re.Pattern[str] | None) -> Text | None:
    """Return the line that stands below what a person looks for and says it again, or None."""
    found = dict.fromkeys(
        text[start:end] for text in texts for start, end, _ in hit_spans(text, hits)
    )
    if not found:
        return None
    some = [_brief(one) for one in list(found)[:_MOST]]
    more = [f"{len(found) - _MOST} more"] if len(found) > _MOST else []
    return Text(f"△ {', '.join([*some, *more])}", "cyan")


def around(text: str, start: int, end: int, *, before: int, after: int) -> tuple[str, int]:
    """Return a part of a text with a little of what stands around it, and where that begins."""
    first = max(0, start - before)
    return text[first : end + after], first


def _brief(text: str) -> str:
    return readable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…").replace("\n", " ")
