"""A recording proxy as a person starts it, for the tests here: mitmproxy with the addon."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract import recording
from contract.exchange import Exchange

ADDON = Path(__file__).parents[2] / "addons" / "record.py"
SOON = 10.0

_RECORDING = re.compile(r"^recording (http://\S+) to (.+)$", re.MULTILINE)


@dataclass
class Proxy:
    """A mitmdump that runs with the addon."""

    process: asyncio.subprocess.Process
    printed: Path
    address: str
    out: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    async def stop(self) -> int:
        if self.process.returncode is None:
            self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), SOON)

    async def recorded(self, path: str) -> Exchange:
        """Return the exchange with this path, once it is recorded."""
        return (await self.all_recorded(path, 1))[0]

    async def all_recorded(self, path: str, count: int) -> list[Exchange]:
        """Return the exchanges with this path, once there are `count`."""
        found: list[Exchange] = []

        def recorded() -> bool:
            found[:] = [it for it in recording.read(self.out).exchanges if it.request.path == path]
            return len(found) >= count

        await until(recorded)
        return found

    async def printing(self, text: str) -> str:
        """Return all that was printed, once this text is in it."""
        await until(lambda: text in said(self.printed))
        return said(self.printed)


async def start(
    folder: Path, *arguments: str, port: int = 0, program: str = "mitmdump"
) -> tuple[Any, Path]:
    """Start mitmdump, or mitmweb, with the addon; what it prints goes to a file."""
    printed = folder / "printed.txt"
    with printed.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name(program),
            *("--listen-host", "127.0.0.1", "--listen-port", str(port)),
            *("--set", f"confdir={folder.parent / 'confdir'}", "-s", str(ADDON)),
            *arguments,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "TERM": "dumb"},
        )
    return process, printed


@asynccontextmanager
async def recording_proxy(
    folder: Path, upstream: str, *arguments: str, program: str = "mitmdump"
) -> AsyncIterator[Proxy]:
    """Start mitmdump and wait until it says where it listens and what it writes."""
    mode = ("--mode", f"reverse:{upstream}")
    process, printed = await start(folder, *mode, *arguments, program=program)
    try:
        await until(
            lambda: process.returncode is not None or bool(_RECORDING.search(said(printed)))
        )
        line = _RECORDING.search(said(printed))
        assert line, said(printed)
        yield Proxy(process, printed, line[1], folder / line[2])
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def until(true: Callable[[], bool], seconds: float = SOON) -> None:
    """Wait until something is so; what another process does cannot be awaited."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def said(printed: Path) -> str:
    return printed.read_text("utf-8")


@asynccontextmanager
async def client(
    port: int, head: str, body: bytes = b""
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Send exactly these bytes; leave when the block ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        await writer.drain()
        async with asyncio.timeout(SOON):
            yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def ask(port: int, head: str, body: bytes = b"") -> bytes:
    """Send exactly these bytes and return the whole answer, to the end of the connection."""
    async with client(port, head, body) as (reader, _):
        return await reader.read()


def a_head(path: str, body: bytes = b"", *more: str) -> str:
    lines = (f"POST {path} HTTP/1.1", "Host: voice.example", "Connection: close")
    return "\n".join([*lines, *more, f"Content-Length: {len(body)}"])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
