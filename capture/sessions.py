"""Which requests belong to one conversation, without knowing any ID.

A voice platform sends the whole history with every turn, so the turns of one conversation extend
each other. Allowed for: a turn that is sent again, a last utterance that was revised, an answer of
which only the beginning was spoken, and a history that lost its end. The agent's prompt must be the
same but for numbers, which change with the time of day.

Where two calls open with the same words within a minute, their first turns cannot be told from one
turn that was sent twice, and are taken for that. `locate` then sees a place with two values within
one conversation, and says less, never more, than is true.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any, TypeAlias

from contract.exchange import Exchange, Request
from contract.roles import PROMPT_ROLES

Line: TypeAlias = tuple[str, str]
"""Who spoke, and what."""

_SENT_AGAIN = timedelta(seconds=60)
"""Later than this, somebody else begins with the same words: a platform waits 15 s for content."""


@dataclass(frozen=True, slots=True)
class Session:
    """The turns of one conversation, in the order in which they were sent; numbered from 1."""

    number: int
    turns: tuple[Exchange, ...]


@dataclass(slots=True)
class _Open:
    """A conversation that is still being put together."""

    prompt: str
    history: Sequence[Line]
    turns: list[Exchange]


def sessions(exchanges: Iterable[Exchange]) -> tuple[Session, ...]:
    """Return the conversations to which the turns among `exchanges` belong."""
    found: list[_Open] = []
    for turn in sorted((it for it in exchanges if it.is_turn), key=lambda it: it.started):
        prompt, history = prompt_of(turn.request), history_of(turn.request)
        # The longest common history wins, and of equals the conversation that spoke last.
        fits = [
            (_common(session.history, history), at, session)
            for at, session in enumerate(found)
            if session.prompt in {prompt, ""}
            and continues(session.history, history)
            and not _is_too_late(session, turn, history)
        ]
        if fits:
            session = max(fits, key=lambda fit: fit[:2])[2]
            session.turns.append(turn)
            session.prompt, session.history = prompt, history or session.history
            found.append(found.pop(found.index(session)))
        else:
            found.append(_Open(prompt, history, [turn]))
    found.sort(key=lambda session: session.turns[0].started)
    return tuple(Session(at, tuple(it.turns)) for at, it in enumerate(found, start=1))


def continues(before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Tell whether one conversation can have had the history `before` and then `after`."""
    if _people(after) == 0 < _people(before):
        return False  # nobody has spoken yet, so another call begins
    if not before or not after:
        return True  # nobody had spoken
    common = _common(before, after)
    if _people(before[:common]) == 0 and common < min(len(before), len(after)):
        # As yet only the greeting is the same.
        return _people(before) <= 1 and _is_revised(before[common], after[common])
    if common >= len(before) - 1 and common > 0:
        return True  # it went on, was sent again, or its last utterance was revised
    if _people(after) <= 1 < _people(before):
        return False  # somebody else begins with the same words
    if common == len(after):
        return True  # it lost its end
    return _cut_short(before[common], after[common])


def _is_too_late(session: _Open, turn: Exchange, history: Sequence[Line]) -> bool:
    """Tell whether first words come again so late that somebody else must have said them."""
    shared = session.history[: _common(session.history, history)]
    again = _people(history) == 1 or _people(shared) == 0
    late = turn.started - session.turns[-1].started > _SENT_AGAIN
    return late and again and _people(session.history) == 1


def _common(before: Sequence[Line], after: Sequence[Line]) -> int:
    """Return how many lines two histories have in common from the start."""
    pairs = zip(before, after, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other),
        min(len(before), len(after)),
    )


def _people(history: Sequence[Line]) -> int:
    """Return how often the person spoke."""
    return sum(role == "user" for role, _ in history)


def _is_revised(before: Line, after: Line) -> bool:
    """Tell whether two first words are one utterance, heard in part, or heard again."""
    if before[0] != after[0]:
        return False
    one, other = (re.findall(r"\w+", text.lower()) for text in (before[1], after[1]))
    alike = SequenceMatcher(None, one, other, autojunk=False)
    return (one[:1] == other[:1] and 2 * alike.ratio() > 1) or _cut_short(before, after)


def _cut_short(before: Line, after: Line) -> bool:
    """Tell whether an answer was interrupted: only the beginning of it was spoken."""
    said = after[1].rstrip(" .…-")
    return before[0] == after[0] == "assistant" and bool(said) and before[1].startswith(said)


def prompt_of(request: Request) -> str:
    """Return the agent's prompt, with every number as 0."""
    body = request.json()
    texts = [text for role, text in _lines(body) if role in PROMPT_ROLES]
    if isinstance(body, dict) and isinstance(body.get("instructions"), str):
        texts.append(body["instructions"])
    return re.sub(r"\b\d+\b", "0", "\n".join(texts))


def history_of(request: Request) -> tuple[Line, ...]:
    """Return what was said so far, without the agent's prompt."""
    return tuple(line for line in _lines(request.json()) if line[0] not in PROMPT_ROLES)


def _lines(body: Any) -> list[Line]:
    """Return the messages of a chat completions or a Responses body."""
    if not isinstance(body, dict):
        return []
    messages = body.get("messages", body.get("input", []))
    if isinstance(messages, str):
        return [("user", messages)]
    if not isinstance(messages, list):
        return []
    return [
        (str(message.get("role", message.get("type", ""))), spoken(message))
        for message in messages
        if isinstance(message, dict)
    ]


def spoken(message: dict[str, Any]) -> str:
    """Return the text of a message, whatever shape its content has."""
    content = message.get("content", message.get("output"))
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""
