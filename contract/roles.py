"""Who speaks in a turn's body, and which places of it hold what was said.

What a person, a model or a tool says is never where a conversation's ID is read: anybody can say
anything, another conversation's ID too.
"""

from collections.abc import Sequence
from typing import Any

from contract.fieldpath import FieldPath, Readable

PROMPT_ROLES = frozenset({"system", "developer"})
"""The roles of messages that the agent's maker wrote; the others hold what was said."""


def is_prompt_role(role: Any) -> bool:
    """Tell whether a message's role, whatever JSON value it is, says that the maker wrote it."""
    return isinstance(role, str) and role in PROMPT_ROLES


_BY_TYPE = {"function_call": "assistant", "function_call_output": "tool", "function": "tool"}


def speaker_of(message: dict[str, Any]) -> str:
    """Return who speaks in a message: its role; items without one say it by their type."""
    role = str(message.get("role", message.get("type", "")))
    return _BY_TYPE.get(role, role)


def is_said(body: Any, steps: tuple[str, ...]) -> bool:
    """Tell whether a place of a body, by the steps of its JSON pointer, holds what was said."""
    if len(steps) < 2 or steps[0] not in {"messages", "input"}:  # noqa: PLR2004
        return steps == ("input",)
    try:
        message = body[steps[0]][int(steps[1])]
    except (TypeError, ValueError, LookupError):
        return True
    if not isinstance(message, dict):
        return True
    # The Responses API has items without a role, whose type says what they are.
    return not is_prompt_role(message.get("role", message.get("type", "system")))


def id_at(path: FieldPath, request: Readable) -> str | None:
    """Return the ID that stands at a field path, unless somebody said it; or None."""
    if path.place == "body" and is_said(request.json(), path.keys):
        return None
    return path.find(request)


def first_id(paths: Sequence[FieldPath], request: Readable) -> str | None:
    """Return the ID at the first field path that holds one, or None."""
    return next((found for path in paths if (found := id_at(path, request)) is not None), None)
