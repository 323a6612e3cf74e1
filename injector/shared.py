"""Pictures as values: ready for the model, waiting for a conversation, and shared in one."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, ready for the model.

    `digest` is the SHA-256 of what the model gets, in hexadecimal, and `source` that of the bytes
    that somebody sent, or empty where that is not known. `size` is bytes. `part` is the data URI as
    a JSON text, quotes included.
    """

    digest: str
    media_type: str
    width: int
    height: int
    size: int
    part: bytes
    source: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that waits for its conversation under a secret that only the uploader has."""

    temporary_id: str
    picture: Picture
    expires: datetime


@dataclass(frozen=True, slots=True)
class Anchor:
    """The person's message in which a picture was shared.

    `ordinal` counts the person's messages of the history from 0. `digest` is the SHA-256 of the
    message's content (`injector.body.place.content_digest`), in hexadecimal.
    """

    ordinal: int
    digest: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A picture of a conversation, and where in its history it stands, once a turn has shown it."""

    picture: Picture
    anchor: Anchor | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a conversation has: its pictures, in the order in which they were shared.

    `awaited` tells that a page has announced one more that has not arrived yet.
    """

    pictures: tuple[Shared, ...] = ()
    awaited: bool = False
