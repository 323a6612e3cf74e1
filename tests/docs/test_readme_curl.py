"""What the README does with curl works as it is pasted, one command after the other.

The stand-in model and the endpoint are started as the README says, on free ports, and a shell is
typed into: nothing is replaced in what it is told but the endpoint's address.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from cli.demo.children import child
from contract import sse
from contract.config import Config
from rehearsal.eyes import describe
from rehearsal.reply import Reply

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ENDPOINT = f"http://{Config().injector.listen}"
PHOTO = "rehearsal/photos/cat.webp"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")


def commands() -> list[str]:
    """Return every command of the shell blocks that run curl, with the lines that continue it."""
    blocks = re.findall(r"```(?:console|sh|shell)\n(.*?)```", README, re.DOTALL)
    typed = [re.findall(r"(?m)^\$ ((?:.*\\\n)*.*)$", block) for block in blocks]
    return [one for block in typed if any(runs_curl(one) for one in block) for one in block]


def runs_curl(command: str) -> bool:
    """Return whether a command is curl, or begins with what curl answers."""
    return re.match(r"(?:\w+=\$\()?curl\s", command) is not None


COMMANDS = commands()


class Shell:
    """A shell that is typed into, in a folder that has the repository's photographs."""

    def __init__(self, home: Path) -> None:
        (home / "rehearsal").symlink_to(ROOT / "rehearsal")
        # curl goes on as it was told, and only says more clearly that something went wrong.
        (home / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\nmax-time = 20\n")
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-o", "pipefail"],
            cwd=home,
            env={**os.environ, "CURL_HOME": str(home), "NO_PROXY": "127.0.0.1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, command: str) -> tuple[int, str]:
        """Return the exit status of a command, and what it says."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f'{command}\nprintf "\\nended %s\\n" $?\n')
        self._shell.stdin.flush()
        said = ""
        for line in self._shell.stdout:
            if ended := re.fullmatch(r"ended (\d+)\n", line):
                return int(ended[1]), said
            said += line
        raise AssertionError(f"the shell ended: {said}")

    def end(self) -> None:
        """End it, and close its pipes."""
        self._shell.kill()
        self._shell.communicate()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def endpoint(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """`sightline serve`, as it is by default, before `sightline model`."""
    folder = tmp_path_factory.mktemp("readme")
    config = str(shutil.copy(ROOT / "config.yaml", folder))
    environment = {"SIGHTLINE_BEARER": "", "OPENAI_API_KEY": ""}
    free = ("--listen", "127.0.0.1:0")
    async with child("model", ("model", *free), folder, environment) as model:
        serve = ("serve", "--config", config, *free, "--upstream", f"{model}/v1")
        async with child("serve", serve, folder, environment) as root:
            yield root


@pytest.fixture(scope="module")
def pasted(
    endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[int, str]]]:
    """How each command ended, by the command."""
    shell = Shell(tmp_path_factory.mktemp("home"))
    try:
        yield {command: shell.type(command.replace(ENDPOINT, endpoint)) for command in COMMANDS}
    finally:
        shell.end()


def is_upload(said: str) -> None:
    assert re.search(r'"temporaryId": "tmp_[0-9a-f]{32}"', said)


def is_association(said: str) -> None:
    told = json.loads(said)
    assert re.fullmatch("ctx_[0-9a-f]{32}", told.pop("contextToken"))
    assert told == {"conversationId": "conv_1", "images": 1}


def is_turn(said: str) -> None:
    head = re.match(r"(?s)HTTP/.*?\n\n", said)
    if head is not None:
        assert "x-sightline-context: attached;n=1\n" in head[0]
        assert "server-timing: locate;dur=" in head[0]
    reply = Reply()
    for event in sse.decode(said[head.end() if head else 0 :].encode()):
        reply.take(event)
    assert reply.error is None
    assert describe((ROOT / PHOTO).read_bytes()).colours() in reply.text


def is_metrics(said: str) -> None:
    assert re.search(r"(?m)^sightline_\w+", said)


PROMISES: Mapping[str, Callable[[str], None]] = {
    "/upload_image": is_upload,
    "/associate_context": is_association,
    "/v1/chat/completions": is_turn,
    "/v1/responses": is_turn,
    "/metrics": is_metrics,
}


@pytest.mark.parametrize("route", PROMISES)
def test_the_readme_shows_a_route_with_curl(route: str) -> None:
    assert any(ENDPOINT + route in command for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_answered_as_its_route_promises(
    command: str, pasted: dict[str, tuple[int, str]]
) -> None:
    status, said = pasted[command]
    assert status == 0, said
    for route, check in PROMISES.items():
        if command.startswith("curl ") and ENDPOINT + route in command:
            check(said)
