"""What a deletion leaves behind beside the tables, and room for it on a full disk.

`secure_delete` overwrites what is deleted in the database, but the log of changes (`FILE-wal`)
still holds the pages of before. It is emptied by a checkpoint that truncates it, once nobody reads
from it; where somebody does, it is tried again. In memory, SQLite keeps pages, what was bound to a
statement, and what it copied when it wrote; a connection lets go of all of it when it is closed.

A deletion in the log needs room before it gives any. So a few megabytes stand ready in a file
(`FILE-room`), which is deleted when the disk is full.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from contract.errors import StoreFailed
from injector.store.sqlite.schema import WRITING_PATIENCE, open_to_write

ROOM = 4 * 1024**2
"""Bytes that stand ready for forgetting on a full disk."""

FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
"""What SQLite says where nothing more can be written: a full disk, or a limit on a file's size."""

_PATIENCE = 0.05  # seconds for readers to leave; meanwhile no other worker can write


class Cleaner:
    """The traces of one file's deletions.

    Args:
        file: the database.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._log = Path(f"{file}-wal")
        self._room = Path(f"{file}-room")
        self._identity = _identity(file)

    def clean(self, db: sqlite3.Connection) -> sqlite3.Connection:
        """Empty the log, close the connection, and return one without a past."""
        self._empty(db)
        new = self._open()
        if new is None:
            db.execute("PRAGMA shrink_memory")
            return db
        db.close()
        return new

    def sweep(self, db: sqlite3.Connection) -> None:
        """Empty the log if anything is in it, also what a worker that died has left there."""
        with suppress(OSError):
            if self._log.stat().st_size:
                self._empty(db)
        self.keep_room()

    def keep_room(self) -> None:
        """Have room ready for deletions, if the disk has any."""
        with suppress(OSError):
            if self._room.exists() and self._room.stat().st_size >= ROOM:
                return
            try:
                _allocate(self._room)
            except OSError:
                self._room.unlink(missing_ok=True)

    def make_room(self, db: sqlite3.Connection) -> None:
        """Give up the room that stands ready, since the disk is full."""
        self._room.unlink(missing_ok=True)
        self._empty(db)

    def _open(self) -> sqlite3.Connection | None:
        """Return a new connection; none if that fails: the next deletion tries again."""
        try:
            # Whoever reads has the file of before, also if another has taken its place.
            is_same = _identity(self._file) == self._identity
            return open_to_write(self._file) if is_same else None
        except (OSError, sqlite3.Error, StoreFailed):
            return None

    def _empty(self, db: sqlite3.Connection) -> None:
        """Bring what the log holds into the database, and truncate it, unless somebody reads."""
        db.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000:.0f}")
        with suppress(sqlite3.OperationalError):  # a full disk: the next sweep tries again
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        db.execute(f"PRAGMA busy_timeout = {WRITING_PATIENCE * 1000:.0f}")


def _identity(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_dev, status.st_ino


def _allocate(file: Path) -> None:
    file.touch(mode=0o600)
    with file.open("r+b") as opened:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(opened.fileno(), 0, ROOM)
        else:
            opened.write(bytes(ROOM))


def is_full(error: sqlite3.Error) -> bool:
    """Tell whether nothing more could be written."""
    return getattr(error, "sqlite_errorcode", None) in FULL
