"""What every room's tests use: real servers on free ports."""

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeAlias

import pytest
from aiohttp import web

with warnings.catch_warnings():
    # mitmproxy uses what its own libraries call deprecated; imported once, it is silent after.
    warnings.simplefilter("ignore", DeprecationWarning)
    import mitmproxy.http
    import mitmproxy.io
    import mitmproxy.test.tflow  # noqa: F401

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]


@asynccontextmanager
async def _serving(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start an application on a free port and give its address."""
    async with AsyncExitStack() as stack:

        async def start(app: web.Application) -> str:
            return await stack.enter_async_context(_serving(app))

        yield start
