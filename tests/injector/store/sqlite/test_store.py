"""What only a file can do, and what may not be seen from outside: memory beside it."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from contract.errors import PictureTaken, StoreFailed
from injector.shared import Anchor, Context, Picture, Right, Shared
from injector.store import ANNOUNCED, Store
from injector.store.cache import Cache
from injector.store.sqlite import SqliteStore
from injector.store.sqlite.thread import Desk
from tests.injector.store.kinds import LIMITS, Clock, picture

BEARER = Right(bearer=True)
A, B, C = (picture(name) for name in "ABC")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "pictures.db"


async def share(store: Store, conversation: str, *shared: Picture) -> int:
    count = 0
    for one in shared:
        count = await associate(store, conversation, (await store.keep(one)).temporary_id)
    return count


async def associate(store: Store, conversation: str, temporary_id: str) -> int:
    """Associate as the bearer; return how many pictures the conversation has."""
    return (await store.associate(conversation, temporary_id, right=BEARER)).count


async def seen(store: Store, conversation: str) -> Context:
    """What a turn gets, but for how long it lasts."""
    return replace(await store.context(conversation), expires=0.0)


async def pictures(store: Store, conversation: str) -> tuple[Picture, ...]:
    return tuple(shared.picture for shared in (await store.context(conversation)).pictures)


async def test_two_workers_on_one_file_see_the_same(file: Path, clock: Clock) -> None:
    one, two = (SqliteStore(str(file), LIMITS, clock) for _ in range(2))
    upload = await one.keep(A)
    assert await associate(two, "c", upload.temporary_id) == 1
    with pytest.raises(PictureTaken):
        await one.associate("d", upload.temporary_id)
    assert await pictures(one, "c") == (A,)
    await asyncio.gather(*(share(store, "e", B, C) for store in (one, two)))
    assert set(await pictures(one, "e")) == {B, C}
    await one.close()
    await two.close()


async def test_workers_on_one_file_give_a_temporary_id_away_once(file: Path) -> None:
    workers = [SqliteStore(str(file), LIMITS) for _ in range(4)]
    for turn in range(20):
        wanted = (await workers[0].keep(A)).temporary_id
        asked = (associate(workers[at % 4], f"c{turn}.{at}", wanted) for at in range(8))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert answers.count(1) == 1
        assert sum(isinstance(answer, PictureTaken) for answer in answers) == 7
    for worker in workers:
        await worker.close()


async def test_pictures_survive_a_restart(file: Path, clock: Clock) -> None:
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", B, A)
    waiting = (await store.keep(C)).temporary_id
    await store.close()
    again = SqliteStore(str(file), LIMITS, clock)
    assert await pictures(again, "c") == (B, A)
    assert await associate(again, "c", waiting) == 3
    await again.close()


async def test_nobody_else_on_the_machine_can_read_the_file(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    modes = {path.name: path.stat().st_mode & 0o077 for path in file.parent.iterdir()}
    assert set(modes.values()) == {0}
    await store.close()


async def test_a_file_that_is_locked_for_long_is_a_store_that_cannot_answer(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.store.sqlite.schema.WRITING_PATIENCE", 0.05)
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailed, match="cannot answer: database is locked"):
            await store.keep(B)
        assert await seen(store, "c") == Context((Shared(A),))
    assert await share(store, "c", B) == 2
    await store.close()


async def test_a_lock_of_another_worker_costs_no_turn_its_picture(file: Path, clock: Clock) -> None:
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", A)
    clock.time += LIMITS.ttl * 0.5  # so that it is time to renew
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(1):
            assert await seen(store, "c") == Context((Shared(A),))
    await store.close()


async def test_a_file_that_lost_its_tables_is_a_store_that_cannot_answer(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    with closing(sqlite3.connect(file)) as other:
        other.execute("DROP TABLE picture")
    for asked in (store.ping(), pictures(store, "c"), store.keep(A)):
        with pytest.raises(StoreFailed, match="cannot answer: no such table"):
            await asked
    await store.close()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match=f"the store {tmp_path} cannot be opened"):
        SqliteStore(str(tmp_path), LIMITS)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFailed, match="cannot be opened"):
        SqliteStore(str(tmp_path / "file" / "x.db"), LIMITS)


def test_another_file_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_bytes(b"Dear Anna, " * 1000)
    with pytest.raises(StoreFailed, match="cannot be opened: file is not a database"):
        SqliteStore(str(other), LIMITS)
    assert other.read_bytes() == b"Dear Anna, " * 1000


# Memory beside the file


def harm(file: Path) -> None:
    """Write other pixels into the file, which shows where a store takes them from."""
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE picture SET part = ?", (b'"changed"',))


CHANGED = replace(A, part=b'"changed"')


async def test_pixels_are_read_from_the_file_once(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    await store.close()
    store = SqliteStore(str(file), LIMITS)
    assert await pictures(store, "c") == (A,)
    harm(file)
    assert await pictures(store, "c") == (A,)
    await store.close()


async def test_pixels_of_an_upload_are_never_read_from_the_file_again(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    harm(file)
    assert await pictures(store, "c") == (A,)
    await store.close()


@pytest.mark.parametrize("cache", [0, len(A.part) - 1, len(A.part), 2 * len(A.part)])
async def test_pictures_that_do_not_fit_into_memory_come_from_the_file(
    file: Path, cache: int
) -> None:
    store = SqliteStore(str(file), replace(LIMITS, cache=cache))
    await share(store, "c", A, B, C)
    for _ in range(3):
        assert await pictures(store, "c") == (A, B, C)
        assert store._parts.size <= cache
    harm(file)
    assert CHANGED.part in {one.part for one in await pictures(store, "c")}
    await store.close()


async def test_what_another_worker_forgot_is_not_served_from_memory(
    file: Path, clock: Clock
) -> None:
    one, two = (SqliteStore(str(file), LIMITS, clock) for _ in range(2))
    await share(one, "c", A)
    assert await pictures(two, "c") == (A,)
    with closing(sqlite3.connect(file)) as db, db:  # as an operator would, by hand
        db.execute("DELETE FROM context")
    assert await seen(two, "c") == await seen(one, "c") == Context()
    await one.close()
    await two.close()


async def test_what_another_worker_pushed_out_is_not_served_from_memory(file: Path) -> None:
    one, two = (SqliteStore(str(file), replace(LIMITS, per_conversation=1)) for _ in range(2))
    await share(one, "c", A)
    assert await pictures(two, "c") == (A,)
    await share(one, "c", B)
    assert await pictures(two, "c") == (B,)
    await one.close()
    await two.close()


async def test_pixels_that_are_deleted_leave_memory_too(file: Path, clock: Clock) -> None:
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", A, B)
    assert len(store._parts) == 2
    clock.time += LIMITS.ttl
    await store.keep(A)
    assert len(store._parts) == 1
    assert store._parts.get(A.digest) == A.part
    await store.close()


async def test_a_turn_is_answered_before_its_conversation_is_kept_for_longer(
    file: Path, clock: Clock
) -> None:
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", A)
    clock.time += 0.5 * LIMITS.ttl
    async with occupied(store._writing):
        for _ in range(3):
            assert await pictures(store, "c") == (A,)
        assert store._writing._asked.qsize() == 1  # one renewal is enough
    await store.withdraw("nobody")  # changes are made one after the other
    clock.time += 0.9 * LIMITS.ttl
    assert await pictures(store, "c") == (A,)
    await store.close()


@asynccontextmanager
async def occupied(desk: Desk) -> AsyncIterator[None]:
    """Keep one of a store's threads busy."""
    held, hold = threading.Event(), threading.Event()

    def wait() -> None:
        held.set()
        hold.wait(5)

    busy = desk.ask(wait)
    await asyncio.to_thread(held.wait, 5)
    async with asyncio.timeout(4):
        yield
    hold.set()
    await busy


async def test_no_turn_waits_for_a_change(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    async with occupied(store._writing):
        assert await pictures(store, "c") == (A,)
        await store.ping()
    await store.close()


async def test_a_turn_of_a_conversation_that_has_not_changed_asks_nobody(
    file: Path, clock: Clock
) -> None:
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", A)
    await store.announce("c", right=BEARER)
    assert await seen(store, "c") == Context((Shared(A),), awaited=True)
    assert await seen(store, "nobody") == Context()
    async with occupied(store._reading), occupied(store._writing):
        assert await seen(store, "c") == Context((Shared(A),), awaited=True)
        assert await seen(store, "nobody") == Context()
        clock.time += ANNOUNCED
        assert await seen(store, "c") == Context((Shared(A),))
        clock.time += LIMITS.ttl
        assert await seen(store, "c") == Context()
    await store.close()


async def test_a_renewal_never_makes_a_conversation_shorter(file: Path, clock: Clock) -> None:
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", A)
    store._writer.renew("c", clock.time + 1)
    clock.time += 0.9 * LIMITS.ttl
    assert await pictures(store, "c") == (A,)
    await store.close()


async def test_whoever_reads_cannot_write(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._reader._db.execute("DELETE FROM picture")
    await store.close()


class Forgetful(Cache):
    """Memory that holds nothing, and while it is asked somebody deletes what it is asked for."""

    def __init__(self, file: Path) -> None:
        super().__init__(0)
        self._file = file

    def get(self, name: str) -> bytes | None:
        with closing(sqlite3.connect(self._file)) as db, db:
            db.execute("DELETE FROM picture WHERE digest = ?", (name,))
        return super().get(name)


async def test_a_picture_that_is_deleted_while_it_is_read_is_not_there(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    monkeypatch.setattr(store._reader, "_parts", Forgetful(file))
    assert await seen(store, "c") == Context()
    await store.close()


async def test_a_renewal_that_fails_is_told_and_costs_nothing(
    file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("injector.store.sqlite.schema.WRITING_PATIENCE", 0.01)
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", A)
    clock.time += 0.5 * LIMITS.ttl
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await pictures(store, "c") == (A,)
        with pytest.raises(StoreFailed):
            await store.withdraw("c")
    assert "could not be renewed: database is locked" in caplog.text
    assert await pictures(store, "c") == (A,)
    await store.withdraw("nobody")
    clock.time += 0.9 * LIMITS.ttl
    assert await pictures(store, "c") == (A,)
    await store.close()


async def test_an_anchor_that_changes_nothing_is_no_commit(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    await store.anchor("c", {A.digest: Anchor(3, "a")})
    mark = store._changes.mark()
    assert mark is not None
    await store.anchor("c", {A.digest: Anchor(3, "a")})
    assert store._changes.mark() == mark
    await store.anchor("c", {A.digest: Anchor(4, "a")})
    assert store._changes.mark() != mark
    await store.close()


async def test_a_file_that_is_copied_to_a_strange_name_can_be_read(tmp_path: Path) -> None:
    store = SqliteStore(str(tmp_path / "50% of ?a=1#b c.db"), LIMITS)
    await share(store, "c", A)
    assert await pictures(store, "c") == (A,)
    await store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "50% of ?a=1#b c.db",
        "50% of ?a=1#b c.db-room",
    ]


async def test_a_store_that_is_closed_cannot_answer(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    await store.close()
    for asked in (store.context("c"), store.keep(A), store.ping()):
        with pytest.raises(StoreFailed, match="closed"):
            await asked


async def test_without_shared_memory_every_turn_asks_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.store.sqlite.changes._map", _no_memory)
    store = SqliteStore(str(file), LIMITS)
    monkeypatch.undo()
    for one in (A, B, C):
        await share(store, "c", one)
        assert (await pictures(store, "c"))[-1] == one
    assert store._changes.mark() is None
    await store.close()


def _no_memory(_: Path) -> None:
    raise FileNotFoundError
