"""A real Redis or Valkey on a free port, in a folder of the test's, ended by its process's ID."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")

_PATIENCE = 20.0  # seconds until it must have started; machines of tests are slow at times


@dataclass(slots=True)
class Server:
    """A server that a test may stop, let hang, and start again on the same port."""

    folder: Path
    port: int
    options: tuple[str, ...] = ()
    scheme: str = "redis"
    user: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.user}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        port = "--tls-port" if self.scheme == "rediss" else "--port"
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(PROGRAM),
                    *(port, str(self.port), "--dir", str(self.folder), "--bind", "127.0.0.1"),
                    *("--save", "", "--rdbcompression", "no", *self.options),
                ],
                stdout=log,
                stderr=log,
            )
        self._wait_for(self.process)

    def _wait_for(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.02)
        told = (self.folder / "redis.log").read_text(errors="replace")
        raise AssertionError(f"{PROGRAM} has not started on port {self.port}:\n{told}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def hang(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(which)


@contextlib.contextmanager
def running(folder: Path, *options: str, scheme: str = "redis", user: str = "") -> Iterator[Server]:
    """Start a server with some options of its own; the test is skipped where none is installed."""
    if PROGRAM is None:
        pytest.skip("neither redis-server nor valkey-server is installed")
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder, free_port(), options, scheme, user)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGKILL)  # one that hangs hears nothing else


async def tell(redis: Redis, *words: str | int) -> Any:
    """Send a command for which the package has no method, or an untyped one."""
    return await redis.execute_command(*words)  # type: ignore[no-untyped-call]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
