"""Real servers on free ports, and the four photographs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import web

import rehearsal

PHOTOS = Path(rehearsal.__path__[0]) / "photos"

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]


@asynccontextmanager
async def _serving(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start an application on a free port and give its address."""
    async with AsyncExitStack() as stack:

        async def start(app: web.Application) -> str:
            return await stack.enter_async_context(_serving(app))

        yield start


@pytest.fixture
def photos() -> dict[str, bytes]:
    names = ("astronaut.jpg", "cat.webp", "coffee.png", "rocket.jpg")
    return {name: (PHOTOS / name).read_bytes() for name in names}
