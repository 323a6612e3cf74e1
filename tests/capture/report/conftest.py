"""A real Chromium that opens a page and tells what it did: over its own DevTools protocol."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--remote-debugging-port=0",
)
PATIENCE = 60.0


class Tab:
    """One tab of the browser, with all that it asked the network for and all that it complained of.

    `requests` holds every address that the page asked for, its own included; `complaints` what the
    console, the policy and the scripts had to say.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._loaded = asyncio.Event()
        self.requests: list[str] = []
        self.complaints: list[str] = []

    async def listen(self) -> None:
        """Read what the browser says, until it ends."""
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            else:
                self._note(told["method"], told["params"])

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(json.dumps(told["args"]))
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"a dialog: {told['message']}")
        elif method == "Page.loadEventFired":
            self._loaded.set()

    async def send(self, method: str, **parameters: Any) -> Any:
        """Send a command and return its result."""
        self._number += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        told = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in told, told
        return told["result"]

    async def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        for domain in ("Network", "Log", "Runtime", "Page"):
            await self.send(f"{domain}.enable")
        self._loaded.clear()
        await self.send("Page.navigate", url=address)
        await asyncio.wait_for(self._loaded.wait(), PATIENCE)

    async def look(self, *, width: int, height: int = 900, scheme: str = "light") -> None:
        """Make the window so wide, and prefer light or dark."""
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        await self.send(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    async def run(self, script: str) -> Any:
        """Return what an expression of JavaScript, or the promise that it is, comes to."""
        told = await self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")


Browse: TypeAlias = Callable[[], AbstractAsyncContextManager[Tab]]


@asynccontextmanager
async def browsing(executable: str, profile: Path) -> AsyncIterator[Tab]:
    """Start a browser with an empty profile, and end it."""
    process = await asyncio.create_subprocess_exec(
        executable,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr
        said = []
        async with asyncio.timeout(PATIENCE):
            while not (line := await process.stderr.readline()).startswith(b"DevTools listening"):
                said.append(line)
                assert line, b"".join(said)
        port = line.decode().split(":")[2].split("/")[0]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            async with session.get("/json") as answer:
                tabs = [it for it in await answer.json() if it["type"] == "page"]
            address = tabs[0]["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as socket:
                tab = Tab(socket)
                listening = asyncio.create_task(tab.listen())
                try:
                    yield tab
                finally:
                    listening.cancel()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Open a browser of one's own; skipped where there is none."""
    if CHROMIUM is None:
        if os.environ.get("SIGHTLINE_NEEDS_CHROMIUM"):
            pytest.fail("no Chromium on this machine, and it was asked for")
        pytest.skip("no Chromium on this machine: apt-get install chromium, then this is tested")
    executable = CHROMIUM

    @asynccontextmanager
    async def browse() -> AsyncIterator[Tab]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            async with browsing(executable, Path(profile)) as tab:
                yield tab

    return browse
