"""The two APIs in which a platform can ask: where a turn is sent, and how it is worded.

Pure. ElevenLabs lets an agent choose (`api_type`). The history is kept in the words of chat
completions; for the Responses API they are said anew, a function call and its output as items of
their own. Nobody documents where the agent's prompt lands there: here it is the first item of
`input`, as a message of the system, for the capture proxy to compare.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any


class Api(Enum):
    """An API by ElevenLabs' name for it."""

    CHAT = "chat_completions"
    RESPONSES = "responses"

    @property
    def path(self) -> str:
        """What stands behind the endpoint's base."""
        return "chat/completions" if self is Api.CHAT else "responses"

    @property
    def limit(self) -> str:
        """What the limit of tokens is called."""
        return "max_tokens" if self is Api.CHAT else "max_output_tokens"

    def prompt(self, messages: Sequence[Any]) -> dict[str, Any]:
        """Return the member of the body that holds what was said."""
        if self is Api.CHAT:
            return {"messages": list(messages)}
        return {"input": [item for message in messages for item in _items(message)]}

    def tools(self, tools: Sequence[Any]) -> list[Any]:
        """Return the tools; in the Responses API a function's members stand in the tool itself."""
        if self is Api.CHAT:
            return list(tools)
        return [{"type": tool["type"], **tool["function"]} for tool in tools]


def _items(message: Any) -> Iterator[Any]:
    if message["role"] == "tool":
        yield {
            "type": "function_call_output",
            "call_id": message["tool_call_id"],
            "output": message["content"],
        }
        return
    if message["content"] is not None:
        yield {"role": message["role"], "content": _content(message["content"])}
    for call in message.get("tool_calls", ()):
        yield {"type": "function_call", "call_id": call["id"], **call["function"]}


def _content(content: Any) -> Any:
    """Return the content of a message; its parts have other names here."""
    return content if isinstance(content, str) else [_part(part) for part in content]


def _part(part: Any) -> Any:
    if part["type"] == "text":
        return part | {"type": "input_text"}
    return {"type": "input_image", "image_url": part["image_url"]["url"]}
