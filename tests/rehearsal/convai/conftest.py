"""The platform on a free port, a client of it, and an endpoint that can be told what to do."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web

from rehearsal.convai.app import create_app
from rehearsal.payload import Agent
from tests.rehearsal.convai.clients import Client, Endpoint

with warnings.catch_warnings():
    # The official client uses what its own library calls deprecated; imported once, it is silent.
    warnings.simplefilter("ignore", DeprecationWarning)
    import elevenlabs.conversational_ai.conversation  # noqa: F401

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Connect: TypeAlias = Callable[..., Awaitable[Client]]
Platform: TypeAlias = Callable[..., Awaitable[str]]


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
async def platform(serve: Serve, endpoint: Endpoint) -> Platform:
    """Start the platform before the endpoint; give its address."""

    async def start(agent: Agent | None = None, **options: Any) -> str:
        root = await serve(endpoint.app())
        return await serve(create_app(f"{root}/v1", agent, **options))

    return start


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connect a client; with `opening`, it opens the conversation and waits for the metadata."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())

        async def start(
            root: str, agent_id: str | None = "rehearsal", *, opening: Any = None, **query: str
        ) -> Client:
            params = query if agent_id is None else {"agent_id": agent_id, **query}
            socket = await stack.enter_async_context(
                http.ws_connect(
                    f"{root}/v1/convai/conversation", params=params, protocols=("convai",)
                )
            )
            client = Client(socket)
            if opening is not None:
                await client.open(opening)
            return client

        yield start
        await asyncio.sleep(0)
