"""The pictures that a turn holds before anything is attached: what a platform passes on by itself.

A picture that is there already is not shown twice. It is the same where the data URIs are equal, or
where the bytes in it are those that were uploaded, or those that were made of them.
"""

import binascii
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from injector.body.turn import Api, Turn
from injector.shared import Picture, Shared

_DATA, _BASE64 = "data:", ";base64"
_PLACES = {Api.CHAT: ("content",), Api.RESPONSES: ("content", "output")}


def without_kept(turn: Turn, pictures: Sequence[Shared]) -> Sequence[Shared]:
    """Return the pictures that the turn does not hold yet."""
    urls = [url for url in image_urls(turn) if url.startswith(_DATA)]
    if not urls:
        return pictures
    literals = {f'"{url}"'.encode("utf-8", "surrogatepass") for url in urls}
    digests = {digest for url in urls for digest in _digests(url)}
    return [it for it in pictures if not _is_there(it.picture, literals, digests)]


def _is_there(picture: Picture, literals: set[bytes], digests: set[str]) -> bool:
    return picture.part in literals or not digests.isdisjoint((picture.source, picture.digest))


def _digests(url: str) -> Iterator[str]:
    """Yield the SHA-256 of the bytes in a data URI, if they can be read."""
    head, _, data = url.partition(",")
    if head.endswith(_BASE64):
        try:
            yield sha256(binascii.a2b_base64(data)).hexdigest()
        except ValueError:
            return


def image_urls(turn: Turn) -> Iterator[str]:
    """Yield the URLs of the pictures anywhere in a turn, in what tools answered too."""
    places = _PLACES[turn.api]
    for message in turn.messages:
        for place in places:
            content = message.value.get(place)
            if isinstance(content, list):
                yield from (url for part in content if (url := _url(part)))


def _url(part: Any) -> str | None:
    url = part.get("image_url") if isinstance(part, dict) else None
    if isinstance(url, dict):
        url = url.get("url")
    return url if isinstance(url, str) else None
