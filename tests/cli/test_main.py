"""The command as a whole: help, version, exit status, errors in one line."""

import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest

from cli.main import app

Run = Callable[..., subprocess.CompletedProcess[str]]
Typed = Run

COMMANDS = [command.name for command in app.registered_commands if command.name]


def test_every_command_of_the_plan_is_there() -> None:
    planned = {"demo", "capture", "show", "locate", "replay", "serve", "model", "rehearse", "check"}
    assert planned <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_what_it_does(typed: Typed, command: str) -> None:
    done = typed(command, "--help")
    assert done.returncode == 0
    assert f"Usage: sightline {command}" in done.stdout
    assert done.stderr == ""


def test_the_version_is_the_installed_one(run: Run) -> None:
    assert run("--version").stdout == f"sightline {version('sightline')}\n"


def test_without_a_command_the_help_is_shown(typed: Typed) -> None:
    done = typed()
    assert done.returncode == 2
    assert "Commands" in done.stdout


def test_help_comes_without_the_heavy_libraries() -> None:
    code = (
        "import sys, cli.main\n"
        "heavy = {'mitmproxy', 'openai', 'PIL', 'aiohttp.web_app', 'redis'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not re.search("mitmproxy|openai|PIL|redis", done.stdout)


def test_a_reader_that_leaves_is_no_traceback() -> None:
    command = f"{sys.executable} -m cli.main --help | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
