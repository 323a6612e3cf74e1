"""Pictures in this process's memory: for one worker, gone when it ends."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from injector.shared import Anchor, Context, Picture, Shared, Upload
from injector.store import (
    ANNOUNCED,
    Limits,
    from_timestamp,
    new_temporary_id,
    picture_taken,
    unknown_picture,
)


@dataclass(slots=True)
class _Waiting:
    picture: Picture
    expires: float
    conversation_id: str | None = None


@dataclass(slots=True)
class _Context:
    """A conversation's pictures by digest, in the order in which they were first shared."""

    pictures: dict[str, Shared]
    expires: float


class MemoryStore:
    """A `Store` in three dictionaries.

    Args:
        limits: how long and how many.
        clock: seconds since the epoch; another one in tests.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self._limits = limits
        self._clock = clock
        self._waiting: dict[str, _Waiting] = {}
        self._contexts: dict[str, _Context] = {}
        self._announced: dict[str, float] = {}

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""
        self._forget_expired()
        temporary_id, expires = new_temporary_id(), self._clock() + self._limits.ttl
        self._waiting[temporary_id] = _Waiting(picture, expires)
        return Upload(temporary_id, picture, from_timestamp(expires))

    async def associate(self, conversation_id: str, temporary_id: str) -> int:
        """Give an uploaded picture to a conversation; return how many pictures that now has."""
        self._forget_expired()
        waiting = self._waiting.get(temporary_id)
        if waiting is None:
            raise unknown_picture(temporary_id)
        if waiting.conversation_id not in {None, conversation_id}:
            raise picture_taken(temporary_id)
        context = self._contexts.setdefault(conversation_id, _Context({}, 0.0))
        context.expires = self._clock() + self._limits.ttl
        if waiting.conversation_id is None:
            waiting.conversation_id = conversation_id
            context.pictures.setdefault(waiting.picture.digest, Shared(waiting.picture))
            while len(context.pictures) > self._limits.per_conversation:
                del context.pictures[next(iter(context.pictures))]
        self._announced.pop(conversation_id, None)
        return len(context.pictures)

    async def context(self, conversation_id: str) -> Context:
        """Return a conversation's pictures, where they stand, and whether one more is awaited."""
        now = self._clock()
        awaited = self._announced.get(conversation_id, 0.0) > now - ANNOUNCED
        context = self._alive(conversation_id)
        if context is None:
            return Context(awaited=awaited)
        context.expires = now + self._limits.ttl
        return Context(tuple(context.pictures.values()), awaited)

    async def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests."""
        context = self._alive(conversation_id)
        pictures = {} if context is None else context.pictures
        for digest in anchors.keys() & pictures.keys():
            pictures[digest] = replace(pictures[digest], anchor=anchors[digest])

    async def announce(self, conversation_id: str) -> None:
        """Note that a picture is on its way: it is awaited for `ANNOUNCED` seconds from now."""
        self._forget_expired()
        self._announced[conversation_id] = self._clock()

    async def withdraw(self, conversation_id: str) -> None:
        """End the wait for an announced picture, if there is one."""
        self._announced.pop(conversation_id, None)

    async def ping(self) -> None:
        """Return at once: memory always answers."""

    async def close(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._contexts.clear()
        self._announced.clear()

    def _alive(self, conversation_id: str) -> _Context | None:
        context = self._contexts.get(conversation_id)
        return context if context is not None and context.expires > self._clock() else None

    def _forget_expired(self) -> None:
        now = self._clock()
        self._waiting = {key: item for key, item in self._waiting.items() if item.expires > now}
        self._contexts = {key: item for key, item in self._contexts.items() if item.expires > now}
        waited = now - ANNOUNCED
        self._announced = {key: at for key, at in self._announced.items() if at > waited}
