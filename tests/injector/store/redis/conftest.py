"""A real server, and stores before it; and a wire that is slow."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
from redis.asyncio import Redis

from injector.store import Limits
from injector.store.redis import RedisStore
from tests.injector.store.kinds import LIMITS
from tests.injector.store.redis.server import Server, running

Open: TypeAlias = Callable[..., RedisStore]
Slowly: TypeAlias = Callable[[int], Awaitable[str]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "redis") as server:
        yield server


@pytest.fixture
async def redis(server: Server) -> AsyncIterator[Redis]:
    """The server, as a test looks into it."""
    async with Redis.from_url(server.url) as redis:
        yield redis


@pytest.fixture
async def open_redis() -> AsyncIterator[Open]:
    """Open a store at a URL, as one more worker would."""
    async with AsyncExitStack() as stack:

        def opened(url: str, limits: Limits = LIMITS) -> RedisStore:
            store = RedisStore(url, limits)
            stack.push_async_callback(store.close)
            return store

        yield opened


@pytest.fixture
def store(server: Server, open_redis: Open) -> RedisStore:
    return open_redis(server.url)


@pytest.fixture
def other(server: Server, open_redis: Open) -> RedisStore:
    """Another worker's."""
    return open_redis(server.url)


@pytest.fixture
async def slowly() -> AsyncIterator[Slowly]:
    """Put a wire before a port of this machine; everything takes some milliseconds on it."""
    chance = random.Random(7)
    async with AsyncExitStack() as stack:

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while data := await reader.read(65536):
                await asyncio.sleep(chance.random() * 0.008)
                writer.write(data)
            writer.close()

        async def start(port: int) -> str:
            async def pair(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                there, back = await asyncio.open_connection("127.0.0.1", port)
                both = relay(reader, back), relay(there, writer)
                await asyncio.gather(*both, return_exceptions=True)
                writer.close()

            server = await asyncio.start_server(pair, "127.0.0.1", 0)
            stack.callback(server.close)  # without waiting for stores, which are closed later
            return f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"

        yield start
