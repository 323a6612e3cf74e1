"""The parts of the demo, as processes: started on free ports, and ended with the demo."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from contract.errors import ServiceError

_PATIENCE = 20.0  # seconds until a part must have said where it listens
_FAREWELL = 5.0  # seconds that it gets to end in order
_LOOK = 0.02  # seconds between two looks
_ADDRESS = re.compile(rb"^(?:sightline|recording)\b.*?(http://[\w.:\[\]]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A command that runs beside this one, and the address that it says it listens on."""

    name: str
    address: str
    log: Path
    _process: asyncio.subprocess.Process

    async def ended(self) -> str:
        """Wait until it has ended by itself, and return in one line which part that is, and how."""
        status = await self._process.wait()
        how = f"exit status {status}" if status >= 0 else f"signal {-status}"
        return f"{self.name} has ended ({how}); what it said is in {self.log}"


@asynccontextmanager
async def child(
    name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> AsyncIterator[str]:
    """Run a `sightline` command as `part` does, and yield its address alone."""
    async with part(name, arguments, folder, environment) as running:
        yield running.address


@asynccontextmanager
async def part(
    name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> AsyncIterator[Part]:
    """Run a `sightline` command beside this one; yield it as soon as it says where it listens.

    Args:
        name: what to call it; its output goes to `<name>.log` in `folder`.
        arguments: the command and its options.
        folder: where its log stands.
        environment: what it finds there besides this process's own environment.

    Raises:
        ServiceError: it ended, or said nothing in time.
    """
    log = folder / f"{name}.log"
    with log.open("ab") as output:
        start = output.tell()  # the endpoint is started twice, and its first address is old news
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli.main", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
        )
        try:
            yield Part(name, await _address(name, process, log, start), log, process)
        finally:
            await _end(process)


async def _address(name: str, process: asyncio.subprocess.Process, log: Path, start: int) -> str:
    """Wait for the address in a part's output."""
    said = b""
    for _ in range(round(_PATIENCE / _LOOK)):
        said = log.read_bytes()[start:]
        if found := _ADDRESS.search(said):
            return found.group(1).decode()
        if process.returncode is not None:
            break
        await asyncio.sleep(_LOOK)
    lines = said.decode("utf-8", "replace").strip().splitlines()
    raise ServiceError(f"{name} did not start: {lines[-1] if lines else 'it said nothing'}")


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_FAREWELL):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
