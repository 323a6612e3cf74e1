"""What a request asks of the stand-in model, in whichever API it was asked. Values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call, with the JSON schema of its arguments."""

    name: str
    parameters: Json


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what the model reads: its tools, a message, an item.

    `value` is the piece as it was sent, `text` what counts as text in it, and `pictures` how many
    pictures are in it.
    """

    value: Any
    text: str
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that passed every check.

    `prompt` is all that the model reads, in its order; `pictures` are the files of all pictures in
    it, in the same order; `said` is the last user text; `result` is what a tool answered, if that
    is the last thing in the prompt; `is_user_turn` tells whether a user's message is. `limit` is in
    tokens.
    """

    model: str
    stream: bool
    include_usage: bool
    limit: int | None
    tools: tuple[Tool, ...]
    prompt: tuple[Piece, ...]
    pictures: tuple[bytes, ...]
    said: str
    result: str | None
    is_user_turn: bool


def tools_piece(tools: Sequence[Any], text: str) -> tuple[Piece, ...]:
    """Return the tools as the first piece of a prompt, where OpenAI puts them; none are none."""
    return (Piece(tools, text),) if tools else ()
