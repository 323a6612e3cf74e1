"""The model is asked through OpenAI's own client; the only module of the endpoint that knows it.

The package takes a second to load, so it is loaded for the first picture that is described, and in
a thread, beside which turns go on. What is asked goes out as the bytes that it is: to have a
picture written as JSON once more would hold the event loop up.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from contract.config import Upstream
from injector.describing.wording import NotDescribed

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TIMEOUT = 20.0
"""Seconds that the model's side gets for one picture, with the one repeat that the client makes."""

MAX_ANSWER = 1 << 20
"""The most bytes of an answer; a description has a thousandth of it."""

_HINTS = {
    401: "; check injector.upstream.api_key",
    403: "; check injector.upstream.api_key",
    404: "; check injector.upstream.model, and whether injector.upstream.base_url ends in /v1",
}


class Client:
    """The model's side, as the official client knows it.

    Args:
        upstream: its address, and the key.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._lock = asyncio.Lock()
        self._client: AsyncOpenAI | None = None

    async def ask(self, body: bytes) -> bytes:
        """Return the answer to a chat completion, as it comes.

        Args:
            body: what is asked, as JSON.

        Raises:
            NotDescribed: there is none: an error, a redirect, silence, or no connection.
        """
        client = await self._loaded()
        from openai import APIConnectionError, APIStatusError

        try:
            async with asyncio.timeout(TIMEOUT):
                return await _asked(client, body)
        except TimeoutError:
            raise NotDescribed(f"the model's side took longer than {TIMEOUT:g} s") from None
        except APIStatusError as error:
            hint = _HINTS.get(error.status_code, "")
            raise NotDescribed(f"the model's side answered {error.status_code}{hint}") from None
        except APIConnectionError:
            raise NotDescribed("the model's side cannot be reached, or broke off") from None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _loaded(self) -> "AsyncOpenAI":
        async with self._lock:
            if self._client is None:
                self._client = await asyncio.to_thread(_made, self._upstream)
            return self._client


def _made(upstream: Upstream) -> "AsyncOpenAI":
    """Load the package, and return a client that has read the system's certificates."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        api_key=upstream.api_key or "none",  # a server that asks for none takes any
        base_url=upstream.base_url,
        timeout=TIMEOUT,
        max_retries=1,
    )


async def _asked(client: "AsyncOpenAI", body: bytes) -> bytes:
    from openai import AsyncStream

    stream = await client.post(
        "/chat/completions",
        cast_to=object,
        content=body,
        # A redirect would take the picture, and to the same host the key, where nobody sent them.
        options={"follow_redirects": False},
        stream=True,  # only so is an answer not read however long it is
        stream_cls=AsyncStream[object],
    )
    try:
        return await _whole(stream.response)
    finally:
        await stream.close()


async def _whole(response: Any) -> bytes:
    data = bytearray()
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > MAX_ANSWER:
            raise NotDescribed("the answer of the model's side does not end")
    return bytes(data)
