"""One decoding child as its parent sees it: started, asked, watched, ended. Nothing here blocks.

The child's standard input is one end of a socket, and this is the other. What it writes to standard
error is kept, the last of it, for our log in case it breaks down.
"""

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from contract.errors import RequestError
from injector.decoding.channel import Channel
from injector.decoding.frames import Broken
from injector.decoding.limits import FORGETFUL
from injector.decoding.outcome import Decoded, heard, prove
from injector.decoding.pulse import TICK, Pulse
from injector.decoding.sent import Sent

log = logging.getLogger("sightline.injector")

START = 10.0
"""Seconds until a child that was started must be ready; a third of one is usual."""

_PATIENCE = 0.3  # seconds for a child that has nothing to do to leave by itself
_SPOKEN = 2000  # bytes of standard error that are kept
_KNOWN = frozenset(
    {"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "TZ", "TMPDIR"}
)
"""What a child may know of the environment, in which the service's keys stand."""


class Died(Exception):
    """The child has ended, or talks nonsense. `had_begun` tells whether it had the picture."""

    def __init__(self, why: str, *, had_begun: bool) -> None:
        super().__init__(why)
        self.had_begun = had_begun


@dataclass(frozen=True, slots=True)
class Task:
    """What a child is started for.

    Args:
        prepare: the function that prepares pictures, as `module:name`.
        aim: how they are prepared, a dataclass of plain values.
        limit: the most bytes of a picture, or None.
    """

    prepare: str
    aim: Any
    limit: int | None = None

    def command(self) -> list[str]:
        """Return the words that start a child."""
        task = json.dumps({"prepare": self.prepare, "aim": asdict(self.aim), "limit": self.limit})
        return [sys.executable, "-P", "-X", "faulthandler", "-m", "injector.decoding", task]


class Child:
    """A child that is being started. To be made in the running loop, and to be ended by `end`.

    Raises:
        OSError: the system starts no process.
    """

    def __init__(self, task: Task) -> None:
        self.answered = 0
        self._is_busy = self.is_stuck = False
        self._had_begun = False
        self._spoken = b""
        self._loop = asyncio.get_running_loop()
        self._process, self._channel, self._stderr = _started(task)
        self._loop.add_reader(self._stderr, self._overhear)

    @property
    def pid(self) -> int:
        """The process's ID."""
        return self._process.pid

    @property
    def spoken(self) -> str:
        """The last words on standard error."""
        return self._spoken.decode("utf-8", "replace").strip()

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    async def ready(self) -> None:
        """Wait until the child can be asked.

        Raises:
            Died: it cannot, or not within `START`.
        """
        try:
            async with asyncio.timeout(START):
                await self._channel.message(0)
        except (Broken, OSError) as error:
            raise Died(str(error), had_begun=False) from None
        except TimeoutError:
            raise Died(f"it is not ready after {START:g} seconds", had_begun=False) from None

    async def ask(self, number: int, sent: Sent) -> Decoded | RequestError:
        """Return what became of a picture.

        Args:
            number: whose picture it is; no other has the same.
            sent: what arrived.

        Raises:
            Died: the child has ended, hung, or broken down.
        """
        self._is_busy, self._had_begun = True, False
        self._watch(Pulse(self.pid))
        try:
            await self._channel.send(number, {"form": sent.form}, sent.data)
            await self._channel.message(number)
            self._had_begun = True
            told, part = await self._channel.message(number)
            answer = heard(told, part)
            if isinstance(answer, Decoded):
                for _ in prove(answer.prepared.picture):
                    await asyncio.sleep(0)
        except (Broken, OSError) as error:
            raise Died(str(error), had_begun=self._had_begun) from None
        finally:
            self._watching.cancel()
        self._is_busy, self._spoken = False, b""
        self.answered += 1
        if fault := told.get("fault"):
            log.warning(
                "a decoder failed on a picture of %d bytes: %s", len(sent.data), str(fault)[:300]
            )
        return answer

    def kill(self) -> None:
        """End the child now; whoever waits for its answer sees it die."""
        self._process.kill()

    async def end(self) -> int:
        """End the child, wait until it is gone, and return its status as `subprocess` does.

        One that has nothing to do leaves when the socket closes; any other is killed.
        """
        await asyncio.sleep(0)  # a read that was cancelled leaves the socket first
        self._channel.close()
        if self._is_busy or not self.answered:
            self.kill()
        code = await self._gone()
        if self._stderr >= 0:
            self._overhear()
            self._loop.remove_reader(self._stderr)
            os.close(self._stderr)
            self._stderr = -1
        return code

    async def _gone(self) -> int:
        until = self._loop.time() + _PATIENCE
        while (code := self._process.poll()) is None:
            if self._loop.time() > until:
                self.kill()
            await asyncio.sleep(0.005)
        return code

    def _watch(self, pulse: Pulse) -> None:
        def look() -> None:
            if pulse.hangs():
                self.is_stuck = True
                self.kill()
            else:
                self._watching = self._loop.call_later(TICK, look)

        self._watching = self._loop.call_later(TICK, look)

    def _overhear(self) -> None:
        try:
            words = os.read(self._stderr, 1 << 16)
        except BlockingIOError:
            return
        if not words:
            self._loop.remove_reader(self._stderr)
        self._spoken = (self._spoken + words)[-_SPOKEN:]


def _started(task: Task) -> tuple[subprocess.Popen[bytes], Channel, int]:
    """Return a child, our end of its socket, and what it writes to standard error."""
    known = {name: value for name, value in os.environ.items() if name in _KNOWN}
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    ours, theirs = socket.socketpair()
    said, says = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - the words are our own
            task.command(),
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=says,
            start_new_session=True,  # Ctrl-C in a terminal is for the parent
            env=known | paths | FORGETFUL,
        )
    except OSError:
        ours.close()
        os.close(said)
        raise
    finally:
        theirs.close()
        os.close(says)
    os.set_blocking(said, False)
    return process, Channel(ours), said
