"""Real servers on free ports: a model's side that does what a test says, and the endpoint."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

import rehearsal
from contract.config import Browser, Config, Images, Injector, Says, Upstream
from contract.config.places import Store as Place
from contract.fieldpath import parse
from injector.app import create_app
from injector.decoding import Decoded, Sent
from injector.decoding.sent import picture_bytes
from injector.parts import STORE
from injector.picture import Aim, prepare

PHOTOS = Path(rehearsal.__path__[0]) / "photos"

Handle: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Speak: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]


@pytest.fixture(autouse=True)
def _told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over is counted and logged before a test looks at it."""
    monkeypatch.setattr("injector.ledger.LATER", 0.0)


class _InHere:
    """Decoders without children, for tests that are about something else."""

    def __init__(self, aim: Aim, *, limit: int) -> None:
        self._aim, self._limit = aim, limit

    def warm(self) -> None: ...

    async def prepare(self, sent: Sent) -> Decoded:
        data, describe = picture_bytes(sent, self._limit)
        return Decoded(await asyncio.to_thread(prepare, data, self._aim), describe)

    async def close(self) -> None: ...


@pytest.fixture(autouse=True)
def _decoded_in_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child is half a second of processor time, and hundreds of tests want one picture each.

    Where pictures themselves are tested, a fixture of this name takes its place and does nothing.
    """
    monkeypatch.setattr("injector.app.Decoders", _InHere)


@pytest.fixture
def upstream(serve: Serve) -> Callable[[Handle], Awaitable[str]]:
    """Start a model's side that answers every request as one function says; give its base URL."""

    async def start(handle: Handle) -> str:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/{tail:.*}", handle)
        return await serve(app) + "/v1"

    return start


@pytest.fixture
async def raw_upstream() -> AsyncIterator[Callable[[Speak], Awaitable[str]]]:
    """Start a model's side that says the very bytes that a test wants; give its base URL.

    It reads one request to the end of its headers and of its body, and then lets `speak` talk.
    """
    async with AsyncExitStack() as stack:

        async def start(speak: Speak) -> str:
            async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                    sizes = [line for line in head.split(b"\r\n") if line.lower().startswith(b"co")]
                    lengths = [one for one in sizes if one.lower().startswith(b"content-length")]
                    await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
                    await speak(reader, writer)
                except (ConnectionError, asyncio.IncompleteReadError):
                    pass
                finally:
                    writer.close()

            server = await asyncio.start_server(handle, "127.0.0.1", 0)
            await stack.enter_async_context(server)
            return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"

        yield start


@pytest.fixture
def endpoint(serve: Serve) -> Endpoint:
    """Start the endpoint before a model's side and give its address.

    Options are fields of the configuration by name; `keeps` is a store to use in the place of the
    configured one, and `says` what the person hears from Sightline itself.
    """

    async def start(
        base_url: str = "http://127.0.0.1:9/v1",
        *,
        paths: tuple[Any, ...] = ("$request.header.x-conversation-id",),
        bearer: str = "",
        origins: tuple[str, ...] = (),
        store: str = "memory:",
        keeps: Any = None,
        images: dict[str, Any] | None = None,
        says: dict[str, Any] | None = None,
        browser: dict[str, Any] | None = None,
        **options: Any,
    ) -> str:
        config = Config(
            conversation_id=tuple(parse(path) for path in paths),
            injector=Injector(
                bearer=bearer,
                upstream=Upstream(base_url=base_url, **options),
                images=replace(Images(store=Place.parse(store)), **(images or {})),
                browser=Browser(origins, **(browser or {})),
                says=Says(**(says or {})),
            ),
        )
        app = create_app(config)
        if keeps is not None:

            async def another(app: web.Application) -> AsyncIterator[None]:
                app[STORE] = keeps
                yield

            app.cleanup_ctx.append(another)
        return await serve(app)

    return start


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that shows what came: nothing is decompressed, no redirect followed."""
    async with aiohttp.ClientSession(
        auto_decompress=False, timeout=aiohttp.ClientTimeout(total=10)
    ) as session:
        yield session


@pytest.fixture
def photos() -> dict[str, bytes]:
    names = ("astronaut.jpg", "cat.webp", "coffee.png", "rocket.jpg")
    return {name: (PHOTOS / name).read_bytes() for name in names}


@pytest.fixture
def png() -> bytes:
    """A small picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def share(client: aiohttp.ClientSession) -> Callable[..., Awaitable[str]]:
    """Upload a picture and associate it with a conversation; give its temporaryId.

    Whoever shares a second one has kept what the first association was answered with.
    """
    tokens: dict[tuple[str, str], str] = {}

    async def shared(root: str, picture: bytes, conversation: str) -> str:
        async with client.post(f"{root}/upload_image", data=io.BytesIO(picture)) as response:
            assert response.status == 201, await response.text()
            temporary_id = (await response.json())["temporaryId"]
        body = {"conversationId": conversation, "temporaryId": temporary_id}
        if token := tokens.get((root, conversation)):
            body["contextToken"] = token
        async with client.post(f"{root}/associate_context", json=body) as response:
            assert response.status == 200, await response.text()
            tokens.setdefault((root, conversation), (await response.json()).get("contextToken", ""))
        return str(temporary_id)

    return shared
