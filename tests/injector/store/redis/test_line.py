"""An answer reaches whoever asked for it, and nobody else."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from contract.errors import StoreFailed
from injector.store.redis import RedisStore, scripts
from injector.store.redis.line import Line
from tests.injector.store.kinds import picture
from tests.injector.store.redis.conftest import Open, Slowly
from tests.injector.store.redis.server import Server, tell

CONVERSATIONS = {f"conversation {number}": picture(f"picture {number}") for number in range(20)}


@pytest.fixture
async def line(server: Server) -> AsyncIterator[Line]:
    line = Line(server.url, 2.0, 3)
    yield line
    await line.close()


async def share_all(store: RedisStore) -> None:
    for name, one in CONVERSATIONS.items():
        await store.associate(name, (await store.keep(one)).temporary_id)


async def test_every_answer_is_its_askers_though_hundreds_are_cancelled_at_random_moments(
    store: RedisStore, server: Server, redis: Redis, open_redis: Open, slowly: Slowly
) -> None:
    await share_all(store)
    worker = open_redis(await slowly(server.port))  # with an empty memory, so pixels come too
    chance, answered, cancelled = random.Random(11), 0, 0

    async def ask(name: str) -> None:
        nonlocal answered, cancelled
        if chance.random() < 0.2:
            worker._pixels.drop([CONVERSATIONS[name].digest])
        patience = chance.choice([0.0, 0.002, 0.006, 0.012, 0.02, 10.0])
        try:
            async with asyncio.timeout(patience):
                context = await worker.context(name)
        except TimeoutError:
            cancelled += 1
            return
        assert [shared.picture for shared in context.pictures] == [CONVERSATIONS[name]]
        answered += 1

    async def turns() -> None:
        for _ in range(60):
            await ask(chance.choice(list(CONVERSATIONS)))

    await asyncio.gather(*(turns() for _ in range(10)))
    assert answered > 100
    assert cancelled > 100
    # None was broken off, or the connections would have been opened again and again.
    opened = (await redis.info("stats"))["total_connections_received"]
    assert opened <= 40


async def test_an_answer_that_was_asked_for_by_somebody_else_is_thrown_away(
    server: Server,
) -> None:
    """A wire that gives each question the answer of the one before."""
    async with AsyncExitStack() as stack:
        late = await _one_behind(stack, server.port)
        line = Line(late, 2.0, 1)
        stack.push_async_callback(line.close)
        with pytest.raises(StoreFailed, match="another question"):
            await line.run(scripts.RIGHT, "context:a", "a")


async def _one_behind(stack: AsyncExitStack, port: int) -> str:
    async def pair(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        before = b"*2\r\n$5\r\nother\r\n$6\r\npicture\r\n".replace(b"$6", b"$7")
        while data := await reader.read(65536):
            back.write(data)
            answer = await there.read(65536)
            if b"EVAL" in data:
                answer, before = before, answer
            writer.write(answer)
        back.close()
        writer.close()

    proxy = await asyncio.start_server(pair, "127.0.0.1", 0)
    await stack.enter_async_context(proxy)
    return f"redis://127.0.0.1:{proxy.sockets[0].getsockname()[1]}/0"


async def test_a_change_that_nobody_awaits_any_more_is_made_whole(
    store: RedisStore, server: Server, open_redis: Open, slowly: Slowly
) -> None:
    worker, shared = open_redis(await slowly(server.port)), picture("a")
    upload = await store.keep(shared)
    asked = asyncio.create_task(worker.associate("c", upload.temporary_id))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await worker.close()  # waits for what is under way
    assert [one.picture for one in (await store.context("c")).pictures] == [shared]


async def test_scripts_that_the_server_has_forgotten_are_sent_again(
    store: RedisStore, redis: Redis
) -> None:
    await share_all(store)
    for name, one in CONVERSATIONS.items():
        await redis.script_flush()
        assert (await store.context(name)).pictures[0].picture == one


async def test_more_questions_than_connections_wait_for_each_other(line: Line) -> None:
    asked = (line.run(scripts.RIGHT, f"context:{n}", n) for n in range(200))
    assert await asyncio.gather(*asked) == [[None]] * 200


async def test_connections_that_the_server_has_closed_are_opened_again(
    line: Line, redis: Redis
) -> None:
    for _ in range(5):
        assert await line.run(scripts.RIGHT, "context:", "") == [None]
        await tell(redis, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


async def test_a_connection_that_breaks_before_its_answer_costs_nothing(server: Server) -> None:
    broken: list[bytes] = []

    async def pair(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", server.port)
        while data := await reader.read(65536):
            back.write(data)
            answer = await there.read(65536)
            if b"EVAL" in data and not broken:
                broken.append(answer)
                break
            writer.write(answer)
        back.close()
        writer.close()

    async with await asyncio.start_server(pair, "127.0.0.1", 0) as wire:
        line = Line(f"redis://127.0.0.1:{wire.sockets[0].getsockname()[1]}/0", 2.0, 1)
        assert await line.run(scripts.CLAIM, "claim:x", "x", 60_000) == [1]
        assert len(broken) == 1
        await line.close()


async def test_a_line_that_is_closed_says_so(server: Server) -> None:
    line = Line(server.url, 2.0, 1)
    await line.close()
    with pytest.raises(StoreFailed, match="closed"):
        await line.run(scripts.RIGHT, "context:", "")


async def test_a_claim_that_is_made_twice_by_one_question_is_one_claim(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost on the way, and the script runs again."""
    ask: Callable[..., Awaitable[object]] = line._ask

    async def twice(*command: object) -> object:
        await ask(*command)
        return await ask(*command)

    await line.run(scripts.CLAIM, "claim:other", "other", 60_000)
    monkeypatch.setattr(line, "_ask", twice)
    assert await line.run(scripts.CLAIM, "claim:x", "x", 60_000) == [1]
    assert await line.run(scripts.CLAIM, "claim:x", "x", 60_000) == [0]
