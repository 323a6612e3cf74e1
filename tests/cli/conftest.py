"""Commands as a person runs them: processes, with what they print and how they end."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from cli.demo.children import child
from cli.main import main

ROOT = Path(__file__).parent.parent.parent

Run = Callable[..., subprocess.CompletedProcess[str]]
Service = Callable[..., AbstractAsyncContextManager[str]]


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SIGHTLINE")}
    return {**kept, "COLUMNS": "100", "OPENAI_API_KEY": "sk-planted-for-tests", **more}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `sightline` with arguments in an empty folder, and return how it ended."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(ROOT), **more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Run a command that ends by itself like `run`, but in this process, which is faster."""

    def typed(*arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setattr(sys, "argv", ["sightline", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        status = ended.value.code
        assert isinstance(status, int)
        return subprocess.CompletedProcess(arguments, status, said.out, said.err)

    return typed


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """Run a `sightline` command that serves; the context is its address."""

    def service(*arguments: str, **more: str) -> AbstractAsyncContextManager[str]:
        return child(arguments[0], arguments, tmp_path, environment(**more))

    return service


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@pytest.fixture
async def parts(service: Service, tmp_path: Path) -> AsyncIterator[Mapping[str, str]]:
    """A stand-in model, the endpoint, and the capture proxy, by name."""
    out = str(tmp_path / "first.jsonl")
    any_port = "127.0.0.1:0"
    async with (
        service("model", "--listen", any_port) as model,
        service("serve", "--listen", any_port, "--upstream", f"{model}/v1") as serve,
        service("capture", "--listen", any_port, "--upstream", serve, "--out", out) as capture,
    ):
        yield {"model": model, "serve": serve, "capture": capture, "out": out}
