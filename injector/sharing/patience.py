"""How long a body may take to arrive, and what becomes of one that does not arrive whole."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

from aiohttp import web

from contract.errors import BadRequest, TooSlow

SILENCE = 10.0
"""Seconds without anything new of a body, after which its client is given up."""

LONGEST = 60.0
"""Seconds that a whole body may take: a photograph of 4 MB at half a megabit a second."""

Read = TypeVar("Read")


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Limit what a block takes to read a body to `LONGEST`.

    Raises:
        TooSlow: it takes longer.
        BadRequest: the body breaks off, or is not framed as HTTP says.
    """
    try:
        async with asyncio.timeout(LONGEST):
            yield
    except TimeoutError:
        raise TooSlow(
            f"the body is not whole after {LONGEST:g} s: send a smaller picture, or send it over a "
            "faster connection"
        ) from None
    except web.RequestPayloadError as error:
        raise BadRequest(f"the body cannot be read: {error}") from None
    except ConnectionError:
        raise BadRequest("the connection broke off before the body was whole") from None


async def patiently(step: Awaitable[Read]) -> Read:
    """Return what one step of reading a body yields.

    Raises:
        TooSlow: it yields nothing for `SILENCE`.
    """
    try:
        async with asyncio.timeout(SILENCE):
            return await step
    except TimeoutError:
        raise TooSlow(
            f"nothing of the body has come for {SILENCE:g} s, and it is not whole: send it again"
        ) from None
