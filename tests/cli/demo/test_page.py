"""What runs on after the demo: real parts, of which one may end, in this very process."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from cli.demo import page
from cli.demo.children import part
from cli.demo.page import _free, stay
from cli.demo.report import Report
from cli.demo.settings import ANY_PORT, ENVIRONMENT, write_config
from contract.errors import ServiceError
from tests.cli.started import started_by

ROOT = Path(__file__).parent.parent.parent.parent
Staying: TypeAlias = "asyncio.Task[None]"
Open: TypeAlias = Callable[[], Awaitable[str]]


@pytest.fixture
async def staying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Staying]:
    """What the demo leaves running: it is a task that ends when it is told to."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "200")
    # The usual ports may be another suite's, between their choice and their use.
    monkeypatch.setattr(page, "_free", lambda wanted: _free(replace(wanted, port=0)))
    model = ("model", "--listen", ANY_PORT)
    async with part("model", model, tmp_path, ENVIRONMENT) as running:
        write_config(tmp_path, running.address)
        task = asyncio.create_task(stay(tmp_path, running, Report()))
        yield task
        task.cancel()
        with suppress(asyncio.CancelledError, ServiceError):
            await task


@pytest.fixture
def opened(staying: Staying, capfd: pytest.CaptureFixture[str]) -> Open:
    """Wait until the page's address stands there, and return all that was said."""

    async def opened() -> str:
        said = ""
        async with asyncio.timeout(30):
            while not re.search(r"(?m)^open  .*http://", said) and not staying.done():
                await asyncio.sleep(0.05)
                said += capfd.readouterr().out
        if staying.done():
            await staying
        return said

    return opened


async def test_the_address_comes_last_and_says_what_to_do(opened: Open, tmp_path: Path) -> None:
    said = (await opened()).rstrip().splitlines()
    assert re.fullmatch(r"open +http://127\.0\.0\.1:\d+", said[-1])
    # Where nobody has built the page, that is said in the place of what to do there.
    assert re.match(r"on the page +drop in a photo|not built +the page is not built", said[-2])
    assert any(str(tmp_path / "page.jsonl") in line for line in said[-4:])


async def test_told_to_stop_it_ends_well_and_leaves_nothing(
    staying: Staying, opened: Open, tmp_path: Path
) -> None:
    await opened()
    assert len(started_by(tmp_path)) >= 2  # the endpoint and the capture proxy name the folder
    staying.cancel()
    await staying
    assert started_by(tmp_path) == {}


@pytest.mark.parametrize("name", ["endpoint", "capture-page", "rehearsal", "model"])
async def test_a_part_that_ends_by_itself_is_named_and_the_others_end(
    name: str, staying: Staying, opened: Open, tmp_path: Path
) -> None:
    await opened()
    os.kill(await number_of(name, tmp_path), signal.SIGKILL)
    with pytest.raises(ServiceError, match=rf"^{name} has ended \(signal 9\).*{name}\.log"):
        await staying
    assert started_by(tmp_path) == {}


async def number_of(name: str, folder: Path) -> int:
    """Return the process whose output goes to this part's log."""
    log = folder / f"{name}.log"
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and (entry / "fd" / "1").readlink() == log:
                return int(entry.name)
    raise AssertionError(f"nobody writes to {log}")
