"""What is new in a turn, seen against the turn before it in the same conversation.

Every turn brings the whole history. Told is only what it adds, and what it changed: an interrupted
answer is shorter in the next history, a revised utterance replaces the first one, and a turn that
is sent again adds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contract.exchange import Request
from contract.roles import PROMPT_ROLES, speaker_of


@dataclass(frozen=True, slots=True)
class Talk:
    """Messages as they stand in the body, and sentences about what became of the history."""

    messages: tuple[Any, ...]
    notes: tuple[str, ...] = ()


def new_in(request: Request, before: Request | None) -> Talk:
    """Return what a turn says that the turn before it had not said; None before the first."""
    prompts, lines = _split(messages_of(request))
    if before is None:
        return Talk((*prompts, *lines), () if prompts or lines else (_NOTHING,))
    old_prompts, old_lines = _split(messages_of(before))
    common, fresh = _common(old_lines, lines), lines[_common(old_lines, lines) :]
    notes = _notes(len(old_lines) - common, len(fresh))
    if len(prompts) == len(old_prompts) == _common(prompts, old_prompts):
        return Talk(fresh, notes)
    return Talk((*prompts, *fresh), (_PROMPT if prompts else _NO_PROMPT, *notes))


def _notes(gone: int, fresh: int) -> tuple[str, ...]:
    if not gone and not fresh:
        return (_AGAIN,)
    if gone and not fresh:
        return (f"the history ends {_messages(gone)} earlier than in the turn before",)
    if gone:
        return (f"{_messages(gone)} of the turn before {'is' if gone == 1 else 'are'} replaced",)
    return ()


_AGAIN = "the same history as in the turn before: sent again"
_NOTHING = "no messages"
_PROMPT = "the agent's prompt has changed"
_NO_PROMPT = "the agent's prompt is missing here"


def _messages(count: int) -> str:
    return f"{count} message{'' if count == 1 else 's'}"


def messages_of(request: Request) -> list[Any]:
    """Return the messages of a chat completions or a Responses body, the instructions first."""
    body = request.json()
    if not isinstance(body, dict):
        return []
    messages = body.get("messages", body.get("input"))
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    found = messages if isinstance(messages, list) else []
    instructions = body.get("instructions")
    if isinstance(instructions, str):
        return [{"role": "system", "content": instructions}, *found]
    return list(found)


def role_of(message: Any) -> str:
    """Return who speaks; a question mark where nothing says it."""
    return (speaker_of(message) if isinstance(message, dict) else "") or "?"


def _split(messages: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return what the agent's maker wrote, and what was said."""
    return (
        tuple(it for it in messages if role_of(it) in PROMPT_ROLES),
        tuple(it for it in messages if role_of(it) not in PROMPT_ROLES),
    )


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    """Return how many messages two histories have in common from the start."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if not _same(mine, theirs):
            break
        count += 1
    return count


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except RecursionError:
        return False  # nobody says anything that deep
