"""What an answer says: its text, its tool calls, and whether it ended as the protocol wants.

Chat completions and the Responses API are read, each as a whole object and as an event stream.
Nothing is judged.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from contract import responses, sse
from contract.answer import DONE, CallPiece, Said, said
from contract.exchange import Response


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model wants called, with its arguments as JSON text."""

    name: str
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said. `first_content` is milliseconds since the request was complete.

    `done` is whether the model finished: a stream's `[DONE]` or `response.completed`, or a whole
    object. `error` is the message of an error that came instead, or in the middle.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    first_content: float | None = None
    done: bool = False
    error: str | None = None

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools to call."""
        return tuple(call.name for call in self.calls)


def answer_of(response: Response) -> Answer:
    """Return what an answer says."""
    if response.is_event_stream:
        return _from_stream(response)
    value = _json(response.body.decode("utf-8", "replace"))
    is_response = responses.is_response(value)
    one = responses.said_in_response(value) if is_response else said(value, "message")
    at = response.arrivals[-1][0] if response.arrivals else None
    calls = _calls(one.calls)
    done = bool(one.text or calls) and not one.error
    return Answer(one.text, calls, at, done=done, error=one.error)


def _from_stream(response: Response) -> Answer:
    texts: list[str] = []
    pieces: list[CallPiece] = []
    first, done, error = None, False, None
    for at, event in _events(response):
        data = event.data or ""
        one, is_end = _heard(_json(data), is_first=first is None)
        done = done or is_end or data == DONE
        if first is None and (one.text or any(piece.name for piece in one.calls)):
            first = at
        texts.append(one.text)
        pieces += one.calls
        error = error or one.error
    return Answer("".join(texts), _calls(pieces), first, done, error)


def _heard(value: Any, *, is_first: bool) -> tuple[Said, bool]:
    """Return what the data of an event adds, and whether it ends the answer.

    The last event of a Responses stream says everything once more: it counts where nothing came
    before it.
    """
    if not responses.is_event(value):
        return said(value, "delta"), False
    whole = responses.repeated_in(value)
    if whole is None:
        return responses.said_in_event(value), False
    return (whole if is_first else Said(error=whole.error)), True


def _calls(pieces: Iterable[CallPiece]) -> tuple[Call, ...]:
    """Return tool calls whole, which may have come in pieces.

    A piece with a name begins a call, unless the call at its index goes on under the same ID: some
    servers give every call the index 0, and others every piece the name.
    """
    found: list[tuple[str, list[str]]] = []
    at_index: dict[int, tuple[str, list[str]]] = {}
    for piece in pieces:
        identity, arguments = at_index.get(piece.index, ("", None))
        if piece.name and (arguments is None or piece.id not in {"", identity}):
            arguments = []
            at_index[piece.index] = (piece.id, arguments)
            found.append((piece.name, arguments))
        if arguments is not None:
            arguments.append(piece.arguments)
    return tuple(Call(name, "".join(arguments)) for name, arguments in found)


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
