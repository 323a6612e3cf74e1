"""A turn's body without its content coding: gzip or deflate, and never more than a turn may have.

The server that runs us unpacks nothing, or whoever sends a body, to whatever address, could have it
unpack thousands of times as much, on the event loop.
"""

import asyncio
import zlib

from contract.errors import BadRequest, TooLarge

_AS_THEY_ARE = {"", "identity"}
_KNOWN = {"gzip", "x-gzip", "deflate"}
_EITHER, _BARE = 47, -15  # `wbits` of zlib: gzip or zlib, as the head says; neither, no head


async def unpacked(body: bytes, coding: str, most: int) -> bytes:
    """Return a body without its coding.

    Args:
        body: as it came; one that is JSON already, since somebody else has unpacked it, stays.
        coding: the value of `Content-Encoding`.
        most: the most bytes that it may become.

    Raises:
        BadRequest: the coding is another one, or the body is not coded so.
        TooLarge: it becomes more.
    """
    name = coding.strip().lower()
    if name in _AS_THEY_ARE or body.lstrip()[:1] == b"{":
        return body
    if name not in _KNOWN:
        raise BadRequest(
            f"the body has the Content-Encoding {coding[:40]!r}: send it as it is, or as gzip"
        )
    try:
        plain = await asyncio.to_thread(_inflated, body, most + 1)
    except zlib.error:
        raise BadRequest(f"the body is not {name}, as its Content-Encoding says") from None
    if len(plain) > most:
        raise TooLarge(f"the body unpacks to more than {most:,} bytes")
    return plain


def _inflated(body: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj(_EITHER).decompress(body, most)
    except zlib.error:
        return zlib.decompressobj(_BARE).decompress(body, most)
