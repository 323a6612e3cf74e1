"""The history of a turn as kinds of messages, whatever was said and however often.

What happens by itself in a conversation is no drift: that somebody spoke, that a tool was called.
How such a message looks is compared, not whether there was one.
"""

from typing import Any

from contract.roles import PROMPT_ROLES

CALLING = "assistant calling"
"""The kind of an assistant's message that calls a tool."""

FAMILIAR = frozenset(
    {
        "user",
        "assistant",
        CALLING,
        "tool",
        "function",
        "function_call",
        "function_call_output",
        "message",
        "reasoning",
    }
)
"""Kinds that come and go with what happens in a conversation (chat completions and Responses)."""

_SPOKEN = FAMILIAR - {"assistant"}


def history(body: Any) -> list[Any] | None:
    """Return the messages of a chat completions or a Responses body, or None where it has none."""
    if not isinstance(body, dict):
        return None
    found = body.get("messages", body.get("input"))
    return found if isinstance(found, list) else None


def kind_of(message: Any) -> str:
    """Return the kind of a message: its role, whether it calls a tool, or the type of an item."""
    if not isinstance(message, dict):
        return "no object"
    role = message.get("role", message.get("type"))
    if role == "assistant" and (message.get("tool_calls") or message.get("function_call")):
        return CALLING
    return role if isinstance(role, str) else "no role"


def by_kind(messages: list[Any]) -> dict[str, list[Any]]:
    """Return the messages of each kind."""
    found: dict[str, list[Any]] = {}
    for message in messages:
        found.setdefault(kind_of(message), []).append(message)
    return found


def opening(messages: list[Any]) -> str:
    """Return the roles before anybody spoke, as in `system, assistant`.

    An assistant that speaks twice, because nobody answered, is told once.
    """
    roles: list[str] = []
    for kind in map(kind_of, messages):
        if kind in _SPOKEN:
            break
        if (kind in PROMPT_ROLES or kind == "assistant") and (
            kind != "assistant" or roles[-1:] != ["assistant"]
        ):
            roles.append(kind)
    return ", ".join(roles) or "nothing"


def unfamiliar(messages: list[Any]) -> list[str]:
    """Return the kinds that no conversation brings about: new roles, and later prompts."""
    found: dict[str, None] = {}
    spoken = False
    for kind in map(kind_of, messages):
        spoken = spoken or kind in _SPOKEN
        if kind in PROMPT_ROLES and spoken:
            found[f"{kind}, later than the first words"] = None
        elif kind not in PROMPT_ROLES and kind not in FAMILIAR:
            found[kind] = None
    return list(found)
