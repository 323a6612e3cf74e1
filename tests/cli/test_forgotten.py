"""Forgotten means gone: from the store's files, and from the memory of every process.

A real endpoint is asked as a person's page and a platform ask it, and its processes are searched
for slices of the pictures: of what was sent, of what the model got, and of that as base64.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.cli.conftest import ROOT, environment
from tests.cli.remains import family, found, memory_of, photograph, slices

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="there is no /proc to look into a process"
)

SECRET = "wsec_planted-for-tests"
BEARER = "bearer-planted-for-tests"
PICTURES = {"small": photograph(320, 240, 1), "large": photograph(2000, 1500, 2)}
"""One that becomes less than 128 KB as base64, which glibc keeps in its heap, and one that becomes
more, for which it asks the system."""

CONFIGURATION = """
conversation_id: [$request.header.x-conversation-id]
injector:
  bearer: {bearer}
  images: {{store: '{store}', ttl: {ttl}}}
  webhooks: {{elevenlabs: {secret}}}
"""


@dataclass
class Model:
    """A model's side that keeps the pictures of the last turn, as base64, and says one word."""

    url: str = ""
    shown: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        content = body["messages"][-1]["content"]
        parts = content if isinstance(content, list) else []
        urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        self.shown = [url.partition(",")[2] for url in urls]
        chunk = {"choices": [{"index": 0, "delta": {"content": "Yes."}, "finish_reason": None}]}
        said = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
        return web.Response(text=said, content_type="text/event-stream")


@dataclass
class Service:
    """An endpoint in processes of its own, and who asks it."""

    url: str
    pid: int
    folder: Path
    client: aiohttp.ClientSession
    model: Model
    tokens: dict[str, str] = field(default_factory=dict)

    async def upload(self, data: Any) -> str:
        async with self.client.post(f"{self.url}/upload_image", data=data) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["temporaryId"])

    async def associate(self, conversation: str, temporary_id: str) -> None:
        body = {"conversationId": conversation, "temporaryId": temporary_id}
        async with self.client.post(f"{self.url}/associate_context", json=body) as answer:
            assert answer.status == 200, await answer.text()
            self.tokens.setdefault(conversation, (await answer.json()).get("contextToken", ""))

    async def share(self, conversation: str, data: Any) -> None:
        await self.associate(conversation, await self.upload(data))

    async def turn(self, conversation: str) -> str:
        """Return what a turn says of its pictures."""
        body = {"stream": True, "messages": [{"role": "user", "content": "What do you see?"}]}
        headers = {"X-Conversation-Id": conversation}
        url = f"{self.url}/v1/chat/completions"
        async with self.client.post(url, json=body, headers=headers) as answer:
            assert "Yes." in await answer.text()
            return answer.headers["x-sightline-context"]

    async def ask(self, method: str, path: str, secret: str = BEARER) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {secret}"}
        async with self.client.request(method, self.url + path, headers=headers) as answer:
            return answer.status, await answer.json()

    def in_memory(self, needles: list[bytes]) -> int:
        """Return how many slices are in the memory of the endpoint or of a child of it."""
        return found(needles, (held for pid in family(self.pid) for held in memory_of(pid)))

    def in_files(self, needles: list[bytes]) -> int:
        """Return how many slices are in a file of the store, or in the log."""
        files = [one for one in self.folder.rglob("*") if one.is_file()]
        return found(needles, (one.read_bytes() for one in files))


@asynccontextmanager
async def _model() -> AsyncIterator[Model]:
    model = Model()
    app = web.Application(client_max_size=64 << 20)
    app.router.add_post("/v1/chat/completions", model.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        model.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield model
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _serving(folder: Path, *arguments: str) -> AsyncIterator[tuple[str, int]]:
    with (folder / "serve.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli.main", "serve", "--listen", "127.0.0.1:0", *arguments),
            cwd=folder,
            env=environment(PYTHONPATH=str(ROOT)),
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            line = (await process.stdout.readline()).decode()
        yield re.findall(r"http://\S+", line)[0], process.pid
    finally:
        process.terminate()
        await process.wait()


Start = Callable[..., Awaitable[Service]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start an endpoint with a store, `memory` or `sqlite`, and a model's side behind it."""
    async with AsyncExitStack() as stack:

        async def start(store: str, ttl: str = "2h") -> Service:
            place = "memory:" if store == "memory" else "sqlite:var/store.db"
            told = CONFIGURATION.format(bearer=BEARER, secret=SECRET, store=place, ttl=ttl)
            (tmp_path / "config.yaml").write_text(told)
            model = await stack.enter_async_context(_model())
            serving = _serving(tmp_path, "--upstream", model.url)
            url, pid = await stack.enter_async_context(serving)
            session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {BEARER}"})
            client = await stack.enter_async_context(session)
            return Service(url, pid, tmp_path, client, model)

        yield start


async def _deleted(service: Service, conversation: str) -> None:
    answer = await service.ask("DELETE", f"/context/{conversation}", service.tokens[conversation])
    assert answer == (200, {"conversationId": conversation, "forgotten": 1})


async def _called_off(service: Service, conversation: str) -> None:
    """Send the platform's event after a call."""
    data = {"agent_id": "agent_1", "conversation_id": conversation}
    body = json.dumps({"type": "post_call_transcription", "data": data}).encode()
    moment = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    signed = {"ElevenLabs-Signature": f"t={moment},v0={digest}"}
    url = f"{service.url}/webhooks/elevenlabs"
    async with service.client.post(url, data=body, headers=signed) as answer:
        assert await answer.json() == {"forgotten": 1}


async def _expired(_: Service, __: str) -> None:
    """Do nothing: the time to live ends, and a sweep comes."""


async def _by_hand(service: Service, conversation: str) -> None:
    """Forget as an operator: in another process, beside the endpoint."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.main", "images", "forget", conversation),
        cwd=service.folder,
        env=environment(PYTHONPATH=str(ROOT)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    assert b"1 picture" in said


Way = Callable[[Service, str], Awaitable[None]]
NOW, SOON = 0, 20
WAYS: dict[str, tuple[Way, str, int]] = {
    "DELETE": (_deleted, "2h", NOW),
    "webhook": (_called_off, "2h", NOW),
    "expiry": (_expired, "10s", SOON),
    "images forget": (_by_hand, "20s", SOON),
}
"""How a conversation is forgotten, its time to live, and how many seconds later all is gone."""

CASES = [("memory", way) for way in WAYS if way != "images forget"]
CASES += [("sqlite", way) for way in WAYS]


async def _held_back(data: bytes, service: Service, needles: list[bytes]) -> AsyncIterator[bytes]:
    """Send a picture but for its end, look for it, and send the rest."""
    yield data[:-100]
    for _ in range(100):
        if service.in_memory(needles) > 0.9 * len(needles):
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("what is sent is not found while it is sent, so the search finds nothing")
    yield data[-100:]


@pytest.mark.parametrize(("store", "way"), CASES)
async def test_nothing_of_a_picture_remains(start: Start, store: str, way: str) -> None:
    forget, ttl, patience = WAYS[way]
    service = await start(store, ttl)
    remains: dict[str, list[bytes]] = {}
    for size, data in PICTURES.items():
        sent = slices(data)
        await service.share(size, _held_back(data, service, sent))
        assert await service.turn(size) == "attached;n=1"
        part = service.model.shown[0].encode()
        parts, prepared = slices(part), slices(base64.b64decode(part))
        assert service.in_memory(parts) == len(parts)
        if store == "sqlite":  # where a page of the file ends, a slice may be in two
            assert service.in_files(parts) > 0.8 * len(parts)
        assert service.in_memory(sent) == service.in_memory(prepared) == 0
        remains |= {f"{size} sent": sent, f"{size} ready": prepared, f"{size} part": parts}

    for size in PICTURES:
        await forget(service, size)

    every = [one for needles in remains.values() for one in needles]
    for _ in range(patience):
        if not service.in_memory(every):
            break
        await asyncio.sleep(1)
    assert {what: service.in_memory(one) for what, one in remains.items()} == dict.fromkeys(
        remains, 0
    )
    assert {what: service.in_files(one) for what, one in remains.items()} == dict.fromkeys(
        remains, 0
    )
    for size in PICTURES:
        assert await service.turn(size) == "no-image"
        assert service.model.shown == []
