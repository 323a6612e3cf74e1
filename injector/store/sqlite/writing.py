"""Every change of the file, each one transaction: it is there whole, or not at all."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from injector.shared import Anchor, Picture, Upload
from injector.store import (
    ANNOUNCED,
    Limits,
    from_timestamp,
    new_temporary_id,
    picture_taken,
    unknown_picture,
)
from injector.store.cache import Cache


class Writer:
    """Changes of the file, on whatever thread they are asked for, one at a time.

    Args:
        db: a connection that may change the file.
        limits: how long and how many.
        clock: seconds since the epoch.
        parts: pixels that are in memory; those of deleted pictures leave it.
    """

    def __init__(
        self, db: sqlite3.Connection, limits: Limits, clock: Callable[[], float], parts: Cache
    ) -> None:
        self._db = db
        self._limits = limits
        self._clock = clock
        self._parts = parts

    def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""
        now = self._clock()
        temporary_id, expires = new_temporary_id(), now + self._limits.ttl
        with self._change(now):
            self._db.execute(
                "INSERT OR IGNORE INTO picture (digest, media_type, width, height, size, part) "
                "VALUES (?, ?, ?, ?, ?, ?)",
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
                "INSERT INTO upload (temporary_id, digest, expires, source) VALUES (?, ?, ?, ?)",
                (temporary_id, picture.digest, expires, picture.source),
            )
        self._parts.put(picture.digest, picture.part)  # a turn will ask for it soon
        return Upload(temporary_id, picture, from_timestamp(expires))

    def associate(self, conversation_id: str, temporary_id: str) -> int:
        """Give an uploaded picture to a conversation; return how many pictures that now has."""
        now = self._clock()
        with self._change(now):
            waiting = self._db.execute(
                "SELECT digest, source, conversation_id FROM upload WHERE temporary_id = ?",
                (temporary_id,),
            ).fetchone()
            if waiting is None:
                raise unknown_picture(temporary_id)
            digest, source, owner = waiting
            if owner not in {None, conversation_id}:
                raise picture_taken(temporary_id)
            self._db.execute(
                "INSERT OR REPLACE INTO context (conversation_id, expires) VALUES (?, ?)",
                (conversation_id, now + self._limits.ttl),
            )
            if owner is None:
                self._share(conversation_id, temporary_id, digest, source)
            self._end_wait(conversation_id)
            (count,) = self._db.execute(
                "SELECT count(*) FROM share WHERE conversation_id = ?", (conversation_id,)
            ).fetchone()
            return int(count)

    def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "UPDATE share SET anchor_ordinal = ?, anchor_digest = ? "
                "WHERE conversation_id = ? AND digest = ?",
                [(at.ordinal, at.digest, conversation_id, one) for one, at in anchors.items()],
            )

    def announce(self, conversation_id: str) -> None:
        """Note that a picture is on its way to a conversation."""
        now = self._clock()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM announcement WHERE made <= ?", (now - ANNOUNCED,))
            self._db.execute(
                "INSERT OR REPLACE INTO announcement (conversation_id, made) VALUES (?, ?)",
                (conversation_id, now),
            )

    def withdraw(self, conversation_id: str) -> None:
        """End the wait for an announced picture, if there is one."""
        self._end_wait(conversation_id)

    def renew(self, conversation_id: str, expires: float) -> None:
        """Keep a conversation's pictures at least until `expires`, if they are still there."""
        self._db.execute(
            "UPDATE context SET expires = max(expires, ?) WHERE conversation_id = ?",
            (expires, conversation_id),
        )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _change(self, now: float) -> Iterator[None]:
        """Hold a transaction, in which what has expired by `now` is forgotten first."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            gone = self._forget_expired(now)
            yield
        self._parts.drop(gone)

    def _share(self, conversation_id: str, temporary_id: str, digest: str, source: str) -> None:
        self._db.execute(
            "UPDATE upload SET conversation_id = ? WHERE temporary_id = ?",
            (conversation_id, temporary_id),
        )
        self._db.execute(
            "INSERT OR IGNORE INTO share (conversation_id, digest, source) VALUES (?, ?, ?)",
            (conversation_id, digest, source),
        )
        self._db.execute(
            "DELETE FROM share WHERE conversation_id = ? AND number NOT IN (SELECT number FROM "
            "share WHERE conversation_id = ? ORDER BY number DESC LIMIT ?)",
            (conversation_id, conversation_id, self._limits.per_conversation),
        )

    def _end_wait(self, conversation_id: str) -> None:
        self._db.execute("DELETE FROM announcement WHERE conversation_id = ?", (conversation_id,))

    def _forget_expired(self, now: float) -> list[str]:
        """Delete what has expired; return the digests of the pictures that nobody has any more."""
        uploads = self._db.execute("DELETE FROM upload WHERE expires <= ?", (now,))
        contexts = self._db.execute("DELETE FROM context WHERE expires <= ?", (now,))
        if not uploads.rowcount and not contexts.rowcount:
            return []  # the questions below look at every picture
        self._db.execute(
            "DELETE FROM share WHERE conversation_id NOT IN (SELECT conversation_id FROM context)"
        )
        gone = self._db.execute(
            "SELECT digest FROM picture WHERE digest NOT IN (SELECT digest FROM upload) "
            "AND digest NOT IN (SELECT digest FROM share)"
        ).fetchall()
        self._db.executemany("DELETE FROM picture WHERE digest = ?", gone)
        return [digest for (digest,) in gone]
