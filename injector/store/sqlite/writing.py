"""Every change of the file, each one transaction: it is there whole, or not at all."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from injector.shared import Anchor, Association, Parted, Picture, Right, Upload
from injector.store import (
    ANNOUNCED,
    Limits,
    context_taken,
    from_timestamp,
    picture_taken,
    unknown_picture,
)
from injector.store.cache import Cache
from injector.store.secret import digest_of, is_allowed, new_temporary_id, token_of
from injector.store.sqlite import forgetting, owning
from injector.store.sqlite.cleaning import Cleaner, is_full

Answer = TypeVar("Answer")

log = logging.getLogger("sightline.injector")


class Writer:
    """Changes of the file, on whatever thread they are asked for, one at a time.

    `deleted` is how many pictures' bytes this one has deleted so far.

    Args:
        db: a connection that may change the file.
        limits: how long and how many.
        clock: seconds since the epoch.
        parts: pixels that are in memory; those of deleted pictures leave it.
        cleaner: what takes away the traces of a deletion.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        limits: Limits,
        clock: Callable[[], float],
        parts: Cache,
        cleaner: Cleaner,
    ) -> None:
        self._db = db
        self._known_others = self._others()
        self._limits = limits
        self._clock = clock
        self._parts = parts
        self._cleaner = cleaner
        self._spares_pixels = False
        self.deleted = 0

    def keep(self, picture: Picture) -> Upload:
        """Keep a picture under a new temporaryId."""
        now = self._clock()
        temporary_id, expires = new_temporary_id(), now + self._limits.ttl
        with self._change(now):
            owning.put(self._db, picture, digest_of(temporary_id), expires)
        self._parts.put(picture.digest, picture.part)  # a turn will ask for it soon
        return Upload(temporary_id, picture, from_timestamp(expires))

    def associate(
        self, conversation_id: str, temporary_id: str, right: Right, *, replace: bool
    ) -> Association:
        """Give an uploaded picture to a conversation; return how many pictures that now has."""
        now, token = self._clock(), token_of(conversation_id, temporary_id)
        with self._change(now) as let_go:
            upload = owning.upload(self._db, digest_of(temporary_id))
            if upload is None:
                raise unknown_picture(temporary_id)
            if upload.owner not in {None, conversation_id}:
                raise picture_taken(temporary_id)
            token_digest = owning.token_digest(self._db, conversation_id)
            if upload.owner is None:
                if token_digest is None:
                    token_digest = digest_of(token)
                elif not is_allowed(right, token_digest):
                    raise context_taken(conversation_id)
                owning.give(self._db, conversation_id, upload)
                most = 1 if replace else self._limits.per_conversation
                newest = upload.digest
                let_go.update(forgetting.push_out(self._db, conversation_id, newest, most))
                self._end_wait(conversation_id)
            elif token_digest is None:
                raise unknown_picture(temporary_id)
            expires = now + self._limits.ttl
            count = owning.keep_until(self._db, conversation_id, token_digest, expires)
        return Association(count, token if digest_of(token) == token_digest else "")

    def remove(self, temporary_id: str) -> Parted:
        """Take one picture away, whether it waits or a conversation has it."""
        with self._change(self._clock()) as let_go:
            upload = owning.upload(self._db, digest_of(temporary_id))
            if upload is None:
                raise unknown_picture(temporary_id)
            gone = forgetting.take(self._db, upload.key, upload.digest, upload.owner)
            if not gone:
                raise unknown_picture(temporary_id)
            let_go.update(gone)
            count = 0 if upload.owner is None else owning.count(self._db, upload.owner)
        return Parted(upload.owner, count)

    def anchor(self, conversation_id: str, anchors: Mapping[str, Anchor]) -> None:
        """Remember where in its history a conversation's pictures stand, by their digests."""
        with self._transaction():
            self._db.executemany(
                "UPDATE share SET anchor_ordinal = ?, anchor_digest = ? "
                "WHERE conversation_id = ? AND digest = ?",
                [(at.ordinal, at.digest, conversation_id, one) for one, at in anchors.items()],
            )

    def announce(self, conversation_id: str, right: Right) -> None:
        """Note that a picture is on its way to a conversation."""
        now = self._clock()
        with self._change(now):
            self._check(conversation_id, right)
            self._db.execute(
                "INSERT OR REPLACE INTO announcement (conversation_id, made) VALUES (?, ?)",
                (conversation_id, now),
            )

    def withdraw(self, conversation_id: str, right: Right) -> None:
        """End the wait for an announced picture, if there is one."""
        with self._change(self._clock()):
            self._check(conversation_id, right)
            self._end_wait(conversation_id)

    def renew(self, conversation_id: str, expires: float) -> None:
        """Keep a conversation's pictures at least until `expires`, if they are still there."""
        self._db.execute(
            "UPDATE context SET expires = max(expires, ?) WHERE conversation_id = ?",
            (expires, conversation_id),
        )

    def describe(self, digest: str, description: str) -> None:
        """Remember what a model says of a picture, if it is still there."""
        self._db.execute(
            "INSERT OR REPLACE INTO description (digest, text) "
            "SELECT digest, ? FROM picture WHERE digest = ?",
            (description, digest),
        )

    def forget(self, conversation_id: str) -> int:
        """Forget a conversation; return how many pictures it had."""
        with self._change(self._clock()) as let_go:
            had = forgetting.end(self._db, conversation_id)
            self._end_wait(conversation_id)
            let_go.update(had)
        return len(had)

    def claim(self, name: str, seconds: float) -> bool:
        """Tell whether this is the first time in so many seconds that `name` is claimed."""
        now = self._clock()
        with self._transaction():
            self._db.execute("DELETE FROM claim WHERE expires <= ?", (now,))
            made = self._db.execute(
                "INSERT OR IGNORE INTO claim (name, expires) VALUES (?, ?)", (name, now + seconds)
            )
        return made.rowcount == 1

    def release(self, name: str) -> None:
        """Take a claim back."""
        self._db.execute("DELETE FROM claim WHERE name = ?", (name,))

    def sweep(self) -> int:
        """Delete what has expired and whatever nobody holds; return how many pictures that were."""
        before = self.deleted
        with self._change(self._clock()) as let_go:
            let_go.update(forgetting.orphans(self._db))
        self._cleaner.sweep(self._db)
        if self._others() != self._known_others:
            # Another worker may have deleted what is in the memory of this connection.
            self._db = self._cleaner.clean(self._db)
            self._known_others = self._others()
        return self.deleted - before

    def _others(self) -> int:
        """Return what differs after commits of others (https://sqlite.org/pragma.html)."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        return int(version)

    def despite_full(self, change: Callable[[], Answer]) -> Answer:
        """Make a change that needs little room, also where the disk is full.

        Where the pixels that it deletes need more than stands ready, they stay until the next sweep
        that has room; nobody has them from here on.
        """
        for attempt in (self._cleaner.make_room, self._spare_pixels):
            try:
                return change()
            except sqlite3.Error as error:
                if not is_full(error):
                    raise
            attempt(self._db)
        try:
            return change()
        finally:
            self._spares_pixels = False

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _change(self, now: float) -> Iterator[set[str]]:
        """Hold a transaction, in which what has expired by `now` is forgotten first.

        It gives the digests of which something has been let go, for more to be added. Those that
        nobody holds in the end are deleted, and leave no trace.
        """
        try:
            with self._transaction():
                let_go = forgetting.expire(self._db, now)
                self._db.execute("DELETE FROM announcement WHERE made <= ?", (now - ANNOUNCED,))
                yield let_go
                gone = [] if self._spares_pixels else forgetting.delete(self._db, let_go)
        except sqlite3.Error as error:
            if is_full(error):  # and a picture that is half written stands in the log
                self._db = self._cleaner.clean(self._db)
            raise
        if gone:
            self._parts.drop(gone)
            self.deleted += len(gone)
            self._db = self._cleaner.clean(self._db)

    def _spare_pixels(self, _: sqlite3.Connection) -> None:
        log.warning("the disk is full: pixels that are forgotten stay in the file for now")
        self._spares_pixels = True

    def _check(self, conversation_id: str, right: Right) -> None:
        token_digest = owning.token_digest(self._db, conversation_id)
        if token_digest is not None and not is_allowed(right, token_digest):
            raise context_taken(conversation_id)

    def _end_wait(self, conversation_id: str) -> None:
        self._db.execute("DELETE FROM announcement WHERE conversation_id = ?", (conversation_id,))
