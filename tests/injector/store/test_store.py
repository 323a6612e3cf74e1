"""What every kind of store promises: whose pictures, how many, in which order, and how long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from contract.errors import PictureTaken, UnknownPicture
from injector.shared import Anchor, Context, Picture, Right, Shared
from injector.store import ANNOUNCED, Store
from tests.injector.store.kinds import LIMITS, NEARLY, Made, picture

PassTime: TypeAlias = Callable[[float], Awaitable[None]]

BEARER = Right(bearer=True)
A, B, C, D, E = (picture(name) for name in "ABCDE")


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
    """A conversation's pictures, once what asking changes has been written."""
    context = await store.context(conversation)
    await store.withdraw("nobody")  # changes are made one after the other
    return tuple(shared.picture for shared in context.pictures)


async def test_a_conversation_has_its_pictures_in_the_order_in_which_they_were_shared(
    store: Store,
) -> None:
    assert await share(store, "c", B, C, A) == 3
    assert await pictures(store, "c") == (B, C, A)


async def test_nobody_has_pictures_that_only_wait(store: Store) -> None:
    upload = await store.keep(A)
    assert await pictures(store, upload.temporary_id) == ()
    assert await pictures(store, "c") == ()


async def test_an_upload_says_until_when_it_waits(store: Store, made: Made) -> None:
    upload = await store.keep(A)
    assert upload.picture == A
    assert abs(upload.expires.timestamp() - made.now() - LIMITS.ttl) < NEARLY
    assert upload.expires.tzinfo is not None


async def test_temporary_ids_are_secrets_that_differ(store: Store) -> None:
    ids = {(await store.keep(A)).temporary_id for _ in range(50)}
    assert len(ids) == 50
    assert {len(one) for one in ids} == {len("tmp_") + 32}


async def test_the_oldest_picture_leaves_where_there_are_too_many(store: Store) -> None:
    assert await share(store, "c", A, B, C, D) == 3
    assert await pictures(store, "c") == (B, C, D)
    assert await share(store, "c", E) == 3
    assert await pictures(store, "c") == (C, D, E)


async def test_a_picture_that_left_can_be_shared_again(store: Store) -> None:
    await share(store, "c", A, B, C, D, A)
    assert await pictures(store, "c") == (C, D, A)


async def test_the_same_picture_twice_is_one_picture_in_its_first_place(store: Store) -> None:
    assert await share(store, "c", A, B, A) == 2
    assert await pictures(store, "c") == (A, B)


async def test_conversations_that_share_a_picture_have_it_each(store: Store) -> None:
    await share(store, "c", A, B)
    await share(store, "d", B, C)
    assert await pictures(store, "c") == (A, B)
    assert await pictures(store, "d") == (B, C)


async def test_the_same_pair_again_changes_nothing(store: Store) -> None:
    first = (await store.keep(A)).temporary_id
    assert await associate(store, "c", first) == 1
    await share(store, "c", B)
    assert await associate(store, "c", first) == 2
    assert await pictures(store, "c") == (A, B)


async def test_the_same_pair_again_does_not_bring_back_a_picture_that_left(store: Store) -> None:
    first = (await store.keep(A)).temporary_id
    await store.associate("c", first)
    await share(store, "c", B, C, D)
    assert await associate(store, "c", first) == 3
    assert await pictures(store, "c") == (B, C, D)


async def test_no_other_conversation_can_use_a_temporary_id(store: Store) -> None:
    used = (await store.keep(A)).temporary_id
    await store.associate("c", used)
    with pytest.raises(PictureTaken) as caught:
        await store.associate("d", used)
    assert caught.value.param == "temporaryId"
    assert await pictures(store, "d") == ()
    assert await pictures(store, "c") == (A,)


@pytest.mark.parametrize("unknown", ["tmp_", "", "c", "tmp_%", "' OR 1=1 --", "x" * 10_000])
async def test_an_unknown_temporary_id_changes_nothing(store: Store, unknown: str) -> None:
    await share(store, "c", A)
    with pytest.raises(UnknownPicture) as caught:
        await store.associate("c", unknown)
    assert caught.value.param == "temporaryId"
    assert await pictures(store, "c") == (A,)


@pytest.mark.parametrize("key", ["C", "c ", " c", "ç", "c\x00", "c\x00d", "%", "c' --", "🐈"])
async def test_ids_that_look_alike_are_two_conversations(store: Store, key: str) -> None:
    await share(store, "c", A)
    assert await pictures(store, key) == ()
    await share(store, key, B)
    assert await pictures(store, key) == (B,)
    assert await pictures(store, "c") == (A,)


async def test_one_of_twenty_conversations_wins_a_temporary_id(store: Store) -> None:
    names = [f"c{number}" for number in range(20)]
    wanted = (await store.keep(A)).temporary_id
    asked = (associate(store, name, wanted) for name in names)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert answers.count(1) == 1
    assert sum(isinstance(answer, PictureTaken) for answer in answers) == 19
    seen = [await pictures(store, name) for name in names]
    assert seen == [(A,) if answer == 1 else () for answer in answers]


async def test_what_nobody_claims_is_forgotten_with_its_bytes(
    store: Store, pass_time: PassTime, made: Made
) -> None:
    upload = await store.keep(A)
    await pass_time(LIMITS.ttl)
    with pytest.raises(UnknownPicture):
        await store.associate("c", upload.temporary_id)
    await store.keep(B)
    assert await made.held() == {B.part}


async def test_an_upload_waits_until_its_time_is_over(store: Store, pass_time: PassTime) -> None:
    upload = await store.keep(A)
    await pass_time(LIMITS.ttl - NEARLY)
    assert await associate(store, "c", upload.temporary_id) == 1


async def test_a_conversation_is_forgotten_with_its_bytes(
    store: Store, pass_time: PassTime, made: Made
) -> None:
    await share(store, "c", A, B)
    await pass_time(LIMITS.ttl)
    assert await pictures(store, "c") == ()
    assert await share(store, "d", C) == 1
    assert await made.held() == {C.part}
    assert await pictures(store, "c") == ()


async def test_bytes_are_forgotten_with_the_last_conversation_though_no_upload_ends(
    store: Store, pass_time: PassTime, made: Made
) -> None:
    await share(store, "c", A)
    await pass_time(0.6 * LIMITS.ttl)
    assert await pictures(store, "c") == (A,)
    await pass_time(0.5 * LIMITS.ttl)
    await store.keep(B)
    assert await made.held() == {A.part, B.part}
    await pass_time(0.6 * LIMITS.ttl)
    await store.keep(C)
    assert await made.held() == {B.part, C.part}


async def test_a_new_conversation_of_an_old_name_begins_empty(
    store: Store, pass_time: PassTime
) -> None:
    await share(store, "c", A)
    await pass_time(LIMITS.ttl)
    assert await share(store, "c", B) == 1
    assert await pictures(store, "c") == (B,)


async def test_use_keeps_a_conversation(store: Store, pass_time: PassTime, made: Made) -> None:
    await share(store, "c", A)
    for _ in range(5):
        await pass_time(0.6 * LIMITS.ttl)
        assert await pictures(store, "c") == (A,)
    await store.keep(B)  # forgets what has expired
    assert await pictures(store, "c") == (A,)
    assert await made.held() == {A.part, B.part}


async def test_another_picture_keeps_a_conversation(store: Store, pass_time: PassTime) -> None:
    await share(store, "c", A)
    await pass_time(0.6 * LIMITS.ttl)
    await share(store, "c", B)
    await pass_time(0.6 * LIMITS.ttl)
    assert await pictures(store, "c") == (A, B)


async def test_use_of_one_conversation_keeps_no_other(store: Store, pass_time: PassTime) -> None:
    await share(store, "c", A)
    await share(store, "d", B)
    await pass_time(0.6 * LIMITS.ttl)
    await pictures(store, "c")
    await pass_time(0.6 * LIMITS.ttl)
    assert await pictures(store, "c") == (A,)
    assert await pictures(store, "d") == ()


# What was sent


async def test_a_conversation_knows_what_its_own_person_sent(store: Store) -> None:
    mine, yours = replace(A, source="1" * 64), replace(A, source="2" * 64)
    await share(store, "c", mine)
    await share(store, "d", yours)
    await share(store, "c", yours)
    assert await pictures(store, "c") == (mine,)
    assert await pictures(store, "d") == (yours,)


# Anchors


async def anchors(store: Store, conversation: str) -> list[Anchor | None]:
    return [shared.anchor for shared in (await store.context(conversation)).pictures]


FIRST, SECOND = Anchor(0, "a" * 64), Anchor(7, "b" * 64)


async def test_a_picture_stands_nowhere_until_an_anchor_says_where(store: Store) -> None:
    await share(store, "c", A, B, C)
    assert await anchors(store, "c") == [None, None, None]
    await store.anchor("c", {C.digest: SECOND, A.digest: FIRST})
    assert await anchors(store, "c") == [FIRST, None, SECOND]
    await store.anchor("c", {B.digest: FIRST})
    assert await anchors(store, "c") == [FIRST, FIRST, SECOND]


async def test_an_anchor_replaces_the_one_before(store: Store) -> None:
    await share(store, "c", A)
    for anchor in (FIRST, SECOND, SECOND, Anchor(7, "c" * 64), Anchor(8, "c" * 64)):
        await store.anchor("c", {A.digest: anchor})
        assert await anchors(store, "c") == [anchor]


async def test_anchors_of_what_is_not_there_are_ignored(store: Store) -> None:
    await share(store, "c", A)
    await store.anchor("c", {B.digest: FIRST, "": FIRST})
    await store.anchor("nobody", {A.digest: FIRST})
    await store.anchor("c", {})
    assert await anchors(store, "c") == [None]
    assert await seen(store, "nobody") == Context()


async def test_an_anchor_belongs_to_one_conversation(store: Store) -> None:
    await share(store, "c", A)
    await share(store, "d", A)
    await store.anchor("c", {A.digest: FIRST})
    assert await anchors(store, "d") == [None]


async def test_the_same_picture_again_stays_where_it_stands(store: Store) -> None:
    await share(store, "c", A)
    await store.anchor("c", {A.digest: FIRST})
    await share(store, "c", B, A)
    assert await anchors(store, "c") == [FIRST, None]


async def test_a_picture_that_left_and_came_back_stands_nowhere_yet(store: Store) -> None:
    await share(store, "c", A)
    await store.anchor("c", {A.digest: FIRST})
    await share(store, "c", B, C, D, A)
    assert await anchors(store, "c") == [None, None, None]


async def test_an_anchor_brings_no_forgotten_conversation_back(
    store: Store, pass_time: PassTime
) -> None:
    await share(store, "c", A)
    await pass_time(LIMITS.ttl)
    await store.anchor("c", {A.digest: FIRST})
    assert await seen(store, "c") == Context()
    await share(store, "c", A)
    assert await anchors(store, "c") == [None]


# Announcements


async def awaits(store: Store, conversation: str) -> bool:
    return (await store.context(conversation)).awaited


async def test_an_announced_picture_is_awaited_for_a_while(
    store: Store, pass_time: PassTime
) -> None:
    await store.announce("c")
    assert await seen(store, "c") == Context(awaited=True)
    assert await seen(store, "d") == Context()
    await pass_time(ANNOUNCED - NEARLY)
    assert await awaits(store, "c")
    await pass_time(NEARLY)
    assert await seen(store, "c") == Context()


async def test_several_conversations_await_a_picture_each(store: Store) -> None:
    for name in "cde":
        await store.announce(name)
    assert [await awaits(store, name) for name in "cdef"] == [True, True, True, False]


async def test_announcements_that_nothing_followed_are_forgotten(
    store: Store, pass_time: PassTime, made: Made
) -> None:
    await store.announce("conversation-of-before")
    await pass_time(ANNOUNCED)
    await store.announce("conversation-of-now")
    await store.sweep()
    assert b"conversation-of-before" not in await made.dump()
    assert await awaits(store, "conversation-of-now")


async def test_an_announcement_can_be_made_again(store: Store, pass_time: PassTime) -> None:
    await store.announce("c")
    await pass_time(ANNOUNCED - NEARLY)
    await store.announce("c")
    await pass_time(ANNOUNCED - NEARLY)
    assert await awaits(store, "c")


async def test_an_association_ends_the_wait(store: Store) -> None:
    await store.announce("c")
    await store.announce("d")
    await share(store, "c", A)
    assert await seen(store, "c") == Context((Shared(A),))
    assert await awaits(store, "d")


async def test_one_more_picture_is_awaited_beside_those_that_are_there(store: Store) -> None:
    first, second = [(await store.keep(one)).temporary_id for one in (A, B)]
    await store.associate("c", first)
    await store.announce("c", right=BEARER)
    assert await seen(store, "c") == Context((Shared(A),), awaited=True)
    await store.associate("c", first)
    assert await seen(store, "c") == Context((Shared(A),), awaited=True)
    await store.associate("c", second, right=BEARER)
    assert await seen(store, "c") == Context((Shared(A), Shared(B)))


async def test_an_association_that_fails_ends_no_wait(store: Store) -> None:
    taken = (await store.keep(A)).temporary_id
    await store.associate("d", taken)
    await store.announce("c")
    with pytest.raises(UnknownPicture):
        await store.associate("c", "tmp_")
    with pytest.raises(PictureTaken):
        await store.associate("c", taken)
    assert await awaits(store, "c")


async def test_whoever_waited_long_enough_ends_the_wait_for_all_later_turns(store: Store) -> None:
    await share(store, "c", A)
    await store.announce("c", right=BEARER)
    await store.withdraw("c")
    await store.withdraw("d")
    assert await seen(store, "c") == Context((Shared(A),))


async def test_an_announcement_outlives_the_pictures_that_were_there(
    store: Store, pass_time: PassTime
) -> None:
    await share(store, "c", A)
    await pass_time(LIMITS.ttl - NEARLY)
    await store.announce("c", right=BEARER)
    await pass_time(NEARLY)
    assert await seen(store, "c") == Context(awaited=True)


async def test_a_store_that_works_says_so(store: Store) -> None:
    await store.ping()
