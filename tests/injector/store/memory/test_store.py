"""What only memory has: a bound on its bytes, and an order that spares looking at everything."""

import asyncio
from dataclasses import replace

import pytest

from contract.errors import StoreFailed
from injector.shared import Context, Right
from injector.store.memory import MemoryStore
from tests.injector.store.kinds import LIMITS, Clock, photograph, picture

ONE, TWO, THREE = (photograph(name) for name in ("one", "two", "three"))
A, B = picture("A"), picture("B")
BEARER = Right(bearer=True)
RECORD = 1024


@pytest.fixture
def store(clock: Clock) -> MemoryStore:
    bound = 2 * len(ONE.part) + 5 * RECORD
    return MemoryStore(replace(LIMITS, memory=bound), clock)


def held(store: MemoryStore) -> set[bytes]:
    return {one.part for one in store._records.pictures}


async def test_no_more_bytes_are_held_than_may_be_and_room_comes_back(store: MemoryStore) -> None:
    first = (await store.keep(ONE)).temporary_id
    await store.associate("c", first)
    await store.keep(TWO)
    with pytest.raises(StoreFailed, match=r"memory have 4.*nearly all that they may have"):
        await store.keep(THREE)
    assert held(store) == {ONE.part, TWO.part}
    await store.keep(ONE)  # is here already
    await store.forget("c")
    with pytest.raises(StoreFailed):
        await store.keep(THREE)  # the upload that waits holds the first one still
    assert len((await store.overview()).contexts) == 0


async def test_room_comes_back_with_what_is_forgotten(store: MemoryStore) -> None:
    for _ in range(10):
        for one in (ONE, TWO):
            temporary_id = (await store.keep(one)).temporary_id
            await store.associate("c", temporary_id, right=BEARER)
        await store.describe(ONE.digest, "a cat")
        await store.forget("c")
    assert (store._records.pictures.size, store._records._names) == (0, 0)


async def test_small_things_are_bounded_too(store: MemoryStore) -> None:
    for number in range(30):
        await store.announce(f"{number}" + "x" * 10_000)
    with pytest.raises(StoreFailed):
        await store.announce("x" * 200_000)
    for _ in range(60):
        await store.keep(A)
    with pytest.raises(StoreFailed):
        await asyncio.gather(*(store.keep(A) for _ in range(60)))


async def test_the_same_picture_twice_is_let_go_of_once_and_for_all(store: MemoryStore) -> None:
    for _ in range(2):
        await store.associate("c", (await store.keep(A)).temporary_id, right=BEARER)
    assert await store.forget("c") == 1
    assert held(store) == set()


async def test_what_is_used_less_is_forgotten_first(store: MemoryStore, clock: Clock) -> None:
    for name, one in (("c", A), ("d", B)):
        await store.associate(name, (await store.keep(one)).temporary_id)
    clock.time += 0.6 * LIMITS.ttl
    await store.context("c")
    clock.time += 0.6 * LIMITS.ttl
    await store.announce("e")  # which looks only at what is over
    assert held(store) == {A.part}


async def test_after_a_clock_was_set_back_a_sweep_finds_what_is_over(
    store: MemoryStore, clock: Clock
) -> None:
    clock.time += 1000.0
    await store.associate("z", (await store.keep(A)).temporary_id)
    clock.time -= 1000.0
    temporary_id = (await store.keep(B)).temporary_id
    await store.associate("c", temporary_id)
    clock.time += LIMITS.ttl
    await store.announce("e")
    assert await store.context("c") == Context()
    assert await store.sweep() == 1
    assert held(store) == {A.part}
    await store.associate("c", (await store.keep(B)).temporary_id)
    assert len((await store.context("c")).pictures) == 1


async def test_what_has_closed_holds_nothing(store: MemoryStore) -> None:
    await store.keep(A)
    await store.close()
    assert held(store) == set()
