"""What the stand-in model answers: a text about the pixels, or a call of a tool.

Pure: what was asked and what was seen in, an answer out. Every text says that no real model speaks.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.asked import Asked, Json, Tool
from rehearsal.eyes import Seen

NAME: Final = "(Stand-in model.)"
"""How every text begins, so that nobody takes it for a real model's."""

_ECHOED: Final = 60  # characters of the last user text
_PIECE: Final = 8  # characters of a tool call's arguments in one chunk


@dataclass(frozen=True, slots=True)
class Say:
    """An answer in text; `cut` tells whether the request's token limit cut it short."""

    text: str
    cut: bool = False

    @property
    def pieces(self) -> tuple[str, ...]:
        """The text word by word, each with the space before it."""
        return tuple(re.findall(r"\s*\S+", self.text))


@dataclass(frozen=True, slots=True)
class Call:
    """An answer that calls a tool; `arguments` is JSON text."""

    name: str
    arguments: str

    @property
    def pieces(self) -> tuple[str, ...]:
        """The arguments in the pieces in which they are streamed."""
        text = self.arguments
        return tuple(text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def answer(asked: Asked, seen: Sequence[Seen]) -> Say | Call:
    """Return the answer to a request whose pictures show `seen`, in order."""
    tool = mentioned_tool(asked.said, asked.tools) if asked.is_user_turn else None
    if tool is not None:
        return Call(tool.name, json.dumps(arguments_for(tool.parameters, asked.said)))
    return _within(asked.limit, " ".join((NAME, *_sentences(asked, seen))))


def mentioned_tool(said: str, tools: Sequence[Tool]) -> Tool | None:
    """Return the first tool whose name stands in the text, in any case, `_` read as a space."""
    words = _words(said)
    return next((tool for tool in tools if _words(tool.name) in words), None)


def _words(text: str) -> str:
    """Return the words with a space on both sides, so that `in` finds whole words only."""
    return f" {' '.join(re.split(r'[^a-z0-9]+', text.lower())).strip()} "


def arguments_for(schema: Json, said: str) -> Json:
    """Return arguments that hold for a JSON schema of plain required properties."""
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        return {}
    plain = {name: one for name, one in properties.items() if isinstance(one, dict)}
    return {name: _value_for(one, said) for name, one in plain.items() if name in required}


def _value_for(schema: Json, said: str) -> Any:
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return values[0]
    plain: Json = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
    kind = schema.get("type", "string")
    return plain.get(kind, said) if isinstance(kind, str) else said


def sight(seen: Sequence[Seen]) -> str:
    """Return the sentences that say which pictures are seen."""
    if not seen:
        return "I see no picture in this request."
    if len(seen) == 1:
        return f"I see 1 picture. {seen[0].sentence()}"
    listed = (f"Picture {number}: {one.sentence()}" for number, one in enumerate(seen, start=1))
    return f"I see {len(seen)} pictures. {' '.join(listed)}"


def _sentences(asked: Asked, seen: Sequence[Seen]) -> list[str]:
    sentences = [sight(seen)]
    if asked.result is not None:
        sentences.insert(0, f"The tool answered: {asked.result}.")
    elif not seen and asked.said.strip():
        sentences.append(f'You said: "{asked.said[:_ECHOED]}"')
    return sentences


def _within(limit: int | None, text: str) -> Say:
    """Return as many words as the limit allows; the stand-in counts a word as one token."""
    words = Say(text).pieces
    if limit is None or len(words) <= limit:
        return Say(text)
    return Say("".join(words[:limit]), cut=True)
