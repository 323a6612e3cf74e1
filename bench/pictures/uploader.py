"""Uploads of one picture, so many at once and again and again: a process of its own.

    python -m bench.pictures.uploader PORT FILE AT_ONCE SECONDS

When the seconds are over it lets those that have begun end, and prints what it found as JSON:
`{"upload_ms": […], "failures": […]}`.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

_SHOWN = 3  # failures that are told; more say the same


async def uploads(port: int, picture: bytes, at_once: int, seconds: float) -> dict[str, Any]:
    """Upload again and again, and return how long each took in ms, and what failed."""
    took: list[float] = []
    failures: list[str] = []
    until = time.perf_counter() + seconds

    async def one_after_the_other(session: aiohttp.ClientSession) -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            async with session.post(
                f"http://127.0.0.1:{port}/upload_image", data=picture
            ) as answer:
                said = await answer.text()
            if answer.status == 201:
                took.append((time.perf_counter() - began) * 1000)
            else:
                failures.append(f"{answer.status}: {said[:200]}")

    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(one_after_the_other(session) for _ in range(at_once)))
    return {"upload_ms": took, "failed": len(failures), "failures": failures[:_SHOWN]}


def main() -> None:
    """Do what the command line says."""
    port, file, at_once, seconds = sys.argv[1:]
    picture = Path(file).read_bytes()
    found = asyncio.run(uploads(int(port), picture, int(at_once), float(seconds)))
    print(json.dumps(found))  # noqa: T201 - this is its answer


if __name__ == "__main__":
    main()
