"""The store itself: what is asked of Redis, and what is answered from memory."""

import logging
from collections.abc import Mapping
from typing import NoReturn

from contract.errors import StoreFailed
from injector.shared import Anchor, Association, Context, Overview, Parted, Picture, Right, Upload
from injector.store import (
    ANNOUNCED,
    ITSELF,
    NOBODY,
    Limits,
    context_taken,
    from_timestamp,
    picture_taken,
    unknown_picture,
)
from injector.store.redis import scripts
from injector.store.redis.answers import (
    anchor_text,
    fields_of,
    found,
    overview,
    picture_of,
    with_part,
)
from injector.store.redis.line import Line
from injector.store.redis.look import problem, warning
from injector.store.redis.pixels import Pixels
from injector.store.secret import digest_of, is_allowed, new_temporary_id, token_of

log = logging.getLogger("sightline.injector")

TURN_TIMEOUT = 0.3
"""Seconds for a turn's question; well below `injector.context.STORE_TIMEOUT`."""

CHANGE_TIMEOUT = 2.0
"""Seconds for a change, and for pixels that are not in memory: they may be some megabytes."""

_CONNECTIONS = 16  # at most, of each of the two lines; an exchange takes less than a millisecond
_RENEW_BELOW = 0.9  # of the time to live: nothing is written by most turns
_PAGE = 500  # keys of a page of the overview, and pictures of one step of a sweep


class RedisStore:
    """A `Store` in Redis or Valkey. Nothing is opened before something is asked.

    Args:
        url: `redis://` or `rediss://`, as the configuration names it.
        limits: how long and how many.
    """

    def __init__(self, url: str, limits: Limits) -> None:
        self._limits = limits
        self._turns = Line(url, TURN_TIMEOUT, _CONNECTIONS)
        self._changes = Line(url, CHANGE_TIMEOUT, _CONNECTIONS)
        self._pixels = Pixels(self._changes, limits.cache)
        self._ttl = _ms(limits.ttl)
        self._looked = False

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""
        temporary_id = new_temporary_id()
        upload = digest_of(temporary_id)
        fields = [one for pair in fields_of(picture).items() for one in pair]
        about = (upload, self._ttl, picture.digest, picture.source, picture.part)
        (ends,) = await self._changes.run(scripts.KEEP, f"upload:{upload}", *about, *fields)
        self._pixels.put(picture.digest, picture.part)  # a turn will ask for it soon
        return Upload(temporary_id, picture, from_timestamp(ends / 1000))

    async def waiting(self, temporary_id: str) -> Upload:
        """Return what was uploaded under a temporaryId."""
        upload = digest_of(temporary_id)
        answer = await self._changes.run(scripts.WAITING, f"upload:{upload}", upload)
        if not answer:
            raise unknown_picture(temporary_id)
        ends, *values = answer
        picture = picture_of(*values)
        part = (await self._pixels.parts([picture.digest])).get(picture.digest)
        if part is None:  # deleted meanwhile
            raise unknown_picture(temporary_id)
        return Upload(temporary_id, with_part(picture, part), from_timestamp(ends / 1000))

    async def associate(
        self,
        conversation_id: str,
        temporary_id: str,
        *,
        right: Right = NOBODY,
        replace: bool = False,
    ) -> Association:
        """Give an uploaded picture to a conversation; return how many pictures that now has."""
        token = token_of(conversation_id, temporary_id)
        verdict, *rest = await self._changes.run(
            scripts.ASSOCIATE,
            f"context:{conversation_id}",
            conversation_id,
            digest_of(temporary_id),
            digest_of(token),
            *_shown(right),
            self._ttl,
            self._limits.per_conversation,
            int(replace),
        )
        if verdict != b"ok":
            _refuse(verdict, conversation_id, temporary_id)
        count, is_first = rest
        return Association(count, token if is_first else "")

    async def remove(self, temporary_id: str) -> Parted:
        """Take one picture away, whether it waits or a conversation has it."""
        upload = digest_of(temporary_id)
        answer = await self._changes.run(scripts.REMOVE, f"upload:{upload}", upload)
        if not answer:  # or it is the second time, and the first answer was lost on its way
            await self._drop_strangers()
            raise unknown_picture(temporary_id)
        is_shared, owner, count, digest, is_gone = answer
        if is_gone:
            self._pixels.drop([digest.decode()])
        return Parted(_text(owner), int(count)) if is_shared else Parted()

    async def claimed_by(self, temporary_id: str) -> str | None:
        """Return the conversation that has claimed a temporaryId; None while it waits."""
        upload = digest_of(temporary_id)
        answer = await self._turns.run(scripts.CLAIMED_BY, f"upload:{upload}", upload)
        if not answer:
            raise unknown_picture(temporary_id)
        is_claimed, owner = answer
        return _text(owner) if is_claimed else None

    async def context(self, conversation_id: str, *, renew: bool = True) -> Context:
        """Return a conversation's pictures, where they stand, and whether one more is awaited."""
        below = int(self._ttl * _RENEW_BELOW) if renew else 0
        key = f"context:{conversation_id}"
        asked = self._turns.run(scripts.CONTEXT, key, conversation_id, self._ttl, below)
        told = found(await asked)
        digests = [one.picture.digest for one in told.shared]
        return told.context(await self._pixels.parts(digests))

    async def is_allowed(self, conversation_id: str, right: Right) -> bool:
        """Tell whether a right is enough for what a conversation has."""
        key = f"context:{conversation_id}"
        (token_digest,) = await self._changes.run(scripts.RIGHT, key, conversation_id)
        return right.bearer if token_digest is None else is_allowed(right, token_digest.decode())

    async def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests."""
        sent = [one for digest, at in anchors.items() for one in (digest, anchor_text(at))]
        key = f"context:{conversation_id}"
        await self._changes.run(scripts.ANCHOR, key, conversation_id, *sent)

    async def announce(self, conversation_id: str, *, right: Right = NOBODY) -> None:
        """Note that a picture is on its way: it is awaited for `ANNOUNCED` seconds from now."""
        key = f"context:{conversation_id}"
        about = (conversation_id, _ms(ANNOUNCED), *_shown(right))
        (verdict,) = await self._changes.run(scripts.ANNOUNCE, key, *about)
        if verdict != b"ok":
            raise context_taken(conversation_id)

    async def withdraw(self, conversation_id: str, *, right: Right = ITSELF) -> None:
        """End the wait for an announced picture, if there is one."""
        key = f"announced:{conversation_id}"
        (verdict,) = await self._turns.run(scripts.WITHDRAW, key, conversation_id, *_shown(right))
        if verdict != b"ok":
            raise context_taken(conversation_id)

    async def describe(self, digest: str, description: str) -> None:
        """Remember what a model says of a picture."""
        await self._changes.run(scripts.DESCRIBE, f"picture:{digest}", digest, description)

    async def forget(self, conversation_id: str) -> int:
        """Forget a conversation; return how many pictures it had."""
        key = f"context:{conversation_id}"
        count, *gone = await self._changes.run(scripts.FORGET, key, conversation_id)
        self._pixels.drop(digest.decode() for digest in gone)
        if not count:  # or it is the second time, and the first answer was lost on its way
            await self._drop_strangers()
        return int(count)

    async def overview(self) -> Overview:
        """Return what is held, for whoever runs the endpoint; a page of keys at a time."""
        keys: list[bytes] = []
        answers: list[object] = []
        cursor = None
        while cursor != 0:
            # A script first: in a cluster, it finds the node whose keys are to be listed.
            answers += await self._changes.run(scripts.OVERVIEW, "pictures", *keys)
            cursor, keys = await self._changes.scan(cursor or 0, _PAGE)
        answers += await self._changes.run(scripts.OVERVIEW, "pictures", *keys)
        return overview(answers)

    async def claim(self, name: str, seconds: float) -> bool:
        """Tell whether this is the first time in so many seconds that `name` is claimed."""
        digest = digest_of(name)
        about = (digest, _ms(seconds))
        (is_first,) = await self._changes.run(scripts.CLAIM, f"claim:{digest}", *about)
        return bool(is_first)

    async def release(self, name: str) -> None:
        """Take a claim back."""
        await self._changes.run(scripts.DROP, f"claim:{digest_of(name)}")

    async def sweep(self) -> int:
        """Delete the bytes of what has expired; return how many pictures that were.

        Redis does so by itself, if a little later. Memory lets go of what Redis has no more, and
        the turns' connection is kept warm. The first sweep is also the first look at the server.
        """
        await self._look()
        count, more = 0, True
        while more:
            (deleted,) = await self._changes.run(scripts.SWEEP, "pictures", _PAGE)
            count, more = count + deleted, deleted == _PAGE
        await self._drop_strangers()
        return count

    async def ping(self) -> None:
        """Return if Redis can answer what a turn asks, and is set up so that it can be used."""
        await self._look()
        await self._turns.run(scripts.RIGHT, "context:", "")

    async def close(self) -> None:
        """Close all connections, once everything that was asked for is done."""
        await self._turns.close()
        await self._changes.close()

    async def _drop_strangers(self) -> None:
        """Let go of the pixels in memory whose pictures Redis has no more."""
        digests = self._pixels.digests()
        present = await self._turns.run(scripts.PRESENT, "pictures", *digests)
        gone = [digest for digest, is_there in zip(digests, present, strict=True) if not is_there]
        self._pixels.drop(gone)

    async def _look(self) -> None:
        """Look once whether the server can be used; what should be changed is told in the log."""
        if self._looked:
            return
        info = await self._turns.info()
        if (why := problem(info)) is not None:
            raise StoreFailed(f"Redis at {self._turns.where} {why}")
        self._looked = True
        if (why := warning(info)) is not None:
            log.warning("Redis at %s %s", self._turns.where, why)


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _text(conversation_id: bytes) -> str:
    return conversation_id.decode("utf-8", "surrogatepass")


def _shown(right: Right) -> tuple[int, str]:
    """Return what a script compares a right by."""
    return int(right.bearer), digest_of(right.token)


def _refuse(verdict: bytes, conversation_id: str, temporary_id: str) -> NoReturn:
    if verdict == b"taken":
        raise picture_taken(temporary_id)
    if verdict == b"refused":
        raise context_taken(conversation_id)
    raise unknown_picture(temporary_id)
