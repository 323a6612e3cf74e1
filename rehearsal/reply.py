"""What an endpoint streams back, gathered from server-sent events.

Pure. It takes any valid stream of chat completion chunks: comments, usage chunks, chunks without a
choice, and streams that end without `[DONE]`.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from contract.answer import DONE, said
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
    calls: list[ToolCall] = field(default_factory=list)
    error: str | None = None

    @property
    def has_content(self) -> bool:
        """Whether anything came that can be said or done; a role alone or a comment cannot."""
        return bool(self.text or self.calls)

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
        one = said(chunk, "delta")
        if one.error:
            self.error = one.error
            return
        self.text += one.text
        for piece in one.calls:
            while len(self.calls) <= piece.index:
                self.calls.append(ToolCall())
            call = self.calls[piece.index]
            call.id = piece.id or call.id
            call.name += piece.name
            call.arguments += piece.arguments
