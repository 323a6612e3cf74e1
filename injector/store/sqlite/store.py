"""The store in one file: what is asked on which thread, and what is answered from memory."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import replace as changed
from functools import partial
from pathlib import Path
from typing import TypeVar

from contract.errors import StoreFailed
from injector.shared import Anchor, Association, Context, Overview, Parted, Picture, Right, Upload
from injector.store import ITSELF, NOBODY, Limits
from injector.store.cache import Cache
from injector.store.sqlite.answers import Answers
from injector.store.sqlite.changes import Changes
from injector.store.sqlite.cleaning import Cleaner, is_full
from injector.store.sqlite.reading import Found, Reader
from injector.store.sqlite.schema import open_to_read, open_to_write
from injector.store.sqlite.thread import Desk
from injector.store.sqlite.writing import Writer

Answer = TypeVar("Answer")

log = logging.getLogger("sightline.injector")

_RENEW_BELOW = 0.9
"""Of the time to live: a commit for each turn would make every worker ask the file again."""


class SqliteStore:
    """A `Store` in one file.

    Args:
        path: the file; its folder is made if it is not there.
        limits: how long and how many.
        clock: seconds since the epoch; another one in tests.

    Raises:
        StoreFailed: the file cannot be opened, is no SQLite database, or is too new.
    """

    def __init__(self, path: str, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self._limits = limits
        self._clock = clock
        self._parts = Cache(limits.cache)
        try:
            to_write, to_read = _open(Path(path))
        except (OSError, sqlite3.Error, StoreFailed) as error:
            raise StoreFailed(f"the store {path} cannot be opened: {error}") from error
        cleaner = Cleaner(Path(path))
        cleaner.keep_room()
        self._writer = Writer(to_write, limits, clock, self._parts, cleaner)
        self._reader = Reader(to_read, self._parts, clock)
        self._changes = Changes(Path(path))
        self._answers = Answers(self._changes.mark)
        self._writing, self._reading = Desk("sqlite-writing"), Desk("sqlite-reading")
        self._renewing: set[str] = set()
        self._shrunk = 0  # how many pictures were deleted when the reader last let go of its pages

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""
        return await self._change(partial(self._writer.keep, picture))

    async def waiting(self, temporary_id: str) -> Upload:
        """Return what was uploaded under a temporaryId."""
        return await self._ask(self._reading, partial(self._reader.waiting, temporary_id))

    async def associate(
        self,
        conversation_id: str,
        temporary_id: str,
        *,
        right: Right = NOBODY,
        replace: bool = False,
    ) -> Association:
        """Give an uploaded picture to a conversation; return how many pictures that now has."""
        associate = partial(self._writer.associate, replace=replace)
        return await self._change(
            partial(
                self._writer.despite_full, partial(associate, conversation_id, temporary_id, right)
            )
        )

    async def remove(self, temporary_id: str) -> Parted:
        """Take one picture away, whether it waits or a conversation has it."""
        change = partial(self._writer.remove, temporary_id)
        return await self._change(partial(self._writer.despite_full, change))

    async def claimed_by(self, temporary_id: str) -> str | None:
        """Return the conversation that has claimed a temporaryId; None while it waits."""
        return await self._ask(self._reading, partial(self._reader.claimed_by, temporary_id))

    async def context(self, conversation_id: str, *, renew: bool = True) -> Context:
        """Return a conversation's pictures, where they stand, and whether one more is awaited."""
        now = self._clock()
        found = self._answers.get(conversation_id)
        parts = None if found is None else self._held(found)
        if found is None or parts is None:
            found, parts = await self._find(conversation_id)
        context = found.context(now, parts)
        if renew and now < found.expires < now + _RENEW_BELOW * self._limits.ttl:
            expires = now + self._limits.ttl
            self._renew(conversation_id, expires)
            context = changed(context, expires=expires if context.pictures else 0.0)
        return context

    async def is_allowed(self, conversation_id: str, right: Right) -> bool:
        """Tell whether a right is enough for a conversation; without pictures, only the bearer."""
        question = partial(self._reader.is_allowed, conversation_id, right)
        return await self._ask(self._reading, question)

    async def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests."""
        await self._change(partial(self._writer.anchor, conversation_id, anchors))

    async def announce(self, conversation_id: str, *, right: Right = NOBODY) -> None:
        """Note that a picture is on its way: it is awaited for `ANNOUNCED` seconds from now."""
        await self._change(partial(self._writer.announce, conversation_id, right))

    async def withdraw(self, conversation_id: str, *, right: Right = ITSELF) -> None:
        """End the wait for an announced picture, if there is one."""
        await self._change(partial(self._writer.withdraw, conversation_id, right))

    async def describe(self, digest: str, description: str) -> None:
        """Remember what a model says of a picture."""
        await self._change(partial(self._writer.describe, digest, description))

    async def forget(self, conversation_id: str) -> int:
        """Forget a conversation; return how many pictures it had."""
        change = partial(self._writer.forget, conversation_id)
        return await self._change(partial(self._writer.despite_full, change))

    async def overview(self) -> Overview:
        """Return what is held, for whoever runs the endpoint."""
        return await self._ask(self._reading, self._reader.overview)

    async def claim(self, name: str, seconds: float) -> bool:
        """Tell whether this is the first time in so many seconds that `name` is claimed."""
        change = partial(self._writer.claim, name, seconds)
        return await self._change(partial(self._writer.despite_full, change))

    async def release(self, name: str) -> None:
        """Take a claim back."""
        await self._change(partial(self._writer.release, name))

    async def sweep(self) -> int:
        """Delete the bytes of what has expired; return how many pictures that were."""
        deleted = await self._change(partial(self._writer.despite_full, self._writer.sweep))
        await self._ask(self._reading, self._reader.drop_strangers)
        return deleted

    async def ping(self) -> None:
        """Return if the file can be read."""
        await self._ask(self._reading, self._reader.ping)

    async def close(self) -> None:
        """Close the file, once everything that was asked for is done."""
        await self._ask(self._reading, self._reader.close)
        self._reading.close()
        await self._ask(self._writing, self._writer.close)
        self._writing.close()
        self._answers.clear()
        self._changes.close()

    def _held(self, found: Found) -> dict[str, bytes] | None:
        """Return the pixels of what was found, if all of them are in memory."""
        parts: dict[str, bytes] = {}
        for row in found.rows:
            part = self._parts.get(row.digest)
            if part is None:
                return None
            parts[row.digest] = part
        return parts

    async def _find(self, conversation_id: str) -> tuple[Found, dict[str, bytes]]:
        mark = self._answers.mark()  # before the question: what is committed meanwhile counts later
        question = partial(self._reader.find, conversation_id)
        found, parts = await self._ask(self._reading, question)
        self._answers.put(conversation_id, found, mark)
        return found, parts

    def _renew(self, conversation_id: str, expires: float) -> None:
        """Keep a conversation for longer; the turn that is being answered does not wait for it."""
        if conversation_id in self._renewing:
            return
        self._renewing.add(conversation_id)
        change = partial(self._writer.renew, conversation_id, expires)
        self._writing.ask(change).add_done_callback(partial(self._renewed, conversation_id))

    def _renewed(self, conversation_id: str, done: asyncio.Future[None]) -> None:
        self._renewing.discard(conversation_id)
        if not done.cancelled() and (error := done.exception()) is not None:
            # The next turn tries again, long before the end.
            log.warning("a conversation's time could not be renewed: %s", error)

    async def _change(self, change: Callable[[], Answer]) -> Answer:
        """Change the file; where that has deleted a picture, the reader lets go of it too."""
        answer = await self._ask(self._writing, change)
        if self._shrunk != (deleted := self._writer.deleted):
            self._answers.clear()  # void anyway, but what was said of a picture stands there
            await self._ask(self._reading, self._reader.shrink)
            self._shrunk = deleted
        return answer

    async def _ask(self, desk: Desk, question: Callable[[], Answer]) -> Answer:
        try:
            return await desk.ask(question)
        except sqlite3.Error as error:
            raise StoreFailed(_sentence(error)) from error


def _sentence(error: sqlite3.Error) -> str:
    if is_full(error):
        return (
            f"the store of pictures cannot take more: {error}; make room on its disk, and it goes "
            "on by itself"
        )
    return f"the store of pictures cannot answer: {error}"


def _open(file: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    to_write = open_to_write(file)
    try:
        to_read = open_to_read(file)
        to_read.execute("SELECT 1 FROM picture LIMIT 1").fetchone()
    except BaseException:
        to_write.close()
        raise
    return to_write, to_read
