"""What was said before a turn: the history in its request, as lines, and how two histories relate.

Pure. Chat completions and Responses bodies alike; an odd body says nothing and breaks nothing.
"""

import json
import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, TypeAlias

from contract.exchange import Request
from contract.roles import PROMPT_ROLES

Line: TypeAlias = tuple[str, str]
"""Who spoke, and what."""


def history_of(request: Request) -> tuple[Line, ...]:
    """Return what was said so far, without the agent's prompt."""
    return tuple(
        (role, spoken(message)) for role, message in _messages(request) if role not in PROMPT_ROLES
    )


def identities_of(request: Request) -> tuple[Line, ...]:
    """Return the history with all that tells two messages apart, such as the calls of a tool."""
    return tuple(
        (role, _identity(message))
        for role, message in _messages(request)
        if role not in PROMPT_ROLES
    )


def prompt_of(request: Request) -> str:
    """Return the agent's prompt, with every number as 0: numbers change with the time of day."""
    texts = [spoken(message) for role, message in _messages(request) if role in PROMPT_ROLES]
    body = request.json()
    if isinstance(body, dict) and isinstance(body.get("instructions"), str):
        texts.append(body["instructions"])
    return _without_numbers("\n".join(texts))


@lru_cache(maxsize=64)  # most turns have the same one, and it is long
def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def spoken(message: dict[str, Any]) -> str:
    """Return the text of a message, whatever shape its content has."""
    content = message.get("content", message.get("output"))
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _messages(request: Request) -> list[tuple[str, dict[str, Any]]]:
    """Return the messages of a body, each with its role; the Responses API has items without."""
    body = request.json()
    messages = body.get("messages", body.get("input", [])) if isinstance(body, dict) else []
    if isinstance(messages, str):
        return [("user", {"content": messages})]
    if not isinstance(messages, list):
        return []
    return [
        (str(message.get("role", message.get("type", ""))), message)
        for message in messages
        if isinstance(message, dict)
    ]


_PLAIN = frozenset({"role", "content"})
_TELLING = ("tool_calls", "tool_call_id", "call_id", "arguments", "name")


def _identity(message: dict[str, Any]) -> str:
    if message.keys() <= _PLAIN:
        return spoken(message)
    more = {key: message[key] for key in _TELLING if message.get(key)}
    # The order of members says nothing, and some platforms send them in another one each time.
    return spoken(message) + (json.dumps(more, sort_keys=True) if more else "")


_ALIKE, _NEARLY_THE_SAME = 0.5, 0.75  # of the words of two utterances, what both have


def is_begun(before: Line, after: Line) -> bool:
    """Tell whether an utterance is the beginning of another, or silence, that was sent too soon."""
    one, other = (re.findall(r"\w+", text.lower()) for text in (before[1], after[1]))
    return before[0] == after[0] and one == other[: len(one)]


def is_revised(before: Line, after: Line) -> bool:
    """Tell whether two utterances may be one, heard in part, or heard again."""
    if before[0] != after[0]:
        return False
    one, other = (re.findall(r"\w+", text.lower()) for text in (before[1], after[1]))
    alike = SequenceMatcher(None, one, other, autojunk=False)
    return alike.ratio() > (_ALIKE if one[:1] == other[:1] else _NEARLY_THE_SAME)


def is_cut_short(before: Line, after: Line) -> bool:
    """Tell whether an answer was interrupted: only the beginning of it was spoken."""
    said = after[1].rstrip(" .…-")
    return before[0] == after[0] == "assistant" and bool(said) and before[1].startswith(said)
