"""A cluster of two nodes; the one that is configured may not be the one that has our keys."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from contract.errors import StoreFailed
from injector.store.redis import RedisStore
from injector.store.redis.line import PREFIX
from tests.injector.store.kinds import picture
from tests.injector.store.redis.conftest import Open
from tests.injector.store.redis.server import Server, free_port, running, tell

HALF = 8192
LAST = 16383


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    with (
        running(tmp_path / "1", *options()) as one,
        running(tmp_path / "2", *options()) as two,
    ):
        yield one, two


def options() -> tuple[str, ...]:
    """What makes a node; its port for other nodes is the last."""
    common = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
    return (*common, "--cluster-port", str(free_port()))


async def join(one: Server, two: Server) -> None:
    async with Redis.from_url(one.url) as first, Redis.from_url(two.url) as second:
        await tell(first, "CLUSTER", "ADDSLOTSRANGE", 0, HALF - 1)
        await tell(second, "CLUSTER", "ADDSLOTSRANGE", HALF, LAST)
        await tell(first, "CLUSTER", "SET-CONFIG-EPOCH", 1)
        await tell(second, "CLUSTER", "SET-CONFIG-EPOCH", 2)
        await tell(first, "CLUSTER", "MEET", "127.0.0.1", two.port, two.options[-1])
        for _ in range(400):
            told = [await tell(node, "CLUSTER", "INFO") for node in (first, second)]
            if all(_is_well(one) for one in told):
                return
            await asyncio.sleep(0.05)
    raise AssertionError(told)


def _is_well(told: bytes) -> bool:
    return b"cluster_state:ok" in told and b"cluster_known_nodes:2" in told


async def until(store: RedisStore) -> None:
    """Wait until a store can keep a picture again."""
    for _ in range(400):
        try:
            await store.keep(picture("b"))
        except StoreFailed:
            await asyncio.sleep(0.05)
        else:
            return
    await store.keep(picture("b"))


async def test_keys_are_found_whichever_node_is_asked(
    nodes: tuple[Server, Server], open_redis: Open
) -> None:
    await join(*nodes)
    stores = [open_redis(node.url) for node in nodes]
    for number, store in enumerate(stores):
        await store.ping()
        one = picture(f"p{number}")
        await store.associate(f"c{number}", (await store.keep(one)).temporary_id)
        for asked in stores:
            seen = (await asked.context(f"c{number}")).pictures
            assert [shared.picture for shared in seen] == [one]
    for node in nodes:
        assert (await open_redis(node.url).overview()).pictures == 2
    answers = await asyncio.gather(*(store.forget("c0") for store in stores))
    assert sorted(answers) == [0, 1]


async def test_a_node_that_is_gone_is_reported_and_found_again(
    nodes: tuple[Server, Server], open_redis: Open
) -> None:
    await join(*nodes)
    async with Redis.from_url(nodes[0].url) as redis:
        slot = await tell(redis, "CLUSTER", "KEYSLOT", PREFIX)
    has, asked = nodes if slot < HALF else nodes[::-1]
    store = open_redis(asked.url)
    await store.keep(picture("a"))
    has.stop()
    with pytest.raises(StoreFailed, match=r"cannot be reached|cluster"):
        await store.keep(picture("a"))
    has.start()
    await until(store)


async def test_keys_that_the_configured_node_has_taken_over_are_found_there(
    nodes: tuple[Server, Server], open_redis: Open
) -> None:
    await join(*nodes)
    async with Redis.from_url(nodes[0].url) as redis:
        slot = await tell(redis, "CLUSTER", "KEYSLOT", PREFIX)
    halves = (0, HALF - 1), (HALF, LAST)
    has, asked = nodes if slot < HALF else nodes[::-1]
    store = open_redis(asked.url)
    await store.keep(picture("a"))
    has.stop()
    async with Redis.from_url(asked.url) as redis:
        for what in ("DELSLOTSRANGE", "ADDSLOTSRANGE"):
            await tell(redis, "CLUSTER", what, *halves[slot >= HALF])
    await until(store)
