"""The store in memory: what is asked, and who may."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace as changed

from injector.shared import (
    Anchor,
    Association,
    Context,
    Overview,
    Parted,
    Picture,
    Right,
    Shared,
    Summary,
    Upload,
)
from injector.store import (
    ITSELF,
    NOBODY,
    Limits,
    context_taken,
    from_timestamp,
    picture_taken,
    unknown_picture,
)
from injector.store.memory.records import Records
from injector.store.secret import digest_of, is_allowed, new_temporary_id, token_of


class MemoryStore:
    """A `Store` in a few dictionaries, never more bytes in all than `limits.memory`.

    Nothing in it waits, so each method is one change that no other comes in between.

    Args:
        limits: how long and how many.
        clock: seconds since the epoch; another one in tests.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._records = Records(limits, clock)
        self._claims: dict[str, float] = {}

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId.

        Raises:
            StoreFailed: memory holds as many bytes as it may.
        """
        self._records.expire()
        temporary_id = new_temporary_id()
        upload = self._records.add(temporary_id, picture)
        return Upload(temporary_id, picture, from_timestamp(upload.expires))

    async def waiting(self, temporary_id: str) -> Upload:
        """Return what was uploaded under a temporaryId."""
        upload = self._records.upload(temporary_id)
        if upload is None or not self._records.is_had(upload):
            raise unknown_picture(temporary_id)
        picture = _as_sent(self._records.pictures[upload.digest], upload.source)
        return Upload(temporary_id, picture, from_timestamp(upload.expires))

    async def associate(
        self,
        conversation_id: str,
        temporary_id: str,
        *,
        right: Right = NOBODY,
        replace: bool = False,
    ) -> Association:
        """Give an uploaded picture to a conversation; return how many pictures that now has."""
        records = self._records
        records.expire()
        upload, had = records.upload(temporary_id), records.alive(conversation_id)
        token = token_of(conversation_id, temporary_id)
        if upload is None:
            raise unknown_picture(temporary_id)
        if upload.conversation_id not in {None, conversation_id}:
            raise picture_taken(temporary_id)
        if upload.conversation_id is None:
            if had is not None and not is_allowed(right, had.token_digest):
                raise context_taken(conversation_id)
            had = had or records.begin(conversation_id, digest_of(token))
            records.give(conversation_id, upload, replace=replace)
            records.end_wait(conversation_id)
        elif had is None:
            raise unknown_picture(temporary_id)
        records.renew(conversation_id)
        is_first = digest_of(token) == had.token_digest
        return Association(len(had.shares), token if is_first else "")

    async def remove(self, temporary_id: str) -> Parted:
        """Take one picture away, whether it waits or a conversation has it."""
        self._records.expire()
        upload = self._records.upload(temporary_id)
        if upload is None or not self._records.is_had(upload):
            raise unknown_picture(temporary_id)
        return Parted(upload.conversation_id, self._records.take(upload))

    async def claimed_by(self, temporary_id: str) -> str | None:
        """Return the conversation that has claimed a temporaryId; None while it waits."""
        upload = self._records.upload(temporary_id)
        if upload is None:
            raise unknown_picture(temporary_id)
        owner = upload.conversation_id
        if owner is not None and self._records.alive(owner) is None:
            raise unknown_picture(temporary_id)
        return owner

    async def context(self, conversation_id: str, *, renew: bool = True) -> Context:
        """Return a conversation's pictures, where they stand, and whether one more is awaited."""
        awaited = self._records.is_awaited(conversation_id)
        had = self._records.alive(conversation_id)
        if had is None:
            return Context(awaited=awaited)
        if renew:
            self._records.renew(conversation_id)
        shared = (
            Shared(_as_sent(self._records.pictures[digest], share.source), share.anchor)
            for digest, share in had.shares.items()
        )
        return Context(tuple(shared), awaited, had.expires if had.shares else 0.0)

    async def is_allowed(self, conversation_id: str, right: Right) -> bool:
        """Tell whether a right is enough for a conversation; without pictures, only the bearer."""
        had = self._records.alive(conversation_id)
        return right.bearer if had is None else is_allowed(right, had.token_digest)

    async def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests."""
        had = self._records.alive(conversation_id)
        shares = {} if had is None else had.shares
        for digest in anchors.keys() & shares.keys():
            shares[digest].anchor = anchors[digest]

    async def announce(self, conversation_id: str, *, right: Right = NOBODY) -> None:
        """Note that a picture is on its way: it is awaited for `ANNOUNCED` seconds from now.

        Raises:
            StoreFailed: memory holds as many bytes as it may.
        """
        self._records.expire()
        had = self._records.alive(conversation_id)
        if had is not None and not is_allowed(right, had.token_digest):
            raise context_taken(conversation_id)
        self._records.announce(conversation_id)

    async def withdraw(self, conversation_id: str, *, right: Right = ITSELF) -> None:
        """End the wait for an announced picture, if there is one."""
        had = self._records.alive(conversation_id)
        if had is not None and not is_allowed(right, had.token_digest):
            raise context_taken(conversation_id)
        self._records.end_wait(conversation_id)

    async def describe(self, digest: str, description: str) -> None:
        """Remember what a model says of a picture."""
        self._records.pictures.describe(digest, description)

    async def forget(self, conversation_id: str) -> int:
        """Forget a conversation; return how many pictures it had."""
        self._records.expire()
        had = self._records.alive(conversation_id)
        count = 0 if had is None else len(had.shares)
        self._records.end(conversation_id)
        self._records.end_wait(conversation_id)
        return count

    async def overview(self) -> Overview:
        """Return what is held, for whoever runs the endpoint."""
        records = self._records
        records.expire(thorough=True)
        summaries = (
            Summary(
                conversation_id,
                len(had.shares),
                sum(records.pictures[digest].size for digest in had.shares),
                from_timestamp(had.expires),
            )
            for conversation_id, had in records.conversations.items()
            if had.shares
        )
        waiting = sum(one.conversation_id is None for one in records.uploads.values())
        size = sum(one.size for one in records.pictures)
        contexts = tuple(sorted(summaries, key=lambda one: (one.expires, one.conversation_id)))
        return Overview(contexts, waiting, len(records.pictures), size)

    async def claim(self, name: str, seconds: float) -> bool:
        """Tell whether this is the first time in so many seconds that `name` is claimed."""
        now = self._clock()
        self._claims = {key: until for key, until in self._claims.items() if until > now}
        if name in self._claims:
            return False
        self._claims[name] = now + seconds
        return True

    async def release(self, name: str) -> None:
        """Take a claim back."""
        self._claims.pop(name, None)

    async def sweep(self) -> int:
        """Delete the bytes of what has expired; return how many pictures that were."""
        before = len(self._records.pictures)
        self._records.expire(thorough=True)
        return before - len(self._records.pictures)

    async def ping(self) -> None:
        """Return at once: memory always answers."""

    async def close(self) -> None:
        """Forget everything."""
        self._records.clear()
        self._claims.clear()


def _as_sent(picture: Picture, source: str) -> Picture:
    """Return a picture as somebody sent it, whoever sent it first."""
    return picture if picture.source == source else changed(picture, source=source)
