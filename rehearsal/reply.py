"""What an endpoint streams back, gathered from server-sent events.

Pure. It takes any valid stream of chat completion chunks: comments, usage chunks, chunks without a
choice, and streams that end without `[DONE]`. It takes any stream of the Responses API too, with or
without a `[DONE]` behind it.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from contract import responses
from contract.answer import DONE, CallPiece, Said, said
from contract.sse import Event


@dataclass(slots=True)
class ToolCall:
    """A tool call as far as it has been streamed."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    def as_message_part(self) -> dict[str, Any]:
        """Return the call as an assistant message of the history holds it."""
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function", "function": function}


@dataclass(slots=True)
class Reply:
    """An answer as far as it has been streamed; `error` is what the stream itself reports."""

    text: str = ""
    by_index: dict[int, ToolCall] = field(default_factory=dict)
    error: str | None = None

    @property
    def calls(self) -> list[ToolCall]:
        """The tool calls in their order; a text before them may have an index too."""
        return [self.by_index[index] for index in sorted(self.by_index)]

    @property
    def has_content(self) -> bool:
        """Whether anything came that can be said or done; a role alone or a comment cannot."""
        return bool(self.text or self.by_index)

    def take(self, event: Event) -> None:
        """Add an event; one that is no chunk becomes the `error`."""
        if event.data is None or event.data.strip() == DONE:
            return
        try:
            chunk = json.loads(event.data)
        except (ValueError, RecursionError):
            chunk = None
        if not isinstance(chunk, dict):
            self.error = f"the stream holds an event that is no chunk: {event.data[:80]!r}"
            return
        one = self._heard(chunk)
        if one.error:
            self.error = one.error
            return
        self.text += one.text
        for piece in one.calls:
            self._take_call(piece)

    def _heard(self, chunk: dict[str, Any]) -> Said:
        """Return what an event adds; the last of a Responses stream only where nothing came."""
        if not responses.is_event(chunk):
            return said(chunk, "delta")
        whole = responses.repeated_in(chunk)
        if whole is None:
            return responses.said_in_event(chunk)
        return Said(error=whole.error) if self.has_content else whole

    def _take_call(self, piece: CallPiece) -> None:
        call = self.by_index.setdefault(piece.index, ToolCall())
        call.id = piece.id or call.id
        call.name += piece.name
        call.arguments += piece.arguments
