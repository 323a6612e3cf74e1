"""Where pictures and associations are kept: one interface, a module for each kind of store.

A picture is stored once by its digest, however many conversations share it. It waits under a
temporaryId of 128 random bits until a conversation claims it; the claim is what makes it that
conversation's picture, and no other conversation can claim the same temporaryId afterwards.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contract.config import Images
from contract.errors import ConfigError, PictureTaken, StoreFailed, UnknownPicture
from injector.picture import Picture, Upload

__all__ = ["Limits", "Store", "new_temporary_id", "open_store", "picture_taken", "unknown_picture"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long pictures are kept, in seconds, and how many belong to one conversation."""

    ttl: float = 7200.0
    per_conversation: int = 4


class Store(Protocol):
    """Pictures and whose they are.

    Every method raises `contract.errors.StoreFailed` where the store cannot answer.
    """

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""

    async def associate(self, conversation_id: str, temporary_id: str) -> int:
        """Give an uploaded picture to a conversation; return how many pictures that now has.

        The same pair again changes nothing, and the same picture twice is one picture. Where the
        conversation has as many pictures as it may have, the oldest leaves.

        Raises:
            UnknownPicture: nothing waits under `temporary_id`, or it has expired.
            PictureTaken: another conversation has claimed it.
        """

    async def pictures(self, conversation_id: str) -> tuple[Picture, ...]:
        """Return a conversation's pictures in the order in which they were shared.

        Asking keeps them for another `ttl`.
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
    limits = Limits(images.ttl, images.max_per_conversation)
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
