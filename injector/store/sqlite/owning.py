"""Whose a picture is: uploads, and the conversations that claim them. Each inside a transaction."""

import sqlite3
from dataclasses import dataclass

from injector.shared import Picture


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An upload: `key` is the digest of its temporaryId, `owner` who has claimed it."""

    key: str
    digest: str
    source: str
    owner: str | None


def put(db: sqlite3.Connection, picture: Picture, key: str, expires: float) -> None:
    """Have a picture wait under a key; one that is there already is there once."""
    db.execute(
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
    db.execute(
        "INSERT INTO upload (temporary_id, digest, expires, source) VALUES (?, ?, ?, ?)",
        (key, picture.digest, expires, picture.source),
    )


def upload(db: sqlite3.Connection, key: str) -> Uploaded | None:
    """Return what was uploaded under a key."""
    found = db.execute(
        "SELECT digest, source, conversation_id FROM upload WHERE temporary_id = ?", (key,)
    ).fetchone()
    return None if found is None else Uploaded(key, *found)


def token_digest(db: sqlite3.Connection, conversation_id: str) -> str | None:
    """Return the digest of the token of a conversation that has a picture, else None."""
    found = db.execute(
        "SELECT token_digest FROM context WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    return None if found is None else str(found[0])


def give(db: sqlite3.Connection, conversation_id: str, upload: Uploaded) -> None:
    """Make an upload a conversation's own, and its picture one of the conversation's."""
    db.execute(
        "UPDATE upload SET conversation_id = ? WHERE temporary_id = ?",
        (conversation_id, upload.key),
    )
    db.execute(
        "INSERT OR IGNORE INTO share (conversation_id, digest, source) VALUES (?, ?, ?)",
        (conversation_id, upload.digest, upload.source),
    )


def keep_until(
    db: sqlite3.Connection, conversation_id: str, token_digest: str, expires: float
) -> int:
    """Keep a conversation until `expires`; return how many pictures it has."""
    db.execute(
        "INSERT OR REPLACE INTO context (conversation_id, expires, token_digest) VALUES (?, ?, ?)",
        (conversation_id, expires, token_digest),
    )
    return count(db, conversation_id)


def count(db: sqlite3.Connection, conversation_id: str) -> int:
    """Return how many pictures a conversation has."""
    (pictures,) = db.execute(
        "SELECT count(*) FROM share WHERE conversation_id = ?", (conversation_id,)
    ).fetchone()
    return int(pictures)
