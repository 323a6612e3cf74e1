import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from contract.errors import ContextTaken, StoreFailed
from injector.shared import Anchor, Association, Context, Picture, Right, Shared
from injector.store import Limits
from injector.store.secret import token_of
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


def form(file: Path) -> tuple[int, list[str]]:
    with closing(sqlite3.connect(file)) as db:
        (number,) = db.execute("PRAGMA user_version").fetchone()
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return number, [
            f"{name}.{column[1]}"
            for (name,) in names.fetchall()
            for column in db.execute(f"PRAGMA table_info({name})")
        ]


CONTENTS = (
    FIRST[FIRST.index("INSERT INTO picture") :]
    .replace(
        "INSERT INTO picture VALUES",
        "INSERT INTO picture (digest, media_type, width, height, size, part) VALUES",
    )
    .replace(
        "INSERT INTO upload VALUES",
        "INSERT INTO upload (temporary_id, digest, expires, conversation_id) VALUES",
    )
)
BEARER = Right(bearer=True)


def before(file: Path, number: int) -> None:
    """Make a file as a Sightline of before would have: at a form, with pictures in it."""
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        if number == 0:
            db.executescript(FIRST)
            return
        for step in schema.STEPS[:number]:
            for statement in step:
                db.execute(statement)
        db.executescript(CONTENTS)
        if number > 1:
            db.execute("UPDATE upload SET source = 's1' WHERE temporary_id = 'tmp_1'")
            db.execute("UPDATE share SET source = 's1', anchor_ordinal = 4, anchor_digest = 'a4'")
            db.execute("INSERT INTO announcement VALUES ('c', ?)", (NOW - 1,))
        db.execute(f"PRAGMA user_version = {number}")
        db.commit()


@pytest.mark.parametrize("number", range(4))
async def test_a_file_of_before_is_brought_up_with_all_that_is_in_it(
    file: Path, tmp_path: Path, number: int
) -> None:
    before(file, number)
    shown = Shared(ONE)
    if number > 1:
        shown = Shared(replace(ONE, source="s1"), Anchor(4, "a4"))
    store = SqliteStore(str(file), LIMITS, lambda: NOW)
    assert await seen(store, "c") == Context((shown,), awaited=number > 1)
    assert (await store.waiting("tmp_1")).picture == shown.picture
    assert (await store.waiting("tmp_2")).picture == TWO
    assert await store.associate("c", "tmp_2", right=BEARER) == Association(2)
    await store.anchor("c", {"d2": Anchor(1, "a")})
    await store.announce("c", right=BEARER)
    assert await seen(store, "c") == Context((shown, Shared(TWO, Anchor(1, "a"))), awaited=True)
    await store.close()
    new = tmp_path / "new.db"
    await SqliteStore(str(new), LIMITS).close()
    assert form(file) == form(new)


@pytest.mark.parametrize("number", range(4))
async def test_no_secret_of_before_stays_in_the_file(file: Path, number: int) -> None:
    before(file, number)
    assert b"tmp_1" in file.read_bytes()
    store = SqliteStore(str(file), LIMITS, lambda: NOW)
    assert b"tmp_" not in b"".join(one.read_bytes() for one in file.parent.iterdir())
    await store.close()


async def test_only_the_bearer_may_change_a_conversation_of_before(file: Path) -> None:
    before(file, 3)
    store = SqliteStore(str(file), LIMITS, lambda: NOW)
    assert await store.associate("c", "tmp_1") == Association(1)  # the same pair again: no token
    for right in (Right(), Right(token=token_of("c", "tmp_1"))):
        assert not await store.is_allowed("c", right)
        with pytest.raises(ContextTaken):
            await store.associate("c", "tmp_2", right=right)
    assert await store.is_allowed("c", BEARER)
    assert await store.associate("c", "tmp_2", right=BEARER) == Association(2)
    await store.close()


async def test_pictures_of_before_that_nobody_holds_leave_at_the_first_sweep(file: Path) -> None:
    before(file, 3)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE upload SET conversation_id = 'c' WHERE temporary_id = 'tmp_2'")
    store = SqliteStore(str(file), LIMITS, lambda: NOW)
    assert await store.sweep() == 1
    assert await seen(store, "c") == Context(
        (Shared(replace(ONE, source="s1"), Anchor(4, "a4")),), True
    )
    await store.close()


async def seen(store: SqliteStore, conversation: str) -> Context:
    return replace(await store.context(conversation), expires=0.0)


async def test_a_file_of_the_newest_form_is_opened_as_it_is(file: Path) -> None:
    for _ in range(2):
        store = SqliteStore(str(file), LIMITS)
        await store.ping()
        await store.close()
    assert form(file)[0] == len(schema.STEPS) == 4


def test_a_step_that_fails_leaves_the_file_as_it_was(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.executescript(FIRST)
    was = form(file)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, ("CREATE TABLE x (y)", "NONSENSE")))
    with pytest.raises(StoreFailed, match=r"cannot be opened: near .NONSENSE.: syntax error"):
        SqliteStore(str(file), LIMITS)
    assert form(file) == was


def test_a_file_of_a_newer_sightline_is_refused_and_left_as_it_is(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreFailed, match=r"a newer Sightline has written it \(form 7; this one k"):
        SqliteStore(str(file), LIMITS)
    assert form(file) == (7, [])
