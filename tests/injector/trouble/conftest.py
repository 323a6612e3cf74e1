"""A model's side that is trouble, on a free port, and the official client of what it says."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import aiohttp
import pytest
from openai import AsyncOpenAI

from tests.injector.trouble.scripted import Act, Scripted

Start: TypeAlias = Callable[..., Awaitable[Scripted]]


@pytest.fixture
async def model() -> AsyncIterator[Start]:
    """Start a model's side that plays the given acts."""
    async with AsyncExitStack() as stack:

        async def start(*acts: Act, port: int = 0) -> Scripted:
            return await stack.enter_async_context(Scripted(*acts, port=port))

        yield start


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that shows what came, however large its headers are, and waits ten seconds."""
    async with aiohttp.ClientSession(
        auto_decompress=False, timeout=aiohttp.ClientTimeout(total=10), max_field_size=1 << 20
    ) as session:
        yield session


@pytest.fixture
async def official() -> AsyncIterator[Callable[[str], AsyncOpenAI]]:
    """Make official clients by the endpoint's address; they try nothing twice."""
    async with AsyncExitStack() as stack:

        def make(root: str) -> AsyncOpenAI:
            one = AsyncOpenAI(base_url=f"{root}/v1", api_key="key", max_retries=0)
            stack.push_async_callback(one.close)
            return one

        yield make


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
