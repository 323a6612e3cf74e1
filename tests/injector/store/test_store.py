"""One suite for every kind of store, and what only a file can do."""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.config import Images
from contract.config.places import Store as Place
from contract.errors import ConfigError, PictureTaken, StoreFailed, UnknownPicture
from injector.picture import Picture
from injector.store import Limits, Store, open_store
from injector.store.memory import MemoryStore
from injector.store.sqlite import SqliteStore

LIMITS = Limits(ttl=100.0, per_conversation=3)


def picture(name: str) -> Picture:
    part = f'"data:image/png;base64,{name}"'.encode()
    return Picture(hashlib.sha256(part).hexdigest(), "image/png", 4, 3, len(part), part)


A, B, C, D, E = (picture(name) for name in "ABCDE")


@dataclass
class Clock:
    """Seconds since the epoch, which pass when a test says so."""

    now: float = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "pictures.db"


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, clock: Clock, file: Path) -> AsyncIterator[Store]:
    store: Store = (
        MemoryStore(LIMITS, clock)
        if request.param == "memory"
        else SqliteStore(str(file), LIMITS, clock)
    )
    yield store
    await store.close()


@pytest.fixture
def held(store: Store, file: Path) -> Callable[[], set[bytes]]:
    """The pictures whose bytes a store still has, whoever they belong to."""

    def look() -> set[bytes]:
        if isinstance(store, MemoryStore):
            waiting = {item.picture.part for item in store._waiting.values()}
            shared = [item.pictures.values() for item in store._contexts.values()]
            return waiting | {one.part for pictures in shared for one in pictures}
        with closing(sqlite3.connect(file)) as db:
            return {part for (part,) in db.execute("SELECT part FROM picture")}

    return look


async def share(store: Store, conversation: str, *pictures: Picture) -> int:
    count = 0
    for one in pictures:
        count = await store.associate(conversation, (await store.keep(one)).temporary_id)
    return count


async def test_a_conversation_has_its_pictures_in_the_order_in_which_they_were_shared(
    store: Store,
) -> None:
    assert await share(store, "c", B, C, A) == 3
    assert await store.pictures("c") == (B, C, A)


async def test_nobody_has_pictures_that_only_wait(store: Store) -> None:
    upload = await store.keep(A)
    assert await store.pictures(upload.temporary_id) == ()
    assert await store.pictures("c") == ()


async def test_an_upload_says_until_when_it_waits(store: Store, clock: Clock) -> None:
    upload = await store.keep(A)
    assert upload.picture == A
    assert upload.expires.timestamp() == clock.now + LIMITS.ttl
    assert upload.expires.tzinfo is not None


async def test_temporary_ids_are_secrets_that_differ(store: Store) -> None:
    ids = {(await store.keep(A)).temporary_id for _ in range(50)}
    assert len(ids) == 50
    assert {len(one) for one in ids} == {len("tmp_") + 32}


async def test_the_oldest_picture_leaves_where_there_are_too_many(store: Store) -> None:
    assert await share(store, "c", A, B, C, D) == 3
    assert await store.pictures("c") == (B, C, D)
    assert await share(store, "c", E) == 3
    assert await store.pictures("c") == (C, D, E)


async def test_a_picture_that_left_can_be_shared_again(store: Store) -> None:
    await share(store, "c", A, B, C, D, A)
    assert await store.pictures("c") == (C, D, A)


async def test_the_same_picture_twice_is_one_picture_in_its_first_place(store: Store) -> None:
    assert await share(store, "c", A, B, A) == 2
    assert await store.pictures("c") == (A, B)


async def test_conversations_that_share_a_picture_have_it_each(store: Store) -> None:
    await share(store, "c", A, B)
    await share(store, "d", B, C)
    assert await store.pictures("c") == (A, B)
    assert await store.pictures("d") == (B, C)


async def test_the_same_pair_again_changes_nothing(store: Store) -> None:
    first = (await store.keep(A)).temporary_id
    assert await store.associate("c", first) == 1
    await share(store, "c", B)
    assert await store.associate("c", first) == 2
    assert await store.pictures("c") == (A, B)


async def test_the_same_pair_again_does_not_bring_back_a_picture_that_left(store: Store) -> None:
    first = (await store.keep(A)).temporary_id
    await store.associate("c", first)
    await share(store, "c", B, C, D)
    assert await store.associate("c", first) == 3
    assert await store.pictures("c") == (B, C, D)


async def test_no_other_conversation_can_use_a_temporary_id(store: Store) -> None:
    used = (await store.keep(A)).temporary_id
    await store.associate("c", used)
    with pytest.raises(PictureTaken) as caught:
        await store.associate("d", used)
    assert caught.value.param == "temporaryId"
    assert await store.pictures("d") == ()
    assert await store.pictures("c") == (A,)


@pytest.mark.parametrize("unknown", ["tmp_", "", "c", "tmp_%", "' OR 1=1 --", "x" * 10_000])
async def test_an_unknown_temporary_id_changes_nothing(store: Store, unknown: str) -> None:
    await share(store, "c", A)
    with pytest.raises(UnknownPicture) as caught:
        await store.associate("c", unknown)
    assert caught.value.param == "temporaryId"
    assert await store.pictures("c") == (A,)


@pytest.mark.parametrize("key", ["C", "c ", " c", "ç", "c\x00", "c\x00d", "%", "c' --", "🐈"])
async def test_ids_that_look_alike_are_two_conversations(store: Store, key: str) -> None:
    await share(store, "c", A)
    assert await store.pictures(key) == ()
    await share(store, key, B)
    assert await store.pictures(key) == (B,)
    assert await store.pictures("c") == (A,)


async def test_one_of_twenty_conversations_wins_a_temporary_id(store: Store) -> None:
    names = [f"c{number}" for number in range(20)]
    wanted = (await store.keep(A)).temporary_id
    asked = (store.associate(name, wanted) for name in names)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert answers.count(1) == 1
    assert sum(isinstance(answer, PictureTaken) for answer in answers) == 19
    seen = [await store.pictures(name) for name in names]
    assert seen == [(A,) if answer == 1 else () for answer in answers]


async def test_what_nobody_claims_is_forgotten_with_its_bytes(
    store: Store, clock: Clock, held: Callable[[], set[bytes]]
) -> None:
    upload = await store.keep(A)
    clock.now += LIMITS.ttl
    with pytest.raises(UnknownPicture):
        await store.associate("c", upload.temporary_id)
    await store.keep(B)
    assert held() == {B.part}


async def test_an_upload_waits_until_its_time_is_over(store: Store, clock: Clock) -> None:
    upload = await store.keep(A)
    clock.now += LIMITS.ttl - 0.1
    assert await store.associate("c", upload.temporary_id) == 1


async def test_a_conversation_is_forgotten_with_its_bytes(
    store: Store, clock: Clock, held: Callable[[], set[bytes]]
) -> None:
    await share(store, "c", A, B)
    clock.now += LIMITS.ttl
    assert await store.pictures("c") == ()
    assert await share(store, "d", C) == 1
    assert held() == {C.part}
    assert await store.pictures("c") == ()


async def test_a_new_conversation_of_an_old_name_begins_empty(store: Store, clock: Clock) -> None:
    await share(store, "c", A)
    clock.now += LIMITS.ttl
    assert await share(store, "c", B) == 1
    assert await store.pictures("c") == (B,)


async def test_use_keeps_a_conversation(
    store: Store, clock: Clock, held: Callable[[], set[bytes]]
) -> None:
    await share(store, "c", A)
    for _ in range(5):
        clock.now += 0.6 * LIMITS.ttl
        assert await store.pictures("c") == (A,)
    await store.keep(B)  # forgets what has expired
    assert await store.pictures("c") == (A,)
    assert held() == {A.part, B.part}


async def test_another_picture_keeps_a_conversation(store: Store, clock: Clock) -> None:
    await share(store, "c", A)
    clock.now += 0.6 * LIMITS.ttl
    await share(store, "c", B)
    clock.now += 0.6 * LIMITS.ttl
    assert await store.pictures("c") == (A, B)


async def test_use_of_one_conversation_keeps_no_other(store: Store, clock: Clock) -> None:
    await share(store, "c", A)
    await share(store, "d", B)
    clock.now += 0.6 * LIMITS.ttl
    await store.pictures("c")
    clock.now += 0.6 * LIMITS.ttl
    assert await store.pictures("c") == (A,)
    assert await store.pictures("d") == ()


async def test_a_store_that_works_says_so(store: Store) -> None:
    await store.ping()


# A file


async def test_two_workers_on_one_file_see_the_same(file: Path, clock: Clock) -> None:
    one, two = (SqliteStore(str(file), LIMITS, clock) for _ in range(2))
    upload = await one.keep(A)
    assert await two.associate("c", upload.temporary_id) == 1
    with pytest.raises(PictureTaken):
        await one.associate("d", upload.temporary_id)
    assert await one.pictures("c") == (A,)
    await asyncio.gather(*(share(store, "e", B, C) for store in (one, two)))
    assert set(await one.pictures("e")) == {B, C}
    await one.close()
    await two.close()


async def test_workers_on_one_file_give_a_temporary_id_away_once(file: Path) -> None:
    workers = [SqliteStore(str(file), LIMITS) for _ in range(4)]
    for turn in range(20):
        wanted = (await workers[0].keep(A)).temporary_id
        asked = (workers[at % 4].associate(f"c{turn}.{at}", wanted) for at in range(8))
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
    assert await again.pictures("c") == (B, A)
    assert await again.associate("c", waiting) == 3
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
    monkeypatch.setattr("injector.store.sqlite._PATIENCE", 0.05)
    store = SqliteStore(str(file), LIMITS)
    await share(store, "c", A)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailed, match="cannot answer: database is locked"):
            await store.keep(B)
        assert await store.pictures("c") == (A,)
    assert await share(store, "c", B) == 2
    await store.close()


async def test_a_lock_of_another_worker_costs_no_turn_its_picture(file: Path, clock: Clock) -> None:
    store = SqliteStore(str(file), LIMITS, clock)
    await share(store, "c", A)
    clock.now += LIMITS.ttl * 0.5  # so that it is time to renew
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(1):
            assert await store.pictures("c") == (A,)
    await store.close()


async def test_a_file_that_lost_its_tables_is_a_store_that_cannot_answer(file: Path) -> None:
    store = SqliteStore(str(file), LIMITS)
    with closing(sqlite3.connect(file)) as other:
        other.execute("DROP TABLE picture")
    for asked in (store.ping(), store.pictures("c"), store.keep(A)):
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


# The configured one


@pytest.mark.parametrize(("kind", "type_"), [("memory:", MemoryStore), ("sqlite", SqliteStore)])
async def test_the_configured_store_is_opened_with_its_limits(
    kind: str, type_: type, file: Path
) -> None:
    place = Place.parse(kind if kind == "memory:" else f"sqlite:{file}")
    store = open_store(Images(store=place, ttl=50.0, max_per_conversation=1))
    assert isinstance(store, type_)
    assert await share(store, "c", A, B) == 1
    assert await store.pictures("c") == (B,)
    await store.close()


def test_a_store_that_is_not_built_yet_says_so() -> None:
    with pytest.raises(ConfigError, match=r"injector\.images\.store: redis is not built yet"):
        open_store(Images(store=Place.parse("redis://127.0.0.1:6379/0")))
