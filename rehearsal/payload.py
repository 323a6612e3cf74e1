"""A turn's request as ElevenLabs builds it (docs/platforms.md).

Pure: an agent, a conversation and its history in, headers and a body out. The conversation ID
stands in the place that the agent was configured for, and nowhere else in the request. What that
page marks as seen or inferred is no surer here: that the platform wraps the prompt in a text is
known, the text is our own.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from contract import jsontext
from contract.errors import UsageError
from rehearsal import script
from rehearsal.api import Api

HEADER: Final = "X-Conversation-Id"
VARIABLE: Final = "{{system__conversation_id}}"
_BASE32: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's, as ULIDs have it
_WRAPPED: Final = (
    "You are the voice of an agent on a live call. What you write is read out aloud, so use no "
    "markup. The language of the call is `{language}`.\n\n# Agent\n{prompt}\n\n"
    "# Tools\nCall a tool only when the person's words ask for it.\n"
)


class Placement(Enum):
    """Where in a request the conversation ID is."""

    HEADER = "header"
    PROMPT = "prompt"
    EXTRA_BODY = "extra_body"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as somebody configured it on the platform, and as a client may have changed it.

    `secret` is the bearer that the endpoint gets; None sends none. `extra_body` is what the client
    sent as `customLlmExtraBody`. Without a `greeting` the person has the first word.
    """

    placement: Placement = Placement.HEADER
    api: Api = Api.CHAT
    prompt: str = script.PROMPT
    greeting: str = script.GREETING
    secret: str | None = field(default=None, repr=False)
    model: str = "gpt-4o"
    language: str = "en"
    user_id: str = "rehearsal-user"
    max_tokens: int = 1024
    tools: tuple[Any, ...] = script.TOOLS
    tool_result: str = script.TOOL_RESULT
    extra_body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if VARIABLE in self.prompt and self.placement is not Placement.PROMPT:
            raise UsageError(
                f"the prompt holds {VARIABLE}, so the placement is `prompt`, "
                f"not `{self.placement.value}`"
            )


def new_conversation_id() -> str:
    """Return a new ID as ElevenLabs gives them: `conv_`, two digits, a ULID in lower case."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    ulid = "".join(_BASE32[number >> shift & 31] for shift in range(125, -1, -5))
    return f"conv_{secrets.randbelow(100):02}{ulid}"


def headers(agent: Agent, conversation_id: str) -> dict[str, str]:
    """Return the headers of every request of a conversation."""
    named = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    if agent.secret is not None:
        named["Authorization"] = f"Bearer {agent.secret}"
    if agent.placement is Placement.HEADER:
        named[HEADER] = conversation_id
    return named


def body(agent: Agent, conversation_id: str, history: Sequence[Any]) -> bytes:
    """Return the body of a turn; `history` is every message after the greeting."""
    greeting = [{"role": "assistant", "content": agent.greeting}] if agent.greeting else []
    messages = [
        {"role": "system", "content": _system_text(agent, conversation_id)},
        *greeting,
        *history,
    ]
    value = agent.api.prompt(messages) | {
        "model": agent.model,
        "temperature": 0,
        agent.api.limit: agent.max_tokens,
        "stream": True,
        "tools": agent.api.tools(agent.tools),
        "user_id": agent.user_id,
        "elevenlabs_extra_body": _extra_body(agent, conversation_id),
    }
    # A model can say half a character, and the next request still has to be UTF-8.
    return jsontext.encode(value).encode("utf-8", "replace")


def _extra_body(agent: Agent, conversation_id: str) -> dict[str, Any]:
    """Return what the client sent; in its place stands the ID, unless the client put one there."""
    extra: dict[str, Any] = {"client": "rehearsal"}
    if agent.placement is Placement.EXTRA_BODY:
        extra["conversation_id"] = conversation_id
    return extra | dict(agent.extra_body)


def _system_text(agent: Agent, conversation_id: str) -> str:
    prompt = agent.prompt
    if agent.placement is Placement.PROMPT:
        if VARIABLE not in prompt:
            prompt += f"\nThe conversation is {VARIABLE}."
        prompt = prompt.replace(VARIABLE, conversation_id)
    return _WRAPPED.format(language=agent.language, prompt=prompt)
