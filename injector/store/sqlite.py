"""Pictures in one SQLite file: for several workers on one machine, and for a restart.

SQLite is asked on a thread of its own, so that a slow disk stops no turn that is being relayed.
Every change is one transaction, which is there whole or not at all after a crash.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from contract.errors import StoreFailed
from injector.picture import Picture, Upload
from injector.store import (
    Limits,
    from_timestamp,
    new_temporary_id,
    picture_taken,
    unknown_picture,
)

Answer = TypeVar("Answer")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS picture (
    digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, size INTEGER NOT NULL, part BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload (
    temporary_id TEXT PRIMARY KEY, digest TEXT NOT NULL, expires REAL NOT NULL,
    conversation_id TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS context (
    conversation_id TEXT PRIMARY KEY, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS share (
    number INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL,
    digest TEXT NOT NULL, UNIQUE (conversation_id, digest)
);
"""

_RENEW_BELOW = 0.9  # of the time to live: a write for each turn would be heard as silence
_PATIENCE = 2.0  # seconds to wait for another worker's transaction


class SqliteStore:
    """A `Store` in one file.

    Args:
        path: the file; its folder is made if it is not there.
        limits: how long and how many.
        clock: seconds since the epoch; another one in tests.

    Raises:
        StoreFailed: the file cannot be opened or is no SQLite database.
    """

    def __init__(self, path: str, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self._limits = limits
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-store")
        try:
            self._db = self._thread.submit(_open, Path(path)).result()
        except (OSError, sqlite3.Error) as error:
            self._thread.shutdown()
            raise StoreFailed(f"the store {path} cannot be opened: {error}") from error

    async def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""
        return await self._ask(lambda: self._keep(picture))

    async def associate(self, conversation_id: str, temporary_id: str) -> int:
        """Give an uploaded picture to a conversation; return how many pictures that now has."""
        return await self._ask(lambda: self._associate(conversation_id, temporary_id))

    async def pictures(self, conversation_id: str) -> tuple[Picture, ...]:
        """Return a conversation's pictures in the order in which they were shared."""
        return await self._ask(lambda: self._pictures(conversation_id))

    async def ping(self) -> None:
        """Return if the file can be read."""
        await self._ask(lambda: self._db.execute("SELECT 1 FROM picture LIMIT 1").fetchone())

    async def close(self) -> None:
        """Close the file."""
        await self._ask(self._db.close)
        self._thread.shutdown(wait=False)

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, question)
        except sqlite3.Error as error:
            raise StoreFailed(f"the store of pictures cannot answer: {error}") from error

    def _keep(self, picture: Picture) -> Upload:
        now = self._clock()
        temporary_id, expires = new_temporary_id(), now + self._limits.ttl
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._forget_expired(now)
            self._db.execute(
                "INSERT OR IGNORE INTO picture VALUES (?, ?, ?, ?, ?, ?)",
                (
                    picture.digest,
                    picture.media_type,
                    picture.width,
                    picture.height,
                    picture.size,
                    picture.part,
                ),
            )
            self._db.execute(
                "INSERT INTO upload VALUES (?, ?, ?, NULL)", (temporary_id, picture.digest, expires)
            )
        return Upload(temporary_id, picture, from_timestamp(expires))

    def _associate(self, conversation_id: str, temporary_id: str) -> int:
        now = self._clock()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._forget_expired(now)
            waiting = self._db.execute(
                "SELECT digest, conversation_id FROM upload WHERE temporary_id = ?", (temporary_id,)
            ).fetchone()
            if waiting is None:
                raise unknown_picture(temporary_id)
            digest, owner = waiting
            if owner not in {None, conversation_id}:
                raise picture_taken(temporary_id)
            self._db.execute(
                "INSERT OR REPLACE INTO context VALUES (?, ?)",
                (conversation_id, now + self._limits.ttl),
            )
            if owner is None:
                self._share(conversation_id, temporary_id, digest)
            (count,) = self._db.execute(
                "SELECT count(*) FROM share WHERE conversation_id = ?", (conversation_id,)
            ).fetchone()
            return int(count)

    def _share(self, conversation_id: str, temporary_id: str, digest: str) -> None:
        self._db.execute(
            "UPDATE upload SET conversation_id = ? WHERE temporary_id = ?",
            (conversation_id, temporary_id),
        )
        self._db.execute(
            "INSERT OR IGNORE INTO share (conversation_id, digest) VALUES (?, ?)",
            (conversation_id, digest),
        )
        self._db.execute(
            "DELETE FROM share WHERE conversation_id = ? AND number NOT IN (SELECT number FROM "
            "share WHERE conversation_id = ? ORDER BY number DESC LIMIT ?)",
            (conversation_id, conversation_id, self._limits.per_conversation),
        )

    def _pictures(self, conversation_id: str) -> tuple[Picture, ...]:
        now = self._clock()
        rows = self._db.execute(
            "SELECT context.expires, picture.* FROM context JOIN share USING (conversation_id) "
            "JOIN picture USING (digest) WHERE conversation_id = ? AND context.expires > ? "
            "ORDER BY share.number",
            (conversation_id, now),
        ).fetchall()
        if rows and rows[0][0] < now + _RENEW_BELOW * self._limits.ttl:
            self._renew(conversation_id, now + self._limits.ttl)
        return tuple(Picture(*row[1:]) for row in rows)

    def _renew(self, conversation_id: str, expires: float) -> None:
        """Keep a context for longer, unless another worker is writing: a turn waits for nobody."""
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            self._db.execute(
                "UPDATE context SET expires = ? WHERE conversation_id = ?",
                (expires, conversation_id),
            )
        except sqlite3.OperationalError:
            pass  # the next turn tries again, long before the end
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000:.0f}")

    def _forget_expired(self, now: float) -> None:
        self._db.execute("DELETE FROM upload WHERE expires <= ?", (now,))
        self._db.execute("DELETE FROM context WHERE expires <= ?", (now,))
        self._db.execute(
            "DELETE FROM share WHERE conversation_id NOT IN (SELECT conversation_id FROM context)"
        )
        self._db.execute(
            "DELETE FROM picture WHERE digest NOT IN (SELECT digest FROM upload) "
            "AND digest NOT IN (SELECT digest FROM share)"
        )


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)  # what people showed is nobody else's business here
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        db.executescript(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db
