"""The rehearsal platform as an application: ElevenLabs' client WebSocket and the routes beside it.

| route | answers |
|---|---|
| `GET /v1/convai/conversation` | the WebSocket of a conversation; `agent_id`, and a pass if shown |
| `GET /v1/convai/conversation/get-signed-url` (or `get_signed_url`) | `{"signed_url"}` |
| `GET /v1/convai/conversation/token` | `{"token", "conversation_id"}` |
| `POST /v1/convai/conversations/{id}/files` | `{"file_id"}` for a picture, in the field `file` |
| `GET /` | what this is and how to connect |

A client that may not come in is let go before any event, since clients take the first one for the
metadata; the close code is 1008, and the reason says why.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import ClientSession, web

from rehearsal import script
from rehearsal.convai import agents
from rehearsal.convai.agents import Listed, Refused
from rehearsal.convai.aloud import Aloud
from rehearsal.convai.connection import MAX_FRAME, Connection
from rehearsal.convai.desk import MAX_FILE, Desk
from rehearsal.convai.ears import Ears
from rehearsal.convai.events import RATE, Close
from rehearsal.convai.frames import Opening
from rehearsal.convai.mouth import Mouth, Written
from rehearsal.convai.parts import DESK, MANNER, Manner
from rehearsal.convai.routes import CONVERSATION, add_routes
from rehearsal.convai.session import Session
from rehearsal.convai.tools import Tools
from rehearsal.convai.watching import Unwatched, Watcher
from rehearsal.line import Line
from rehearsal.payload import Agent

log = logging.getLogger(__name__)

_OPENING: Final = 10.0  # seconds that a client may take for its first frame
_BEAT: Final = 30.0  # seconds between two looks whether the client is still there
_FORM: Final = 64 * 1024  # bytes of a form around its file
_CONNECTIONS: Final = web.AppKey("connections", set[Connection])


def create_app(
    endpoint: str,
    agent: Agent | None = None,
    *,
    lines: Sequence[str] = script.LINES,
    cascade_timeout: float = 4.0,
    tool_timeout: float = 20.0,
    watcher: Watcher | None = None,
) -> web.Application:
    """Return the platform as an application.

    Args:
        endpoint: the base of the custom LLM endpoint, as in `http://127.0.0.1:8080/v1`.
        agent: what the agent `rehearsal` is, and every other is like.
        lines: what is understood when somebody speaks, a turn each; after the last, the first.
        cascade_timeout: seconds until the first content of an answer; then it is asked again.
        tool_timeout: seconds that a tool of the client's may take.
        watcher: is told what happens.
    """
    app = web.Application(client_max_size=MAX_FILE + _FORM)
    app[MANNER] = Manner(
        endpoint,
        agents.listed(agent or Agent()),
        lines,
        cascade_timeout,
        tool_timeout,
        watcher or Unwatched(),
    )
    app[DESK] = Desk()
    app[_CONNECTIONS] = set()
    app.on_shutdown.append(_close_all)
    app.router.add_get(CONVERSATION, _conversation)
    add_routes(app)
    return app


async def _close_all(app: web.Application) -> None:
    ends = (one.end(Close.LEAVING, "The rehearsal is stopped") for one in app[_CONNECTIONS])
    await asyncio.gather(*ends)


async def _conversation(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse(protocols=("convai",), max_msg_size=MAX_FRAME, heartbeat=_BEAT)
    await socket.prepare(request)
    connection, connections = Connection(socket, request.transport), request.app[_CONNECTIONS]
    connections.add(connection)
    try:
        await _let_in(request, connection)
    except Refused as refusal:
        await connection.end(Close.REFUSED, str(refusal))
    except Exception:
        log.exception("a conversation broke")
        await connection.end(Close.BROKEN, "The rehearsal itself broke")
    finally:
        connections.discard(connection)
    return socket


async def _let_in(request: web.Request, connection: Connection) -> None:
    """Let a client in and hold its conversation.

    Raises:
        Refused: it may not come in.
    """
    manner, desk, query = request.app[MANNER], request.app[DESK], request.query
    listed = agents.find(manner.agents, query.get("agent_id", ""))
    identity = desk.admit(query.get("conversation_signature", query.get("token")), listed.id)
    with desk.seat(identity):
        opening = await _opening(connection)
        if opening is not None:
            agent = agents.as_asked(listed, opening, identity)
            await _Visit(manner, desk, connection, listed, identity).hold(agent, opening)


async def _opening(connection: Connection) -> Opening | None:
    """Return the client's first frame, or None if it has left without one.

    Raises:
        Refused: it is another, or comes too late.
    """
    try:
        async with asyncio.timeout(_OPENING):
            first = await connection.first()
    except TimeoutError:
        late = f"No conversation_initiation_client_data came within {_OPENING:g} s"
        raise Refused(late) from None
    if first is None or isinstance(first, Opening):
        return first
    raise Refused("The first frame must be conversation_initiation_client_data")


@dataclass(frozen=True, slots=True)
class _Visit:
    """A client that was let in, to an agent, under a conversation ID."""

    manner: Manner
    desk: Desk
    connection: Connection
    listed: Listed
    identity: str

    async def hold(self, agent: Agent, opening: Opening) -> None:
        """Hold the conversation until one side ends it."""
        watcher = self.manner.watcher
        watcher.started(self.identity, self.listed.id, is_voice=not opening.text_only)
        try:
            async with ClientSession() as http:
                session = self._session(http, agent, is_voice=not opening.text_only)
                await session.hold(agent.greeting)
        finally:
            watcher.ended(self.identity, self.connection.code, self.connection.reason)

    def _session(self, http: ClientSession, agent: Agent, *, is_voice: bool) -> Session:
        manner, send = self.manner, self.connection.send
        mouth: type[Mouth] = Aloud if is_voice else Written
        return Session(
            self.identity,
            self.connection,
            Line(http, manner.endpoint, agent, self.identity, manner.cascade_timeout),
            Tools(send, self.listed.client_tools, manner.tool_timeout),
            new_mouth=lambda event_id: mouth(send, event_id),
            find_file=lambda name: self.desk.file(self.identity, name),
            ears=Ears(RATE, manner.lines) if is_voice else None,
            watcher=manner.watcher,
        )
