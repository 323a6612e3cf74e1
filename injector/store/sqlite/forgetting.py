"""Who lets go of a picture, and what is deleted then. Each function works inside a transaction.

A picture is held by uploads that wait and by shares. Whoever takes one of these away returns whose
digests they were; `delete` then deletes those that nobody holds any more.
"""

import sqlite3
from collections.abc import Iterable

_FREE = """
NOT EXISTS (SELECT 1 FROM upload WHERE upload.digest = picture.digest AND conversation_id IS NULL)
AND NOT EXISTS (SELECT 1 FROM share WHERE share.digest = picture.digest)
"""


def expire(db: sqlite3.Connection, now: float) -> set[str]:
    """Take away what has expired by `now`; return the digests that it held."""
    let_go = _digests(db, "upload", "expires <= ? AND conversation_id IS NULL", (now,))
    db.execute("DELETE FROM upload WHERE expires <= ?", (now,))
    over = db.execute("SELECT conversation_id FROM context WHERE expires <= ?", (now,)).fetchall()
    for (conversation_id,) in over:
        let_go |= end(db, conversation_id)
    return let_go


def end(db: sqlite3.Connection, conversation_id: str) -> set[str]:
    """Take away a conversation with the uploads that it has claimed; return what it held."""
    let_go = _digests(db, "share", "conversation_id = ?", (conversation_id,))
    db.execute("DELETE FROM share WHERE conversation_id = ?", (conversation_id,))
    db.execute("DELETE FROM upload WHERE conversation_id = ?", (conversation_id,))
    db.execute("DELETE FROM context WHERE conversation_id = ?", (conversation_id,))
    return let_go


def take(db: sqlite3.Connection, key: str, digest: str, owner: str | None) -> set[str]:
    """Take away what was uploaded under a key; return its digest if somebody let go of it.

    A conversation's upload stays as a trace of whose it was, so that it is given to nobody.
    """
    if owner is None:
        gone = db.execute("DELETE FROM upload WHERE temporary_id = ?", (key,))
    else:
        values = (owner, digest)
        gone = db.execute("DELETE FROM share WHERE conversation_id = ? AND digest = ?", values)
    return {digest} if gone.rowcount else set()


def push_out(db: sqlite3.Connection, conversation_id: str, newest: str, most: int) -> set[str]:
    """Take away a conversation's oldest pictures but for `most`, and never the newest."""
    where = (
        "conversation_id = ? AND digest != ? AND number NOT IN (SELECT number FROM share "
        "WHERE conversation_id = ? ORDER BY digest = ? DESC, number DESC LIMIT ?)"
    )
    values = (conversation_id, newest, conversation_id, newest, most)
    let_go = _digests(db, "share", where, values)
    db.execute(f"DELETE FROM share WHERE {where}", values)  # noqa: S608 - a constant
    return let_go


def orphans(db: sqlite3.Connection) -> set[str]:
    """Take away shares of no conversation; return the digests that nobody holds."""
    where = "conversation_id NOT IN (SELECT conversation_id FROM context)"
    db.execute(f"DELETE FROM share WHERE {where}")  # noqa: S608 - a constant
    return _digests(db, "picture", _FREE, ())


def delete(db: sqlite3.Connection, let_go: Iterable[str]) -> list[str]:
    """Delete those pictures that nobody holds any more; return their digests."""
    return [digest for digest in let_go if _is_deleted(db, digest)]


def _is_deleted(db: sqlite3.Connection, digest: str) -> bool:
    where = f"digest = ? AND {_FREE}"
    deleted = db.execute(f"DELETE FROM picture WHERE {where}", (digest,))  # noqa: S608 - a constant
    if deleted.rowcount:
        db.execute("DELETE FROM description WHERE digest = ?", (digest,))
    return bool(deleted.rowcount)


def _digests(
    db: sqlite3.Connection, table: str, where: str, values: tuple[object, ...]
) -> set[str]:
    found = db.execute(f"SELECT digest FROM {table} WHERE {where}", values)  # noqa: S608 - as above
    return {digest for (digest,) in found.fetchall()}
