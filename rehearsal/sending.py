"""One request to a custom LLM endpoint: sent, and heard to its end, or left half-way.

I/O only. Whoever waits here may be cancelled at any moment; the connection is closed then, which is
how an endpoint learns that nobody listens any more.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

import aiohttp

from contract import sse
from contract.excerpt import excerpt
from rehearsal.call import Failure
from rehearsal.reply import Reply

Hear: TypeAlias = Callable[[str], Awaitable[None]]
"""Takes a piece of the answer's text as it comes."""

_IDLE: Final = 20.0  # seconds between two pieces of an answer that has begun
_MOST_READ: Final = 64 * 1024  # bytes of an error's body


class RequestFailedError(Exception):
    """One request got no usable answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that came to its end; `first_content` is in seconds from sending."""

    reply: Reply
    first_content: float
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sender:
    """Where the requests of a call go, and how long the first content may take, in seconds."""

    session: aiohttp.ClientSession
    url: str
    headers: Mapping[str, str]
    cascade_timeout: float

    async def send(self, body: bytes, hear: Hear) -> Answered:
        """Send a request and return its answer; its text is handed on as it comes.

        Raises:
            RequestFailedError: an error status, no content in time, a stream that breaks off.
        """
        start = time.monotonic()
        limits = aiohttp.ClientTimeout(total=None, sock_read=_IDLE)
        try:
            async with (
                asyncio.timeout(self.cascade_timeout) as budget,
                self.session.post(
                    self.url, data=body, headers=self.headers, timeout=limits
                ) as response,
            ):
                if not response.ok:
                    raise RequestFailedError(Failure(response.status, await _reason(response)))
                return await _listen(response, start, budget, hear)
        except TimeoutError:
            reason = f"no content within {self.cascade_timeout:g} s"
            if budget.when() is None:
                reason = f"the answer stopped for {_IDLE:g} s"
            raise RequestFailedError(Failure(None, reason)) from None
        except aiohttp.ClientError as error:
            reason = f"the connection failed: {error or type(error).__name__}"
            raise RequestFailedError(Failure(None, reason)) from error

    async def send_and_leave(self, body: bytes, begun: asyncio.Event) -> None:
        """Send a request and hold its answer unread, until this is cancelled."""
        with suppress(aiohttp.ClientError):
            response = await self.session.post(self.url, data=body, headers=self.headers)
            begun.set()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                response.close()


async def _listen(
    response: aiohttp.ClientResponse, start: float, budget: asyncio.Timeout, hear: Hear
) -> Answered:
    """Read a stream to its end; from the first content on, the cascade timeout no longer runs."""
    reply, decoder, first, heard = Reply(), sse.Decoder(), 0.0, 0
    async for piece in response.content.iter_any():
        for event in decoder.feed(piece):
            reply.take(event)
        if reply.has_content and not first:
            first = time.monotonic() - start
            budget.reschedule(None)
        if new := reply.text[heard:]:
            heard = len(reply.text)
            await hear(new)
    for event in decoder.finish():
        reply.take(event)
    if reply.error is not None:
        raise RequestFailedError(Failure(response.status, reply.error))
    if not reply.has_content:
        raise RequestFailedError(Failure(response.status, "the stream holds no content"))
    if new := reply.text[heard:]:
        await hear(new)
    return Answered(reply, first or time.monotonic() - start, response.headers)


async def _reason(response: aiohttp.ClientResponse) -> str:
    data = b""
    async for piece in response.content.iter_any():
        data += piece
        if len(data) >= _MOST_READ:  # what fails may fail without end
            break
    said = excerpt(data).removeprefix(f"{response.status} ")
    return said or response.reason or "no reason given"
