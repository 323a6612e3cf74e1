"""Pixels of pictures: from memory, or fetched from Redis once for everybody who asks meanwhile.

What is fetched is kept in memory even if the turn that asked has left before it came, so that a
picture that is too large for one turn's patience is there for the next.
"""

import asyncio
from collections.abc import Iterable

from injector.store.cache import Cache
from injector.store.redis import scripts
from injector.store.redis.line import Line


class Pixels:
    """The parts of pictures by their digests.

    Only for digests that Redis has just named: what it has deleted is never asked for, and what is
    in memory is found by nobody else.

    Args:
        line: where missing ones are fetched.
        bound: the most bytes of parts that are kept in memory.
    """

    def __init__(self, line: Line, bound: int) -> None:
        self._line = line
        self._cache = Cache(bound)
        self._fetching: dict[str, asyncio.Task[bytes | None]] = {}

    async def parts(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Return the parts of those pictures that are still there.

        Raises:
            StoreFailed: Redis cannot answer.
        """
        wanted = {digest: self._cache.get(digest) for digest in digests}
        missing = [digest for digest, part in wanted.items() if part is None]
        if missing:
            tasks = [self._fetched(digest) for digest in missing]
            fetched = await asyncio.gather(*(asyncio.shield(task) for task in tasks))
            wanted.update(zip(missing, fetched, strict=True))
        return {digest: part for digest, part in wanted.items() if part is not None}

    def put(self, digest: str, part: bytes) -> None:
        """Keep a part that a turn will soon ask for."""
        self._cache.put(digest, part)

    def drop(self, digests: Iterable[str]) -> None:
        """Let go of pictures that are deleted; what is on the way just now is not kept either."""
        self._cache.drop(digests)

    def digests(self) -> tuple[str, ...]:
        """Return which pictures are in memory."""
        return tuple(self._cache.names())

    def _fetched(self, digest: str) -> asyncio.Task[bytes | None]:
        task = self._fetching.get(digest)
        if task is None:
            fetch = self._fetch(digest, self._cache.drops)
            task = self._fetching[digest] = asyncio.create_task(fetch)
            task.add_done_callback(lambda done: self._settle(digest, done))
        return task

    async def _fetch(self, digest: str, drops: int) -> bytes | None:
        (part,) = await self._line.run(scripts.PART, f"picture:{digest}", digest)
        if part is not None:
            self._cache.put(digest, part, drops=drops)
        return part if part is None else bytes(part)

    def _settle(self, digest: str, done: asyncio.Task[bytes | None]) -> None:
        self._fetching.pop(digest, None)
        if not done.cancelled():
            done.exception()  # whoever still waits for it raises it
