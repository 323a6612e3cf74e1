"""What the scripts answer, as values. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from injector.shared import Anchor, Context, Overview, Picture, Shared, Summary
from injector.store import from_timestamp

_OF_PICTURE = 8
_OF_KEY = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What a conversation has, but for the pixels; `expires` is in seconds since the epoch."""

    awaited: bool
    expires: float
    shared: tuple[Shared, ...]

    def context(self, parts: dict[str, bytes]) -> Context:
        """Return it with the pixels, by digests; what has none was deleted meanwhile."""
        there = (one for one in self.shared if one.picture.digest in parts)
        shared = tuple(_complete(one, parts[one.picture.digest]) for one in there)
        return Context(shared, self.awaited, self.expires if shared else 0.0)


def found(answer: Sequence[Any]) -> Found:
    """Return what `context.lua` says."""
    awaited, expires, *pictures = answer
    shared = tuple(_shared(*values) for values in _by(_OF_PICTURE, pictures))
    return Found(bool(awaited), expires / 1000, shared)


def fields_of(picture: Picture) -> dict[str, str | int]:
    """Return what is kept of a picture beside its pixels, as `picture_of` reads it."""
    fields: dict[str, str | int] = {
        "type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "size": picture.size,
    }
    return fields | ({"said": picture.description} if picture.description else {})


def picture_of(
    digest: bytes,
    media_type: bytes,
    width: bytes,
    height: bytes,
    size: bytes,
    source: bytes,
    said: bytes | None,
) -> Picture:
    """Return a picture without its pixels."""
    description = (said or b"").decode()
    numbers = int(width), int(height), int(size)
    return Picture(
        digest.decode(), media_type.decode(), *numbers, b"", source.decode(), description
    )


def with_part(picture: Picture, part: bytes) -> Picture:
    """Return a picture with its pixels."""
    return replace(picture, part=part)


def anchor_text(anchor: Anchor) -> str:
    """Return an anchor as it is kept."""
    return f"{anchor.ordinal} {anchor.digest}"


def overview(answers: Sequence[Any]) -> Overview:
    """Return what `overview.lua` says of all keys; a key may come several times."""
    contexts: dict[bytes, Summary] = {}
    uploads: set[bytes] = set()
    sizes: dict[bytes, int] = {}
    for key, count, size, ends in _by(_OF_KEY, answers):
        kind, _, name = key.partition(b":")
        if kind == b"context":
            conversation_id = name.decode("utf-8", "surrogatepass")
            contexts[key] = Summary(conversation_id, count, size, from_timestamp(ends / 1000))
        elif kind == b"upload":
            uploads.add(key)
        else:
            sizes[key] = size
    ordered = sorted(contexts.values(), key=lambda one: one.expires)
    return Overview(tuple(ordered), len(uploads), len(sizes), sum(sizes.values()))


def _shared(*values: bytes) -> Shared:
    *picture, anchor = values
    ordinal, _, digest = anchor.decode().partition(" ")
    return Shared(picture_of(*picture), Anchor(int(ordinal), digest) if anchor else None)


def _complete(one: Shared, part: bytes) -> Shared:
    return replace(one, picture=with_part(one.picture, part))


def _by(count: int, values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[at : at + count] for at in range(0, len(values), count))
