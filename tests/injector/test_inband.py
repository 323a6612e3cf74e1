"""A turn that names its pictures shows them, and no other person's, whatever it names."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.errors import PictureTaken, StoreFailed, UnknownPicture
from contract.fieldpath import parse
from injector.context import STORE_TIMEOUT
from injector.inband import LOOKED_AT, Found, InBand
from injector.shared import Anchor, Association, Context, Right
from injector.store import Limits, Store
from injector.store.memory import MemoryStore
from injector.store.sqlite import SqliteStore
from tests.injector.store.kinds import Made, in_memory, in_redis, in_sqlite, picture

Make: TypeAlias = Callable[[Limits, Path], Any]

WHERE = "$request.body#/elevenlabs_extra_body/temporaryId"
LIMITS = Limits(ttl=100.0, per_conversation=3)
A, B, C, D = (picture(name) for name in "ABCD")
UNKNOWN = "tmp_" + "0" * 32
BEARER = Right(bearer=True)


class Body:
    """A request that is nothing but its body."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def header(self, _: str) -> str | None:
        return None

    def query(self, _: str) -> str | None:
        return None

    def segment(self, _: int) -> str | None:
        return None

    def json(self) -> Any:
        return self.value


def body(named: Any) -> Body:
    return Body({"messages": [], "elevenlabs_extra_body": {"temporaryId": named}})


def in_band(path: Any = WHERE) -> InBand:
    return InBand(parse(path), LIMITS.per_conversation)


ONE, TWO, THREE, FOUR = (f"tmp_{digit * 32}" for digit in "1234")
GARBAGE: list[Any] = [
    None,
    True,
    0,
    1.5,
    "",
    " ",
    "tmp_",
    "tmp_" + "g" * 32,
    "TMP_" + "1" * 32,
    ONE + "\n",
    " " + ONE,
    ONE + "1",
    "{{temporaryId}}",
    "conv_1701m83p4dr064z9b2p3s5a2sw0v",
    "x" * 2_000_000,
    "\ud800",
    {"temporaryId": ONE},
    [ONE],
    [[ONE]],
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ONE, (ONE,)),
        ([ONE], (ONE,)),
        ([TWO, ONE], (TWO, ONE)),
        ([ONE, ONE, TWO, ONE], (ONE, TWO)),
        ([ONE, TWO, THREE, FOUR], (TWO, THREE, FOUR)),
        ([*GARBAGE, ONE, *GARBAGE, TWO, None], (ONE, TWO)),
        ([ONE] * 10_000 + [TWO], (ONE, TWO)),
        ([ONE] + [None] * LOOKED_AT, ()),
        (list(range(10_000)), ()),
        ([], ()),
        (GARBAGE, ()),
        *((one, ()) for one in GARBAGE if one != [ONE]),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_turn_names_texts_that_can_be_temporary_ids(
    value: Any, expected: tuple[str, ...]
) -> None:
    assert in_band().named(body(value)) == expected


@pytest.mark.parametrize("value", [None, [], "x", {}, {"elevenlabs_extra_body": None}])
def test_a_turn_without_the_place_names_nothing(value: Any) -> None:
    assert in_band().named(Body(value)) == ()


def test_an_expression_cuts_it_out_of_a_longer_text() -> None:
    path = {"from": "$request.body#/messages/0/content", "match": "picture (tmp_[0-9a-f]+)"}
    said = f"You see. picture {ONE}. Be kind."
    system, user = ({"role": role, "content": said} for role in ("system", "user"))
    assert in_band(path).named(Body({"messages": [system]})) == (ONE,)
    assert in_band(path).named(Body({"messages": [user]})) == ()  # anybody can say anything


@pytest.fixture(params=[in_memory, in_sqlite, in_redis], ids=["memory", "sqlite", "redis"])
async def made(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Made]:
    async with request.param(LIMITS, tmp_path) as made:
        yield made


@pytest.fixture
def store(made: Made) -> Store:
    return made.store


async def keep(store: Store, *shared: Any) -> list[str]:
    return [(await store.keep(one)).temporary_id for one in shared]


async def turn(found: InBand, store: Any, key: str | None, *named: str) -> tuple[list[Any], str]:
    """What a turn shows, and why it shows nothing."""
    told = await found.context(store, key, named, 0.0)
    return [one.picture for one in told.context.pictures], told.why


async def test_the_first_turn_gives_its_conversation_what_it_names(store: Store) -> None:
    one, two = await keep(store, A, B)
    assert await turn(in_band(), store, "c", one, two) == ([A, B], "no-image")
    assert (await store.claimed_by(one), await store.claimed_by(two)) == ("c", "c")
    assert await turn(in_band(), store, "c", one, two) == ([A, B], "no-image")  # another process


async def test_it_is_told_how_many_pictures_an_association_has_made(store: Store) -> None:
    one, two = await keep(store, A, B)
    found = in_band()
    told = [await found.context(store, "c", (one, two), 0.0) for _ in range(2)]
    told.append(await found.context(store, "d", (one,), 0.0))
    told.append(await found.context(store, None, (one,), 0.0))
    assert [one.associated for one in told] == [2, 0, 0, 0]


async def test_the_oldest_pictures_leave_where_a_list_holds_too_many(store: Store) -> None:
    named = in_band().named(body(await keep(store, A, B, C, D)))
    assert await turn(in_band(), store, "c", *named) == ([B, C, D], "no-image")


async def test_what_another_conversation_has_claimed_shows_nothing(store: Store) -> None:
    one, two = await keep(store, A, B)
    await store.associate("c", one)
    assert await turn(in_band(), store, "d", one) == ([], "no-image")
    assert await turn(in_band(), store, "d", one, two) == ([B], "no-image")


async def test_one_id_that_stands_for_many_people_shows_none_of_them_anothers(store: Store) -> None:
    one, two, three = await keep(store, A, B, C)
    found = in_band()
    assert await turn(found, store, "constant", one) == ([A], "no-image")
    assert await turn(found, store, "constant", two) == ([], "no-image")
    await store.associate("really c's", three)
    assert await turn(found, store, "constant", three) == ([], "no-image")
    assert await turn(found, store, "constant", one) == ([A], "no-image")


async def test_what_a_stranger_gave_the_conversation_is_not_shown(store: Store) -> None:
    stranger, own = await keep(store, D, A)
    await store.associate("c", stranger)
    assert await turn(in_band(), store, "c", own) == ([], "no-image")
    assert await store.claimed_by(own) is None


async def test_the_page_and_the_turns_may_do_the_same_in_any_order(store: Store) -> None:
    one, two, three = await keep(store, A, B, C)
    token = (await store.associate("c", two)).token  # the page has begun with the second
    assert await turn(in_band(), store, "c", one, two) == ([B, A], "no-image")
    right = Right(token=token)
    assert (await store.associate("c", one, right=right)).count == 2
    assert (await store.associate("c", three, right=right)).count == 3
    assert await turn(in_band(), store, "c", one, two) == ([B, A, C], "no-image")


async def test_what_the_turn_began_the_page_continues(store: Store) -> None:
    one, two = await keep(store, A, B)
    await turn(in_band(), store, "c", one)
    right = Right(token=(await store.associate("c", one)).token)
    assert (await store.associate("c", two, right=right, replace=True)).count == 1
    assert await turn(in_band(), store, "c", one) == ([B], "no-image")


async def test_what_is_forgotten_does_not_come_back(store: Store) -> None:
    one, two = await keep(store, A, B)
    found = in_band()
    await turn(found, store, "c", one, two)
    await store.remove(one)
    for process in (found, in_band()):
        assert await turn(process, store, "c", one, two) == ([B], "no-image")
    await store.forget("c")
    for process in (found, in_band()):
        assert await turn(process, store, "c", one, two) == ([], "no-image")
        assert await turn(process, store, None, one, two) == ([], "no-conversation-id")


async def test_a_removed_picture_makes_room_for_another_of_the_page(store: Store) -> None:
    one, two = await keep(store, A, B)
    await store.remove(one)
    await store.associate("c", two)
    assert await turn(in_band(), store, "c", one) == ([B], "no-image")


async def test_unknown_names_leave_a_conversation_as_it_is(store: Store) -> None:
    (one,) = await keep(store, A)
    await store.associate("c", one)
    assert await turn(in_band(), store, "c", UNKNOWN) == ([A], "no-image")
    assert await turn(in_band(), store, "d", UNKNOWN) == ([], "no-image")


@pytest.mark.parametrize("key", ["a" * 513, "two\nlines", "a\x7fb"])
async def test_a_prompt_in_the_place_of_an_id_is_given_no_picture(store: Store, key: str) -> None:
    (one,) = await keep(store, A)
    assert await turn(in_band(), store, key, one) == ([], "no-image")
    assert await store.claimed_by(one) is None


async def test_a_picture_in_two_conversations_at_once_is_given_to_one(made: Made) -> None:
    for _ in range(5):
        (one,) = await keep(made.store, A)
        turns = [
            turn(in_band(), made.workers[at % len(made.workers)], f"{one}-{at}", one)
            for at in range(8)
        ]
        shown = [pictures for pictures, _ in await asyncio.gather(*turns)]
        assert sorted(map(len, shown)) == [0] * 7 + [1]


async def test_repeats_at_the_same_time_show_the_same(made: Made) -> None:
    one, two = await keep(made.store, A, B)
    turns = [
        turn(in_band(), made.workers[at % len(made.workers)], "c", one, two) for at in range(8)
    ]
    assert await asyncio.gather(*turns) == [([A, B], "no-image")] * 8


async def test_without_an_id_a_picture_is_shown_and_not_claimed(store: Store) -> None:
    one, two = await keep(store, A, B)
    for _ in range(2):
        assert await turn(in_band(), store, None, one, two) == ([A, B], "no-conversation-id")
    assert await store.claimed_by(one) is None
    assert await turn(in_band(), store, None, UNKNOWN) == ([], "no-conversation-id")


async def test_a_temporary_id_in_the_place_of_the_id_is_none(store: Store) -> None:
    (one,) = await keep(store, A)
    told = await in_band().context(store, one, (one,), 0.0)
    assert told.conversation_id is None
    assert [shared.picture for shared in told.context.pictures] == [A]
    assert await store.claimed_by(one) is None


async def test_without_an_id_a_turn_shows_what_the_claiming_conversation_has(store: Store) -> None:
    one, two, waits = await keep(store, A, B, C)
    await store.associate("c", one)
    await store.associate("c", two, right=BEARER)
    await store.anchor("c", {A.digest: Anchor(0, "a")})
    told = await in_band().context(store, None, (waits, one), 0.0)
    assert told.conversation_id == "c"
    assert [(shared.picture, shared.anchor) for shared in told.context.pictures] == [
        (A, Anchor(0, "a")),
        (B, None),
        (C, None),
    ]
    await store.remove(one)
    assert await turn(in_band(), store, None, one) == ([B], "no-image")
    await store.forget("c")
    assert await turn(in_band(), store, None, one) == ([], "no-conversation-id")


async def test_without_an_id_two_conversations_are_not_mixed(store: Store) -> None:
    one, two = await keep(store, A, B)
    await store.associate("c", one)
    await store.associate("d", two)
    assert await turn(in_band(), store, None, one, two) == ([A], "no-image")


class Counting:
    """A store that says what it was asked, and does one thing first."""

    def __init__(self, store: Store, first: Callable[[], Awaitable[None]] | None = None) -> None:
        self.asked: list[str] = []
        self._store, self._first = store, first

    def __getattr__(self, name: str) -> Any:
        async def ask(*args: Any, **options: Any) -> Any:
            self.asked.append(name)
            if self._first is not None:
                await self._first()
            return await getattr(self._store, name)(*args, **options)

        return ask


async def test_a_pair_that_is_known_costs_the_store_no_question() -> None:
    store = Counting(MemoryStore(LIMITS))
    one, two = await keep(store, A, B)
    found = in_band()
    await turn(found, store, "c", one, two, UNKNOWN)
    store.asked.clear()
    assert await turn(found, store, "c", one, two, UNKNOWN) == ([A, B], "no-image")
    assert store.asked == ["context"]


async def hangs() -> None:
    await asyncio.sleep(30)


async def is_slow() -> None:
    await asyncio.sleep(STORE_TIMEOUT * 0.6)


async def fails() -> None:
    raise StoreFailed("the disk is gone")


async def is_at_fault() -> None:
    raise ZeroDivisionError


async def gives_up() -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("key", ["c", None])
@pytest.mark.parametrize("trouble", [hangs, is_slow, fails, is_at_fault, gives_up])
async def test_a_store_in_trouble_costs_the_picture_and_no_more_than_its_time(
    key: str | None, trouble: Callable[[], Awaitable[None]]
) -> None:
    whole = MemoryStore(LIMITS)
    (one,) = await keep(whole, A)
    loop = asyncio.get_running_loop()
    since = loop.time()
    shown, why = await turn(in_band(), Counting(whole, trouble), key, one)
    assert loop.time() - since < STORE_TIMEOUT * 1.5
    assert (shown, why) == ([], "store-error")


async def test_what_is_known_is_shown_though_the_rest_cannot_be_asked() -> None:
    whole = MemoryStore(LIMITS)
    one, two = await keep(whole, A, B)
    found = in_band()
    await turn(found, whole, "c", one)

    class Failing(Counting):
        async def associate(self, *_: Any, **__: Any) -> Association:
            raise StoreFailed("no writing")

    assert await turn(found, Failing(whole), "c", one, two) == ([A], "no-image")


async def test_two_processes_on_one_file_agree(tmp_path: Path) -> None:
    here, there = (SqliteStore(str(tmp_path / "x.db"), LIMITS) for _ in range(2))
    try:
        (one,) = await keep(here, A)
        assert await turn(in_band(), there, "c", one) == ([A], "no-image")
        assert await turn(in_band(), here, "d", one) == ([], "no-image")
        await here.forget("c")
        assert await turn(in_band(), there, "c", one) == ([], "no-image")
    finally:
        await here.close()
        await there.close()


PEOPLE = range(3)
PERSON = st.sampled_from(PEOPLE)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("upload"), PERSON),
        st.tuples(st.just("page"), PERSON, st.integers(0, 5), st.booleans()),
        st.tuples(st.just("steal"), PERSON, st.integers(0, 5)),
        st.tuples(st.just("turn"), PERSON, st.sampled_from(("own", "none", "shared"))),
        st.tuples(st.just("together"), PERSON),
        st.tuples(st.just("remove"), PERSON, st.integers(0, 5)),
        st.tuples(st.just("forget"), PERSON),
        st.tuples(st.just("pass"), st.sampled_from((10.0, 60.0, 101.0))),
        st.tuples(st.just("restart")),
    ),
    max_size=40,
)


class Run:
    """People with a page and a call each; whoever is asked for theirs knows all that is no secret.

    A picture's source is its person. Besides their own call, all of them speak in calls of one ID,
    as if the field path of the conversation's ID pointed at what all calls have in common.
    """

    def __init__(self, made: Made) -> None:
        self.made, self.at = made, 0
        self.bands = [in_band() for _ in made.workers]
        self.mine: dict[int, list[str]] = {who: [] for who in PEOPLE}
        self.removed: set[str] = set()
        self.pixels: dict[str, tuple[int, str]] = {}
        self.tokens: dict[int, str] = {}

    @property
    def store(self) -> Store:
        self.at += 1
        return self.made.workers[self.at % len(self.made.workers)]

    async def upload(self, who: int) -> None:
        own = picture(f"{who} {len(self.pixels)}")  # no other upload's pixels are like these
        temporary_id = (await self.store.keep(own)).temporary_id
        self.mine[who].append(temporary_id)
        self.pixels[own.digest] = (who, temporary_id)

    async def page(self, who: int, which: int, replace: bool) -> None:
        if which < len(self.mine[who]):
            right = Right(token=self.tokens.get(who, ""))
            given = self.mine[who][-1 - which]
            try:
                made = await self.store.associate(f"c{who}", given, right=right, replace=replace)
            except (UnknownPicture, PictureTaken):
                return
            self.tokens[who] = made.token or self.tokens.get(who, "")

    async def steal(self, who: int, which: int) -> None:
        """Name another's upload in a call of one's own; its secret has leaked."""
        other = self.mine[(who + 1) % len(PEOPLE)]
        if which < len(other) and await self._owner(other[-1 - which]) is not None:
            told = await self._turn(f"c{who}", [other[-1 - which]])
            self._judge(who, told, f"c{who}")

    async def turn(self, who: int, key: str) -> None:
        name = {"own": f"c{who}", "none": None, "shared": "constant"}[key]
        if name != "constant" or await self._has_something(who):
            self._judge(who, await self._turn(name, self.mine[who][-4:]), name)

    async def together(self, who: int) -> None:
        named = self.mine[who][-4:]
        names = [f"c{who}", None, f"c{who}"]
        if await self._has_something(who):
            names.insert(1, "constant")
        turns = (self._turn(name, named) for name in names)
        for told in await asyncio.gather(*turns):
            self._judge(who, told, told.conversation_id)

    async def remove(self, who: int, which: int) -> None:
        if which < len(self.mine[who]):
            one = self.mine[who][-1 - which]
            try:
                await self.store.remove(one)
            except UnknownPicture:
                return
            self.removed.add(one)

    async def forget(self, who: int) -> None:
        await self.store.forget(f"c{who}")
        self.tokens.pop(who, None)

    async def pass_(self, seconds: float) -> None:
        await self.made.pass_time(seconds)

    async def restart(self) -> None:
        self.bands = [in_band() for _ in self.made.workers]

    async def _has_something(self, who: int) -> bool:
        """Whether the store knows what a person names; who names nothing has no picture to say."""
        owners = [await self._owner(one) for one in self.mine[who][-LIMITS.per_conversation :]]
        return any(owner != "nobody any more" for owner in owners)

    async def _owner(self, temporary_id: str) -> str | None:
        try:
            return await self.store.claimed_by(temporary_id)
        except UnknownPicture:
            return "nobody any more"

    async def _turn(self, key: str | None, named: list[str]) -> Found:
        self.at += 1
        worker = self.at % len(self.made.workers)
        store, band = self.made.workers[worker], self.bands[worker]
        names = band.named(body(list(named)))
        if not names:
            return Found(key, Context(), "no-image")
        return await band.context(store, key, names, 0.0)

    def _judge(self, who: int, told: Found, key: str | None) -> None:
        for one in told.context.pictures:
            whose, temporary_id = self.pixels[one.picture.digest]
            assert whose == who, f"{who} sees a picture of {whose} as {key}"
            assert temporary_id not in self.removed
        assert told.conversation_id in {None, f"c{who}", "constant"}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
@pytest.mark.parametrize(
    "make", [in_memory, in_sqlite, in_redis], ids=["memory", "sqlite", "redis"]
)
async def test_no_turn_ever_shows_a_picture_that_its_person_has_not_given(
    make: Make, tmp_path: Path, steps: list[tuple[Any, ...]]
) -> None:
    async with make(LIMITS, Path(tempfile.mkdtemp(dir=tmp_path))) as made:
        run = Run(made)
        for verb, *words in steps:
            await getattr(run, "pass_" if verb == "pass" else verb)(*words)


async def test_a_turn_waits_for_a_picture_that_was_announced_beside_the_one_it_names(
    store: Store,
) -> None:
    one, two = await keep(store, A, B)
    right = Right(token=(await store.associate("c", one)).token)
    await store.announce("c", right=right)
    asked = asyncio.create_task(in_band().context(store, "c", [one], 5.0))
    await asyncio.sleep(0.1)
    await store.associate("c", two, right=right)
    assert [shared.picture for shared in (await asked).context.pictures] == [A, B]
