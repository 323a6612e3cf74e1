import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from injector.store.sqlite.changes import Changes


@pytest.fixture
def db(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE t (x)")
        yield db


@pytest.fixture
def changes(file: Path, db: sqlite3.Connection) -> Iterator[Changes]:
    changes = Changes(file)
    assert changes.mark() is not None
    yield changes
    changes.close()


def test_every_commit_changes_the_mark_and_it_never_comes_back(
    db: sqlite3.Connection, changes: Changes
) -> None:
    seen = [changes.mark()]
    for _ in range(100):
        db.execute("INSERT INTO t VALUES (1)")
        db.execute("DELETE FROM t")
        seen.append(changes.mark())
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for _ in range(100):
        db.execute("INSERT INTO t VALUES (1)")
        seen.append(changes.mark())
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_reading_and_what_is_taken_back_change_nothing(
    db: sqlite3.Connection, changes: Changes
) -> None:
    mark = changes.mark()
    db.execute("SELECT * FROM t").fetchall()
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO t VALUES (1)")
    assert changes.mark() == mark
    db.rollback()
    assert changes.mark() == mark


def test_a_transaction_counts_from_its_commit_on(db: sqlite3.Connection, changes: Changes) -> None:
    mark = changes.mark()
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO t VALUES (?)", [(b"x" * 4000,) for _ in range(2000)])
    assert changes.mark() == mark  # though pages have been written to the disk by now
    db.commit()
    assert changes.mark() != mark


def header(version: int = 3007000, transactions: int = 1, valid: int = 1) -> bytes:
    return struct.pack("=IIIB", version, 0, transactions, valid).ljust(48, b"\0")


@pytest.mark.parametrize(
    ("memory", "mark"),
    [
        (header() * 2, header()),
        (header() * 2 + bytes(32768), header()),
        (header(transactions=1) + header(transactions=2), None),  # a commit that is not through
        (header(version=3008000) * 2, None),
        (header(valid=0) * 2, None),
        (bytes(96), None),
        (header() + header()[:47], None),
        (b"", None),
    ],
)
def test_what_is_not_sure_is_not_known(file: Path, memory: bytes, mark: bytes | None) -> None:
    Path(f"{file}-shm").write_bytes(memory)
    changes = Changes(file)
    assert changes.mark() == mark
    changes.close()
    assert changes.mark() is None


def test_a_file_in_another_journal_mode_is_not_known(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE t (x)")
        changes = Changes(file)
        assert changes.mark() is None
        changes.close()
        changes.close()


def test_a_file_that_takes_the_place_of_another_is_another(file: Path) -> None:
    memory = Path(f"{file}-shm")
    memory.write_bytes(header(transactions=1) * 2)
    first = Changes(file)
    memory.replace(f"{file}-old")
    memory.write_bytes(header(transactions=2) * 2)
    second = Changes(file)
    assert (first.mark(), second.mark()) == (header(transactions=1), header(transactions=2))
    first.close()
    assert second.mark() == header(transactions=2)
    second.close()
