"""The demo that stays, as a newcomer runs it: a picture of their own, and an answer about it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from contract.recording import read
from rehearsal.eyes import describe
from tests.cli.demo.talking import answer
from tests.cli.started import started_by

# Two demos that begin at once can choose the same port (`cli.demo.page` takes the usual ones), so
# `.ci/run` has only one of its suites hold one.
pytestmark = pytest.mark.web
ROOT = Path(__file__).parent.parent.parent
PHOTOS = ROOT / "rehearsal" / "photos"


@dataclass
class Demo:
    """A demo that has said where its page is."""

    process: "subprocess.Popen[str]"
    folder: Path
    page: str
    said: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo") / "out"
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", "demo", "--page", "--out", str(folder)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if found := re.fullmatch(r"open +(http://\S+)\n", line):
                    yield Demo(process, folder, found[1], said)
                    break
            else:
                pytest.fail(said)
        finally:
            process.terminate()  # it ends its parts; killed, it would leave them


async def test_its_verdict_comes_first(demo: Demo) -> None:
    assert "good  every answer came from the right picture" in demo.said
    assert demo.said.index("6  Summary") < demo.said.index("7  Talk about a picture of your own")


async def test_the_page_is_served_and_told_of_the_rehearsal(demo: Demo) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(demo.page) as page:
            assert page.status == 200
            assert page.content_type == "text/html"
        async with session.get(f"{demo.page}/page.json") as told:
            config = await told.json()
    assert config["inBand"] == ["temporaryId"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", config["rehearsal"])
    assert config["rehearsal"] in demo.said
    assert not config["ticketNeeded"]


@pytest.mark.parametrize("in_band", [False, True], ids=["on connect", "in band"])
async def test_somebody_talks_about_a_picture_of_their_own(demo: Demo, in_band: bool) -> None:
    picture = (PHOTOS / "cat.webp").read_bytes()
    said = await answer(demo.page, picture, "What is in it?", in_band=in_band)
    assert describe(picture).colours() in said


async def test_what_was_said_is_recorded_and_ctrl_c_ends_it_all(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGINT)
    rest, _ = demo.process.communicate(timeout=30)
    assert demo.process.returncode == 0, rest
    assert rest.split() == ["stopped;", "nothing", "is", "left", "running"]
    assert started_by(demo.folder) == {}
    turns = [it for it in read(demo.folder / "page.jsonl").exchanges if it.is_turn]
    assert len(turns) >= 2
