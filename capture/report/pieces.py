"""The pieces in which an answer came, a line each: when, how large, and what it says."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from capture.report.jsonlines import quoted
from capture.report.text import shown
from contract import sse
from contract.answer import CallPiece, said
from contract.exchange import Response

MOST = 300
"""The most pieces of one answer that are told one by one."""

_LONGEST = 120  # characters of an event that says nothing
_HEAD = f"{'ms':>8} {'+ms':>7} {'bytes':>7}  says"


def pieces(response: Response) -> Markup:
    """Return the pieces of an answer as lines of text; nothing where it came as one piece."""
    chunks = response.chunks
    if len(chunks) < 2:  # noqa: PLR2004
        return Markup()
    decoder = sse.Decoder() if response.is_event_stream else None
    lines, before = [Markup(_HEAD)], 0.0  # noqa: S704  our own words
    for at, data in chunks[:MOST]:
        says = " ".join(map(_says, decoder.feed(data))) if decoder else ""
        lines.append(shown(f"{at:>8,.0f} {at - before:>+7,.0f} {len(data):>7,}  {says}"))
        before = at
    if len(chunks) > MOST:
        lines.append(shown(f"and {len(chunks) - MOST:,} more"))
    return Markup("\n").join(lines)


def _says(event: sse.Event) -> str:
    """Return what an event says in quotes, or the beginning of its data where that is not known."""
    data = event.data or ""
    value = _json(data)
    one = said(value, "delta")
    text = "".join([one.text, one.error or "", *_calls(one.calls)])
    is_chunk = isinstance(value, dict) and isinstance(value.get("choices"), list)
    return quoted(text) if text else "-" if is_chunk else _cut(data)


def _calls(calls: Sequence[CallPiece]) -> Iterator[str]:
    for call in calls:
        yield f"{call.name}({call.arguments}" if call.name else call.arguments


def _cut(text: str) -> str:
    line = " ".join(text.split("\n"))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
