"""Pictures that a turn itself names, by the temporaryIds that its client has put into the session.

`injector.images.in_band` says where they stand. What stands there was chosen by a browser, so it
is a claim and no right: it may give a picture that waits to the turn's own conversation, as anybody
may who has the temporaryId, and nothing more. A turn shows what its conversation has only if that
is no other's: where what it names belongs elsewhere, or the conversation was begun with what it
does not name, it shows nothing. So one conversation ID that stood for many people by mistake would
show none of them another's picture.

Without a conversation ID nothing is claimed, and the temporaryId itself, a secret of 128 random
bits, says whose turn it is. Whatever goes wrong costs the pictures, never the turn.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from contract.errors import ContextTaken, PictureTaken, UnknownPicture
from contract.fieldpath import FieldPath, Readable, cut
from contract.roles import is_said
from injector.context import NOTHING, STORE_TIMEOUT, Why, context_of, told
from injector.conversation import is_id, shown
from injector.settled import Settled
from injector.shared import Context, Picture, Right, Shared
from injector.store import NOBODY, Store
from injector.store.secret import is_temporary_id
from injector.wire import log

LOOKED_AT = 64
"""Entries of a list that are looked at, from its end."""


class Whose(Enum):
    """Whose the pictures are that a turn with a conversation ID names."""

    OWN = auto()
    NOBODYS = auto()
    OTHERS = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """What a turn shows, why it shows nothing, and whose it is as far as that may be logged.

    `associated` is how many pictures its conversation has since this turn's own associations, 0
    where it has made none.
    """

    conversation_id: str | None
    context: Context
    why: Why
    associated: int = 0


class InBand:
    """Pictures that turns name.

    Args:
        path: where.
        most: how many pictures a conversation may have, and so how many of a list count.
    """

    def __init__(self, path: FieldPath, most: int) -> None:
        self._path = path
        self._most = most
        self._settled = Settled()

    def named(self, request: Readable) -> tuple[str, ...]:
        """Return the temporaryIds in a turn: one text, or the last of a list of them, in order.

        What a person, a model or a tool said is not read, and nothing else is one.
        """
        path = self._path
        if path.place == "body" and is_said(request.json(), path.keys):
            return ()
        value = path.value(request)
        entries = value[-LOOKED_AT:] if isinstance(value, list) else [value]
        texts = (self._text(entry) for entry in entries)
        unique = dict.fromkeys(one for one in texts if one is not None and is_temporary_id(one))
        return tuple(unique)[-self._most :]

    async def context(
        self, store: Store, key: str | None, named: Sequence[str], longest: float
    ) -> Found:
        """Return what a turn shows that names pictures; all questions take `STORE_TIMEOUT` at most.

        Args:
            store: where pictures are kept.
            key: the conversation's ID, or None; a temporaryId in its place is none.
            named: the temporaryIds that stand in the turn, at least one.
            longest: seconds to wait for a picture that a page has announced; 0 waits for none.
        """
        until = asyncio.get_running_loop().time() + STORE_TIMEOUT
        if key is None or is_temporary_id(key):
            return await self._without_id(store, named, longest, until)
        associating = Associating(store, key, self._settled)
        whose = await self._whose(associating, key, named)
        if whose is None:
            return Found(key, NOTHING, "store-error")
        if whose is Whose.OTHERS:
            log.warning(
                "turn %s names pictures that are not its conversation's, and shows none; if this "
                "comes often, many conversations may have the same ID: see `sightline locate`",
                shown(key),
            )
            return Found(key, NOTHING, "no-image")
        context, why = await context_of(store, key, longest, within=_left(until))
        return Found(key, context, why, associating.count)

    def _text(self, entry: object) -> str | None:
        if not isinstance(entry, str):
            return None
        return entry if self._path.match is None else cut(self._path.match, entry)

    async def _whose(
        self, associating: "Associating", key: str, named: Sequence[str]
    ) -> Whose | None:
        """Return whose the named pictures are, once they are associated; None: nobody knows."""
        if not self._settled.holds(key, named):
            if not is_id(key):
                return Whose.OTHERS
            whose = await told(key, associating.all_of(named), STORE_TIMEOUT)
            if whose is not None or not self._settled.is_own(key, named):
                return whose
        return Whose.OWN if self._settled.is_own(key, named) else Whose.NOBODYS

    async def _without_id(
        self, store: Store, named: Sequence[str], longest: float, until: float
    ) -> Found:
        found = await told(None, _looked_up(store, named), STORE_TIMEOUT)
        if found is None:
            return Found(None, NOTHING, "store-error")
        if found.owner is None:
            return Found(None, _joined(NOTHING, found.waiting, self._most), "no-conversation-id")
        context, why = await context_of(store, found.owner, longest, within=_left(until))
        return Found(found.owner, _joined(context, found.waiting, self._most), why)


class Associating:
    """The pictures of one turn on their way to its conversation.

    `count` is how many that has, once one was associated.
    """

    def __init__(self, store: Store, key: str, settled: Settled) -> None:
        self._store = store
        self._key = key
        self._settled = settled
        self._right = NOBODY  # until the first association brings one
        self._whose = Whose.NOBODYS
        self.count = 0

    async def all_of(self, named: Sequence[str]) -> Whose:
        """Associate what waits; return whose the pictures are then.

        The token of the first serves for those that were refused before it, too: a page may have
        begun the conversation with a later picture of the list.
        """
        refused = [one for one in named if not await self._is_done(one)]
        for one in refused if self._right.token else ():
            await self._is_done(one)
        return self._whose

    async def _is_done(self, temporary_id: str) -> bool:
        """Associate one; return whether that is settled, and not for want of a right."""
        try:
            made = await self._store.associate(self._key, temporary_id, right=self._right)
        except UnknownPicture:  # for ever: no temporaryId is given out twice
            self._settled.put(self._key, temporary_id, is_own=False)
            return True
        except (PictureTaken, ContextTaken) as error:
            self._whose = Whose.OTHERS if self._whose is Whose.NOBODYS else self._whose
            return isinstance(error, PictureTaken)
        self._whose, self.count = Whose.OWN, made.count
        self._settled.put(self._key, temporary_id, is_own=True)
        if made.token:
            self._right = Right(token=made.token)
        return True


@dataclass(slots=True)
class _LookedUp:
    """Who has claimed the first of the named pictures that is claimed, and which ones wait."""

    owner: str | None = None
    waiting: list[Picture] = field(default_factory=list)


async def _looked_up(store: Store, named: Sequence[str]) -> _LookedUp:
    found = _LookedUp()
    for one in named:
        try:
            owner = await store.claimed_by(one)
            if owner is None:
                found.waiting.append((await store.waiting(one)).picture)
        except UnknownPicture:
            continue
        found.owner = found.owner or owner
    return found


def _joined(context: Context, waiting: Sequence[Picture], most: int) -> Context:
    """Return what a conversation has, and after it what waits; each picture once, the newest."""
    pictures = {one.picture.digest: one for one in context.pictures}
    for picture in waiting:
        pictures.setdefault(picture.digest, Shared(picture))
    return replace(context, pictures=tuple(pictures.values())[-most:])


def _left(until: float) -> float:
    return max(0.0, until - asyncio.get_running_loop().time())
