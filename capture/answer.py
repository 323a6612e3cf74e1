"""What an answer says: its text, its tool calls, and whether it ended as the protocol wants.

Both forms of a chat completion are read, the whole object and the event stream. Nothing is judged.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract import sse
from contract.answer import DONE, Said, said
from contract.exchange import Response


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said. `first_content` is milliseconds since the request was complete.

    `done` is whether the model finished: a stream's `[DONE]`, or a whole object. `error` is the
    message of an error that came instead, or in the middle.
    """

    text: str = ""
    tools: tuple[str, ...] = ()
    first_content: float | None = None
    done: bool = False
    error: str | None = None


def answer_of(response: Response) -> Answer:
    """Return what an answer says."""
    if response.is_event_stream:
        return _from_stream(response)
    one = said(_json(response.body.decode("utf-8", "replace")), "message")
    at = response.arrivals[-1][0] if response.arrivals else None
    tools = _names(one)
    done = bool(one.text or tools) and not one.error
    return Answer(one.text, tools, at, done=done, error=one.error)


def _from_stream(response: Response) -> Answer:
    texts: list[str] = []
    tools: list[str] = []
    first, done, error = None, False, None
    for at, event in _events(response):
        data = event.data or ""
        done = done or data == DONE
        one = said(_json(data), "delta")
        names = _names(one)
        if (one.text or names) and first is None:
            first = at
        texts.append(one.text)
        tools += names
        error = error or one.error
    return Answer("".join(texts), tuple(tools), first, done, error)


def _names(one: Said) -> tuple[str, ...]:
    return tuple(call.name for call in one.calls if call.name)


def _events(response: Response) -> Iterator[tuple[float, sse.Event]]:
    """Yield each event with the time at which it was complete."""
    decoder, at = sse.Decoder(), 0.0
    for at, piece in response.chunks:
        for event in decoder.feed(piece):
            yield at, event
    for event in decoder.finish():
        yield at, event


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
