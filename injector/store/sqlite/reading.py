"""Questions to the file: what a conversation has, what waits, and what is held in all.

Each asks without pixels first, and then for the pixels that are not in memory.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from injector.shared import Anchor, Context, Overview, Picture, Right, Shared, Summary, Upload
from injector.store import ANNOUNCED, from_timestamp, unknown_picture
from injector.store.cache import Cache
from injector.store.secret import digest_of, is_allowed

_CONTEXT = """
SELECT announcement.made, context.expires, share.digest, media_type, width, height, size, source,
    coalesce(description.text, ''), anchor_ordinal, anchor_digest
FROM (SELECT ? AS conversation_id) AS asked
LEFT JOIN announcement USING (conversation_id)
LEFT JOIN context USING (conversation_id)
LEFT JOIN share ON share.conversation_id = context.conversation_id
LEFT JOIN picture USING (digest)
LEFT JOIN description USING (digest)
ORDER BY share.number
"""

_WAITING = """
SELECT upload.expires, upload.digest, media_type, width, height, size, upload.source,
    coalesce(description.text, '')
FROM upload
JOIN picture USING (digest)
LEFT JOIN description USING (digest)
LEFT JOIN context ON context.conversation_id = upload.conversation_id AND context.expires > :now
LEFT JOIN share ON share.conversation_id = context.conversation_id AND share.digest = upload.digest
WHERE temporary_id = :key AND upload.expires > :now
    AND (upload.conversation_id IS NULL OR share.digest IS NOT NULL)
"""

_CLAIMED_BY = """
SELECT upload.conversation_id
FROM upload
LEFT JOIN context ON context.conversation_id = upload.conversation_id AND context.expires > :now
WHERE temporary_id = :key AND upload.expires > :now
    AND (upload.conversation_id IS NULL OR context.conversation_id IS NOT NULL)
"""

_OVERVIEW = """
WITH alive AS (SELECT conversation_id, expires FROM context WHERE expires > :now),
shared AS (
    SELECT conversation_id, alive.expires, digest, size
    FROM alive JOIN share USING (conversation_id) JOIN picture USING (digest)
),
waiting AS (SELECT digest FROM upload WHERE expires > :now AND conversation_id IS NULL),
held AS (SELECT digest FROM waiting UNION SELECT digest FROM shared)
SELECT 0, (SELECT count(*) FROM waiting), count(*), total(size), 0.0
FROM held JOIN picture USING (digest)
UNION ALL
SELECT 1, conversation_id, count(*), total(size), expires FROM shared GROUP BY conversation_id
ORDER BY 1, 5, 2
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A picture, but for its pixels."""

    digest: str
    media_type: str
    width: int
    height: int
    size: int
    source: str
    description: str
    anchor: Anchor | None = None

    def picture(self, part: bytes) -> Picture:
        """Return the picture that has these pixels."""
        return Picture(
            self.digest,
            self.media_type,
            self.width,
            self.height,
            self.size,
            part,
            self.source,
            self.description,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What the file says of a conversation, whatever the time is.

    `made` is when a picture was announced. Times are seconds since the epoch, 0 for never.
    """

    made: float
    expires: float
    rows: tuple[Row, ...]

    def context(self, now: float, parts: Mapping[str, bytes]) -> Context:
        """Return what the conversation has now; `parts` are the pixels of its pictures."""
        rows = self.rows if self.expires > now else ()
        shared = tuple(Shared(row.picture(parts[row.digest]), row.anchor) for row in rows)
        awaited = self.made > now - ANNOUNCED
        return Context(shared, awaited, self.expires if shared else 0.0)


class Reader:
    """Questions to the file, on whatever thread they are asked.

    Args:
        db: a connection that only reads.
        parts: pixels that are in memory; what is read from the file is put there.
        clock: seconds since the epoch.
    """

    def __init__(self, db: sqlite3.Connection, parts: Cache, clock: Callable[[], float]) -> None:
        self._db = db
        self._parts = parts
        self._clock = clock

    def find(self, conversation_id: str) -> tuple[Found, dict[str, bytes]]:
        """Return what a conversation has, and the pixels of its pictures by their digests."""
        answer = self._db.execute(_CONTEXT, (conversation_id,)).fetchall()
        made, expires = (moment or 0.0 for moment in answer[0][:2])
        rows = [_row(*values[2:]) for values in answer if values[2] is not None]
        parts = {row.digest: part for row in rows if (part := self._part(row.digest)) is not None}
        # What another worker has deleted since the first question is no longer there.
        return Found(made, expires, tuple(row for row in rows if row.digest in parts)), parts

    def waiting(self, temporary_id: str) -> Upload:
        """Return what was uploaded under a temporaryId."""
        values = {"key": digest_of(temporary_id), "now": self._clock()}
        found = self._db.execute(_WAITING, values).fetchone()
        part = None if found is None else self._part(found[1])
        if part is None:
            raise unknown_picture(temporary_id)
        return Upload(temporary_id, Row(*found[1:]).picture(part), from_timestamp(found[0]))

    def claimed_by(self, temporary_id: str) -> str | None:
        """Return the conversation that has claimed a temporaryId; None while it waits."""
        values = {"key": digest_of(temporary_id), "now": self._clock()}
        found = self._db.execute(_CLAIMED_BY, values).fetchone()
        if found is None:
            raise unknown_picture(temporary_id)
        return None if found[0] is None else str(found[0])

    def is_allowed(self, conversation_id: str, right: Right) -> bool:
        """Tell whether a right is enough for a conversation; without pictures, only the bearer."""
        found = self._db.execute(
            "SELECT token_digest FROM context WHERE conversation_id = ? AND expires > ?",
            (conversation_id, self._clock()),
        ).fetchone()
        return right.bearer if found is None else is_allowed(right, found[0])

    def overview(self) -> Overview:
        """Return what is held in all."""
        all_, *contexts = self._db.execute(_OVERVIEW, {"now": self._clock()}).fetchall()
        summaries = (
            Summary(conversation_id, pictures, int(size), from_timestamp(expires))
            for _, conversation_id, pictures, size, expires in contexts
        )
        _, waiting, pictures, size, _ = all_
        return Overview(tuple(summaries), waiting, pictures, int(size))

    def drop_strangers(self) -> None:
        """Let go of the pixels in memory whose pictures the file has no more."""
        held = self._parts.names()  # before the question: what comes later is newer than its answer
        known = self._db.execute("SELECT digest FROM picture").fetchall()
        self._parts.drop(held - {digest for (digest,) in known})
        self.shrink()

    def shrink(self) -> None:
        """Let go of the pages that SQLite keeps in memory."""
        self._db.execute("PRAGMA shrink_memory")

    def ping(self) -> None:
        """Return if the file can be read."""
        self._db.execute("SELECT 1 FROM picture LIMIT 1").fetchone()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _part(self, digest: str) -> bytes | None:
        held = self._parts.get(digest)
        if held is not None:
            return held
        drops = self._parts.drops  # before the question: a picture that is deleted stays deleted
        row = self._db.execute("SELECT part FROM picture WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        self._parts.put(digest, row[0], drops=drops)
        return bytes(row[0])


def _row(*values: Any) -> Row:
    *of_picture, ordinal, digest = values
    anchor = None if ordinal is None or digest is None else Anchor(ordinal, digest)
    return replace(Row(*of_picture), anchor=anchor)
