import asyncio
from contextlib import AsyncExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.errors import Busy
from injector.sharing import room as rooms
from injector.sharing.room import LEAST, Room

SIZE = 10 * LEAST


async def held(room: Room, size: int, *, until: asyncio.Event) -> None:
    async with room.place(size):
        await until.wait()


async def test_room_is_given_back_whatever_becomes_of_the_upload() -> None:
    room = Room(SIZE)
    async with room.place(3 * LEAST):
        assert room.free == 7 * LEAST
    with pytest.raises(ValueError, match="broken"):
        async with room.place(SIZE):
            raise ValueError("broken")
    left = asyncio.create_task(held(room, SIZE, until=asyncio.Event()))
    await asyncio.sleep(0)
    assert room.free == 0
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    assert room.free == SIZE


async def test_a_small_upload_counts_for_something_and_a_large_one_for_no_more_than_all() -> None:
    room = Room(SIZE)
    async with room.place(1):
        assert room.free == SIZE - LEAST
    async with room.place(100 * SIZE):
        assert room.free == 0


async def test_what_turns_out_to_be_small_gives_room_to_whoever_waits() -> None:
    room, end = Room(SIZE), asyncio.Event()
    async with room.place(SIZE) as place:
        waits = asyncio.create_task(held(room, 4 * LEAST, until=end))
        await asyncio.sleep(0)
        place.shrink(7 * LEAST)
        place.shrink(8 * LEAST)
        await asyncio.sleep(0)
        assert room.free == 3 * LEAST
        place.shrink(6 * LEAST)
        await asyncio.sleep(0)
        assert room.free == 0
    end.set()
    await waits
    assert room.free == SIZE


async def test_who_finds_no_room_for_a_while_is_told_when_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rooms, "PATIENCE", 0.01)
    room = Room(SIZE)
    async with room.place(SIZE):
        with pytest.raises(Busy, match="in progress") as raised:
            async with room.place(1):
                pass
        assert raised.value.retry_after is not None
    assert room.free == SIZE


async def test_no_more_than_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_WAITING", 2)
    room, end = Room(SIZE), asyncio.Event()
    tasks = [asyncio.create_task(held(room, SIZE, until=end)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        async with room.place(1):
            pass
    end.set()
    await asyncio.gather(*tasks)
    assert room.free == SIZE


async def test_who_came_first_is_served_first_though_a_later_one_would_fit() -> None:
    room, served = Room(SIZE), list[str]()

    async def ask(name: str, size: int) -> None:
        async with room.place(size):
            served.append(name)

    async with room.place(8 * LEAST):
        large = asyncio.create_task(ask("large", 5 * LEAST))
        await asyncio.sleep(0)
        small = asyncio.create_task(ask("small", LEAST))
        await asyncio.sleep(0)
        assert served == []
    await asyncio.gather(large, small)
    assert served == ["large", "small"]


async def test_who_leaves_the_line_holds_nobody_up() -> None:
    room, end = Room(SIZE), asyncio.Event()
    async with room.place(5 * LEAST):
        first = asyncio.create_task(held(room, 9 * LEAST, until=end))
        second = asyncio.create_task(held(room, 5 * LEAST, until=end))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0.01)
        assert room.free == 0
    end.set()
    await asyncio.gather(first, second, return_exceptions=True)
    assert room.free == SIZE


async def test_who_is_granted_room_while_leaving_gives_it_back() -> None:
    room, end = Room(SIZE), asyncio.Event()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(room.place(SIZE))
        waits = asyncio.create_task(held(room, SIZE, until=end))
        await asyncio.sleep(0)
    waits.cancel()  # in the same step in which the room became its own
    await asyncio.gather(waits, return_exceptions=True)
    assert room.free == SIZE


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.booleans()), max_size=20))
async def test_whatever_happens_the_room_is_whole_again(
    uploads: list[tuple[int, int, bool]],
) -> None:
    room = Room(SIZE)

    async def upload(parts: int, steps: int) -> None:
        async with room.place(parts * LEAST) as place:
            assert 0 <= room.free <= SIZE
            for step in range(steps):
                await asyncio.sleep(0)
                place.shrink((steps - step) * LEAST)

    tasks = [asyncio.create_task(upload(parts, steps)) for parts, steps, _ in uploads]
    for task, (_, _, leaves) in zip(tasks, uploads, strict=True):
        await asyncio.sleep(0)
        if leaves:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert room.free == SIZE
