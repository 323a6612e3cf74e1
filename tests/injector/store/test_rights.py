"""Who may change what a conversation has: whoever made it, by its token, and the bearer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from contract.errors import ContextTaken, PictureTaken, UnknownPicture
from injector.shared import Association, Context, Right, Upload
from injector.store import Store
from tests.injector.store.kinds import LIMITS, NEARLY, Made, picture

PassTime: TypeAlias = Callable[[float], Awaitable[None]]

A, B, C, D = (picture(name) for name in "ABCD")
BEARER = Right(bearer=True)
WRONG = (Right(), Right(token="ctx_"), Right(token="ctx_" + "0" * 32), Right(token="\ud800"))


async def shown(store: Store, conversation: str = "c") -> list[str]:
    return [one.picture.digest for one in (await store.context(conversation)).pictures]


async def first(store: Store, conversation: str = "c") -> tuple[str, Right]:
    """Share a first picture; return its temporaryId and the right that this has given."""
    temporary_id = (await store.keep(A)).temporary_id
    made = await store.associate(conversation, temporary_id)
    assert made.count == 1
    return temporary_id, Right(token=made.token)


async def test_the_first_association_tells_a_token_and_later_ones_do_not(store: Store) -> None:
    _, right = await first(store)
    assert len(right.token) == len("ctx_") + 32
    second = await store.associate("c", (await store.keep(B)).temporary_id, right=right)
    third = await store.associate("c", (await store.keep(C)).temporary_id, right=BEARER)
    assert (second, third) == (Association(2), Association(3))


async def test_the_same_first_pair_is_told_the_token_again_and_no_other_pair(store: Store) -> None:
    one, right = await first(store)
    two = (await store.keep(B)).temporary_id
    assert await store.associate("c", two, right=right) == Association(2)
    assert await store.associate("c", one) == Association(2, right.token)
    assert await store.associate("c", two) == Association(2)
    await store.associate("c", (await store.keep(C)).temporary_id, right=right, replace=True)
    assert await store.associate("c", one) == Association(1, right.token)


@pytest.mark.parametrize("right", WRONG)
@pytest.mark.parametrize("replace", [False, True])
async def test_without_the_right_nobody_changes_what_a_conversation_has(
    store: Store, right: Right, replace: bool
) -> None:
    await first(store)
    other = (await store.keep(B)).temporary_id
    with pytest.raises(ContextTaken) as caught:
        await store.associate("c", other, right=right, replace=replace)
    assert caught.value.param == "contextToken"
    with pytest.raises(ContextTaken):
        await store.announce("c", right=right)
    assert await shown(store) == [A.digest]
    assert not (await store.context("c")).awaited
    assert await store.associate("d", other) == Association(1, (await token(store, "d", other)))


async def token(store: Store, conversation: str, temporary_id: str) -> str:
    return (await store.associate(conversation, temporary_id)).token


async def test_the_token_of_one_conversation_opens_no_other(store: Store) -> None:
    _, mine = await first(store, "c")
    _, yours = await first(store, "d")
    waiting = (await store.keep(B)).temporary_id
    with pytest.raises(ContextTaken):
        await store.associate("c", waiting, right=yours)
    assert mine != yours
    assert await store.is_allowed("c", mine)
    assert not await store.is_allowed("d", mine)


async def test_a_conversation_without_pictures_is_nobodys_but_the_bearers(store: Store) -> None:
    for right in WRONG:
        assert not await store.is_allowed("c", right)
    assert await store.is_allowed("c", BEARER)
    await store.announce("c")  # which whoever begins may do
    assert (await store.context("c")).awaited is True


async def test_the_token_allows_to_announce(store: Store) -> None:
    _, right = await first(store)
    await store.announce("c", right=right)
    assert (await store.context("c")).awaited is True


async def test_a_token_is_void_when_its_conversation_has_expired(
    store: Store, pass_time: PassTime
) -> None:
    _, right = await first(store)
    await pass_time(LIMITS.ttl)
    assert not await store.is_allowed("c", right)
    _, new = await first(store)
    assert new != right
    with pytest.raises(ContextTaken):
        await store.associate("c", (await store.keep(B)).temporary_id, right=right)
    with pytest.raises(ContextTaken):
        await store.announce("c", right=right)


async def test_of_two_who_begin_a_conversation_at_once_exactly_one_wins(made: Made) -> None:
    for turn in range(20):
        uploads = [await made.store.keep(one) for one in (A, B, C, D)]
        asked = [
            made.workers[at % len(made.workers)].associate(f"c{turn}", one.temporary_id)
            for at, one in enumerate(uploads)
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        won = [one for one in answers if isinstance(one, Association)]
        assert [one.count for one in won] == [1]
        assert won[0].token
        assert sum(isinstance(one, ContextTaken) for one in answers) == len(answers) - 1
        winner = uploads[answers.index(won[0])]
        for store in made.workers:
            assert await shown(store, f"c{turn}") == [winner.picture.digest]
        await made.store.forget(f"c{turn}")


async def test_of_two_who_begin_at_once_both_win_where_both_have_the_right(made: Made) -> None:
    uploads = [await made.store.keep(one) for one in (A, B)]
    asked = [
        made.workers[at % len(made.workers)].associate("c", one.temporary_id, right=BEARER)
        for at, one in enumerate(uploads)
    ]
    answers = await asyncio.gather(*asked)
    assert sorted(one.count for one in answers) == [1, 2]
    assert sum(bool(one.token) for one in answers) == 1


async def test_replacing_leaves_the_new_picture_alone(store: Store) -> None:
    _, right = await first(store)
    await store.associate("c", (await store.keep(B)).temporary_id, right=right)
    upload = await store.keep(C)
    made = await store.associate("c", upload.temporary_id, right=right, replace=True)
    assert made == Association(1)
    assert await shown(store) == [C.digest]
    again = await store.associate("c", upload.temporary_id, replace=True)
    assert again == Association(1)


async def test_the_same_pair_again_replaces_nothing(store: Store) -> None:
    one, right = await first(store)
    await store.associate("c", (await store.keep(B)).temporary_id, right=right)
    assert await store.associate("c", one, replace=True) == Association(2, right.token)
    assert await shown(store) == [A.digest, B.digest]


async def test_replacing_by_a_picture_that_is_there_keeps_it_where_it_stands(store: Store) -> None:
    _, right = await first(store)
    await store.associate("c", (await store.keep(B)).temporary_id, right=right)
    again = (await store.keep(A)).temporary_id
    assert await store.associate("c", again, right=right, replace=True) == Association(1)
    assert await shown(store) == [A.digest]


# Waiting


async def told(store: Store, temporary_id: str) -> Upload | None:
    try:
        return await store.waiting(temporary_id)
    except UnknownPicture:
        return None


async def test_whoever_has_uploaded_can_ask_what_became_of_it(store: Store) -> None:
    upload = await store.keep(picture("A", source="s"))
    assert (
        abs(
            (await store.waiting(upload.temporary_id)).expires.timestamp()
            - upload.expires.timestamp()
        )
        < NEARLY
    )
    for _ in range(2):
        waiting = await store.waiting(upload.temporary_id)
        assert (waiting.temporary_id, waiting.picture) == (upload.temporary_id, upload.picture)
        await store.associate("c", upload.temporary_id)


async def test_what_has_expired_waits_no_more(store: Store, pass_time: PassTime) -> None:
    upload = await store.keep(A)
    await pass_time(LIMITS.ttl)
    assert await told(store, upload.temporary_id) is None


async def test_an_upload_is_told_only_while_its_own_conversation_has_it(store: Store) -> None:
    one, right = await first(store, "c")
    await first(store, "d")  # the same picture, which is another person's
    assert await told(store, one) is not None
    await store.associate("c", (await store.keep(B)).temporary_id, right=right, replace=True)
    assert await told(store, one) is None


@pytest.mark.parametrize("unknown", ["tmp_", "", "c", "tmp_%", "\ud800", "x" * 10_000])
async def test_nothing_is_told_of_what_nobody_uploaded(store: Store, unknown: str) -> None:
    await store.keep(A)
    with pytest.raises(UnknownPicture) as caught:
        await store.waiting(unknown)
    assert caught.value.param == "temporaryId"


# What a store keeps of secrets


async def test_no_secret_is_kept(made: Made) -> None:
    one, right = await first(made.store)
    two = (await made.store.keep(B)).temporary_id
    await made.store.context("c")
    kept = await made.dump()
    assert A.digest.encode() in kept
    for secret in (one, two, right.token):
        assert secret.encode() not in kept
        assert secret.partition("_")[2].encode() not in kept


# Claims


async def test_a_name_is_claimed_once_until_its_time_is_over(made: Made) -> None:
    for store in made.workers:
        assert await store.claim(f"{id(store)}", 10.0)
        for again in made.workers:
            assert not await again.claim(f"{id(store)}", 10.0)
    await made.pass_time(10.0)
    assert await made.store.claim(f"{id(made.store)}", 10.0)


async def test_of_many_who_claim_a_name_at_once_one_has_it(made: Made) -> None:
    asked = [made.workers[at % len(made.workers)].claim("x", 10.0) for at in range(20)]
    assert sorted(await asyncio.gather(*asked)) == [False] * 19 + [True]


async def test_a_claim_that_is_taken_back_can_be_made_again(store: Store) -> None:
    assert await store.claim("x", 10.0)
    await store.release("x")
    await store.release("y")
    assert await store.claim("x", 10.0)


async def test_nobody_uses_a_temporary_id_that_waits_for_somebody_else_twice(store: Store) -> None:
    used, _ = await first(store, "c")
    with pytest.raises(PictureTaken):
        await store.associate("d", used, right=BEARER)
    assert await store.context("d") == Context()
