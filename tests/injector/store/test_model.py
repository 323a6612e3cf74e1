"""Every kind of store beside a simple model, over whatever two people may do in whatever order.

Anna begins conversations and so does Ben, each tries the other's too, with the tokens that each of
them was told; time passes, pictures are pushed out, replaced, forgotten and swept. After each step
every worker says what the model says, and no conversation shows what its own person did not share.
"""

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.errors import ContextTaken, PictureTaken, UnknownPicture
from injector.shared import Anchor, Picture, Right
from injector.store import ANNOUNCED, Limits, Store
from tests.injector.store.kinds import Made, Make, picture

LIMITS = Limits(ttl=100.0, per_conversation=2)
STEP = 20.0
"""Seconds; a conversation need not be kept for longer at each use, so no step ends near 0.9 ttl."""

PEOPLE = ("anna", "ben")
NAMES = ("c", "d")
PICTURES = tuple(picture(name) for name in "ABC")

Step: TypeAlias = tuple[Any, ...]
WHO, CONVERSATION = st.sampled_from(PEOPLE), st.sampled_from(NAMES)
WHICH = st.integers(0, 7)  # of the uploads so far, from the last
SHOWN = st.sampled_from(PICTURES)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("keep"), WHO, SHOWN),
        st.tuples(st.just("share"), WHO, CONVERSATION, SHOWN),
        st.tuples(st.just("associate"), WHO, CONVERSATION, WHICH, st.booleans()),
        st.tuples(st.just("announce"), WHO, CONVERSATION),
        st.tuples(st.just("withdraw"), CONVERSATION),
        st.tuples(st.just("take_back"), WHO, CONVERSATION),
        st.tuples(st.just("remove"), WHICH),
        st.tuples(st.just("anchor"), CONVERSATION, SHOWN, st.integers(0, 2)),
        st.tuples(st.just("describe"), SHOWN, st.sampled_from(("", "a cat", "a dog"))),
        st.tuples(st.just("forget"), CONVERSATION),
        st.tuples(st.just("turn"), CONVERSATION),
        st.tuples(st.just("pass"), st.integers(1, 5)),
        st.tuples(st.just("sweep")),
        st.tuples(st.just("claim"), CONVERSATION),
        st.tuples(st.just("release"), CONVERSATION),
    ),
    max_size=40,
)


@dataclass
class Upload:
    who: str
    shown: Picture
    expires: float
    temporary_id: str
    owner: str | None = None


@dataclass
class Conversation:
    who: str
    first: str
    expires: float
    pictures: list[tuple[Picture, str]] = field(default_factory=list)  # with whose it is
    anchors: dict[str, Anchor] = field(default_factory=dict)


@dataclass
class Model:
    """What must be so. It looks at everything at each step, and is not quick."""

    now: float = 0.0
    uploads: list[Upload] = field(default_factory=list)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    announced: dict[str, float] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    claims: dict[str, float] = field(default_factory=dict)

    def settle(self) -> None:
        """Forget what is over, and what is said of pictures that nobody holds."""
        alive = self.conversations.items()
        self.conversations = {name: one for name, one in alive if one.expires > self.now}
        self.uploads = [
            one
            for one in self.uploads
            if one.expires > self.now and (one.owner is None or one.owner in self.conversations)
        ]
        held = self.held()
        self.descriptions = {key: one for key, one in self.descriptions.items() if key in held}
        self.announced = {k: at for k, at in self.announced.items() if at > self.now - ANNOUNCED}
        self.claims = {name: until for name, until in self.claims.items() if until > self.now}

    def held(self) -> dict[str, Picture]:
        waiting = [one.shown for one in self.uploads if one.owner is None]
        shared = [one for had in self.conversations.values() for one, _ in had.pictures]
        return {one.digest: one for one in (*waiting, *shared)}

    def associate(self, name: str, upload: Upload | None, token: str, *, replace: bool) -> Any:
        """Return the count, and whether the token is told; or which error there is."""
        if upload is None or upload not in self.uploads:
            return UnknownPicture
        if upload.owner not in {None, name}:
            return PictureTaken
        had = self.conversations.get(name)
        if upload.owner is None:
            if had is None:
                had = Conversation(upload.who, upload.temporary_id, 0.0)
                self.conversations[name] = had
            elif token != had.first:
                return ContextTaken
            upload.owner = name
            if all(one.digest != upload.shown.digest for one, _ in had.pictures):
                had.pictures.append((upload.shown, upload.who))
            if replace:
                had.pictures = [o for o in had.pictures if o[0].digest == upload.shown.digest]
            had.pictures = had.pictures[-LIMITS.per_conversation :]
            here = {one.digest for one, _ in had.pictures}
            had.anchors = {key: one for key, one in had.anchors.items() if key in here}
            self.announced.pop(name, None)
        assert had is not None
        had.expires = self.now + LIMITS.ttl
        return len(had.pictures), had.first == upload.temporary_id

    def has(self, upload: Upload) -> bool:
        """Whether an upload waits, or its conversation still has the picture."""
        if upload not in self.uploads or upload.owner is None:
            return upload in self.uploads
        had = self.conversations[upload.owner]
        return upload.shown.digest in {one.digest for one, _ in had.pictures}

    def remove(self, upload: Upload | None) -> Any:
        """Return who had it, and how many pictures are left there; or which error there is."""
        if upload is None or not self.has(upload):
            return UnknownPicture
        if upload.owner is None:
            self.uploads.remove(upload)
            return None, 0
        had, digest = self.conversations[upload.owner], upload.shown.digest
        had.pictures = [one for one in had.pictures if one[0].digest != digest]
        had.anchors.pop(digest, None)
        return upload.owner, len(had.pictures)

    def context(self, name: str) -> tuple[list[tuple[Picture, Anchor | None]], bool]:
        had = self.conversations.get(name)
        pictures = [] if had is None else had.pictures
        return [
            (
                replace(one, source=who, description=self.descriptions.get(one.digest, "")),
                had.anchors.get(one.digest) if had is not None else None,
            )
            for one, who in pictures
        ], name in self.announced


class Run:
    """A store and the model beside it, and which tokens each of the two people was told.

    In the model a token is the temporaryId that made its conversation.
    """

    def __init__(self, made: Made) -> None:
        self.made, self.model, self.turn = made, Model(), 0
        self.known: dict[tuple[str, str], str] = {}  # who and which conversation: the first upload
        self.tokens: dict[tuple[str, str], str] = {}
        self.all: list[Upload] = []

    @property
    def store(self) -> Store:
        """Whichever worker's turn it is."""
        self.turn += 1
        return self.made.workers[self.turn % len(self.made.workers)]

    async def keep(self, who: str, shown: Picture) -> None:
        made = await self.store.keep(replace(shown, source=who))
        expires = self.model.now + LIMITS.ttl
        self.all.append(Upload(who, shown, expires, made.temporary_id))
        self.model.uploads.append(self.all[-1])

    async def share(self, who: str, name: str, shown: Picture) -> None:
        await self.keep(who, shown)
        await self.associate(who, name, 0, replace=False)

    async def associate(self, who: str, name: str, which: int, replace: bool) -> None:
        mine = [one for one in self.all if one.who == who]
        upload = mine[-1 - which] if which < len(mine) else None
        temporary_id = "tmp_" if upload is None else upload.temporary_id
        known = self.known.get((who, name), "")
        expected = self.model.associate(name, upload, known, replace=replace)
        right = Right(token=self.tokens.get((who, name), ""))
        try:
            made = await self.store.associate(name, temporary_id, right=right, replace=replace)
        except (UnknownPicture, PictureTaken, ContextTaken) as error:
            assert type(error) is expected  # noqa: PT017
            return
        assert (made.count, bool(made.token)) == expected
        if made.token:
            self.known[who, name], self.tokens[who, name] = temporary_id, made.token

    async def announce(self, who: str, name: str) -> None:
        had = self.model.conversations.get(name)
        right = Right(token=self.tokens.get((who, name), ""))
        try:
            await self.store.announce(name, right=right)
        except ContextTaken:
            assert had is not None
            assert had.first != self.known.get((who, name))
            return
        assert had is None or had.first == self.known.get((who, name))
        self.model.announced[name] = self.model.now

    async def withdraw(self, name: str) -> None:
        await self.store.withdraw(name)
        self.model.announced.pop(name, None)

    async def take_back(self, who: str, name: str) -> None:
        had = self.model.conversations.get(name)
        try:
            await self.store.withdraw(name, right=Right(token=self.tokens.get((who, name), "")))
        except ContextTaken:
            assert had is not None
            assert had.first != self.known.get((who, name))
            return
        assert had is None or had.first == self.known.get((who, name))
        self.model.announced.pop(name, None)

    async def remove(self, which: int) -> None:
        upload = self.all[-1 - which] if which < len(self.all) else None
        temporary_id = "tmp_" if upload is None else upload.temporary_id
        expected = self.model.remove(upload)
        try:
            parted = await self.store.remove(temporary_id)
        except UnknownPicture:
            assert expected is UnknownPicture
            return
        assert (parted.conversation_id, parted.count) == expected

    async def anchor(self, name: str, shown: Picture, ordinal: int) -> None:
        await self.store.anchor(name, {shown.digest: Anchor(ordinal, "a")})
        had = self.model.conversations.get(name)
        if had is not None and shown.digest in {one.digest for one, _ in had.pictures}:
            had.anchors[shown.digest] = Anchor(ordinal, "a")

    async def describe(self, shown: Picture, description: str) -> None:
        await self.store.describe(shown.digest, description)
        if shown.digest in self.model.held():
            self.model.descriptions[shown.digest] = description

    async def forget(self, name: str) -> None:
        had = self.model.conversations.pop(name, None)
        self.model.announced.pop(name, None)
        assert await self.store.forget(name) == (0 if had is None else len(had.pictures))

    async def turn_of(self, name: str) -> None:
        await self.store.context(name)
        for store in self.made.workers:
            await store.withdraw("nobody")  # changes are made one after the other
        if name in self.model.conversations:
            self.model.conversations[name].expires = self.model.now + LIMITS.ttl

    async def pass_(self, steps: int) -> None:
        await self.made.pass_time(steps * STEP)
        self.model.now += steps * STEP

    async def sweep(self) -> None:
        await self.store.sweep()
        assert await self.made.held() == {one.part for one in self.model.held().values()}

    async def claim(self, name: str) -> None:
        assert await self.store.claim(name, 50.0) is (name not in self.model.claims)
        self.model.claims.setdefault(name, self.model.now + 50.0)

    async def release(self, name: str) -> None:
        await self.store.release(name)
        self.model.claims.pop(name, None)

    async def check(self) -> None:
        for store in self.made.workers:
            for name in NAMES:
                await self.check_conversation(store, name)
        for upload in self.all:
            await self.check_upload(self.store, upload)
        seen, model = await self.store.overview(), self.model
        had = {name: len(one.pictures) for name, one in model.conversations.items()}
        expected = {name: count for name, count in had.items() if count}
        assert {one.conversation_id: one.pictures for one in seen.contexts} == expected
        waiting = sum(one.owner is None for one in model.uploads)
        assert (seen.waiting, seen.pictures) == (waiting, len(model.held()))

    async def check_conversation(self, store: Store, name: str) -> None:
        context = await store.context(name, renew=False)
        shown = [(one.picture, one.anchor) for one in context.pictures]
        assert (shown, context.awaited) == self.model.context(name)
        had = self.model.conversations.get(name)
        # The promise itself: only whoever began a conversation has put pictures into it.
        assert {one.source for one, _ in shown} <= (set() if had is None else {had.who})
        for who in PEOPLE:
            right = Right(token=self.tokens.get((who, name), ""))
            mine = had is not None and had.first == self.known.get((who, name))
            assert await store.is_allowed(name, right) is mine

    async def check_upload(self, store: Store, upload: Upload) -> None:
        await self.check_claim(store, upload)
        here = self.model.has(upload)
        try:
            told = await store.waiting(upload.temporary_id)
        except UnknownPicture:
            assert not here
            return
        assert here
        description = self.model.descriptions.get(upload.shown.digest, "")
        assert told.picture == replace(upload.shown, source=upload.who, description=description)

    async def check_claim(self, store: Store, upload: Upload) -> None:
        try:
            owner = await store.claimed_by(upload.temporary_id)
        except UnknownPicture:
            assert upload not in self.model.uploads
            return
        assert upload in self.model.uploads
        assert owner == upload.owner


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_every_kind_of_store_does_what_the_model_does(
    make: Make, tmp_path: Path, steps: list[Step]
) -> None:
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    async with make(LIMITS, folder) as made:
        run = Run(made)
        for verb, *words in steps:
            names = {"turn": "turn_of", "pass": "pass_"}
            await getattr(run, str(names.get(verb, verb)))(*words)
            run.model.settle()
            await run.check()
