"""Pictures in this process's memory: for one worker, gone when it ends."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from injector.picture import Picture, Upload
from injector.store import (
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

    pictures: dict[str, Picture]
    expires: float


class MemoryStore:
    """A `Store` in two dictionaries.

    Args:
        limits: how long and how many.
        clock: seconds since the epoch; another one in tests.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self._limits = limits
        self._clock = clock
        self._waiting: dict[str, _Waiting] = {}
        self._contexts: dict[str, _Context] = {}

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
            context.pictures.setdefault(waiting.picture.digest, waiting.picture)
            while len(context.pictures) > self._limits.per_conversation:
                del context.pictures[next(iter(context.pictures))]
        return len(context.pictures)

    async def pictures(self, conversation_id: str) -> tuple[Picture, ...]:
        """Return a conversation's pictures in the order in which they were shared."""
        context, now = self._contexts.get(conversation_id), self._clock()
        if context is None or context.expires <= now:
            return ()
        context.expires = now + self._limits.ttl
        return tuple(context.pictures.values())

    async def ping(self) -> None:
        """Return at once: memory always answers."""

    async def close(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._contexts.clear()

    def _forget_expired(self) -> None:
        now = self._clock()
        self._waiting = {key: item for key, item in self._waiting.items() if item.expires > now}
        self._contexts = {key: item for key, item in self._contexts.items() if item.expires > now}
