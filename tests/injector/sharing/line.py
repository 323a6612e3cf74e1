"""A connection on which every byte, and every pause, is chosen by a test."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any


@dataclass
class Answer:
    """An answer as it came; `headers` in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["error"]["code"])

    @property
    def message(self) -> str:
        return str(json.loads(self.body)["error"]["message"])


class Line:
    """One connection to the endpoint."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, path: str, headers: dict[str, Any]) -> None:
        """Send the head of a request."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        await self.send(f"POST {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())

    async def chunk(self, data: bytes) -> None:
        """Send a piece of a body that has no length."""
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def endless(self, data: bytes) -> None:
        """Send the same piece again and again, as long as somebody takes it."""
        with suppress(ConnectionError):
            while True:
                await self.chunk(data)
                await asyncio.sleep(0.001)

    async def said(self) -> str:
        """Return the next line that the endpoint says."""
        async with asyncio.timeout(5):
            return (await self._reader.readline()).decode().strip()

    async def answer(self) -> Answer:
        """Return the next answer."""
        async with asyncio.timeout(5):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(first.split()[1]), headers, body)

    async def is_silent(self, seconds: float) -> bool:
        """Tell whether nothing comes for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._reader.read(1)
        except TimeoutError:
            return True
        return False

    async def ends(self) -> None:
        """Wait until the endpoint ends the connection."""
        async with asyncio.timeout(5):
            with suppress(ConnectionError):
                while await self._reader.read(1 << 16):
                    pass

    def leave(self) -> None:
        """Leave at once, as a phone does that loses its network."""
        self._writer.transport.abort()


@asynccontextmanager
async def line(root: str) -> AsyncIterator[Line]:
    """Open a connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    try:
        yield Line(reader, writer)
    finally:
        writer.transport.abort()
