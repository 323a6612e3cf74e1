"""The real stack, a stand-in model behind the endpoint as a process, and clients as programs."""

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

import rehearsal
from cli.demo.children import child
from rehearsal.model import TALLY, Tally, create_app

ROOT = Path(__file__).parent.parent.parent
NODE = Path(__file__).parent / "node"
LITELLM = ROOT / "bench" / ".venv" / "bin" / "python"
PHOTOS = Path(rehearsal.__path__[0]) / "photos"

_PATIENCE = 30.0  # seconds until a client must have done what it was told
_INSTALLING = 120.0  # seconds that npm gets

Share: TypeAlias = Callable[[str, str], Awaitable[bytes]]


class Model:
    """The stand-in model on one port, which can go and come back."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._port = 0
        self.tally = Tally()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def start(self, first_chunk_delay: float = 0.0, chunk_delay: float = 0.0) -> None:
        """Come, or come back; the delays are in seconds."""
        await self.stop()
        app = create_app(first_chunk_delay=first_chunk_delay, chunk_delay=chunk_delay)
        self.tally = app[TALLY]
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Model, str]]:
    """A stand-in model, and `sightline serve` before it as a process, as it is by default."""
    folder, model = tmp_path_factory.mktemp("stack"), Model()
    await model.start()
    config = folder / "config.yaml"
    # Given up sooner, and asked by one address for as many people as there are tests.
    often = "browser: {uploads: off, associations: off}"
    config.write_text(f"injector: {{upstream: {{first_byte_timeout: 2s}}, {often}}}\n")
    command = ("serve", "--config", str(config), "--listen", "127.0.0.1:0")
    unset = {"SIGHTLINE_BEARER": "", "OPENAI_API_KEY": ""}
    async with child("serve", (*command, "--upstream", model.base_url), folder, unset) as root:
        yield model, root
    await model.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def model(stack: tuple[Model, str]) -> Model:
    """The stand-in model, newly started."""
    one, _ = stack
    await one.start()
    return one


@pytest.fixture
def endpoint(stack: tuple[Model, str], model: Model) -> str:
    """The address of the endpoint."""
    return stack[1]


@pytest_asyncio.fixture(loop_scope="module")
async def share(endpoint: str) -> AsyncIterator[Share]:
    """Share a photograph in a conversation as a page does; give its bytes."""
    tokens: dict[str, str] = {}
    async with aiohttp.ClientSession(endpoint, raise_for_status=True) as page:

        async def shared(conversation: str, photo: str) -> bytes:
            picture = (PHOTOS / photo).read_bytes()
            async with page.post("/upload_image", data={"image": io.BytesIO(picture)}) as answer:
                temporary_id = (await answer.json())["temporaryId"]
            body = {"conversationId": conversation, "temporaryId": temporary_id}
            if conversation in tokens:
                body["contextToken"] = tokens[conversation]
            async with page.post("/associate_context", json=body) as answer:
                token = (await answer.json()).get("contextToken", "")
            tokens.setdefault(conversation, token)
            return picture

        yield shared


class Program:
    """A client's program, told what to do line by line (programs/lines.py)."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], complaints: Path
    ) -> None:
        self._command = command
        self._environment = {**os.environ, **environment}
        self._complaints = complaints
        self._process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        with self._complaints.open("wb") as stderr:
            return subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )

    def revive(self) -> None:
        """Start it again if something has ended it: one failure is to be one."""
        if self._process.poll() is not None:
            self.end()
            self._process = self._started()

    async def do(self, what: str, **more: Any) -> Any:
        """Have it do something, and return what it answers."""
        try:
            async with asyncio.timeout(_PATIENCE):
                line = await asyncio.to_thread(self._ask, json.dumps({"do": what, **more}))
        except TimeoutError:
            self._process.kill()
            raise
        return json.loads(line)

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self._complaints.read_text(errors="replace")[-2000:]
        return answer

    def end(self) -> None:
        """End it, and close its pipes."""
        self._process.kill()
        self._process.communicate()


def _python(program: str, python: str = sys.executable) -> list[str]:
    return [python, "-m", f"tests.clients.programs.{program}"]


def _node() -> list[str]:
    """Return the command for the official client for Node, which is installed once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    assert node is not None
    assert npm is not None
    if not _is_installed():
        _install(npm)
    return [node, str(NODE / "talk.mjs")]


def _is_installed() -> bool:
    wanted = json.loads((NODE / "package.json").read_bytes())["dependencies"]["openai"]
    there = NODE / "node_modules" / "openai" / "package.json"
    return there.exists() and json.loads(there.read_bytes())["version"] == wanted


def _install(npm: str) -> None:
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        subprocess.run(command, cwd=NODE, check=True, capture_output=True, timeout=_INSTALLING)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        why = said[0] if said else str(error)
        pytest.skip(
            f"npm could not install the official client for Node, so it is not tried: {why}"
        )


def _litellm() -> list[str]:
    if not LITELLM.exists():
        pytest.skip("bench/.venv is not here (make bench/.venv/.installed): LiteLLM is not tried")
    return _python("with_litellm", str(LITELLM))


_NEEDS_NODE = pytest.mark.needs("node", what="the official client for Node")
_COMMANDS: Mapping[str, Callable[[], list[str]]] = {
    "openai": lambda: _python("openai_async"),
    "openai-sync": lambda: _python("openai_sync"),
    "openai-node": _node,
    "litellm": _litellm,
}


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(name, marks=_NEEDS_NODE if name == "openai-node" else ()) for name in _COMMANDS
    ],
)
def program(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """A client that holds conversations; one program for all of them."""
    environment = {
        "PYTHONWARNINGS": "ignore",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the network for prices
        "NO_PROXY": "127.0.0.1",
    }
    complaints = tmp_path_factory.mktemp("client") / "stderr"
    one = Program(_COMMANDS[request.param](), environment, complaints)
    yield one
    one.end()


@pytest.fixture
def client(program: Program) -> Program:
    """A client that is there."""
    program.revive()
    return program
