"""Several processes on one file: what one writes, the next turn of another sees; and some die."""

import asyncio
import hashlib
import os
import random
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from contract.errors import StoreFailed
from injector.shared import Context, Picture, Right, Shared
from injector.store import Limits
from injector.store.sqlite import SqliteStore
from tests.injector.store.kinds import read_by_another

BEARER = Right(bearer=True)

Process: TypeAlias = asyncio.subprocess.Process

PRELUDE = """
import asyncio, hashlib, os, sqlite3, sys
from injector.shared import Anchor, Picture, Right
from injector.store import Limits
from injector.store.sqlite import SqliteStore

BEARER = Right(bearer=True)

def picture(name, times=1):
    part = (name * times).encode()
    return Picture(hashlib.sha256(part).hexdigest(), "image/png", 4, 3, len(part), part)

def say(*words):
    print(*words, flush=True)

def hear():
    return sys.stdin.readline().split()

async def main(store):
{body}

asyncio.run(main(SqliteStore(sys.argv[1], Limits(per_conversation=3))))
"""


def picture(name: str, times: int = 1) -> Picture:
    part = (name * times).encode()
    return Picture(hashlib.sha256(part).hexdigest(), "image/png", 4, 3, len(part), part)


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(str(file), Limits(per_conversation=3))
    yield store
    await store.close()


async def seen(store: SqliteStore, conversation: str) -> Context:
    """What a turn gets, but for how long it lasts."""
    return replace(await store.context(conversation), expires=0.0)


@asynccontextmanager
async def worker(file: Path, body: str) -> AsyncIterator[Process]:
    """Run a `main` in a process of its own, with a store of its own on the same file."""
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PRELUDE.replace("{body}", indented),
        str(file),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(30):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def hear(process: Process) -> list[str]:
    assert process.stdout is not None
    line = await process.stdout.readline()
    assert line, "the worker has ended"
    return line.decode().split()


async def say(process: Process, *words: str) -> None:
    assert process.stdin is not None
    process.stdin.write((" ".join(words) + "\n").encode())
    await process.stdin.drain()


DOES = """
verbs = {
    "share": lambda name: share(name),
    "announce": lambda _: store.announce("c", right=BEARER),
    "withdraw": lambda _: store.withdraw("c"),
    "forget": lambda _: store.forget("c"),
    "anchor": lambda name: store.anchor("c", {picture(name).digest: Anchor(1, "a")}),
}
async def share(name):
    temporary_id = (await store.keep(picture(name))).temporary_id
    await store.associate("c", temporary_id, right=BEARER)
say("ready")
while words := hear():
    await verbs[words[0]](words[1])
    say("done")
"""


async def test_the_very_next_turn_sees_what_another_worker_wrote(
    file: Path, store: SqliteStore
) -> None:
    async with worker(file, DOES) as other:
        assert await hear(other) == ["ready"]
        expected: list[str] = []
        for number in range(150):
            for _ in range(3):  # which are answered from memory, and must not be afterwards
                context = await seen(store, "c")
            name, expected = f"p{number}", [*expected, f"p{number}"][-3:]
            for verb, awaited in (("announce", True), ("share", False)):
                await say(other, verb, name)
                assert await hear(other) == ["done"]
                context = await seen(store, "c")
                assert context.awaited is awaited
                assert await seen(store, "c") == context
            assert [shared.picture for shared in context.pictures] == [*map(picture, expected)]
            await say(other, "anchor", name)
            assert await hear(other) == ["done"]
            context = await seen(store, "c")
            assert context.pictures[-1].anchor is not None
        await say(other, "announce", "-")
        assert await hear(other) == ["done"]
        assert await seen(store, "c") == Context(context.pictures, awaited=True)
        await say(other, "withdraw", "-")
        assert await hear(other) == ["done"]
        assert await seen(store, "c") == Context(context.pictures)


async def test_a_turn_sees_every_share_at_once_while_others_are_written(
    file: Path, store: SqliteStore
) -> None:
    busy = 'while True: await store.keep(picture("x", 50_000)); await asyncio.sleep(0.001)'
    async with worker(file, "say('ready')\n" + busy) as other:
        assert await hear(other) == ["ready"]
        for number in range(100):
            one = picture(f"p{number}")
            await store.associate(f"c{number}", (await store.keep(one)).temporary_id)
            for _ in range(3):
                assert await seen(store, f"c{number}") == Context((Shared(one),))


LOCKS = """
db = sqlite3.connect(sys.argv[1])
db.execute("BEGIN EXCLUSIVE")
db.execute("DELETE FROM share")
say("locked")
hear()
db.rollback()
say("free")
hear()
"""


async def test_a_turn_reads_on_while_another_process_holds_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.store.sqlite.schema.WRITING_PATIENCE", 1.0)
    store = SqliteStore(str(file), Limits())
    await store.associate("c", (await store.keep(picture("A"))).temporary_id)
    async with worker(file, LOCKS) as other:
        assert await hear(other) == ["locked"]
        writing = asyncio.ensure_future(store.keep(picture("B")))
        for store_ in (store, SqliteStore(str(file), Limits())):
            for _ in range(3):
                async with asyncio.timeout(0.5):
                    context = await seen(store_, "c")
                assert context == Context((Shared(picture("A")),))
                assert not writing.done()
                store_._answers.clear()
        await store_.close()
        with pytest.raises(StoreFailed, match="locked"):
            await writing
        await say(other, "go")
        assert await hear(other) == ["free"]
        await store.keep(picture("B"))
    await store.close()


async def test_changes_of_many_tasks_over_two_connections_are_all_there(file: Path) -> None:
    limits = Limits(per_conversation=50)
    stores = [SqliteStore(str(file), limits) for _ in range(2)]

    async def work(task: int) -> None:
        store = stores[task % 2]
        for number in range(50):
            one = picture(f"{task}.{number}")
            await store.announce(f"c{task}", right=BEARER)
            waiting = (await store.keep(one)).temporary_id
            made = await store.associate(f"c{task}", waiting, right=BEARER)
            assert made.count == number + 1
            assert len((await seen(store, f"c{task}")).pictures) == number + 1

    await asyncio.gather(*map(work, range(8)))
    for task in range(8):
        expected = Context(tuple(Shared(picture(f"{task}.{number}")) for number in range(50)))
        assert [await seen(store, f"c{task}") for store in stores] == [expected, expected]
    for store in stores:
        await store.close()


UPLOADS = """
say("ready")
number = 0
while True:
    number += 1
    name = f"{number}."
    upload = await store.keep(picture(name, 300_000))
    say(name, upload.temporary_id)
    await store.associate("c", upload.temporary_id, right=BEARER)
"""


@pytest.mark.parametrize("seed", range(8))
async def test_a_worker_that_is_killed_in_the_middle_of_an_upload_leaves_nothing_half_there(
    file: Path, store: SqliteStore, seed: int
) -> None:
    after = random.Random(seed).uniform(0.0, 0.04)
    uploads: list[tuple[str, str]] = []
    async with worker(file, UPLOADS) as other:
        assert await hear(other) == ["ready"]
        for _ in range(3):
            name, temporary_id = await hear(other)
            uploads.append((name, temporary_id))
            await seen(store, "c")
        await asyncio.sleep(after)
        os.kill(other.pid, signal.SIGKILL)
        rest, _ = await other.communicate()
    whole, _, _ = rest.rpartition(b"\n")
    for line in whole.decode().splitlines():
        name, temporary_id = line.split()
        uploads.append((name, temporary_id))
    names = [name for name, _ in uploads]
    shown = [shared.picture for shared in (await seen(store, "c")).pictures]
    assert shown
    assert shown[-1] in {picture(name, 300_000) for name in (names[-2:])}
    made = await store.associate("c", uploads[-1][1], right=BEARER)
    assert made.count <= 3
    context = await seen(store, "c")
    assert context.pictures[-1].picture == picture(names[-1], 300_000)
    assert_whole(file)


def assert_whole(file: Path) -> None:
    """Every picture is whole and held, and whatever is held is there."""
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for digest, size, part in db.execute("SELECT digest, size, part FROM picture"):
            assert (digest, size) == (hashlib.sha256(part).hexdigest(), len(part))
        held = """SELECT digest FROM upload WHERE conversation_id IS NULL
            UNION SELECT digest FROM share"""
        orphans = f"SELECT count(*) FROM picture WHERE digest NOT IN ({held})"
        assert db.execute(orphans).fetchone() == (0,)
        homeless = f"SELECT count(*) FROM ({held}) WHERE digest NOT IN (SELECT digest FROM picture)"
        assert db.execute(homeless).fetchone() == (0,)


FORGETS = """
say("ready")
number = 0
while True:
    number += 1
    temporary_id = (await store.keep(picture(f"{number}.", 300_000))).temporary_id
    await store.associate(f"c{number}", temporary_id)
    if number > 3:
        await store.forget(f"c{number - 3}")
        say(f"c{number - 3}")
"""


@pytest.mark.parametrize("seed", range(8))
async def test_a_worker_that_is_killed_while_it_forgets_has_forgotten_or_not(
    file: Path, seed: int
) -> None:
    after = random.Random(seed).uniform(0.0, 0.06)
    async with worker(file, FORGETS) as other:
        assert await hear(other) == ["ready"]
        forgotten = [(await hear(other))[0]]
        await asyncio.sleep(after)
        os.kill(other.pid, signal.SIGKILL)
        rest, _ = await other.communicate()
    forgotten += rest.rpartition(b"\n")[0].decode().split()
    assert_whole(file)
    store = SqliteStore(str(file), Limits())  # as after a restart
    assert_whole(file)
    left = (await store.overview()).contexts
    assert not {one.conversation_id for one in left} & set(forgotten)
    assert 3 <= len(left) <= 4
    for one in left:
        number = one.conversation_id[1:]
        shown = (await store.context(one.conversation_id)).pictures
        assert [each.picture for each in shown] == [picture(f"{number}.", 300_000)]
        await store.forget(one.conversation_id)
    await store.sweep()
    kept = read_by_another(*file.parent.iterdir())
    numbers = range(1, len(forgotten) + 6)
    waiting = (await store.overview()).waiting  # an upload that was not associated any more
    assert sum(f"{number}.".encode() * 50 in kept for number in numbers) <= waiting <= 1
    await store.close()


async def test_what_another_worker_forgets_is_gone_for_the_very_next_turn(
    file: Path, store: SqliteStore
) -> None:
    async with worker(file, DOES) as other:
        assert await hear(other) == ["ready"]
        for number in range(100):
            await say(other, "share", f"p{number}")
            assert await hear(other) == ["done"]
            for _ in range(2):
                assert await seen(store, "c") == Context((Shared(picture(f"p{number}")),))
            await say(other, "forget", "-")
            assert await hear(other) == ["done"]
            assert await seen(store, "c") == Context()
        await store.sweep()
        assert len(store._parts) == 0


LOCKED = """
import fcntl
memory = os.open(sys.argv[1] + "-shm", os.O_RDWR)
try:
    fcntl.lockf(memory, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
    say("free")
except BlockingIOError:
    say("held")
"""


async def test_a_store_that_closes_takes_no_lock_from_another_of_the_same_process(
    file: Path, store: SqliteStore
) -> None:
    # SQLite holds byte 128 of the shared memory for as long as it is open: without that lock, the
    # next process to come would believe that it is alone, and empty the memory under our feet.
    await SqliteStore(str(file), Limits()).close()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import os, sys\nsay = print" + LOCKED,
        str(file),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert said == b"held\n"


async def test_the_last_store_of_a_process_lets_go_of_the_shared_memory(file: Path) -> None:
    def opened() -> int:
        return sum("-shm" in str(one.resolve()) for one in Path("/proc/self/fd").iterdir())

    if not Path("/proc/self/fd").exists():
        pytest.skip("only Linux shows which files are open")
    before = opened()
    stores = [SqliteStore(str(file), Limits()) for _ in range(3)]
    assert opened() > before
    for store in stores:
        await store.close()
    assert opened() == before
