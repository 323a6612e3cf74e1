"""The history of a call as a platform sends it, in the words of chat completions. Pure.

After an interruption it holds only what was spoken, so it can shrink (docs/platforms.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from rehearsal.reply import ToolCall

Message: TypeAlias = dict[str, Any]
Content: TypeAlias = str | list[Message]
"""What a message holds: a text, or parts, as the API names them."""


def user(said: Content) -> Message:
    """Return what the person said."""
    return {"role": "user", "content": said}


def assistant(text: str) -> Message:
    """Return what the agent said."""
    return {"role": "assistant", "content": text}


def background(text: str) -> Message:
    """Return what the client told the agent beside the talk (`contextual_update`).

    That it becomes a message of the system in its place is inferred: nobody documents it.
    """
    return {"role": "system", "content": text}


def words(said: Content) -> str:
    """Return the text of what was said, without the pictures in it."""
    if isinstance(said, str):
        return said
    return " ".join(part["text"] for part in said if part.get("type") == "text")


def called(text: str, calls: Sequence[ToolCall], results: Iterable[str]) -> list[Message]:
    """Return the messages that hold tool calls and what the tools answered."""
    parts = [call.as_message_part() for call in calls]
    return [
        {"role": "assistant", "content": text or None, "tool_calls": parts},
        *(
            {"role": "tool", "tool_call_id": call.id, "content": result}
            for call, result in zip(calls, results, strict=True)
        ),
    ]


def spoken_only(turn: Sequence[Message], spoken: str) -> list[Message]:
    """Return the messages of the last turn, with no more of the agent's words than were spoken.

    Args:
        turn: the messages from the person's on; the agent's answer may be missing yet.
        spoken: what the person has heard of the answer, over all of its messages.
    """
    return list(_spoken(turn, spoken.strip()))


def _spoken(turn: Sequence[Message], left: str) -> Iterator[Message]:
    for message in turn:
        if message["role"] != "assistant":
            yield message
            continue
        content = message["content"] or ""
        kept, left = left[: len(content)], left[len(content) :].lstrip()
        if kept or "tool_calls" in message:
            yield message | {"content": kept or None}
    if left:
        yield assistant(left)
