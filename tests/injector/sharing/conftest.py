"""The endpoint as uploads meet it: with each kind of store, before a model's side that counts."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from injector.sharing.room import Room
from tests.injector.sharing.sending import LIMIT, Endpoint

Upstream: TypeAlias = Callable[..., Awaitable[str]]


@pytest.fixture(autouse=True)
def _decoded_in_here() -> None:
    """Not here: the children of the endpoint decode."""


@pytest.fixture
def endpoint(endpoint: Endpoint) -> Endpoint:
    """Start the endpoint as all tests do, but let clients ask as often as they like."""

    async def start(*args: Any, browser: dict[str, Any] | None = None, **options: Any) -> str:
        unlimited = {"uploads": 0, "associations": 0}
        return await endpoint(*args, browser=unlimited | (browser or {}), **options)

    return start


@pytest.fixture
async def model(upstream: Upstream) -> str:
    """A model's side that says how many pictures it saw."""

    async def handle(request: web.Request) -> web.Response:
        content = json.loads(await request.read())["messages"][-1]["content"]
        return web.json_response([part["type"] for part in content if isinstance(part, dict)])

    return await upstream(handle)


@pytest.fixture(params=["memory", "sqlite"])
async def root(
    request: pytest.FixtureRequest, endpoint: Endpoint, model: str, tmp_path: Path
) -> str:
    """An endpoint with each kind of store."""
    store = "memory:" if request.param == "memory" else f"sqlite:{tmp_path}/x.db"
    return await endpoint(model, store=store, images={"max_upload": LIMIT})


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> list[Room]:
    """The room of each endpoint that is started."""
    made: list[Room] = []

    def make(size: int) -> Room:
        made.append(Room(size))
        return made[-1]

    monkeypatch.setattr("injector.app.Room", make)
    return made
