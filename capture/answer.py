"""What an answer says: its text, its tool calls, and whether it ended as the protocol wants.

Both forms of a chat completion are read, the whole object and the event stream. Nothing is judged.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract import sse
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
    value = _json(response.body.decode("utf-8", "replace"))
    at = response.arrivals[-1][0] if response.arrivals else None
    text, tools = _said(value, "message")
    error = _error(value)
    return Answer(text, tuple(tools), at, done=bool(text or tools) and not error, error=error)


def _from_stream(response: Response) -> Answer:
    text, tools, first, done, error = "", [], None, False, None
    for at, event in _events(response):
        if event.data == "[DONE]":
            done = True
        value = _json(event.data or "")
        more, calls = _said(value, "delta")
        if (more or calls) and first is None:
            first = at
        text += more
        tools += calls
        error = error or _error(value)
    return Answer(text, tuple(tools), first, done, error)


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


def _said(value: Any, key: str) -> tuple[str, list[str]]:
    """Return the text and the names of the tools in a completion or in a chunk of one."""
    texts, tools = [], []
    choices = value.get("choices") if isinstance(value, dict) else None
    for choice in choices if isinstance(choices, list) else []:
        part = choice.get(key) if isinstance(choice, dict) else None
        if not isinstance(part, dict):
            continue
        if isinstance(part.get("content"), str):
            texts.append(part["content"])
        for call in part.get("tool_calls") or []:
            name = call.get("function", {}).get("name") if isinstance(call, dict) else None
            tools += [name] if isinstance(name, str) else []
    return "".join(texts), tools


def _error(value: Any) -> str | None:
    error = value.get("error") if isinstance(value, dict) else None
    if isinstance(error, dict):
        return str(error.get("message", error))
    return str(error) if error else None
