"""The agents that can be called here, and what a client may change of them. Pure.

`rehearsal` is as the command line says. Each placement of the conversation ID has an agent of its
name, `client-tools` has its own tool used by the client, and `strict` refuses `customLlmExtraBody`,
as every agent of ElevenLabs does until somebody allows it
(`platform_settings.overrides.custom_llm_extra_body`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rehearsal import script
from rehearsal.convai.frames import Opening
from rehearsal.payload import VARIABLE, Agent, Placement

DEFAULT: Final = "rehearsal"
STRICT: Final = "strict"
CLIENT_TOOLS: Final = "client-tools"

GREETING: Final = "This is a rehearsal, not ElevenLabs. Share a picture and ask me about it."
"""What every agent says first, unless the client asks for something else."""

_NAMED: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Refused(Exception):
    """A conversation that the platform does not hold; the message is the reason of code 1008."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An agent under its ID; the tools in `client_tools` are used by the client."""

    id: str
    agent: Agent
    allows_extra_body: bool = True
    client_tools: frozenset[str] = frozenset()


def listed(configured: Agent) -> dict[str, Listed]:
    """Return every agent by its ID; all are like the configured one but for what they show."""
    default = replace(configured, greeting=GREETING)
    return {one.id: one for one in _agents(default)}


def _agents(default: Agent) -> Iterator[Listed]:
    yield Listed(DEFAULT, default)
    for placement in Placement:
        yield Listed(placement.value, replace(default, placement=placement))
    yield Listed(CLIENT_TOOLS, default, client_tools=frozenset({script.TOOL}))
    yield Listed(STRICT, default, allows_extra_body=False)


def find(agents: Mapping[str, Listed], agent_id: str) -> Listed:
    """Return the agent of that ID.

    Raises:
        Refused: there is none; how ElevenLabs words that is inferred.
    """
    if agent_id not in agents:
        shown = agent_id[:40] or "no agent_id"
        raise Refused(f"The AI agent you are trying to reach does not exist: {shown}")
    return agents[agent_id]


def as_asked(one: Listed, opening: Opening, conversation_id: str) -> Agent:
    """Return the agent as this client wants it, its `{{variables}}` filled in.

    A prompt of the client's own takes away what the configured prompt says, the conversation ID
    included (docs/platforms.md).

    Raises:
        Refused: the agent does not allow it, or a variable has no value.
    """
    if opening.extra_body and not one.allows_extra_body:
        raise Refused("Override for field 'custom_llm_extra_body' is not allowed by config.")
    agent = one.agent
    variables = {name: _text(value) for name, value in opening.variables.items()} | {
        "system__conversation_id": conversation_id,
        "system__agent_id": one.id,
    }
    prompt, placement = agent.prompt, agent.placement
    if opening.prompt is not None:
        prompt = opening.prompt
        placement = Placement.NOWHERE if placement is Placement.PROMPT else placement
    if VARIABLE not in prompt or placement is not Placement.PROMPT:
        prompt = _filled(prompt, variables, "prompt")
    greeting = agent.greeting if opening.first_message is None else opening.first_message
    return replace(
        agent,
        prompt=prompt,
        placement=placement,
        greeting=_filled(greeting, variables, "first message"),
        language=opening.language or agent.language,
        user_id=opening.user_id or agent.user_id,
        extra_body=opening.extra_body,
    )


def _filled(text: str, variables: Mapping[str, str], where: str) -> str:
    missing = sorted({name for name in _NAMED.findall(text) if name not in variables})
    if missing:
        raise Refused(f"Missing required dynamic variables in {where}: {', '.join(missing)}")
    return _NAMED.sub(lambda found: variables[found[1]], text)


def _text(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
