"""An endpoint for many tests, before a model's side that answers: its children are started once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from contract.config import Browser, Config, Images, Injector, Upstream
from contract.config.places import Store as Place
from injector.app import create_app
from injector.parts import STORE
from injector.sharing.room import ROOM, Room
from injector.store import Store
from tests.running import running


@dataclass(frozen=True, slots=True)
class Served:
    """What is served, and a client of it."""

    root: str
    client: aiohttp.ClientSession
    store: Store
    room: Room


@asynccontextmanager
async def served(*, max_upload: int) -> AsyncIterator[Served]:
    """Serve an endpoint that lets everybody ask as often as they like."""
    async with running(_model()) as model:
        config = Config(
            injector=Injector(
                upstream=Upstream(base_url=f"{model}/v1"),
                images=Images(store=Place("memory", ""), max_upload=max_upload),
                browser=Browser(uploads=0, associations=0),
            )
        )
        app = create_app(config)
        timeout = aiohttp.ClientTimeout(total=10)
        async with running(app) as root, aiohttp.ClientSession(timeout=timeout) as client:
            yield Served(root, client, app[STORE], app[ROOM])


def _model() -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"choices": []})

    app = web.Application(client_max_size=64 << 20)
    app.router.add_post("/v1/chat/completions", answer)
    return app
