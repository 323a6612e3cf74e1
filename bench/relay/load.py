"""The load: turns at one connection, at many, and paced. A process of its own.

    python -m bench.relay.load

It takes a job a line as JSON, and answers each with a line. A job names its `kind`, the `port`, the
`mark` of the turn, and `picture`, a file with a data URI that is put into the body, or null.

    latency     one connection, turn after turn       → {"first_ms": […], "failures": […]}
    throughput  many connections, turn after turn     → {"turns", "seconds", "failures"}
    paced       streams that run at once, see below   → {"gaps_ms", "first_ms", "turns", "failures"}
    spread      many connections, a number of turns over many conversations, m0 to mN

Paced: each connection plays one answer after the other. They begin evenly spread over the length of
an answer, so that at any moment so many streams run, and new ones begin all the time. What arrives
in the first length of an answer is not counted.
"""

import asyncio
import gc
import itertools
import json
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import uvloop

from bench.relay import turn
from bench.relay.client import Connection, connect
from bench.relay.figures import quantiles
from bench.relay.model import PACED, PAUSE

_SHOWN = 3  # failures that are told; more say the same
_WARM = 3  # turns that are not counted, on a new connection


@cache
def _request(port: int, mark: str, picture: str | None, *, paced: bool = False) -> bytes:
    uri = None if picture is None else Path(picture).read_text(encoding="ascii")
    return turn.request(port, mark, uri, paced=paced)


async def latency(job: dict[str, Any]) -> dict[str, Any]:
    """Send turn after turn on one connection: `samples` of them, or as many as `seconds` allow."""
    request = _request(job["port"], job["mark"], job["picture"])
    (connection,) = await connect(job["port"], 1)
    first: list[float] = []
    failures: list[str] = []
    until = time.perf_counter() + job["seconds"]
    for number in range(-_WARM, job["samples"]):
        answer = await connection.turn(request)
        if answer.failure or answer.first is None:
            failures.append(answer.failure)
            break
        if number >= 0:
            first.append((answer.first - connection.sent) / 1e6)
        if len(first) > 1 and time.perf_counter() > until:
            break
    connection.close()
    return {"first_ms": first, "failures": failures}


async def throughput(job: dict[str, Any]) -> dict[str, Any]:
    """Send turn after turn on each of `connections`, beginning none after `seconds`."""
    request = _request(job["port"], job["mark"], job["picture"])
    connections = await connect(job["port"], job["connections"])
    await asyncio.gather(*(one.turn(request) for one in connections[:_WARM]))
    began = time.perf_counter()
    until = began + job["seconds"]

    def more() -> Iterator[bytes]:
        while time.perf_counter() < until:
            yield request

    return await _all(connections, more(), began)


async def spread(job: dict[str, Any]) -> dict[str, Any]:
    """Send `turns` over `connections`, of `conversations` in their order from number `start` on."""
    numbers = range(job["start"], job["start"] + job["turns"])
    marks = (f"m{number % job['conversations']}" for number in numbers)
    requests = (_request(job["port"], mark, None) for mark in marks)
    connections = await connect(job["port"], job["connections"])
    return await _all(connections, requests, time.perf_counter())


async def _all(
    connections: list[Connection], requests: Iterator[bytes], began: float
) -> dict[str, Any]:
    counts = await asyncio.gather(*(_played(one, requests) for one in connections))
    ended = time.perf_counter()
    for one in connections:
        one.close()
    failures = list(itertools.chain.from_iterable(failed for _, failed in counts))
    turns = sum(count for count, _ in counts)
    return {"turns": turns, "seconds": ended - began, "failures": failures}


async def _played(connection: Connection, requests: Iterator[bytes]) -> tuple[int, list[str]]:
    count, failures = 0, []
    for request in requests:
        answer = await connection.turn(request)
        if answer.failure:
            failures.append(answer.failure)
        else:
            count += 1
        if connection.lost:
            break
    return count, failures


async def paced(job: dict[str, Any]) -> dict[str, Any]:
    """Play answers on `streams` connections at once, and count for `seconds`."""
    request = _request(job["port"], job["mark"], job["picture"], paced=True)
    connections = await connect(job["port"], job["streams"])
    length, began = PACED * PAUSE, time.perf_counter()
    window = (began + length, began + length + job["seconds"])
    streams = [
        _streamed(one, request, began + length * number / len(connections), window)
        for number, one in enumerate(connections)
    ]
    played = await asyncio.gather(*streams)
    for one in connections:
        one.close()
    gaps = [gap for stream in played for gap in stream[0]]
    first = [wait for stream in played for wait in stream[1]]
    failures = [stream[2] for stream in played if stream[2]]
    return {
        "gaps_ms": quantiles(gaps),
        "first_ms": quantiles(first),
        "turns": len(first),
        "failures": failures,
    }


async def _streamed(
    connection: Connection, request: bytes, at: float, window: tuple[float, float]
) -> tuple[list[float], list[float], str]:
    """Return gaps between pieces and waits for the first, in ms, and what failed."""
    gaps: list[float] = []
    first: list[float] = []
    await asyncio.sleep(at - time.perf_counter())
    begin, end = (int(moment * 1e9) for moment in window)
    while time.perf_counter_ns() < end:
        answer = await connection.turn(request, PACED)
        if answer.failure or answer.first is None:
            return gaps, first, answer.failure
        if connection.sent >= begin:
            first.append((answer.first - connection.sent) / 1e6)
        arrived = [mark[2] for mark in answer.marks]
        gaps += [
            (later - earlier) / 1e6
            for earlier, later in itertools.pairwise(arrived)
            if begin <= later <= end
        ]
    return gaps, first, ""


KINDS = {"latency": latency, "throughput": throughput, "paced": paced, "spread": spread}


_NOTHING: dict[str, dict[str, Any]] = {
    "latency": {"first_ms": []},
    "throughput": {"turns": 0, "seconds": 1.0},
    "spread": {"turns": 0, "seconds": 1.0},
    "paced": {"gaps_ms": {}, "first_ms": {}, "turns": 0},
}
"""What is found where nobody listens any more."""


def main() -> None:
    """Do the jobs that come in, one after the other."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for line in sys.stdin:
            job = json.loads(line)
            gc.collect()
            gc.disable()
            try:
                result = runner.run(KINDS[job["kind"]](job))
            except OSError as error:
                result = {**_NOTHING[job["kind"]], "failures": [f"no connection: {error}"]}
            gc.enable()
            result["failed"] = len(result["failures"])
            result["failures"] = result["failures"][:_SHOWN]
            print(json.dumps(result), flush=True)  # noqa: T201 - this is its answer


if __name__ == "__main__":
    main()
