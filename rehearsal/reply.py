"""What an endpoint streams back, gathered from server-sent events.

Pure. It takes any valid stream of chat completion chunks: comments, usage chunks, chunks without a
choice, and streams that end without `[DONE]`.
"""

import json
from dataclasses import dataclass, field
from typing import Any

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
        if event.data is None or event.data.strip() == "[DONE]":
            return
        try:
            chunk = json.loads(event.data)
        except ValueError:
            chunk = None
        if not isinstance(chunk, dict):
            self.error = f"the stream holds an event that is no chunk: {event.data[:80]!r}"
        elif chunk.get("error"):
            self.error = error_message(chunk) or event.data
        else:
            for choice in chunk.get("choices") or ():
                self._add(choice.get("delta") or {})

    def _add(self, delta: dict[str, Any]) -> None:
        self.text += delta.get("content") or ""
        for piece in delta.get("tool_calls") or ():
            index = piece.get("index", 0)
            while len(self.calls) <= index:
                self.calls.append(ToolCall())
            call, function = self.calls[index], piece.get("function") or {}
            call.id = piece.get("id") or call.id
            call.name += function.get("name") or ""
            call.arguments += function.get("arguments") or ""


def error_message(value: Any) -> str | None:
    """Return the sentence of an error in OpenAI's shape, or None."""
    error = value.get("error") if isinstance(value, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else None
