"""The tools of an agent as they are used during a turn: by the client, or by the platform itself.

A tool of the client's is called over the WebSocket, and its answer waited for. Any other tool
answers at once what the agent's tools answer, and the client is told that it was used.
"""

import asyncio
import json
from collections.abc import Collection
from typing import Any, Final

from contract import jsontext
from rehearsal import script
from rehearsal.convai import events
from rehearsal.convai.frames import ToolResult
from rehearsal.convai.mouth import Send
from rehearsal.reply import ToolCall

_SYSTEM: Final = frozenset(
    tool["function"]["name"] for tool in script.TOOLS if tool["function"]["name"] != script.TOOL
)


class Tools:
    """The tools of one conversation.

    Args:
        send: takes an event for the client.
        names: the tools that are the client's.
        patience: seconds that it may take for an answer.
    """

    def __init__(self, send: Send, names: Collection[str], patience: float) -> None:
        self._send = send
        self._names = names
        self._patience = patience
        self._asked: dict[str, asyncio.Future[str]] = {}

    async def use(self, call: ToolCall, event_id: int) -> str | None:
        """Use a tool and return what it answered; None stands for the agent's own answer."""
        if call.name == "end_call":
            return None  # is told when what was said before it has been said: clients leave at it
        result = await self._ask(call, event_id) if call.name in self._names else None
        await self.tell(call.name, call.id, event_id)
        return result

    async def tell(self, name: str, identity: str, event_id: int) -> None:
        """Tell the client that a tool was used."""
        kind = "client" if name in self._names else "system" if name in _SYSTEM else "webhook"
        await self._send(events.agent_tool_response(name, identity, kind, event_id))

    def take(self, answer: ToolResult) -> bool:
        """Take what a client's tool has answered; return whether anybody asked."""
        asked = self._asked.get(answer.id)
        if asked is None or asked.done():
            return False
        asked.set_result(f"The tool failed: {answer.result}" if answer.is_error else answer.result)
        return True

    async def _ask(self, call: ToolCall, event_id: int) -> str:
        asked = self._asked[call.id] = asyncio.get_running_loop().create_future()
        try:
            called = events.client_tool_call(
                call.name, call.id, _parameters(call.arguments), event_id
            )
            await self._send(called)
            return await asyncio.wait_for(asked, self._patience)
        except TimeoutError:
            return f"The tool {call.name} did not answer within {self._patience:g} s."
        finally:
            del self._asked[call.id]


def _parameters(arguments: str) -> Any:
    """Return a call's arguments as the object that they are meant to be; a model can miss that."""
    try:
        value = json.loads(arguments)
        jsontext.encode(value)  # Python reads NaN and numbers beyond all size, which no JSON holds
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
