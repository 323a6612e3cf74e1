"""Where pictures and associations are kept: one interface, and a room for each kind of store.

memory/   pictures in this process: for one worker, gone when it ends
sqlite/   pictures in one file: for several workers on one machine, and for a restart
redis/    pictures in a server: for many machines
cache     what the pictures of a file or a server cost in memory
secret    what says whose a picture is; pure

A picture is stored once by its digest, however many conversations share it. It waits under a
temporaryId of 128 random bits until a conversation claims it; the claim is what makes it that
conversation's picture, and no other conversation can claim the same temporaryId afterwards. A
picture is held by the uploads that wait and by the conversations that have it; when the last of
them lets go, its bytes are deleted at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contract.config import Images
from contract.errors import ConfigError, ContextTaken, PictureTaken, StoreFailed, UnknownPicture
from injector.shared import Anchor, Association, Context, Overview, Parted, Picture, Right, Upload

__all__ = [
    "ANNOUNCED",
    "ITSELF",
    "NOBODY",
    "Limits",
    "Store",
    "context_taken",
    "from_timestamp",
    "open_store",
    "picture_taken",
    "unknown_picture",
]

ANNOUNCED = 30.0
"""Seconds for which an announced picture is awaited; by then it is here, or will not come."""

_TOLD = 8  # characters of a temporaryId that are told again, `tmp_` included

NOBODY = Right()
"""Whoever has shown nothing."""

ITSELF = Right(bearer=True)
"""The endpoint, which needs to show nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long pictures are kept, in seconds, and how many belong to one conversation.

    `cache` is the most bytes of pictures that are kept in memory as well, and `memory` the most
    bytes of a store that has no other place.
    """

    ttl: float = 7200.0
    per_conversation: int = 4
    cache: int = 32 * 1024**2
    memory: int = 1024**3


class Store(Protocol):
    """Pictures and whose they are.

    Every method raises `contract.errors.StoreFailed` where the store cannot answer.
    """

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""

    async def waiting(self, temporary_id: str) -> Upload:
        """Return what was uploaded under a temporaryId, also after a conversation has claimed it.

        Raises:
            UnknownPicture: nothing was, or it has expired, or its conversation has let go of it.
        """

    async def associate(
        self,
        conversation_id: str,
        temporary_id: str,
        *,
        right: Right = NOBODY,
        replace: bool = False,
    ) -> Association:
        """Give an uploaded picture to a conversation; return how many pictures that now has.

        The same picture twice is one picture. Where the conversation has as many pictures as it may
        have, the oldest leaves; with `replace`, all that were there leave. A wait for an announced
        picture is over. The same pair again changes nothing of all this, and needs no right: the
        temporaryId shows whose it is.

        Raises:
            UnknownPicture: nothing waits under `temporary_id`, or it has expired.
            PictureTaken: another conversation has claimed it.
            ContextTaken: the conversation has a picture, and `right` is not enough to add to it.
        """

    async def remove(self, temporary_id: str) -> Parted:
        """Take one picture away, whether it waits or a conversation has it.

        The conversation keeps its other pictures, and its token also without any: the temporaryId
        still says whose it was, and brings the picture back to nobody. What was uploaded twice and
        is the same picture leaves as one. Bytes that nobody else holds are gone as with `forget`.

        Raises:
            UnknownPicture: as `waiting`.
        """

    async def claimed_by(self, temporary_id: str) -> str | None:
        """Return the conversation that has claimed a temporaryId; None while it waits.

        It is told also after that conversation has let go of the picture.

        Raises:
            UnknownPicture: nothing was uploaded, or it has expired, or is forgotten.
        """

    async def context(self, conversation_id: str, *, renew: bool = True) -> Context:
        """Return a conversation's pictures, where they stand, and whether one more is awaited.

        Asking keeps them for another `ttl`, unless `renew` is false.
        """

    async def is_allowed(self, conversation_id: str, right: Right) -> bool:
        """Tell whether a right is enough for a conversation; without pictures, only the bearer."""

    async def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests.

        An anchor replaces the one before it. Pictures that the conversation does not have, and
        conversations that nobody knows, are ignored.
        """

    async def announce(self, conversation_id: str, *, right: Right = NOBODY) -> None:
        """Note that a picture is on its way: it is awaited for `ANNOUNCED` seconds from now.

        The next association of the conversation ends the wait, and so does `withdraw`.

        Raises:
            ContextTaken: the conversation has a picture, and `right` is not enough to add to it.
        """

    async def withdraw(self, conversation_id: str, *, right: Right = ITSELF) -> None:
        """End the wait for an announced picture, if there is one.

        Raises:
            ContextTaken: as `announce`.
        """

    async def describe(self, digest: str, description: str) -> None:
        """Remember what a model says of a picture; of one that is gone, nothing is remembered."""

    async def forget(self, conversation_id: str) -> int:
        """Forget a conversation; return how many pictures it had.

        Its association, its uploads, its wait, its token, and the bytes of every picture that
        nobody else holds are gone when this returns: from the store, and from this process's
        memory.
        """

    async def overview(self) -> Overview:
        """Return what is held, for whoever runs the endpoint; nothing is renewed by it."""

    async def claim(self, name: str, seconds: float) -> bool:
        """Tell whether this is the first time in so many seconds that `name` is claimed."""

    async def release(self, name: str) -> None:
        """Take a claim back."""

    async def sweep(self) -> int:
        """Delete the bytes of what has expired; return how many pictures that were.

        Memory lets go of every picture that the store has no more, whoever has deleted it.
        """

    async def ping(self) -> None:
        """Return if the store can answer."""

    async def close(self) -> None:
        """Let go of files and connections."""


def open_store(images: Images) -> Store:
    """Return the store that the configuration names.

    Raises:
        ConfigError: there is no such store in this installation, or it cannot be opened.
    """
    limits = Limits(images.ttl, images.max_per_conversation, images.cache)
    if images.store.kind == "memory":
        from injector.store.memory import MemoryStore

        return MemoryStore(limits)
    if images.store.kind == "sqlite":
        from injector.store.sqlite import SqliteStore

        try:
            return SqliteStore(images.store.location, limits)
        except StoreFailed as error:
            raise ConfigError(f"injector.images.store: {error}") from error
    try:
        from injector.store.redis import RedisStore
    except ModuleNotFoundError as error:
        if error.name != "redis":
            raise
        raise ConfigError(
            "injector.images.store: the package for Redis is not installed; "
            "pip install 'sightline[redis]'"
        ) from error
    return RedisStore(images.store.location, limits)


def unknown_picture(temporary_id: str) -> UnknownPicture:
    """Return the error for a temporaryId under which nothing waits."""
    return UnknownPicture(
        f"no picture waits under temporaryId {_start_of(temporary_id)}: it was never given out "
        "here, it has expired, or its picture is forgotten; upload the picture again",
        param="temporaryId",
    )


def picture_taken(temporary_id: str) -> PictureTaken:
    """Return the error for a temporaryId that another conversation has used."""
    return PictureTaken(
        f"temporaryId {_start_of(temporary_id)} has been used by another conversation; upload the "
        "picture again to share it here too",
        param="temporaryId",
    )


def _start_of(temporary_id: str) -> str:
    """Return how a temporaryId starts: enough to find it by, and not to claim anything with."""
    told = temporary_id if len(temporary_id) <= _TOLD else f"{temporary_id[:_TOLD]}…"
    return repr(told)


def context_taken(conversation_id: str) -> ContextTaken:
    """Return the error for a change of a conversation's pictures without the right to it."""
    return ContextTaken(
        f"conversation {conversation_id!r} has a picture already: to add to it or to replace it, "
        "send the `contextToken` that its first association was answered with, or the bearer",
        param="contextToken",
    )


def from_timestamp(seconds: float) -> datetime:
    """Return the local time, with its offset, of seconds since the epoch."""
    return datetime.fromtimestamp(seconds).astimezone()
