"""One picture is taken away: it is gone for everybody, and what else there was stays as it was."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from contract.errors import ContextTaken, PictureTaken, UnknownPicture
from injector.shared import Association, Context, Parted, Right
from injector.store import Store
from tests.injector.store.kinds import LIMITS, Made, photograph, picture, traces
from tests.injector.store.sharing import BEARER, share, shown

PassTime: TypeAlias = Callable[[float], Awaitable[None]]

A, B = (picture(name) for name in "AB")
UNKNOWN = ("", "tmp_", "tmp_" + "0" * 32, "\ud800")


async def is_awaited(store: Store, conversation: str) -> bool:
    return (await store.context(conversation)).awaited


async def is_unknown(asked: Awaitable[object]) -> bool:
    try:
        await asked
    except UnknownPicture:
        return True
    return False


async def test_a_picture_that_waits_is_gone_with_its_bytes_and_its_temporary_id(made: Made) -> None:
    photo = photograph("waits")
    one = (await made.store.keep(photo)).temporary_id
    assert traces(photo, await made.dump())
    assert await made.store.remove(one) == Parted(None, 0)
    assert traces(photo, await made.dump()) == 0
    for store in made.workers:
        for asked in (store.waiting(one), store.claimed_by(one), store.remove(one)):
            assert await is_unknown(asked)
        assert await is_unknown(store.associate("c", one, right=BEARER))


async def test_a_picture_that_is_shared_leaves_its_conversation_and_no_trace(made: Made) -> None:
    photo = photograph("shared")
    one, _ = await share(made.store, "c", photo, B)
    assert await shown(made.workers[-1], "c") == [photo, B]
    assert traces(photo, await made.dump())
    assert await made.store.remove(one) == Parted("c", 1)
    assert traces(photo, await made.dump()) == 0
    for store in made.workers:
        assert await shown(store, "c") == [B]
        assert await is_unknown(store.waiting(one))
        assert await is_unknown(store.remove(one))


async def test_a_picture_that_was_taken_away_comes_back_to_nobody(store: Store) -> None:
    one, _ = await share(store, "c", A, B)
    await store.remove(one)
    assert (await store.associate("c", one)).count == 1
    assert await shown(store, "c") == [B]
    with pytest.raises(PictureTaken):
        await store.associate("d", one, right=BEARER)
    assert await store.claimed_by(one) == "c"


async def test_a_conversation_keeps_its_token_when_its_last_picture_leaves(store: Store) -> None:
    one = (await store.keep(A)).temporary_id
    right = Right(token=(await store.associate("c", one)).token)
    assert await store.remove(one) == Parted("c", 0)
    assert await store.context("c") == Context()
    # Told again to who has the temporaryId: a page may have lost the first answer.
    assert await store.associate("c", one) == Association(0, right.token)
    assert await store.is_allowed("c", right)
    assert not await store.is_allowed("c", Right())
    two = (await store.keep(B)).temporary_id
    with pytest.raises(ContextTaken):
        await store.associate("c", two)
    with pytest.raises(ContextTaken):
        await store.announce("c")
    assert await store.associate("c", two, right=right) == Association(1)
    assert await shown(store, "c") == [B]


async def test_a_conversation_without_pictures_is_kept_by_turns_and_forgotten_in_time(
    store: Store, pass_time: PassTime
) -> None:
    one = (await store.keep(A)).temporary_id
    right = Right(token=(await store.associate("c", one)).token)
    await store.remove(one)
    for _ in range(3):
        await pass_time(0.8 * LIMITS.ttl)
        assert await store.context("c") == Context()
        await store.withdraw("nobody")  # changes are made one after the other
        assert await store.is_allowed("c", right)
    await pass_time(1.1 * LIMITS.ttl)
    assert not await store.is_allowed("c", right)


async def test_a_conversation_without_pictures_is_in_no_overview_and_can_be_forgotten(
    store: Store,
) -> None:
    (one,) = await share(store, "c", A)
    await store.remove(one)
    assert (await store.overview()).contexts == ()
    assert await store.forget("c") == 0
    assert await is_unknown(store.claimed_by(one))


async def test_whoever_else_has_the_picture_keeps_it(made: Made) -> None:
    (one,) = await share(made.store, "c", A)
    (two,) = await share(made.store, "d", A)
    waits = (await made.store.keep(A)).temporary_id
    assert await made.store.remove(one) == Parted("c", 0)
    assert await shown(made.store, "d") == [A]
    assert await made.store.remove(two) == Parted("d", 0)
    assert (await made.store.waiting(waits)).picture == A
    assert await made.held() == {A.part}
    assert await made.store.remove(waits) == Parted()
    assert await made.held() == set()


async def test_the_same_picture_twice_leaves_once(store: Store) -> None:
    one, two = await share(store, "c", A, A)
    assert await store.remove(two) == Parted("c", 0)
    assert await is_unknown(store.remove(one))
    assert await shown(store, "c") == []


async def test_a_picture_that_was_pushed_out_or_replaced_is_there_no_more(store: Store) -> None:
    one, _ = await share(store, "c", A, B)
    other = (await store.keep(picture("C"))).temporary_id
    await store.associate("c", other, right=BEARER, replace=True)
    assert await is_unknown(store.remove(one))
    assert await store.claimed_by(one) == "c"


@pytest.mark.parametrize("unknown", UNKNOWN)
async def test_what_nobody_uploaded_cannot_be_taken_away(store: Store, unknown: str) -> None:
    await share(store, "c", A)
    assert await is_unknown(store.remove(unknown))
    assert await is_unknown(store.claimed_by(unknown))
    assert await shown(store, "c") == [A]


async def test_of_many_who_take_a_picture_away_at_once_one_does(made: Made) -> None:
    one, _ = await share(made.store, "c", A, B)
    asked = (is_unknown(made.workers[at % len(made.workers)].remove(one)) for at in range(12))
    assert sorted(await asyncio.gather(*asked)) == [False, *[True] * 11]
    assert await shown(made.store, "c") == [B]


async def test_it_is_told_who_has_claimed_what(store: Store, pass_time: PassTime) -> None:
    one = (await store.keep(A)).temporary_id
    assert await store.claimed_by(one) is None
    await store.associate("conv_é", one)
    assert await store.claimed_by(one) == "conv_é"
    await store.forget("conv_é")
    assert await is_unknown(store.claimed_by(one))
    two = (await store.keep(B)).temporary_id
    await pass_time(LIMITS.ttl + 1)
    assert await is_unknown(store.claimed_by(two))


async def test_an_announcement_is_taken_back_by_whoever_may_make_it(store: Store) -> None:
    one = (await store.keep(A)).temporary_id
    right = Right(token=(await store.associate("c", one)).token)
    for name, enough in (("c", right), ("c", BEARER), ("new", Right())):
        await store.announce(name, right=enough)
        if name == "c":
            with pytest.raises(ContextTaken):
                await store.withdraw(name, right=Right(token="ctx_" + "0" * 32))
            assert await is_awaited(store, name)
        await store.withdraw(name, right=enough)
        assert not await is_awaited(store, name)
