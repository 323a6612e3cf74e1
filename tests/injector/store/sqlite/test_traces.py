"""What a deletion leaves behind in a file, beside it, and in the memory of a process: nothing."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from injector.shared import Context, Picture, Right
from injector.store.sqlite import SqliteStore, cleaning
from tests.injector.store.kinds import LIMITS, Clock, photograph, read_by_another, traces

ONE, TWO = photograph("one"), photograph("two")
BEARER = Right(bearer=True)


@pytest.fixture
async def store(file: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(str(file), LIMITS, clock)
    yield store
    await store.close()


def dump(file: Path) -> bytes:
    return read_by_another(*file.parent.iterdir())


async def share(store: SqliteStore, conversation: str, picture: Picture) -> None:
    temporary_id = (await store.keep(picture)).temporary_id
    await store.associate(conversation, temporary_id, right=BEARER)


async def test_a_reader_in_the_way_delays_only_the_end_of_the_traces(
    store: SqliteStore, file: Path
) -> None:
    await share(store, "c", ONE)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM picture").fetchone() == (1,)
        assert await store.forget("c") == 1
        assert await store.context("c") == Context()
        await share(store, "d", TWO)  # which goes on meanwhile
        await store.sweep()
        assert traces(ONE, dump(file))
        reader.execute("COMMIT")
    await store.sweep()
    assert traces(ONE, dump(file)) == 0
    assert traces(TWO, dump(file))


async def test_the_next_sweep_takes_what_a_worker_that_died_left_in_the_log(
    store: SqliteStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await share(store, "c", ONE)
    with monkeypatch.context() as patched:
        patched.setattr(cleaning.Cleaner, "clean", lambda _, db: db)  # as if killed before it
        await store.forget("c")
    assert traces(ONE, dump(file))
    await store.sweep()
    assert traces(ONE, dump(file)) == 0


async def test_a_sweep_with_nothing_to_do_is_no_commit(store: SqliteStore) -> None:
    await share(store, "c", ONE)
    await store.sweep()
    mark = store._changes.mark()
    assert mark is not None
    assert await store.sweep() == 0
    assert store._changes.mark() == mark


async def test_a_sweep_takes_from_memory_what_another_worker_has_deleted(
    store: SqliteStore, file: Path, clock: Clock
) -> None:
    other = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", ONE)
    await share(store, "d", TWO)
    assert (await other.context("c")).pictures
    assert (await other.context("d")).pictures
    assert await store.forget("c") == 1
    assert store._parts.names() == {TWO.digest}
    assert await other.context("c") == Context()
    await other.sweep()
    assert other._parts.names() == {TWO.digest}
    await other.close()


async def test_what_was_said_of_a_picture_leaves_memory_with_it(store: SqliteStore) -> None:
    await share(store, "c", ONE)
    await store.describe(ONE.digest, "somebody's birthday party")
    assert (await store.context("c")).pictures[0].picture.description
    assert "birthday" in repr(store._answers._found)
    await store.forget("c")
    assert "birthday" not in repr(store._answers._found)


async def test_what_is_deleted_while_it_is_read_does_not_come_back_to_memory(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await share(store, "c", ONE)
    store._parts.drop([ONE.digest])
    put = store._parts.put

    def put_late(name: str, value: bytes, *, drops: int | None = None) -> None:
        store._parts.drop([name])  # as the writer does in this very moment
        put(name, value, drops=drops)

    monkeypatch.setattr(store._parts, "put", put_late)
    assert (await store.context("c")).pictures
    assert len(store._parts) == 0


async def test_a_file_that_somebody_has_removed_is_not_mixed_with_a_new_one(
    store: SqliteStore, file: Path
) -> None:
    await share(store, "c", ONE)
    file.unlink()
    assert await store.forget("c") == 1
    assert not file.exists()
    await share(store, "c", ONE)
    file.touch()
    assert await store.forget("c") == 1
    assert file.stat().st_size == 0
    await share(store, "d", TWO)
    assert [one.picture for one in (await store.context("d")).pictures] == [TWO]


async def test_a_connection_that_cannot_be_opened_anew_goes_on_with_the_old_one(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    await share(store, "c", ONE)
    monkeypatch.setattr(cleaning, "open_to_write", fail)
    assert await store.forget("c") == 1
    await share(store, "d", TWO)
    assert [one.picture for one in (await store.context("d")).pictures] == [TWO]


PROGRAM = """
import asyncio, sys
from injector.shared import Right
from injector.store.sqlite import SqliteStore
from tests.injector.store.kinds import LIMITS, photograph

async def main():
    store = SqliteStore(sys.argv[1], LIMITS)
    upload = await store.keep(photograph("one"))
    await store.waiting(upload.temporary_id)
    await store.associate("c", upload.temporary_id)
    store._parts.drop([upload.picture.digest])
    assert (await store.context("c")).pictures
    del upload
    print("shared", flush=True)
    sys.stdin.readline()
    assert await store.forget("c") == 1
    print("forgotten", flush=True)
    sys.stdin.readline()
    await store.close()

asyncio.run(main())
"""


def memory_of(process: int) -> bytes:
    """What a process has in its own memory."""
    pieces = []
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            begin, end = (int(number, 16) for number in span.split("-"))
            if rights.startswith("rw"):
                memory.seek(begin)
                pieces.append(memory.read(end - begin))
    return b"".join(pieces)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux shows memory")
def test_no_trace_is_in_the_memory_of_a_process_that_has_forgotten(file: Path) -> None:
    # What is freed is overwritten, as in the service (`mallopt`, M_PERTURB): what is found is held.
    environment = {**os.environ, "MALLOC_PERTURB_": "165"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=Path(__file__).parents[4],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"shared\n"
            assert traces(ONE, memory_of(process.pid))
            process.stdin.write(b"go\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"forgotten\n"
            assert traces(ONE, memory_of(process.pid)) == 0
            process.stdin.write(b"go\n")
        finally:
            process.stdin.close()
            process.stdout.close()
            process.kill()
