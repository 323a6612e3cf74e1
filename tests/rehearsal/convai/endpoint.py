"""A custom LLM endpoint: keeps every request, and relays it to the stand-in model as one has to."""

import asyncio
from typing import Any

import aiohttp
from aiohttp import web

_VENDOR = ("user_id", "elevenlabs_extra_body")


class Endpoint:
    """A small real endpoint.

    Args:
        model: the address of the stand-in model; None fails every turn.
        pause: seconds after each line of an answer.
    """

    def __init__(self, model: str | None, pause: float = 0.0) -> None:
        self._model = model
        self.pause = pause
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.left = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._turn)
        return app

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        self.headers.append(dict(request.headers))
        if self._model is None:
            return web.json_response({"error": {"message": "it burns"}}, status=500)
        try:
            return await self._relay(request, self.bodies[-1])
        except (ConnectionError, asyncio.CancelledError):
            self.left += 1
            raise

    async def _relay(self, request: web.Request, body: Any) -> web.StreamResponse:
        asked = {key: value for key, value in body.items() if key not in _VENDOR}
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._model}/v1/chat/completions", json=asked) as answer,
        ):
            await response.prepare(request)
            for event in (await answer.read()).splitlines(keepends=True):
                await response.write(event)
                await asyncio.sleep(self.pause)
        return response
