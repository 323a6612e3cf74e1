"""Turns as a platform asks them: through a real client to the end, or by hand to leave early."""

import asyncio
import io
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy

from tests.injector.trouble.forms import Form
from tests.injector.trouble.scripted import SOON

ID = "conv_9801m4394evfexfsqb05pv6z39x3"


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer. `broke` tells that its connection broke before its end; `took` is seconds."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    broke: bool
    took: float

    @property
    def context(self) -> str:
        """Return what was attached, or why nothing was."""
        return self.headers["x-sightline-context"]

    @property
    def fallback(self) -> str | None:
        """Return why Sightline itself answers, or None if the model does."""
        return self.headers.get("x-sightline-fallback")

    @property
    def error(self) -> dict[str, Any]:
        """Return the error in the shape of OpenAI's API."""
        value: dict[str, Any] = json.loads(self.body)["error"]
        return value


async def ask(
    client: aiohttp.ClientSession,
    root: str,
    form: Form,
    body: dict[str, Any] | None = None,
    *,
    conversation: str = ID,
    headers: dict[str, str] | None = None,
) -> Heard:
    """Ask a turn and hear the answer to its end, or to where it breaks."""
    loop = asyncio.get_running_loop()
    began, heard, broke = loop.time(), bytearray(), False
    own = {"X-Conversation-Id": conversation, "Content-Type": "application/json"} | (headers or {})
    sent = io.BytesIO(json.dumps(form.turn() if body is None else body).encode())
    async with client.post(root + form.route, data=sent, headers=own) as response:
        try:
            async for piece, _ in response.content.iter_chunks():
                heard += piece
        except aiohttp.ClientError:
            broke = True
    took = loop.time() - began
    return Heard(response.status, response.headers, bytes(heard), broke, took)


class Caller:
    """A turn asked by hand, whose connection is left when the test wants it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def ask(cls, root: str, form: Form, body: dict[str, Any] | None = None) -> Self:
        """Send a whole turn."""
        reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
        data = json.dumps(form.turn() if body is None else body).encode()
        told = CIMultiDict(
            {
                "Host": "x",
                "X-Conversation-Id": ID,
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
            }
        )
        lines = [f"POST {form.route} HTTP/1.1", *(f"{k}: {v}" for k, v in told.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + data)
        await writer.drain()
        return cls(reader, writer)

    async def hear(self, what: bytes) -> bytes:
        """Return what comes up to and with these bytes."""
        async with asyncio.timeout(SOON):
            return await self._reader.readuntil(what)

    async def hears_nothing_for(self, seconds: float) -> bool:
        """Tell whether neither a byte nor an end comes in so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._reader.read(1)
        except TimeoutError:
            return True
        return False

    def leave(self, *, by_reset: bool = False) -> float:
        """Hang up, by FIN or by RST, and return when."""
        if by_reset:
            linger_not = struct.pack("ii", 1, 0)
            line = self._writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        # At once: `close` of a writer waits until what is buffered has been sent.
        self._writer.transport.abort()
        return asyncio.get_running_loop().time()
