"""A server that restarts, is away, hangs, or has lost everything: the process goes on with it."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis

from contract.errors import StoreFailed
from injector.context import STORE_TIMEOUT, context_of
from injector.store.redis import RedisStore
from tests.injector.store.kinds import picture
from tests.injector.store.redis.conftest import Open
from tests.injector.store.redis.server import Server, running

A, B = picture("a"), picture("b")
LEEWAY = 2.0  # seconds for a machine that does other things


async def share(store: RedisStore, conversation: str, *pictures: object) -> None:
    await store.associate(conversation, (await store.keep(A)).temporary_id)


async def shows(store: RedisStore, conversation: str) -> bool | str:
    """Whether a turn shows the picture; or why it shows none."""
    began = time.monotonic()
    context, why = await context_of(store, conversation, 0.0)
    assert time.monotonic() - began < STORE_TIMEOUT + LEEWAY
    if context.pictures:
        assert [one.picture for one in context.pictures] == [A]
        return True
    return why


async def until(what: Callable[[], Awaitable[object]]) -> None:
    """Wait until something no longer fails."""
    for _ in range(200):
        try:
            await what()
        except StoreFailed:
            await asyncio.sleep(0.05)
        else:
            return
    await what()


async def test_what_a_server_has_on_disk_is_there_after_its_restart(
    tmp_path: Path, open_redis: Open
) -> None:
    with running(tmp_path, "--appendonly", "yes", "--appendfsync", "always") as server:
        store = open_redis(server.url)
        await share(store, "c")
        waiting = await store.keep(B)
        for how in (signal.SIGTERM, signal.SIGKILL):
            server.stop(how)
            assert await shows(store, "c") == "store-error"
            server.start()
            await until(store.ping)
            assert await shows(store, "c") is True
        assert (await store.associate("d", waiting.temporary_id)).count == 1


async def test_a_server_that_is_away_for_ten_seconds_costs_pictures_and_no_turn(
    server: Server, store: RedisStore
) -> None:
    await share(store, "c")
    server.stop()
    gone = time.monotonic()
    while time.monotonic() - gone < 10.0:
        assert await shows(store, "c") == "store-error"
        with pytest.raises(StoreFailed, match="cannot be reached"):
            await store.keep(B)
        await asyncio.sleep(0.25)
    server.start()
    await until(store.ping)
    assert await shows(store, "c") == "no-image"  # nothing of it was on disk
    await share(store, "c")
    assert await shows(store, "c") is True


async def test_a_server_that_hangs_costs_pictures_and_no_turn_and_no_answer_is_taken_for_another(
    server: Server, store: RedisStore
) -> None:
    shared = {f"c{number}": picture(f"p{number}") for number in range(10)}
    for name, one in shared.items():
        await store.associate(name, (await store.keep(one)).temporary_id)
    server.hang()
    answers = await asyncio.gather(*(context_of(store, name, 0.0) for name in shared))
    assert {why for _, why in answers} == {"store-error"}
    with pytest.raises(StoreFailed, match="does not answer in time"):
        await store.keep(A)
    server.go_on()
    await until(store.ping)
    for name, one in shared.items():
        context, _ = await context_of(store, name, 0.0)
        assert [seen.picture for seen in context.pictures] == [one]


async def test_a_server_that_has_lost_everything_shows_nothing_from_memory(
    store: RedisStore, redis: Redis
) -> None:
    await share(store, "c")
    waiting = await store.keep(B)
    await redis.flushall()
    assert await shows(store, "c") == "no-image"
    assert await store.forget("c") == 0
    await store.sweep()
    assert store._pixels.digests() == ()
    with pytest.raises(Exception, match="no picture waits"):
        await store.waiting(waiting.temporary_id)
    await share(store, "c")
    assert await shows(store, "c") is True


async def test_the_endpoint_starts_without_a_server_and_says_what_is_wrong(
    tmp_path: Path, endpoint: Callable[..., Awaitable[str]]
) -> None:
    with running(tmp_path) as server:
        server.stop()
        address = await endpoint(store=server.url)
        async with aiohttp.ClientSession() as session:
            photo = Path("rehearsal/photos/cat.webp").read_bytes()
            async with session.post(f"{address}/upload_image", data=photo) as answer:
                assert answer.status == 503
                assert "cannot be reached" in (await answer.json())["error"]["message"]
            async with session.get(f"{address}/readyz") as answer:
                assert answer.status == 503
            server.start()
            async with session.get(f"{address}/readyz") as answer:
                assert answer.status == 200
            async with session.post(f"{address}/upload_image", data=photo) as answer:
                assert answer.status == 201
