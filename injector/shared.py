"""Pictures as values: sent, ready for the model, waiting for a conversation, and shared in one."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, ready for the model.

    `digest` is the SHA-256 of what the model gets, in hexadecimal, and `source` that of the bytes
    that somebody sent, or empty where that is not known. `size` is bytes. `part` is the data URI as
    a JSON text, quotes included. `description` is what a model has said of it, once it has.
    """

    digest: str
    media_type: str
    width: int
    height: int
    size: int
    part: bytes
    source: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What somebody sent: its format by its bytes (`HEIC`), its pixels as stored, its bytes."""

    format: str
    media_type: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture that is ready, and what it was made of."""

    picture: Picture
    received: Received


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that waits for its conversation under a secret that only the uploader has."""

    temporary_id: str = field(repr=False)
    picture: Picture
    expires: datetime


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody who asks for a change has shown: the bearer, or a conversation's token.

    The default is nothing, which is enough for a conversation that has no picture yet.
    """

    bearer: bool = False
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Association:
    """What a conversation has after an association: so many pictures.

    `token` is the right to add to them or to replace them. It is told to whoever made the first
    association, as often as that asks, and is empty for others.
    """

    count: int
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Parted:
    """Who had a picture that has been taken away, None for nobody, and how many that still has."""

    conversation_id: str | None = None
    count: int = 0


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

    `awaited` tells that a page has announced one more that has not arrived yet. `expires` is when
    the pictures are forgotten if nobody asks for them before, in seconds since the epoch; 0 where
    there are none.
    """

    pictures: tuple[Shared, ...] = ()
    awaited: bool = False
    expires: float = 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation for whoever runs the endpoint: its pictures, their bytes, and how long."""

    conversation_id: str
    pictures: int
    size: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """What a store holds: its conversations, the latest to expire last, and what waits for one.

    `pictures` and `size` count each picture once, however many conversations share it.
    """

    contexts: tuple[Summary, ...]
    waiting: int
    pictures: int
    size: int
