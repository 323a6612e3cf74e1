"""A client of the platform's WebSocket, and an endpoint for it to ask: small, and real."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
from aiohttp import web

Json: TypeAlias = dict[str, Any]
Play: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

PATIENCE = 20.0  # seconds until a test that waits for something fails
TEXT_ONLY: Json = {"conversation_config_override": {"conversation": {"text_only": True}}}


class Closed(Exception):
    """The platform has closed the connection."""


class Client:
    """What a person's client does, frame by frame."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.events: list[Json] = []
        self.id = ""

    async def open(self, opening: Json) -> None:
        await self.send("conversation_initiation_client_data", **opening)
        first = await self.event()
        assert first["type"] == "conversation_initiation_metadata"
        self.id = first["conversation_initiation_metadata_event"]["conversation_id"]

    async def send(self, kind: str, **members: Any) -> None:
        await self.socket.send_json({"type": kind, **members})

    async def say(self, text: str) -> None:
        await self.send("user_message", text=text)

    async def sound(self, pcm: bytes) -> None:
        await self.socket.send_json({"user_audio_chunk": base64.b64encode(pcm).decode()})

    async def event(self) -> Json:
        """Return the next event, and answer it if it is a ping."""
        async with asyncio.timeout(PATIENCE):
            message = await self.socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Closed(self.socket.close_code)
        event: Json = json.loads(message.data)
        self.events.append(event)
        if event["type"] == "ping":
            await self.send("pong", event_id=event["ping_event"]["event_id"])
        return event

    async def until(self, kind: str) -> Json:
        """Return what the next event of a type holds."""
        while (event := await self.event())["type"] != kind:
            pass
        (held,) = [value for name, value in event.items() if name != "type"]
        assert isinstance(held, dict)
        return held

    async def answer(self) -> str:
        """Return the next whole answer."""
        text: str = (await self.until("agent_response"))["agent_response"]
        return text

    async def closed(self) -> tuple[int | None, str]:
        """Wait until the platform closes; return the code and the reason."""
        async with asyncio.timeout(PATIENCE):
            while (message := await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                self.events.append(json.loads(message.data))
        reason = message.extra if message.type is aiohttp.WSMsgType.CLOSE else ""
        return self.socket.close_code, reason or ""

    def kinds(self) -> list[str]:
        """Return the types of the events so far, without pings; parts with their own type."""
        named = [
            event["text_response_part"]["type"]
            if event["type"] == "agent_chat_response_part"
            else event["type"]
            for event in self.events
        ]
        return [name for name in named if name != "ping"]


class Endpoint:
    """An endpoint that records every request, and answers as its plays say; the last play stays."""

    def __init__(self) -> None:
        self.plays: list[Play] = [says("all", " well")]
        self.bodies: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_post("/v1/{api:chat/completions|responses}", self._turn)
        return app

    @property
    def history(self) -> list[tuple[str, Any]]:
        """What the last request said after the agent's prompt."""
        messages = self.bodies[-1]["messages"][1:]
        return [(message["role"], message["content"]) for message in messages]

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        self.headers.append(dict(request.headers))
        self.asked.set()
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        try:
            return await play(request)
        except (ConnectionError, asyncio.CancelledError):
            self.left.set()
            raise


def chunk(**delta: Any) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode() + b"\n\n"


def says(*words: str, wait: float = 0.0, pause: float = 0.0, breaks: bool = False) -> Play:
    async def play(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await asyncio.sleep(wait)
        for word in words:
            await response.write(chunk(content=word))
            await asyncio.sleep(pause)
        if breaks:
            assert request.transport is not None
            request.transport.close()
        return response

    return play


def calls(name: str, arguments: str = "{}", words: str = "") -> Play:
    async def play(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if words:
            await response.write(chunk(content=words))
        function = {"name": name, "arguments": arguments}
        call = {"index": 0, "id": "call_1", "type": "function", "function": function}
        await response.write(chunk(tool_calls=[call]))
        return response

    return play


def fails(status: int) -> Play:
    async def play(_: web.Request) -> web.StreamResponse:
        return web.json_response({"error": {"message": "it burns"}}, status=status)

    return play
