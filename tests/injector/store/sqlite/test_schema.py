import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contract.errors import StoreFailed
from injector.shared import Anchor, Context, Picture, Shared
from injector.store import Limits
from injector.store.sqlite import SqliteStore, schema

LIMITS = Limits(ttl=100.0, per_conversation=3)
NOW = 1_000_000_000.0

# As Sightline made files before they were numbered.
FIRST = """
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
INSERT INTO picture VALUES ('d1', 'image/png', 4, 3, 5, CAST('"one"' AS BLOB));
INSERT INTO picture VALUES ('d2', 'image/jpeg', 8, 6, 5, CAST('"two"' AS BLOB));
INSERT INTO upload VALUES ('tmp_1', 'd1', 1000000050.0, 'c');
INSERT INTO upload VALUES ('tmp_2', 'd2', 1000000050.0, NULL);
INSERT INTO context VALUES ('c', 1000000050.0);
INSERT INTO share (conversation_id, digest) VALUES ('c', 'd1');
"""

ONE = Picture("d1", "image/png", 4, 3, 5, b'"one"')
TWO = Picture("d2", "image/jpeg", 8, 6, 5, b'"two"')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pictures.db"


def form(file: Path) -> tuple[int, list[str]]:
    with closing(sqlite3.connect(file)) as db:
        (number,) = db.execute("PRAGMA user_version").fetchone()
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return number, [
            f"{name}.{column[1]}"
            for (name,) in names.fetchall()
            for column in db.execute(f"PRAGMA table_info({name})")
        ]


async def test_a_file_of_the_first_form_is_brought_up_with_all_that_is_in_it(
    file: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(FIRST)
    store = SqliteStore(str(file), LIMITS, lambda: NOW)
    assert await store.context("c") == Context((Shared(ONE),))
    assert await store.associate("c", "tmp_2") == 2
    await store.anchor("c", {"d2": Anchor(1, "a")})
    await store.announce("c")
    assert await store.context("c") == Context((Shared(ONE), Shared(TWO, Anchor(1, "a"))), True)
    await store.close()
    new = tmp_path / "new.db"
    await SqliteStore(str(new), LIMITS).close()
    assert form(file) == form(new)


async def test_a_file_of_the_newest_form_is_opened_as_it_is(file: Path) -> None:
    for _ in range(2):
        store = SqliteStore(str(file), LIMITS)
        await store.ping()
        await store.close()
    assert form(file)[0] == len(schema.STEPS) == 3


def test_a_step_that_fails_leaves_the_file_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.executescript(FIRST)
    before = form(file)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, ("CREATE TABLE x (y)", "NONSENSE")))
    with pytest.raises(StoreFailed, match=r"cannot be opened: near .NONSENSE.: syntax error"):
        SqliteStore(str(file), LIMITS)
    assert form(file) == before


def test_a_file_of_a_newer_sightline_is_refused_and_left_as_it_is(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreFailed, match=r"a newer Sightline has written it \(form 7; this one k"):
        SqliteStore(str(file), LIMITS)
    assert form(file) == (7, [])
