"""Where pictures and associations are kept: one interface, and a room for each kind of store.

memory    pictures in this process: for one worker, gone when it ends
sqlite/   pictures in one file: for several workers on one machine, and for a restart
cache     what a file's pictures cost in memory

A picture is stored once by its digest, however many conversations share it. It waits under a
temporaryId of 128 random bits until a conversation claims it; the claim is what makes it that
conversation's picture, and no other conversation can claim the same temporaryId afterwards.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contract.config import Images
from contract.errors import ConfigError, PictureTaken, StoreFailed, UnknownPicture
from injector.shared import Anchor, Context, Picture, Upload

__all__ = [
    "ANNOUNCED",
    "Limits",
    "Store",
    "from_timestamp",
    "new_temporary_id",
    "open_store",
    "picture_taken",
    "unknown_picture",
]

ANNOUNCED = 30.0
"""Seconds for which an announced picture is awaited; by then it is here, or will not come."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long pictures are kept, in seconds, and how many belong to one conversation.

    `cache` is the most bytes of a file's pictures that are kept in memory as well.
    """

    ttl: float = 7200.0
    per_conversation: int = 4
    cache: int = 32 * 1024**2


class Store(Protocol):
    """Pictures and whose they are.

    Every method raises `contract.errors.StoreFailed` where the store cannot answer.
    """

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""

    async def associate(self, conversation_id: str, temporary_id: str) -> int:
        """Give an uploaded picture to a conversation; return how many pictures that now has.

        The same pair again changes nothing, and the same picture twice is one picture. Where the
        conversation has as many pictures as it may have, the oldest leaves. A wait for an announced
        picture is over.

        Raises:
            UnknownPicture: nothing waits under `temporary_id`, or it has expired.
            PictureTaken: another conversation has claimed it.
        """

    async def context(self, conversation_id: str) -> Context:
        """Return a conversation's pictures, where they stand, and whether one more is awaited.

        Asking keeps them for another `ttl`.
        """

    async def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests.

        An anchor replaces the one before it. Pictures that the conversation does not have, and
        conversations that nobody knows, are ignored.
        """

    async def announce(self, conversation_id: str) -> None:
        """Note that a picture is on its way: it is awaited for `ANNOUNCED` seconds from now.

        The next association of the conversation ends the wait, and so does `withdraw`.
        """

    async def withdraw(self, conversation_id: str) -> None:
        """End the wait for an announced picture, if there is one."""

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
    raise ConfigError(
        f"injector.images.store: {images.store.kind} is not built yet; use memory: or sqlite:PATH"
    )


def new_temporary_id() -> str:
    """Return a secret of 128 random bits."""
    return f"tmp_{secrets.token_hex(16)}"


def unknown_picture(temporary_id: str) -> UnknownPicture:
    """Return the error for a temporaryId under which nothing waits."""
    return UnknownPicture(
        f"no picture waits under temporaryId {temporary_id!r}: it was never given out here, or it "
        "has expired; upload the picture again",
        param="temporaryId",
    )


def picture_taken(temporary_id: str) -> PictureTaken:
    """Return the error for a temporaryId that another conversation has used."""
    return PictureTaken(
        f"temporaryId {temporary_id!r} has been used by another conversation; upload the picture "
        "again to share it here too",
        param="temporaryId",
    )


def from_timestamp(seconds: float) -> datetime:
    """Return the local time, with its offset, of seconds since the epoch."""
    return datetime.fromtimestamp(seconds).astimezone()
