"""The file: opened, and brought to the newest form.

`PRAGMA user_version` is the number of steps that a file has gone. Steps are never changed, only
added: there are files in the world that have gone them.
"""

import sqlite3
from pathlib import Path

from contract.errors import StoreFailed
from injector.store.secret import digest_of

STEPS: tuple[tuple[str, ...], ...] = (
    # Files of before there were steps have these tables already, and say that they are at 0.
    (
        """CREATE TABLE IF NOT EXISTS picture (
            digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, width INTEGER NOT NULL,
            height INTEGER NOT NULL, size INTEGER NOT NULL, part BLOB NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS upload (
            temporary_id TEXT PRIMARY KEY, digest TEXT NOT NULL, expires REAL NOT NULL,
            conversation_id TEXT
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS context (
            conversation_id TEXT PRIMARY KEY, expires REAL NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE IF NOT EXISTS share (
            number INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL,
            digest TEXT NOT NULL, UNIQUE (conversation_id, digest)
        )""",
    ),
    # The source belongs to whoever sent it: two people's files can become the same picture.
    (
        "ALTER TABLE upload ADD COLUMN source TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE share ADD COLUMN source TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE share ADD COLUMN anchor_ordinal INTEGER",
        "ALTER TABLE share ADD COLUMN anchor_digest TEXT",
        """CREATE TABLE announcement (
            conversation_id TEXT PRIMARY KEY, made REAL NOT NULL
        ) WITHOUT ROWID""",
    ),
    # In a table without rowids, each comparison of a digest reads the whole picture beside it.
    (
        "ALTER TABLE picture RENAME TO picture_before",
        """CREATE TABLE picture (
            digest TEXT NOT NULL UNIQUE, media_type TEXT NOT NULL, width INTEGER NOT NULL,
            height INTEGER NOT NULL, size INTEGER NOT NULL, part BLOB NOT NULL
        )""",
        """INSERT INTO picture (digest, media_type, width, height, size, part)
            SELECT digest, media_type, width, height, size, part FROM picture_before""",
        "DROP TABLE picture_before",
    ),
    # Of a secret, only its digest is kept. A conversation of before has no token, so that nobody
    # but the bearer may change it. What a model says stands beside the pictures: behind the pixels,
    # reading it would read them too. The indexes are for whoever lets go of a picture.
    (
        "UPDATE upload SET temporary_id = digest_of(temporary_id)",
        "ALTER TABLE context ADD COLUMN token_digest TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE description (digest TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE claim (name TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID",
        "CREATE INDEX upload_by_expiry ON upload (expires)",
        "CREATE INDEX upload_by_conversation ON upload (conversation_id)",
        "CREATE INDEX upload_by_digest ON upload (digest) WHERE conversation_id IS NULL",
        "CREATE INDEX context_by_expiry ON context (expires)",
        "CREATE INDEX share_by_digest ON share (digest)",
    ),
)

_CACHE = 1024
"""KiB of pages that a connection keeps in memory: copies of pictures, so no more than serve."""

_PAGE = 16384  # bytes, in new files: of SQLite's 4096 a picture takes a hundred, one by one

WRITING_PATIENCE = 2.0
"""Seconds that a change waits for another worker's transaction."""

READING_PATIENCE = 0.4
"""Seconds that a turn's question waits where even readers must: while a file is being recovered
after a crash. Less than a turn waits for its pictures."""


def open_to_write(file: Path) -> sqlite3.Connection:
    """Return a connection that may change the file, which is in the newest form.

    Raises:
        OSError: the file or its folder cannot be made.
        StoreFailed: a newer Sightline has written the file.
        sqlite3.Error: it is no database, or cannot be opened or changed.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600, exist_ok=True)  # what people showed is nobody else's business here
    db = sqlite3.connect(
        file, timeout=WRITING_PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        db.create_function("digest_of", 1, digest_of, deterministic=True)
        db.execute(f"PRAGMA page_size = {_PAGE}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        db.execute("PRAGMA temp_store = MEMORY")  # no copy of a picture in another file
        db.execute(f"PRAGMA cache_size = -{_CACHE}")
        _bring_up(db)
    except BaseException:
        db.close()
        raise
    return db


def open_to_read(file: Path) -> sqlite3.Connection:
    """Return a connection that cannot change the file.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    address = f"{file.absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(
        address, timeout=READING_PATIENCE, isolation_level=None, check_same_thread=False, uri=True
    )
    db.execute(f"PRAGMA cache_size = -{_CACHE}")
    return db


def _bring_up(db: sqlite3.Connection) -> None:
    if _gone(db) == len(STEPS):
        return
    with db:
        db.execute("BEGIN IMMEDIATE")
        gone = _gone(db)  # asked again: another worker may have done it meanwhile
        if gone > len(STEPS):
            raise StoreFailed(
                f"a newer Sightline has written it (form {gone}; this one knows {len(STEPS)}); "
                "use that one, or another file"
            )
        for step in STEPS[gone:]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(STEPS)}")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what a step has overwritten is gone at once


def _gone(db: sqlite3.Connection) -> int:
    (gone,) = db.execute("PRAGMA user_version").fetchone()
    return int(gone)
