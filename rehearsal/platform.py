"""A stand-in for a voice platform: it holds a conversation with a custom LLM endpoint, over HTTP.

What a platform does on the endpoint's side is in `line`; here a person says one line after the
other. Nothing raises because an endpoint fails: the call is dead then, and `Conversation.ended`
says why. `convai` holds the same conversations with a client of ElevenLabs' at the other end.
"""

from collections.abc import Callable, Sequence

import aiohttp

from rehearsal import payload, script
from rehearsal.call import Conversation, Turn
from rehearsal.line import CallDiedError, Line
from rehearsal.payload import Agent


async def hold(
    endpoint: str,
    agent: Agent,
    says: Sequence[str] = script.LINES,
    *,
    conversation_id: str | None = None,
    cascade_timeout: float = 4.0,
    speculated: int | None = script.SPECULATED,
    on_turn: Callable[[Turn], None] | None = None,
) -> Conversation:
    """Hold a conversation with an endpoint and return how it went.

    Args:
        endpoint: the base to which the API's path is added, as in `http://127.0.0.1:8080/v1`.
        agent: the agent as it is configured on the platform.
        says: what the person says, a turn each.
        conversation_id: None makes a new one of ElevenLabs' format.
        cascade_timeout: seconds until the first content; then the turn is sent again.
        speculated: the index of the line whose turn is sent twice; None or beyond the end: none.
        on_turn: is called with every turn as soon as it is over.
    """
    identity = conversation_id or payload.new_conversation_id()
    async with aiohttp.ClientSession() as session:
        line = Line(session, endpoint, agent, identity, cascade_timeout)
        turns: list[Turn] = []
        for index, said in enumerate(says):
            line.say(said)
            try:
                turn = await line.turn(speculative=index == speculated)
            except CallDiedError as death:
                reason = f"the call died in turn {index + 1}: the request {death}"
                return Conversation(identity, tuple(turns), reason, death.failures)
            turns.append(turn)
            if on_turn is not None:
                on_turn(turn)
            if turn.tool == "end_call":
                break
    return Conversation(identity, tuple(turns))
