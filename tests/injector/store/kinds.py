"""Every kind of store, made for a test: empty, with a way to let time pass and to look inside.

One more kind is a function of limits and a folder that gives a `Made`, and a line in `KINDS`.
"""

import base64
import hashlib
import random
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from redis.asyncio import Redis

from injector.shared import Picture
from injector.store import Limits, Store
from injector.store.memory import MemoryStore
from injector.store.redis import RedisStore
from injector.store.sqlite import SqliteStore
from tests.injector.store.redis.ageing import held, pass_time
from tests.injector.store.redis.server import running

LIMITS = Limits(ttl=100.0, per_conversation=3)

NEARLY = 2.0
"""Seconds by which a kind's time may be off, where its clock is not the test's own."""


@dataclass(frozen=True, slots=True)
class Made:
    """A store of some kind, on its own.

    `workers` are stores on the same pictures, as several processes would have them; the first is
    the one of most tests. `pass_time` lets so many seconds pass for all of them. `now` is what time
    it is for them. `held` gives the bytes of every picture that is still kept, whoever has it, and
    `dump` all that is kept, as bytes in which a test can search.
    """

    workers: tuple[Store, ...]
    pass_time: Callable[[float], Awaitable[None]]
    now: Callable[[], float]
    held: Callable[[], Awaitable[set[bytes]]]
    dump: Callable[[], Awaitable[bytes]]

    @property
    def store(self) -> Store:
        """The store of whoever has only one."""
        return self.workers[0]


Make: TypeAlias = Callable[[Limits, Path], AbstractAsyncContextManager[Made]]


@dataclass(slots=True)
class Clock:
    """Seconds since the epoch, which pass when a test says so."""

    time: float = 1_000_000_000.0

    def __call__(self) -> float:
        return self.time

    async def pass_time(self, seconds: float) -> None:
        self.time += seconds


@asynccontextmanager
async def in_memory(limits: Limits, folder: Path) -> AsyncIterator[Made]:
    clock = Clock()
    store = MemoryStore(limits, clock)

    async def held() -> set[bytes]:
        return {one.part for one in store._records.pictures}

    async def dump() -> bytes:
        return repr((vars(store), vars(store._records), list(store._records.pictures))).encode()

    yield Made((store,), clock.pass_time, clock, held, dump)
    await store.close()


@asynccontextmanager
async def in_sqlite(limits: Limits, folder: Path) -> AsyncIterator[Made]:
    clock, file = Clock(), folder / "var" / "pictures.db"
    workers = tuple(SqliteStore(str(file), limits, clock) for _ in range(2))

    async def held() -> set[bytes]:
        with closing(sqlite3.connect(file)) as db:
            return {part for (part,) in db.execute("SELECT part FROM picture")}

    async def dump() -> bytes:
        return read_by_another(*file.parent.glob(f"{file.name}*"))

    yield Made(workers, clock.pass_time, clock, held, dump)
    for store in workers:
        await store.close()


@asynccontextmanager
async def in_redis(limits: Limits, folder: Path) -> AsyncIterator[Made]:
    with running(folder / "redis") as server:
        async with Redis.from_url(server.url) as redis:
            workers = tuple(RedisStore(server.url, limits) for _ in range(2))

            async def dump() -> bytes:
                await redis.save()
                return (server.folder / "dump.rdb").read_bytes()

            yield Made(workers, partial(pass_time, redis), time.time, partial(held, redis), dump)
            for store in workers:
                await store.close()


KINDS: dict[str, Make] = {"memory": in_memory, "redis": in_redis, "sqlite": in_sqlite}


def read_by_another(*files: Path) -> bytes:
    """What is in files, read by another process: here, closing them would take SQLite's locks."""
    return subprocess.run(["cat", *files], capture_output=True, check=True).stdout


def picture(name: str, source: str = "") -> Picture:
    """A picture that is told by its name; its bytes are like no other's."""
    part = f'"data:image/png;base64,{name}{hashlib.sha256(name.encode()).hexdigest()}"'.encode()
    return Picture(hashlib.sha256(part).hexdigest(), "image/png", 4, 3, len(part), part, source)


def photograph(name: str, size: int = 150_000) -> Picture:
    """A picture of many bytes, which are like no other's."""
    noise = base64.b64encode(random.Random(name).randbytes(size))
    part = b'"data:image/jpeg;base64,' + noise + b'"'
    return Picture(hashlib.sha256(part).hexdigest(), "image/jpeg", 640, 480, size, part)


def traces(picture: Picture, kept: bytes) -> int:
    """How many of the slices of a picture are found in what is kept; none is the aim."""
    slices = (picture.part[at : at + 24] for at in range(100, len(picture.part), 4000))
    return sum(one in kept for one in slices)
