"""What is forgotten is gone: the association, the secrets, and pixels that nobody else holds."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from contract.errors import ContextTaken, UnknownPicture
from injector.shared import Anchor, Association, Context, Overview, Right
from injector.store import Store
from tests.injector.store.kinds import LIMITS, NEARLY, Made, photograph, picture, traces
from tests.injector.store.sharing import BEARER, share, shown

PassTime: TypeAlias = Callable[[float], Awaitable[None]]

ONE, TWO, THREE, FOUR = (photograph(name) for name in ("one", "two", "three", "four"))
A, B = picture("A"), picture("B")


async def test_a_conversation_that_is_forgotten_leaves_no_trace(made: Made) -> None:
    temporary_ids = await share(made.store, "c", ONE, TWO)
    assert await shown(made.workers[-1], "c") == [ONE, TWO]
    kept = await made.dump()
    assert traces(ONE, kept)
    assert traces(TWO, kept)
    assert await made.store.forget("c") == 2
    kept = await made.dump()
    assert (traces(ONE, kept), traces(TWO, kept)) == (0, 0)
    for store in made.workers:
        assert await store.context("c") == Context()
        for one in temporary_ids:
            with pytest.raises(UnknownPicture):
                await store.waiting(one)
            with pytest.raises(UnknownPicture):
                await store.associate("c", one, right=BEARER)
            with pytest.raises(UnknownPicture):
                await store.associate("d", one, right=BEARER)


async def test_whatever_one_worker_forgets_no_other_shows(made: Made) -> None:
    for turn in range(10):
        await share(made.workers[0], "c", ONE, TWO)
        for store in made.workers:
            assert await shown(store, "c") == [ONE, TWO]
        assert await made.workers[turn % len(made.workers)].forget("c") == 2
        for store in made.workers:
            assert await store.context("c") == Context()


async def test_who_is_unknown_has_nothing_to_forget(store: Store) -> None:
    await share(store, "c", A)
    assert await store.forget("d") == 0
    assert await store.forget("") == 0
    assert await shown(store, "c") == [A]
    assert await store.forget("c") == 1
    assert await store.forget("c") == 0


async def test_what_has_expired_is_forgotten_with_its_bytes_but_not_counted(made: Made) -> None:
    await share(made.store, "c", ONE)
    await made.pass_time(LIMITS.ttl)
    assert await made.store.forget("c") == 0
    assert traces(ONE, await made.dump()) == 0


async def test_a_forgotten_token_is_void_and_a_new_conversation_has_a_new_one(store: Store) -> None:
    first = await store.associate("c", (await store.keep(A)).temporary_id)
    right = Right(token=first.token)
    await store.forget("c")
    assert not await store.is_allowed("c", right)
    second = await store.associate("c", (await store.keep(A)).temporary_id)
    assert second.count == 1
    assert second.token not in {"", first.token}
    with pytest.raises(ContextTaken):
        await store.associate("c", (await store.keep(B)).temporary_id, right=right)
    assert await shown(store, "c") == [A]


async def test_what_a_late_turn_or_page_says_brings_nothing_back(store: Store) -> None:
    (temporary_id,) = await share(store, "c", A)
    await store.announce("c", right=BEARER)
    await store.forget("c")
    await store.anchor("c", {A.digest: Anchor(1, "a")})
    await store.describe(A.digest, "a cat")
    await store.withdraw("c")
    assert await store.context("c") == Context()
    with pytest.raises(UnknownPicture):
        await store.associate("c", temporary_id)
    await share(store, "c", A)
    assert await shown(store, "c") == [A]


async def test_another_conversation_keeps_the_picture_that_it_shares(made: Made) -> None:
    await share(made.store, "c", ONE, TWO)
    await share(made.store, "d", ONE)
    await made.store.forget("c")
    assert await shown(made.store, "d") == [ONE]
    assert await made.held() == {ONE.part}
    assert traces(TWO, await made.dump()) == 0
    await made.store.forget("d")
    assert await made.held() == set()
    assert traces(ONE, await made.dump()) == 0


async def test_an_upload_that_waits_keeps_its_picture(made: Made) -> None:
    await share(made.store, "c", ONE)
    waiting = await made.store.keep(ONE)
    await made.store.forget("c")
    assert (await made.store.waiting(waiting.temporary_id)).picture == ONE
    assert await made.store.associate("d", waiting.temporary_id, right=BEARER)
    assert await shown(made.store, "d") == [ONE]


async def test_the_picture_that_has_to_leave_is_deleted_at_once(made: Made) -> None:
    await share(made.store, "c", ONE, A, B, TWO)
    assert await shown(made.store, "c") == [A, B, TWO]
    assert await made.held() == {A.part, B.part, TWO.part}
    assert traces(ONE, await made.dump()) == 0


async def test_a_picture_that_is_replaced_is_deleted_at_once(made: Made) -> None:
    await share(made.store, "c", ONE, TWO)
    await share(made.store, "d", TWO)
    new = (await made.store.keep(THREE)).temporary_id
    made_ = await made.store.associate("c", new, right=BEARER, replace=True)
    assert made_.count == 1
    assert await made.held() == {TWO.part, THREE.part}
    assert traces(ONE, await made.dump()) == 0


async def test_what_expires_is_deleted_by_the_next_sweep(made: Made) -> None:
    await share(made.store, "c", ONE, TWO)
    await made.store.keep(THREE)
    await made.pass_time(LIMITS.ttl / 2)
    await share(made.store, "d", TWO, FOUR)
    await made.pass_time(LIMITS.ttl / 2)
    await made.store.sweep()
    kept = await made.dump()
    assert [traces(one, kept) for one in (ONE, THREE)] == [0, 0]
    assert await made.held() == {TWO.part, FOUR.part}
    assert await shown(made.store, "d") == [TWO, FOUR]


async def test_a_sweep_without_anything_to_do_takes_nothing(made: Made) -> None:
    await share(made.store, "c", ONE)
    waiting = await made.store.keep(TWO)
    for store in made.workers:
        assert await store.sweep() == 0
    assert await shown(made.store, "c") == [ONE]
    assert (await made.store.waiting(waiting.temporary_id)).picture == TWO


async def test_asking_without_renewing_keeps_nothing_longer(made: Made) -> None:
    await share(made.store, "c", A)
    for left in (1.0, 0.4):
        expires = (await made.store.context("c", renew=False)).expires
        assert abs(expires - made.now() - left * LIMITS.ttl) < NEARLY
        await made.pass_time(0.6 * LIMITS.ttl if left == 1.0 else left * LIMITS.ttl)
    assert await made.store.context("c", renew=False) == Context()


async def test_a_turn_is_told_until_when_its_pictures_are_kept(made: Made) -> None:
    await share(made.store, "c", A)
    for _ in range(3):
        await made.pass_time(0.5 * LIMITS.ttl)
        left = (await made.store.context("c")).expires - made.now()
        await made.store.withdraw("nobody")  # changes are made one after the other
        assert 0.9 * LIMITS.ttl - NEARLY < left <= LIMITS.ttl + NEARLY


# Said in words


async def test_what_is_said_of_a_picture_is_said_wherever_it_is(made: Made) -> None:
    upload = await made.store.keep(A)
    await share(made.store, "c", A, B)
    await made.store.describe(A.digest, "a cat 🐈")
    for store in made.workers:
        assert (await store.waiting(upload.temporary_id)).picture.description == "a cat 🐈"
        assert await shown(store, "c") == [replace(A, description="a cat 🐈"), B]
    await made.store.describe(A.digest, "a dog")
    assert await shown(made.workers[-1], "c") == [replace(A, description="a dog"), B]


async def test_what_was_said_is_forgotten_with_the_picture(made: Made) -> None:
    await share(made.store, "c", ONE)
    await made.store.describe(ONE.digest, "somebody's birthday party")
    await made.store.forget("c")
    assert b"birthday party" not in await made.dump()
    await share(made.store, "c", ONE)
    assert await shown(made.store, "c") == [ONE]


async def test_nothing_is_remembered_of_a_picture_that_is_not_there(made: Made) -> None:
    await made.store.describe(A.digest, "a cat in a tree")
    assert b"cat in a tree" not in await made.dump()
    await share(made.store, "c", A)
    assert await shown(made.store, "c") == [A]


# For whoever runs the endpoint


async def test_an_overview_counts_what_is_held_and_renews_nothing(made: Made) -> None:
    assert await made.store.overview() == Overview((), 0, 0, 0)
    await share(made.store, "d", A)
    await made.pass_time(0.2 * LIMITS.ttl)
    await share(made.store, "c", A, B)
    await made.store.keep(A)
    await made.store.keep(ONE)
    for store in made.workers:
        seen = await store.overview()
        assert [(one.conversation_id, one.pictures, one.size) for one in seen.contexts] == [
            ("d", 1, A.size),
            ("c", 2, A.size + B.size),
        ]
        assert (seen.waiting, seen.pictures, seen.size) == (2, 3, A.size + B.size + ONE.size)
        for one, left in zip(seen.contexts, (0.8, 1.0), strict=True):
            assert abs(one.expires.timestamp() - made.now() - left * LIMITS.ttl) < NEARLY
    await made.pass_time(0.8 * LIMITS.ttl)
    seen = await made.store.overview()
    assert [one.conversation_id for one in seen.contexts] == ["c"]
    await made.pass_time(0.2 * LIMITS.ttl)
    assert await made.store.overview() == Overview((), 0, 0, 0)


async def test_the_first_association_says_nothing_of_before(store: Store) -> None:
    await share(store, "c", A)
    await store.forget("c")
    made = await store.associate("c", (await store.keep(B)).temporary_id)
    assert made == Association(1, made.token)
    assert await shown(store, "c") == [B]
