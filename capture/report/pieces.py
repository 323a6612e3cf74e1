"""The pieces in which an answer came: when, how large, and what each of them says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from capture.report.text import shown
from contract import sse
from contract.answer import DONE, said
from contract.exchange import Response

MOST = 120
"""The most pieces of one answer that are told one by one."""

_LONGEST = 160  # characters of what a piece says


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer: times in milliseconds, since the request and since the piece before."""

    at: float
    after: float
    size: int
    says: Markup


def pieces(response: Response) -> tuple[tuple[Piece, ...], int]:
    """Return the first pieces of an answer, and how many more there are."""
    chunks = response.chunks
    made, before = [], 0.0
    decoder = sse.Decoder() if response.is_event_stream else None
    for at, data in chunks[:MOST]:
        events = list(decoder.feed(data)) if decoder else []
        made.append(Piece(at, at - before, len(data), shown("".join(map(_says, events)))))
        before = at
    return tuple(made), max(0, len(chunks) - MOST)


def _says(event: sse.Event) -> str:
    """Return what an event says, or its data where that is not known."""
    data = event.data or ""
    if data == DONE:
        return data
    one = said(_json(data), "delta")
    parts = [one.text, one.error or "", *_calls(one.calls)]
    return "".join(parts) or _cut(data)


def _calls(calls: Any) -> Iterator[str]:
    for call in calls:
        yield f"{call.name}({call.arguments}" if call.name else call.arguments


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
