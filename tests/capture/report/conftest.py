"""A real Chromium that opens a page and tells what it did: over its own DevTools protocol."""

import asyncio
import base64
import json
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest

from contract.exchange import Exchange, Request, Response
from contract.recording import Recording
from tests.lacking import CHROMIUM

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


@contextmanager
def browser(executable: str) -> Iterator[str]:
    """Run a browser with an empty profile; the context is the address of its DevTools."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        subprocess.Popen(
            [executable, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            yield f"http://127.0.0.1:{_port(Path(profile), process)}"
        finally:
            process.kill()


def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    """Return the port that the browser has written down once it listens."""
    path = profile / "DevToolsActivePort"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if path.exists() and (said := path.read_text().split()):
            return int(said[0])
        time.sleep(0.05)
    pytest.fail(f"Chromium did not start: status {process.poll()}")


@asynccontextmanager
async def new_tab(address: str) -> AsyncIterator[Tab]:
    """Open a tab of a browser, and close it."""
    async with aiohttp.ClientSession(address) as session:
        async with session.put("/json/new?about:blank") as answer:
            told = await answer.json()
        socket_address = told["webSocketDebuggerUrl"]
        async with session.ws_connect(socket_address, max_msg_size=0) as socket:
            tab = Tab(socket)
            listening = asyncio.create_task(tab.listen())
            try:
                yield tab
            finally:
                listening.cancel()
        async with session.get(f"/json/close/{told['id']}") as answer:
            await answer.read()


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """One browser for all tests, which are left out where there is none."""
    assert CHROMIUM is not None
    with browser(CHROMIUM) as address:
        yield address


@pytest.fixture
def browse(chromium: str) -> Browse:
    """Open a tab of one's own."""
    return lambda: new_tab(chromium)


BEGAN = datetime(2026, 11, 23, 6, 24, 6, 123000, tzinfo=UTC)
ANNA = "conv_9801m4394evfexfsqb05pv6z39x3"
BEN = "conv_1701m83p4dr064z9b2p3s5a2sw0v"
PHOTOS = Path(__file__).parent.parent.parent.parent / "rehearsal" / "photos"
PROMPT = "You are the voice of an agent on a live call. " + "Be kind, and be short. " * 60
STREAM = (("Content-Type", "text/event-stream; charset=utf-8"),)
JSON = ("Content-Type", "application/json")


def event(**delta: Any) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()


def streamed(text: str, *, first: float = 300, gap: float = 45, done: bool = True) -> Response:
    pieces = [event(content=word + " ") for word in text.split(" ")]
    pieces += [b"data: [DONE]\n\n"] if done else []
    arrivals = tuple((first + gap * at, len(piece)) for at, piece in enumerate(pieces))
    return Response(200, STREAM, b"".join(pieces), arrivals)


def turn(
    at: float,
    messages: Sequence[Any],
    response: Response | None,
    conversation: str = ANNA,
    reason: str | None = None,
    **body: Any,
) -> Exchange:
    """Return a turn that came `at` milliseconds after the beginning."""
    value = {
        "messages": [{"role": "system", "content": PROMPT}, *messages],
        "model": "gpt-4o",
        "stream": True,
        "tools": [{"type": "function", "function": {"name": f"tool_{at}"}} for at in range(20)],
        **body,
    }
    request = Request(
        "POST",
        "http://voice.example/v1/chat/completions?region=eu",
        (
            ("Host", "voice.example"),
            JSON,
            ("Authorization", "Bearer redacted-0123456789abcdef"),
            ("X-Conversation-Id", conversation),
        ),
        json.dumps(value).encode(),
    )
    return Exchange(
        f"{conversation}-{at}",
        BEGAN + timedelta(milliseconds=at),
        request,
        response,
        complete=reason is None,
        reason=reason,
        redacted=("$request.header.authorization",),
    )


def says(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def data_uri(name: str, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode((PHOTOS / name).read_bytes()).decode()}"


def _anna() -> Iterator[Exchange]:
    history = [says("assistant", "Hello!"), says("user", "I am Anna. What is in it?")]
    yield turn(0, history, streamed("A red boat on a lake, with two people in it."))
    history += [says("assistant", "A red boat on a lake, with two people in it.")]
    early = [*history, says("user", "Which")]
    cancelled = streamed("Which what?", done=False)
    yield turn(9_000, early, None, reason="Client disconnected.")
    yield turn(
        9_240, [*history, says("user", "Which colour")], cancelled, reason="Client disconnected."
    )
    history += [says("user", "Which colour is the sky? الزورق أحمر")]
    yield turn(9_420, history, streamed("The sky is blue and there are a few small clouds in it."))
    history += [says("assistant", "The sky is blue and..."), says("user", "And the boat?")]
    error = b'{"error": {"message": "The server had an error", "type": "server_error"}}'
    yield turn(15_000, history, Response(500, (JSON,), error, ((812.0, len(error)),)))
    yield turn(16_100, history, streamed("The boat", done=False), reason="server closed connection")
    yield turn(17_400, history, streamed("It is red.", first=1_900))
    call = {"id": "call_1", "function": {"name": "make_a_note", "arguments": '{"text": "red"}'}}
    history += [
        says("assistant", None, tool_calls=[call]),
        says("tool", "noted", tool_call_id="call_1"),
        says(
            "user",
            [
                {"type": "text", "text": "And this one?"},
                {"type": "image_url", "image_url": {"url": data_uri("cat.webp", "image/webp")}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "AAAA" * 40}},
            ],
        ),
    ]
    yield turn(31_000, history, streamed("That is a cat.", first=700))
    yield turn(44_000, history[:2], streamed("You are back at the beginning."))


def _others() -> Iterator[Exchange]:
    def other(at: float, request: Request, response: Response | None = None) -> Exchange:
        return Exchange(f"other-{at}", BEGAN + timedelta(milliseconds=at), request, response)

    yield other(1, Request("GET", "http://voice.example/healthz"), Response(204))
    yield other(2, Request("OPTIONS", "http://voice.example/v1/chat/completions"))
    photo = (("Content-Type", "image/jpeg"),)
    picture = (PHOTOS / "rocket.jpg").read_bytes()
    yield other(3, Request("POST", "http://voice.example/upload_image", photo, picture))
    yield other(4, Request("POST", "http://voice.example/upload_image", photo, picture[:900]))
    yield other(5, Request("POST", "http://voice.example/deep", (), b"[" * 900 + b"]" * 900))
    yield other(6, Request("POST", "http://voice.example/bytes", (), bytes(range(256))))


@pytest.fixture
def nasty() -> Recording:
    """Two calls and other requests, with all that goes wrong between a platform and a model."""
    ben = [says("assistant", "Hello!"), says("user", "Ben here. How many cups are there?")]
    more = [*ben, says("assistant", "There are two."), says("user", "Thank you!")]
    return Recording(
        "/home/somebody/calls/nasty.jsonl",
        (
            *_anna(),
            turn(4_000, ben, streamed("There are two."), BEN),
            turn(12_000, more, streamed("You are welcome."), BEN),
            *_others(),
        ),
        ("/home/somebody/calls/nasty.jsonl: the last line is torn and was skipped",),
    )
