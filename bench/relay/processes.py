"""Processes that the benchmark starts, watches and ends; each by its own id."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 90.0  # seconds until a server listens; LiteLLM takes a good while
_GRACE = 5.0  # seconds to end by itself


class NotStarted(Exception):
    """A server did not come up; the message holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process that serves on a port of this machine."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def last_words(self, lines: int = 4) -> str:
        """Return the end of what it said."""
        said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(line[:400] for line in said[-lines:])

    def cpu_ms(self) -> float:
        """Return the processor time so far, of all its threads and of its children, in ms."""
        return sum(_ticks(pid) for pid in family(self.process.pid)) * 1000 / _TICK

    def memory_mb(self) -> tuple[float, float]:
        """Return what it holds in memory now, and at most ever, in MB of 10^6 bytes.

        A process that has ended holds nothing.
        """
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        held = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Vm"))
        now, most = (held.get(name, "0").split()[0] for name in ("VmRSS", "VmHWM"))
        return int(now) * 1024 / 1e6, int(most) * 1024 / 1e6

    def end(self) -> None:
        """End the process, politely first."""
        self.process.terminate()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    name: str,
    command: Sequence[str],
    port: int,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> Running:
    """Start a server and return when it listens; what it says goes to a file in `folder`.

    Raises:
        NotStarted: it ended, or it does not listen after 90 s.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, **(environment or {})},
        )
    running = Running(name, process, port, log)
    try:
        _wait(running)
    except BaseException:
        running.end()
        raise
    return running


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def family(pid: int) -> Iterator[int]:
    """Yield a process and all its descendants."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def _ticks(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    # The name, in brackets, may hold spaces: proc(5).
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _wait(running: Running) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if running.process.poll() is not None:
            break
        with socket.socket() as one:
            one.settimeout(1.0)
            if one.connect_ex(("127.0.0.1", running.port)) == 0:
                return
        time.sleep(0.05)
    said = running.last_words(20)
    raise NotStarted(f"{running.name} does not listen on port {running.port}:\n{said}")
