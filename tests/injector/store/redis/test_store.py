"""What only a store in Redis can get wrong: memory beside it, two workers, keys and their times."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from contract.errors import UnknownPicture
from injector.shared import Picture, Right
from injector.store import Limits
from injector.store.redis import RedisStore
from injector.store.redis.line import PREFIX
from tests.injector.store.kinds import LIMITS, NEARLY, picture
from tests.injector.store.redis.ageing import held, pass_time
from tests.injector.store.redis.conftest import Open
from tests.injector.store.redis.server import Server

A, B, C = (picture(name) for name in "ABC")
BEARER = Right(bearer=True)


async def share(store: RedisStore, conversation: str, *shared: Picture) -> str:
    """Share pictures; return the last temporaryId."""
    last = ""
    for one in shared:
        last = (await store.keep(one)).temporary_id
        await store.associate(conversation, last, right=BEARER)
    return last


async def pictures(store: RedisStore, conversation: str) -> list[Picture]:
    return [shared.picture for shared in (await store.context(conversation)).pictures]


async def calls(redis: Redis) -> int:
    """How many scripts have been run so far."""
    told = await redis.info("commandstats")
    return sum(told.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("eval", "evalsha"))


async def know(store: RedisStore) -> None:
    """Make the scripts of a turn known to the server."""
    await store.context("nobody")
    await store._pixels.parts(["nothing"])


# Memory


async def test_a_turn_asks_once_and_pixels_are_fetched_once(
    store: RedisStore, other: RedisStore, redis: Redis
) -> None:
    await share(store, "c", A, B)
    for worker, fetched in ((store, 0), (other, 2), (other, 0)):
        await know(worker)
        before = await calls(redis)
        assert await pictures(worker, "c") == [A, B]
        assert await calls(redis) == before + 1 + fetched


async def test_turns_at_the_same_time_fetch_pixels_once(
    store: RedisStore, other: RedisStore, redis: Redis
) -> None:
    await share(store, "c", A)
    await know(other)
    before = await calls(redis)
    asked = (other._pixels.parts([A.digest]) for _ in range(10))
    assert await asyncio.gather(*asked) == [{A.digest: A.part}] * 10
    assert await calls(redis) == before + 1


@pytest.mark.parametrize("how", ["forget", "replace", "evict", "expire"])
async def test_a_picture_that_any_worker_has_deleted_is_never_served_from_memory(
    store: RedisStore, other: RedisStore, redis: Redis, how: str
) -> None:
    await share(store, "c", A)
    assert await pictures(other, "c") == [A]
    if how == "forget":
        assert await store.forget("c") == 1
    elif how == "replace":
        upload = await store.keep(B)
        await store.associate("c", upload.temporary_id, right=BEARER, replace=True)
    elif how == "evict":
        await redis.delete(f"{PREFIX}picture:{A.digest}")
    else:
        await pass_time(redis, LIMITS.ttl)
    assert A.digest in other._pixels.digests()
    assert A not in await pictures(other, "c")
    await other.sweep()
    assert A.digest not in other._pixels.digests()


async def test_who_forgets_a_picture_has_it_in_memory_no_more(store: RedisStore) -> None:
    await share(store, "c", A, B)
    await share(store, "d", B)
    await store.forget("c")
    assert store._pixels.digests() == (B.digest,)


async def test_who_asks_again_since_the_answer_was_lost_has_it_in_memory_no_more_either(
    store: RedisStore,
) -> None:
    await share(store, "c", A)
    await share(store, "d", B)
    forgetting = asyncio.create_task(store.forget("c"))
    await asyncio.sleep(0)
    forgetting.cancel()
    await asyncio.wait(store._changes._under_way)
    assert await store.forget("c") == 0
    assert set(store._pixels.digests()) == {B.digest}


async def test_pixels_that_are_deleted_while_they_come_are_not_kept_in_memory(
    store: RedisStore, other: RedisStore
) -> None:
    await share(store, "c", A)
    asked = asyncio.create_task(other.context("c"))
    while not other._pixels._fetching:  # noqa: ASYNC110 - until the next step of the loop
        await asyncio.sleep(0)
    other._pixels.drop([A.digest])
    await asked
    assert other._pixels.digests() == ()


async def test_memory_holds_no_more_than_it_may(server: Server, open_redis: Open) -> None:
    store = open_redis(server.url, replace(LIMITS, cache=2 * len(A.part)))
    await share(store, "c", A, B, C)
    assert len(store._pixels.digests()) == 2
    assert await pictures(store, "c") == [A, B, C]


# Keys, and how long they live


async def test_every_key_has_its_end(store: RedisStore, redis: Redis) -> None:
    await share(store, "c", A, B)
    await share(store, "d", B)
    await store.keep(C)
    await store.announce("e")
    await store.claim("message", 60.0)
    await store.anchor("c", {})
    await store.describe(A.digest, "a cat")
    keys = [key async for key in redis.scan_iter("*")]
    assert len(keys) == 15
    assert len([key async for key in redis.scan_iter(f"{PREFIX}*")]) == 15
    for key in keys:
        assert 0 < await redis.pttl(key) <= LIMITS.ttl * 1000 + 600_000


async def test_a_shared_picture_lives_as_long_as_its_longest_holder(
    server: Server, open_redis: Open, redis: Redis
) -> None:
    short, long = (open_redis(server.url, Limits(ttl=ttl)) for ttl in (100.0, 1000.0))
    key = f"{PREFIX}picture:{A.digest}"
    await share(long, "c", A)
    await share(short, "d", A)
    assert await redis.pttl(key) > 990_000
    await long.forget("c")
    assert await redis.pttl(key) <= 100_000
    await pass_time(redis, 100.0)
    assert await held(redis) == set()


async def test_a_turn_that_is_early_writes_nothing(store: RedisStore, redis: Redis) -> None:
    await share(store, "c", A)
    before = (await store.context("c")).expires
    written = (await redis.info("commandstats"))["cmdstat_pexpireat"]["calls"]
    assert abs((await store.context("c")).expires - before) < NEARLY
    assert (await redis.info("commandstats"))["cmdstat_pexpireat"]["calls"] == written
    await pass_time(redis, 0.2 * LIMITS.ttl)
    later = (await store.context("c", renew=False)).expires
    assert later < before - 10
    assert (await store.context("c")).expires > later + 10


async def test_the_time_is_that_of_the_server(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    upload = await store.keep(A)
    assert abs(upload.expires.timestamp() - now - LIMITS.ttl) < 5


async def test_a_sweep_deletes_what_is_over_and_counts_it(store: RedisStore, redis: Redis) -> None:
    await share(store, "c", A, B)
    await store.keep(C)
    assert await store.sweep() == 0
    await pass_time(redis, LIMITS.ttl)
    assert await store.sweep() == 3
    assert await store.sweep() == 0
    assert store._pixels.digests() == ()


async def test_a_conversation_remembers_no_uploads_that_are_over(
    store: RedisStore, redis: Redis
) -> None:
    await share(store, "c", A)
    for _ in range(5):
        await pass_time(redis, 0.6 * LIMITS.ttl)
        await share(store, "c", B)
    fields: list[Any] = await redis.hkeys(f"{PREFIX}context:c")
    assert sum(bytes(field).startswith(b"upload:") for field in fields) <= 2


# Secrets


async def test_only_digests_of_secrets_are_kept(store: RedisStore, redis: Redis) -> None:
    upload = await store.keep(A)
    association = await store.associate("c", upload.temporary_id)
    await store.announce("c", right=Right(token=association.token))
    await store.claim("signature-of-a-webhook", 60.0)
    dumped = b"".join([key + (await redis.dump(key) or b"") async for key in redis.scan_iter("*")])
    for secret in (upload.temporary_id, association.token, "signature-of-a-webhook"):
        assert secret.removeprefix("tmp_").removeprefix("ctx_").encode() not in dumped


async def test_what_is_forgotten_is_in_no_snapshot(
    store: RedisStore, server: Server, redis: Redis
) -> None:
    await share(store, "c", A)
    await redis.save()
    assert A.part in (server.folder / "dump.rdb").read_bytes()
    assert await store.forget("c") == 1
    assert [key async for key in redis.scan_iter("*")] == []
    await redis.save()
    assert A.part not in (server.folder / "dump.rdb").read_bytes()


async def rewritten(redis: Redis) -> None:
    told = {"aof_rewrite_in_progress": 1}
    while told["aof_rewrite_in_progress"] or told["aof_rewrite_scheduled"]:
        await asyncio.sleep(0.02)
        told = await redis.info("persistence")


async def test_what_is_forgotten_is_in_no_log_of_changes_once_that_is_rewritten(
    store: RedisStore, server: Server, redis: Redis
) -> None:
    await redis.config_set("appendonly", "yes")
    await rewritten(redis)
    await share(store, "c", A)
    await store.forget("c")
    await redis.bgrewriteaof()
    await rewritten(redis)
    logs = [one for one in (server.folder / "appendonlydir").iterdir() if one.is_file()]
    assert logs
    assert all(A.part not in one.read_bytes() for one in logs)


async def test_a_temporary_id_is_forgotten_with_its_conversation(store: RedisStore) -> None:
    last = await share(store, "c", A)
    await share(store, "d", A)
    await store.forget("c")
    with pytest.raises(UnknownPicture):
        await store.waiting(last)
    assert await pictures(store, "d") == [A]


async def test_a_temporary_id_shows_nothing_once_its_own_conversation_has_let_go(
    store: RedisStore,
) -> None:
    mine = await share(store, "c", A)
    await share(store, "d", A)
    assert (await store.waiting(mine)).picture == A
    new = (await store.keep(B)).temporary_id
    await store.associate("c", new, right=BEARER, replace=True)
    with pytest.raises(UnknownPicture):
        await store.waiting(mine)


# Several workers


async def test_workers_answer_for_each_other(store: RedisStore, other: RedisStore) -> None:
    upload = await store.keep(A)
    association = await other.associate("c", upload.temporary_id)
    assert await pictures(store, "c") == await pictures(other, "c") == [A]
    assert await store.is_allowed("c", Right(token=association.token))
    assert await store.forget("c") == 1
    assert await other.forget("c") == 0


async def test_pictures_that_many_workers_share_and_forget_are_neither_lost_nor_left(
    server: Server, open_redis: Open, redis: Redis
) -> None:
    workers = [open_redis(server.url) for _ in range(4)]

    async def live(number: int) -> None:
        worker = workers[number % 4]
        for _ in range(5):
            name = f"c{number}"
            await share(worker, name, A, B)
            assert await pictures(workers[(number + 1) % 4], name) == [A, B]
            assert await workers[(number + 2) % 4].forget(name) == 2

    await asyncio.gather(*(live(number) for number in range(12)))
    assert [key async for key in redis.scan_iter("*")] == []


async def test_an_overview_has_more_than_a_page(store: RedisStore, redis: Redis) -> None:
    names = [f"c{number}" for number in range(400)]
    await asyncio.gather(*(share(store, name, A) for name in names))
    await store.keep(B)
    await redis.set("somebody:else", "1")
    overview = await store.overview()
    assert sorted(one.conversation_id for one in overview.contexts) == sorted(names)
    assert {(one.pictures, one.size) for one in overview.contexts} == {(1, A.size)}
    assert (overview.waiting, overview.pictures, overview.size) == (1, 2, A.size + B.size)
