"""docs/pictures.md says what the code does."""

import asyncio
import json
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest
import pytest_asyncio
from aiohttp import web

import injector
from contract.config import Browser, Config, Images, Injector
from contract.config.model import Detail
from contract.config.places import Store as Place
from injector.app import create_app
from injector.picture import Aim, encode, fitted, source, tokens
from injector.picture.sniff import TAKEN
from injector.rights.ticket import signed

ROOT = Path(injector.__path__[0]).parent
TEXT = (ROOT / "docs" / "pictures.md").read_text()
PHOTOS = ROOT / "rehearsal" / "photos"
SECRET = "5f0c3a"
ROWS = re.findall(
    r"^\| (.+?) \| ([\d,x ]+) \| ([\d,x ]+) \| ([\d,x ]+) \| [DSI]", TEXT, re.MULTILINE
)


def names(cell: str) -> list[str | None]:
    found = re.findall(r"`([^`]+)`", cell)
    return [None if name == "model: null" else name for name in found]


MODELS = [(name, cells) for model, *cells in ROWS for name in names(model)]


def test_all_rows_are_read() -> None:
    assert len(ROWS) == 16
    assert {"gpt-4o", "gpt-6-luna", None} < {name for name, _ in MODELS}


@pytest.mark.parametrize(("model", "cells"), MODELS)
def test_what_models_look_at_is_what_the_table_says(model: str | None, cells: list[str]) -> None:
    for detail, cell in zip(get_args(Detail), cells, strict=True):
        width, height = fitted(4032, 3024, Aim(model, detail))
        count = tokens(4032, 3024, model, detail)
        assert cell == f"{width} x {height}, {count:,}"


def test_the_limits_are_those_of_the_page() -> None:
    for limit in (
        source.MAX_PIXELS,
        source.MAX_SIDE,
        encode.PHOTOGRAPH,
        encode.LARGEST,
    ):
        assert f"{limit:,}" in TEXT
    assert TAKEN in TEXT


@pytest_asyncio.fixture
async def root() -> AsyncIterator[str]:
    """An endpoint that asks for tickets."""
    browser = Browser(ticket_secret=SECRET)
    injector = Injector(images=Images(store=Place("memory", "")), browser=browser)
    runner = web.AppRunner(create_app(Config(injector=injector)), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


PAGE = """
import { readFile } from "node:fs/promises";
globalThis.myTicket = async () => process.env.TICKET;
const { share, shared, forget, remove } = await import("./page.mjs");
const blob = async (name) => new Blob([await readFile(`${process.env.PHOTOS}/${name}`)]);
const [photo, another] = [await blob("cat.webp"), await blob("rocket.jpg")];
const told = [(await share(photo, "conv/1")).received.format];
told.push((await share(another, "conv/1")).width);
told.push((await shared("conv/1")).images.length);
await share(photo, "conv/1", true);
const last = await share(another, "conv/1");
told.push((await remove(last.temporaryId)).images);
told.push((await shared("conv/1")).images.length, (await forget("conv/1")).forgotten);
try { await share(new Blob(["%PDF-1.7"]), "conv/2"); } catch (error) { told.push(error.message); }
console.log(JSON.stringify(told));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here")
async def test_the_page_that_is_shown_shares_adds_replaces_removes_looks_and_forgets(
    root: str, tmp_path: Path
) -> None:
    shown, _ = re.findall(r"```javascript\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "page.mjs").write_text(shown.replace("https://eyes.example.com", root))
    (tmp_path / "run.mjs").write_text(PAGE)
    environment = {
        **os.environ,
        "TICKET": signed(SECRET, "anna", int(time.time()) + 60),
        "PHOTOS": str(PHOTOS),
    }
    ran = await asyncio.create_subprocess_exec(
        "node", str(tmp_path / "run.mjs"), env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asyncio.wait_for(ran.communicate(), 60)
    assert ran.returncode == 0
    *told, error = json.loads(said)
    assert told == ["WebP", 640, 2, 1, 1, 1]
    assert error.startswith("not_a_picture: these bytes are no picture, but a PDF")
