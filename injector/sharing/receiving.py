"""A request's body becomes what somebody sent: within limits of bytes and of time.

Nothing is taken apart here but a form, piece by piece as it comes, and nothing is copied twice: a
body of 20 MiB, handled at once on the event loop, would hold up every turn. What a JSON object
holds, and whether it is a picture at all, is judged in another process (`injector.decoding`).
"""

import io
from dataclasses import dataclass

from aiohttp import HttpVersion11, hdrs, web

from contract.errors import BadRequest, TooLarge
from injector.decoding import Sent
from injector.sharing.form import form
from injector.sharing.limits import SMALL, form_of, most_bytes, picture_too_large
from injector.sharing.patience import in_time, patiently


@dataclass(frozen=True, slots=True)
class Arrived:
    """What somebody sent, and whether a form asks for it to be described (None: says nothing)."""

    sent: Sent
    describe: bool | None = None


async def received(request: web.Request, limit: int) -> Arrived:
    """Read a body to its end and return what was sent.

    Args:
        request: whose body has not been read, and is not announced as too large.
        limit: the most bytes of a picture.

    Raises:
        BadRequest: the body is empty, or no form where it says that it is one, or breaks off.
        TooLarge: it goes on beyond its limit.
        TooSlow: it falls silent, or takes too long.
    """
    await _go_on(request)
    kind = form_of(request)
    async with in_time():
        if kind == "form":
            picture, describe = await form(request, limit)
            return Arrived(Sent("picture", picture), describe)
        data = await _whole(request, most_bytes(kind, limit))
    if data is None:
        raise picture_too_large(limit)
    if not data:
        raise BadRequest("the body is empty: send a picture", param="image")
    return Arrived(Sent(kind, data))


async def small_body(request: web.Request) -> bytes:
    """Read a body without a picture to its end.

    Raises:
        BadRequest, TooLarge, TooSlow: as `received`; the limit is `SMALL`.
    """
    data = None
    if (request.content_length or 0) <= SMALL:
        await _go_on(request)
        async with in_time():
            data = await _whole(request, SMALL)
    if data is None:
        raise TooLarge(f"the body is larger than {SMALL:,} bytes; nothing that is meant here is")
    return data


async def _whole(request: web.Request, most: int) -> bytes | None:
    """Return the whole body, or None if it goes on beyond so many bytes."""
    data = io.BytesIO()  # which gives its bytes away without a copy
    while piece := await patiently(request.content.readany()):
        data.write(piece)
        if data.tell() > most:
            return None
    return data.getvalue()


async def wait_with_the_body(request: web.Request) -> None:
    """Let a client that asks first (`Expect: 100-continue`, as curl does) wait for its answer.

    It is told to go on where the body is wanted, and spared the sending where it is refused.
    """


async def _go_on(request: web.Request) -> None:
    expected = request.headers.get(hdrs.EXPECT, "").lower()
    if expected == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
