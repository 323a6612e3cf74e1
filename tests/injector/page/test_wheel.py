"""A wheel holds the page where it was built, and is whole without it."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import aiohttp

HOME = Path(__file__).parent.parent.parent.parent
NEEDED = ("capture", "cli", "contract", "injector", "rehearsal", "addons")
FILES = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")


def tree(folder: Path) -> Path:
    """Copy what a wheel is made of."""
    for name in NEEDED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(HOME / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copy(HOME / name, folder / name)
    return folder


def lay_out_a_page(source: Path) -> None:
    dist = source / "web" / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>the page</title>")
    (dist / "assets" / "index-1.js").write_text("1")
    (source / "web" / "node_modules" / "x").mkdir(parents=True)
    (source / "web" / "node_modules" / "x" / "index.js").write_text("not ours")


def ran(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def wheel(source: Path, out: Path) -> Path:
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, folder=source)
    (made,) = out.glob("*.whl")
    return made


def names(made: Path) -> set[str]:
    with ZipFile(made) as archive:
        return set(archive.namelist())


def installed(made: Path, folder: Path) -> Path:
    """Install a wheel into an environment of its own, beside what it needs; return its `bin`."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "-q", "--python", python, "install", "--no-deps")
    ran(*pip, "--no-index", "--disable-pip-version-check", made, folder=folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    # What is installed for the tests, but for this source tree: a `.pth` there is not followed.
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


async def served(command: Path, folder: Path, path: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(command, "serve", "--listen", "127.0.0.1:0"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "", "SIGHTLINE_BEARER": ""},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        found = re.search(rb"http://\S+", await process.stdout.readline())
        assert found, "it does not say where it listens"
        url = found[0].decode() + path
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return await answer.text()
    finally:
        process.terminate()
        await process.wait()


async def test_a_wheel_holds_the_page_that_was_built_and_serves_it(tmp_path: Path) -> None:
    source = tree(tmp_path / "source")
    without = names(wheel(source, tmp_path / "without"))
    lay_out_a_page(source)
    made = wheel(source, tmp_path / "with")
    page = {f"injector/page/_built/{name}" for name in ("index.html", "assets/index-1.js")}
    assert names(made) - without == page
    assert without <= names(made)
    assert {name.partition("/")[0] for name in without} >= set(NEEDED) - {"addons"}
    assert "capture/_addons/record.py" in without
    assert not [name for name in names(made) if name.startswith("web")]

    command = installed(made, tmp_path / "venv") / "sightline"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert await served(command, elsewhere, "/") == "<title>the page</title>"


def test_the_page_comes_through_an_archive_of_the_source(tmp_path: Path) -> None:
    source = tree(tmp_path / "source")
    lay_out_a_page(source)
    ran(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, folder=source)
    (archive,) = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(archive, tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert not (unpacked / "web" / "node_modules").exists()
    assert "injector/page/_built/index.html" in names(wheel(unpacked, tmp_path / "again"))
