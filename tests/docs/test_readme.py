"""What the README says can be done."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import app
from contract.config import read

ROOT = Path(__file__).parent.parent.parent
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/bodies.md",
    "docs/diff.md",
    "docs/locate.md",
    "docs/operation.md",
    "docs/page.md",
    "docs/pictures.md",
    "docs/platforms.md",
    "docs/security.md",
    "docs/stores.md",
    "web/README.md",
)
README = (ROOT / "README.md").read_text(encoding="utf-8")


THE_PAGE = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")


def blocks(text: str = README) -> list[str]:
    return re.findall(r"```(?:console|sh|shell)\n(.*?)```", text, re.DOTALL)


def commands() -> list[list[str]]:
    """Return each `sightline` command that a person is told to type."""
    found = []
    for block in blocks() + blocks(THE_PAGE):
        for line in block.replace("\\\n", " ").splitlines():
            typed = line.removeprefix("$ ").partition(" # ")[0]
            if typed.startswith("sightline "):
                found.append(shlex.split(typed, comments=True))
    return found


def test_the_two_commands_come_first() -> None:
    typed = re.findall(r"(?m)^(?:\$ )?(make \w+)", blocks()[0])
    assert typed[:2] == ["make demo", "make test"]


def test_commands_are_shown() -> None:
    assert len(list(commands())) >= 8


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_of_the_readme_exists_with_its_options(words: list[str]) -> None:
    groups = [group.name for group in app.registered_groups]
    assert words[1] in [*groups, *(command.name for command in app.registered_commands)]
    shown = subprocess.run(
        [sys.executable, "-m", "cli.main", words[1], "--help"],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for word in words[2:]:
        if word.startswith("--"):
            assert word in shown


def test_every_target_that_a_page_tells_to_make_is_there() -> None:
    targets = re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"))
    pages = [(ROOT / page).read_text(encoding="utf-8") for page in PAGES]
    named = {name for page in pages for name in re.findall(r"(?:`|\$ )make ([a-z-]+)", page)}
    assert {"demo", "page", "test"} <= named
    assert named - set(targets) == set()


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    near = [link for link in links if not link.startswith("http")]
    assert [link for link in near if not (path.parent / link).exists()] == []


def test_every_key_of_the_configuration_example_is_real() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", README + THE_PAGE, re.DOTALL)
    for example in examples:
        read(example, name="README.md", environ={}, folder=ROOT)
