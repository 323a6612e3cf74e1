import asyncio
import io
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web

from contract.config import Config, Images, Injector
from contract.config.places import Store as Place
from contract.errors import ConfigError
from injector.app import create_app
from rehearsal.model import create_app as stand_in

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Upstream: TypeAlias = Callable[..., Awaitable[str]]

TURN: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "?"}]}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/chat/completions",
        "/v1/chat/completions/",
        "/v1/chat/completions//",
        "/v1/chat/completions/chat/completions",
        "//v1//chat/completions",
        "/tenant/a%2Fb/v1/chat/completions?x=1",
    ],
)
async def test_a_turn_is_answered_on_any_path_that_ends_so(
    serve: Serve, endpoint: Endpoint, client: aiohttp.ClientSession, path: str
) -> None:
    root = await endpoint(await serve(stand_in()) + "/v1")
    async with client.post(root + path, json=TURN) as response:
        assert response.status == 200
        assert (await response.json())["object"] == "chat.completion"


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/chat", "/v1/completions", "/xchat/completions", "/chat/completions/x", "/v2"],
)
async def test_any_other_path_is_not_found(
    endpoint: Endpoint, client: aiohttp.ClientSession, path: str
) -> None:
    async with client.post(await endpoint() + path, json=TURN) as response:
        assert response.status == 404
        error = (await response.json())["error"]
    assert error == {
        "message": f"POST {path}: Not Found",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_found",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", {"POST"}),
        ("OPTIONS", "/v1/chat/completions", {"POST"}),
        ("GET", "/upload_image", {"POST", "OPTIONS"}),
        ("PUT", "/associate_context", {"POST", "OPTIONS"}),
        ("POST", "/healthz", {"GET", "HEAD"}),
        ("POST", "/", {"GET", "HEAD"}),
        ("POST", "/v1/models", {"GET"}),
    ],
)
async def test_another_method_is_told_which_are_allowed(
    endpoint: Endpoint, client: aiohttp.ClientSession, method: str, path: str, allowed: set[str]
) -> None:
    async with client.request(method, await endpoint() + path) as response:
        assert response.status == 405
        assert (await response.json())["error"]["code"] == "method_not_allowed"
        assert set(response.headers["Allow"].split(",")) == allowed


async def test_the_models_are_those_of_the_models_side(
    serve: Serve, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    direct = await serve(stand_in()) + "/v1"
    root = await endpoint(direct)
    for route in ("/models", "/models/gpt-4o"):
        async with client.get(direct + route) as meant, client.get(f"{root}/v1{route}") as given:
            assert given.status == 200
            assert await given.read() == await meant.read()


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/v1/models", "/v1/models"),
        ("/v1/models/gpt-4o", "/v1/models/gpt-4o"),
        ("/v1/models/..%2Ffiles", "/v1/models/..%2Ffiles"),
        ("/v1/models/%2E%2E%2F..%2Fadmin", "/v1/models/..%2F..%2Fadmin"),
        ("/v1/models/a%3Fb=c%23d", "/v1/models/a%3Fb%3Dc%23d"),
        ("/v1/models?limit=1", "/v1/models"),
    ],
)
async def test_no_other_route_of_the_models_side_can_be_reached(
    upstream: Upstream, endpoint: Endpoint, asked: str, reached: str
) -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.json_response({})

    root = await endpoint(await upstream(handle), api_key="sk-secret")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    writer.write(f"GET {asked} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
    writer.close()
    assert [one.replace("%3D", "=") for one in seen] == [reached.replace("%3D", "=")]


async def test_a_process_that_is_alive_says_so(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    async with client.get(await endpoint() + "/healthz") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("kind", ["memory:", "sqlite:"])
async def test_an_endpoint_is_ready_while_its_store_answers(
    endpoint: Endpoint, client: aiohttp.ClientSession, tmp_path: Path, kind: str
) -> None:
    root = await endpoint(store=kind if kind == "memory:" else f"sqlite:{tmp_path}/x.db")
    async with client.get(f"{root}/readyz") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok", "store": "ok"})


async def test_an_endpoint_is_not_ready_while_its_store_fails(
    endpoint: Endpoint, client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    root = await endpoint(store=f"sqlite:{tmp_path}/x.db")
    with closing(sqlite3.connect(tmp_path / "x.db")) as other:
        other.execute("DROP TABLE picture")
    async with client.get(f"{root}/readyz") as response:
        assert response.status == 503
        answer = await response.json()
    assert answer["status"] == "failing"
    assert "no such table" in answer["store"]
    async with client.get(f"{root}/healthz") as response:
        assert response.status == 200


class Hanging:
    """A store that never answers."""

    async def ping(self) -> None:
        await asyncio.sleep(30)


async def test_an_endpoint_is_not_ready_while_its_store_hangs(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint(keeps=Hanging())
    async with client.get(f"{root}/readyz", timeout=aiohttp.ClientTimeout(total=3)) as response:
        assert response.status == 503
        assert await response.json() == {"status": "failing", "store": "it does not answer in time"}


async def test_a_store_that_cannot_be_opened_stops_the_start(serve: Serve, tmp_path: Path) -> None:
    images = Images(store=Place.parse(f"sqlite:{tmp_path}"))
    with pytest.raises(ConfigError, match=r"images\.store: the store .* cannot be opened"):
        await serve(create_app(Config(injector=Injector(images=images))))


def test_nothing_is_opened_before_the_start(tmp_path: Path) -> None:
    images = Images(store=Place.parse(f"sqlite:{tmp_path}/var/x.db"))
    create_app(Config(injector=Injector(images=images)))
    assert list(tmp_path.iterdir()) == []


async def test_pictures_survive_a_restart_of_the_endpoint(
    endpoint: Endpoint,
    serve: Serve,
    client: aiohttp.ClientSession,
    share: Callable[..., Awaitable[str]],
    png: bytes,
    tmp_path: Path,
) -> None:
    base, store = await serve(stand_in()) + "/v1", f"sqlite:{tmp_path}/x.db"
    await share(await endpoint(base, store=store), png, "conv_1")
    again = await endpoint(base, store=store)
    headers = {"X-Conversation-Id": "conv_1"}
    async with client.post(f"{again}/v1/chat/completions", json=TURN, headers=headers) as response:
        assert response.headers["x-sightline-context"] == "attached;n=1"


async def test_a_turn_with_pictures_of_its_own_is_not_too_large(
    upstream: Upstream, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    sizes: list[int] = []

    async def handle(request: web.Request) -> web.Response:
        sizes.append(len(await request.read()))
        return web.json_response({})

    root = await endpoint(await upstream(handle), model=None)
    body = b'{"messages":[{"role":"user","content":"' + b"x" * 20_000_000 + b'"}]}'
    async with client.post(f"{root}/v1/chat/completions", data=io.BytesIO(body)) as response:
        assert response.status == 200
    assert sizes == [len(body)]
