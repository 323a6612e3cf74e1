"""A full disk: nothing more is taken, turns and forgetting go on, and with room all works again."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from contract.errors import StoreFailed
from injector.shared import Context, Overview, Right
from injector.store.sqlite import SqliteStore
from injector.store.sqlite.cleaning import ROOM
from tests.injector.store.kinds import LIMITS, Clock, photograph, read_by_another, traces

ONE, TWO, THREE = photograph("one"), photograph("two"), photograph("three")
LARGE = photograph("large", 3_000_000)
HUGE = photograph("huge", 3_600_000)
BEARER = Right(bearer=True)


async def share(store: SqliteStore, conversation: str, temporary_id: str) -> None:
    await store.associate(conversation, temporary_id, right=BEARER)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(str(tmp_path / "pictures.db"), LIMITS, Clock())
    yield store
    await store.close()


async def test_what_the_file_cannot_take_is_refused_and_all_else_goes_on(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await share(store, "c", (await store.keep(ONE)).temporary_id)
    waiting = (await store.keep(TWO)).temporary_id
    (pages,) = store._writer._db.execute("PRAGMA page_count").fetchone()
    store._writer._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFailed, match=r"cannot take more: database or disk is full; make room"):
        await store.keep(LARGE)
    assert LARGE.digest not in store._parts.names()
    assert [one.picture for one in (await store.context("c")).pictures] == [ONE]
    await share(store, "d", waiting)
    assert await store.forget("c") == 1
    assert await store.context("c") == Context()
    await store.keep(LARGE)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of sixteen megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take every byte that is left, as somebody else's log would."""
    rest = folder / "rest"
    with rest.open("ab", 0) as file:
        for piece in (1 << 16, 1):
            try:
                while True:
                    file.write(bytes(piece))
            except OSError:
                continue
    return rest


async def test_a_disk_that_is_really_full_takes_no_picture_and_forgets_on(disk: Path) -> None:
    file, clock = disk / "pictures.db", Clock()
    store = SqliteStore(str(file), LIMITS, clock)
    assert (disk / "pictures.db-room").stat().st_size == ROOM
    await share(store, "c", (await store.keep(ONE)).temporary_id)
    await share(store, "d", (await store.keep(TWO)).temporary_id)
    await store.sweep()  # so that nothing is left in the log to write over
    rest = fill(disk)
    os.truncate(rest, rest.stat().st_size - 1_500_000)  # so that a picture fits in by half
    with pytest.raises(StoreFailed, match="make room on its disk"):
        await store.keep(LARGE)
    assert traces(LARGE, read_by_another(*disk.iterdir())) == 0
    fill(disk)
    assert len((await store.context("c")).pictures) == 1
    assert await store.forget("c") == 1
    assert await store.context("c") == Context()
    assert traces(ONE, read_by_another(*disk.iterdir())) == 0
    clock.time += LIMITS.ttl
    assert await store.sweep() == 1
    assert traces(TWO, read_by_another(*disk.iterdir())) == 0
    rest.unlink()
    await share(store, "c", (await store.keep(LARGE)).temporary_id)
    assert [one.picture for one in (await store.context("c")).pictures] == [LARGE]
    await store.forget("c")
    await store.sweep()
    assert (disk / "pictures.db-room").stat().st_size == ROOM
    await store.close()


async def test_pixels_that_need_more_room_than_there_is_wait_for_a_sweep(
    disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = SqliteStore(str(disk / "pictures.db"), LIMITS, Clock())
    await share(store, "c", (await store.keep(HUGE)).temporary_id)
    await store.sweep()
    rest = fill(disk)
    assert await store.forget("c") == 1
    assert "pixels that are forgotten stay in the file for now" in caplog.text
    assert await store.context("c") == Context()
    assert await store.overview() == Overview((), 0, 0, 0)
    assert await store.sweep() == 0
    rest.unlink()
    assert await store.sweep() == 1
    assert traces(HUGE, read_by_another(*disk.iterdir())) == 0
    await store.close()


PROGRAM = """
import asyncio, resource, sys
from contract.errors import StoreFailed
from injector.shared import Right
from injector.store.sqlite import SqliteStore
from tests.injector.store.kinds import LIMITS, photograph

ONE, LARGE = photograph("one"), photograph("large", 3_000_000)

async def main():
    store = SqliteStore(sys.argv[1], LIMITS)
    await store.associate("c", (await store.keep(ONE)).temporary_id)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    for _ in range(2):
        try:
            await store.keep(LARGE)
        except StoreFailed as error:
            print(error)
    assert (await store.context("c")).pictures[0].picture == ONE
    assert await store.forget("c") == 1
    await store.associate("d", (await store.keep(ONE)).temporary_id)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    await store.associate("c", (await store.keep(LARGE)).temporary_id)
    assert (await store.context("c")).pictures[0].picture == LARGE
    await store.close()

asyncio.run(main())
"""


def test_a_limit_on_a_files_size_is_like_a_full_disk(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "pictures.db")],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("cannot take more: disk I/O error; make room on its disk") == 2
