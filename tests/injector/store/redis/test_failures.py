"""What is wrong with a server is told in words, and a password never."""

import asyncio
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from contract.errors import StoreFailed
from injector.context import STORE_TIMEOUT
from injector.store import Limits
from injector.store.redis import RedisStore
from tests.injector.store.kinds import picture
from tests.injector.store.redis.conftest import Open
from tests.injector.store.redis.server import Server, free_port, running, tell

SECRET = "hunter2%20and%2Fmore"


async def why(store: RedisStore) -> str:
    """What `ping` says, which must be what a turn meets too."""
    with pytest.raises(StoreFailed) as caught:
        await store.ping()
    with pytest.raises(StoreFailed):
        await store.context("c")
    assert "hunter2" not in str(caught.value)
    assert "redis://" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
async def test_a_server_that_is_not_there(open_redis: Open, scheme: str) -> None:
    port = free_port()
    told = await why(open_redis(f"{scheme}://:{SECRET}@127.0.0.1:{port}/0"))
    assert told.startswith(f"Redis at 127.0.0.1:{port} cannot be reached: ")
    assert "Connect call failed" in told


async def test_a_host_that_is_not_there(open_redis: Open) -> None:
    told = await why(open_redis(f"redis://:{SECRET}@nowhere.invalid:6379/0"))
    assert told.startswith("Redis at nowhere.invalid:6379 cannot be reached")


async def test_a_password_that_is_wrong_missing_or_right(tmp_path: Path, open_redis: Open) -> None:
    with running(tmp_path, "--requirepass", "hunter2 and/more") as server:
        there = f"127.0.0.1:{server.port}/0"
        assert "asks for a password" in await why(open_redis(f"redis://{there}"))
        wrong = await why(open_redis(f"redis://:hunter22@{there}"))
        assert "refuses the user or the password" in wrong
        nobody = await why(open_redis(f"redis://nobody:{SECRET}@{there}"))
        assert "refuses the user or the password" in nobody
        await open_redis(f"redis://:{SECRET}@{there}").ping()
        await open_redis(f"redis://default:{SECRET}@{there}").ping()


async def test_a_user_who_may_only_what_the_page_on_stores_says(
    server: Server, redis: Redis, open_redis: Open
) -> None:
    page = Path(__file__).parents[4] / "docs" / "stores.md"
    rule = next(line for line in page.read_text().splitlines() if line.startswith("user sightline"))
    name, *rules = rule.replace("${PASSWORD}", "hunter2").split()[1:]
    await tell(redis, "ACL", "SETUSER", name, *rules)
    store = open_redis(f"redis://sightline:hunter2@127.0.0.1:{server.port}/0")
    await store.ping()
    upload = await store.keep(picture("a"))
    await store.associate("c", upload.temporary_id)
    assert len((await store.context("c")).pictures) == 1
    assert (await store.overview()).pictures == 1
    await store.sweep()
    assert await store.forget("c") == 1


async def test_a_user_who_may_not_enough(server: Server, redis: Redis, open_redis: Open) -> None:
    await tell(redis, "ACL", "SETUSER", "guest", "on", ">hunter2", "~*", "+get")
    told = await why(open_redis(f"redis://guest:hunter2@127.0.0.1:{server.port}/0"))
    assert "does not let its user do what is needed" in told


async def test_a_database_that_is_not_there(server: Server, open_redis: Open) -> None:
    told = await why(open_redis(f"redis://127.0.0.1:{server.port}/99"))
    assert "has no database of that number" in told


async def test_a_server_that_hangs_keeps_no_turn_longer_than_it_may(
    server: Server, store: RedisStore, open_redis: Open
) -> None:
    await store.ping()
    server.hang()
    for asked in (store, open_redis(f"redis://127.0.0.1:{server.port}/0")):
        with pytest.raises(StoreFailed, match="does not answer in time"):
            async with asyncio.timeout(STORE_TIMEOUT):
                await asked.context("c")


async def test_a_server_that_is_loading_says_so(tmp_path: Path, open_redis: Open) -> None:
    async with await asyncio.start_server(_loading, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "is still loading its data" in await why(open_redis(f"redis://127.0.0.1:{port}"))


async def _loading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        for _ in range(data.count(b"*")):
            writer.write(b"-LOADING Redis is loading the dataset in memory\r\n")
    writer.close()


async def test_a_replica_says_so(tmp_path: Path, server: Server, open_redis: Open) -> None:
    options = ("--replicaof", "127.0.0.1", str(server.port))
    with running(tmp_path / "replica", *options) as replica:
        store = open_redis(replica.url)
        with pytest.raises(StoreFailed, match="is a replica"):
            await store.ping()
        with pytest.raises(StoreFailed, match=r"is a replica|is still loading|cannot be reached"):
            await store.keep(picture("a"))


async def test_a_server_that_is_no_redis_says_what_it_said(open_redis: Open) -> None:
    async with await asyncio.start_server(_web, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert f"Redis at 127.0.0.1:{port} " in await why(open_redis(f"redis://127.0.0.1:{port}"))


async def _web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(65536)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


# Full


async def test_a_full_server_takes_no_picture_and_goes_on_serving_those_it_has(
    server: Server, store: RedisStore, redis: Redis
) -> None:
    shared, late = picture("a"), picture("b")
    upload, waiting = await store.keep(shared), await store.keep(late)
    await store.associate("c", upload.temporary_id)
    await redis.config_set("maxmemory", 1)
    with pytest.raises(StoreFailed, match="is full: it holds as much as its `maxmemory` allows"):
        await store.keep(picture("c"))
    with pytest.raises(StoreFailed, match="is full"):
        await store.associate("d", waiting.temporary_id)
    assert (await store.context("c")).pictures[0].picture == shared
    assert await store.forget("c") == 1  # and forgetting is what makes room
    await redis.config_set("maxmemory", 0)
    assert (await store.associate("d", waiting.temporary_id)).count == 1


async def test_a_full_server_keeps_what_is_used(
    server: Server, redis: Redis, open_redis: Open
) -> None:
    store = open_redis(server.url, Limits(ttl=1000.0))
    await store.associate("c", (await store.keep(picture("a"))).temporary_id)
    longer = open_redis(server.url, Limits(ttl=9000.0))
    await redis.config_set("maxmemory", 1)
    context = await longer.context("c")
    assert len(context.pictures) == 1
    assert context.expires > time.time() + 8000


async def test_a_server_that_may_evict_pictures_is_told_of_once(
    server: Server, store: RedisStore, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    for _ in range(3):
        await store.ping()
    (record,) = caplog.records
    assert "`maxmemory-policy allkeys-lru`" in record.getMessage()


async def test_a_picture_that_was_evicted_is_missing_and_nothing_else(
    store: RedisStore, redis: Redis
) -> None:
    one, two = picture("a"), picture("b")
    for shared in (one, two):
        right = await store.keep(shared)
        token = await store.associate("c", right.temporary_id) if shared is one else None
        if token is None:
            break
    first = await store.context("c")
    assert [shared.picture for shared in first.pictures] == [one]
    await redis.delete(f"{{sightline}}:picture:{one.digest}")
    assert (await store.context("c")).pictures == ()
