"""What a conversation has: one question without pixels, then the pixels that are not in memory."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from injector.shared import Anchor, Context, Picture, Shared
from injector.store import ANNOUNCED
from injector.store.cache import Cache

_CONTEXT = """
SELECT announcement.made, context.expires, share.digest, media_type, width, height, size, source,
    anchor_ordinal, anchor_digest
FROM (SELECT ? AS conversation_id) AS asked
LEFT JOIN announcement USING (conversation_id)
LEFT JOIN context USING (conversation_id)
LEFT JOIN share ON share.conversation_id = context.conversation_id
LEFT JOIN picture USING (digest)
ORDER BY share.number
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A picture of a conversation, but for its pixels."""

    digest: str
    media_type: str
    width: int
    height: int
    size: int
    source: str
    anchor: Anchor | None


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
        shared = tuple(Shared(_picture(row, parts[row.digest]), row.anchor) for row in rows)
        return Context(shared, awaited=self.made > now - ANNOUNCED)


class Reader:
    """Questions to the file, on whatever thread they are asked.

    Args:
        db: a connection that only reads.
        parts: pixels that are in memory; what is read from the file is put there.
    """

    def __init__(self, db: sqlite3.Connection, parts: Cache) -> None:
        self._db = db
        self._parts = parts

    def find(self, conversation_id: str) -> tuple[Found, dict[str, bytes]]:
        """Return what a conversation has, and the pixels of its pictures by their digests."""
        answer = self._db.execute(_CONTEXT, (conversation_id,)).fetchall()
        made, expires = (moment or 0.0 for moment in answer[0][:2])
        rows = [_row(*values[2:]) for values in answer if values[2] is not None]
        parts = {row.digest: part for row in rows if (part := self._part(row.digest)) is not None}
        # What another worker has deleted since the first question is no longer there.
        return Found(made, expires, tuple(row for row in rows if row.digest in parts)), parts

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
        row = self._db.execute("SELECT part FROM picture WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        self._parts.put(digest, row[0])
        return bytes(row[0])


def _row(
    digest: str,
    media_type: str,
    width: int,
    height: int,
    size: int,
    source: str,
    ordinal: int | None,
    anchor: str | None,
) -> Row:
    stands = None if ordinal is None or anchor is None else Anchor(ordinal, anchor)
    return Row(digest, media_type, width, height, size, source, stands)


def _picture(row: Row, part: bytes) -> Picture:
    return Picture(row.digest, row.media_type, row.width, row.height, row.size, part, row.source)
