import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web

from contract.errors import StoreFailed
from injector.wire import errors_as_json

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Upstream: TypeAlias = Callable[..., Awaitable[str]]
Share: TypeAlias = Callable[..., Awaitable[str]]

TURN: dict[str, Any] = {"messages": [{"role": "user", "content": "?"}]}
SECRET = "a-secret-of-the-platform"
PAGE = "https://app.example.com"


@pytest.fixture
async def model(upstream: Upstream) -> str:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    return await upstream(handle)


BEARERS = [
    (f"Bearer {SECRET}", 200),
    (f"bearer {SECRET}", 200),
    (f"Bearer  {SECRET} ", 200),
    (None, 401),
    ("", 401),
    ("Bearer", 401),
    ("Bearer ", 401),
    (SECRET, 401),
    (f"Basic {SECRET}", 401),
    (f"Bearer {SECRET}x", 401),
    (f"Bearer {SECRET[:-1]}", 401),
    (f"Bearer {SECRET.upper()}", 401),
    (f"Bearer x {SECRET}", 401),
    ("Bearer schlüssel", 401),
]


@pytest.mark.parametrize(("given", "status"), BEARERS)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("GET", "/v1/models/gpt-4o")],
)
async def test_the_platform_must_send_the_bearer(
    model: str,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    method: str,
    path: str,
    given: str | None,
    status: int,
) -> None:
    root = await endpoint(model, bearer=SECRET)
    headers = {} if given is None else {"Authorization": given}
    sent = TURN if method == "POST" else None
    async with client.request(method, root + path, json=sent, headers=headers) as response:
        assert response.status == status
        answer = await response.json()
    if status == 401:
        assert answer["error"]["code"] == "invalid_api_key"
        assert answer["error"]["type"] == "invalid_request_error"
        assert SECRET not in str(answer)


async def test_a_bearer_of_other_bytes_is_wrong(model: str, endpoint: Endpoint) -> None:
    root = await endpoint(model, bearer="schlüssel")
    for given, status in [("schlüssel".encode(), b"200"), (b"schl\xfcssel", b"401")]:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
        writer.write(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        writer.write(b"Authorization: Bearer " + given + b"\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 " + status)
        writer.close()


async def test_without_a_configured_bearer_none_is_asked_for(
    model: str, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    async with client.post(await endpoint(model) + "/v1/chat/completions", json=TURN) as response:
        assert response.status == 200


async def test_a_page_has_no_bearer_and_may_upload_and_associate(
    model: str, endpoint: Endpoint, share: Share, png: bytes, client: aiohttp.ClientSession
) -> None:
    root = await endpoint(model, bearer=SECRET)
    await share(root, png, "conv_1")
    for route in ("/healthz", "/readyz"):
        async with client.get(root + route) as response:
            assert response.status == 200


async def test_a_bearer_is_checked_before_the_body_is_read(model: str, endpoint: Endpoint) -> None:
    root = await endpoint(model, bearer=SECRET)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n")
    head = await asyncio.wait_for(reader.readuntil(b"\r\n"), 2)
    writer.close()
    assert head == b"HTTP/1.1 401 Unauthorized\r\n"


async def test_a_turn_beyond_the_limit_is_refused_in_openais_shape(
    endpoint: Endpoint, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.app.MAX_BODY", 10_000)
    root = await endpoint(images={"max_upload": 1000})
    async with client.post(f"{root}/v1/chat/completions", data=b" " * 10_001) as response:
        assert response.status == 413
        assert await response.json() == {
            "error": {
                "message": "/v1/chat/completions: the body is larger than the limit of this "
                "endpoint",
                "type": "invalid_request_error",
                "param": None,
                "code": "too_large",
            }
        }


def faulty(*_: object) -> None:
    """Have a fault of the kind that nobody has thought of."""
    raise ZeroDivisionError("the inside of the house")


@pytest.mark.parametrize("route", ["/upload_image", "/associate_context"])
async def test_a_fault_of_ours_is_told_without_the_inside_of_the_house(
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    png: bytes,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    route: str,
) -> None:
    monkeypatch.setattr("injector.sharing.upload.admit", faulty)
    monkeypatch.setattr("injector.sharing.association.admit", faulty)
    root = await endpoint(origins=(PAGE,))
    body = png if route == "/upload_image" else b'{"conversationId":"c","temporaryId":"t"}'
    async with client.post(root + route, data=body, headers={"Origin": PAGE}) as response:
        assert response.status == 500
        assert response.headers["Access-Control-Allow-Origin"] == PAGE
        assert await response.json() == {
            "error": {
                "message": "Sightline failed; its log says why",
                "type": "server_error",
                "param": None,
                "code": "internal_error",
            }
        }
    assert f"POST {route} failed" in caplog.text
    assert "ZeroDivisionError: the inside of the house" in caplog.text


async def test_a_path_forges_no_line_of_the_log(
    endpoint: Endpoint, client: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    root = await endpoint("http://127.0.0.1:9/v1")
    url = f"{root}/a%1B%5B2Jforged%C2%85/chat/completions?key=private"
    async with client.post(url, json=TURN) as response:
        assert response.status == 502
    (line,) = [one.getMessage() for one in caplog.records if one.name == "sightline.injector"]
    assert line.isprintable()
    assert "private" not in line


async def test_a_fault_is_told_without_the_temporary_id_in_the_path(
    serve: Serve, client: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(request: web.Request) -> web.Response:
        if request.query:
            raise StoreFailed("the store is away")
        raise ZeroDivisionError

    app = web.Application(middlewares=[errors_as_json])
    app.router.add_get("/uploads/{id}", broken)
    url = f"{await serve(app)}/uploads/tmp_0123456789abcdef0123456789abcdef"
    for query, status in [("", 500), ("?x=1", 503)]:
        async with client.get(url + query) as response:
            assert response.status == status
    async with client.delete(url) as response:
        assert "DELETE /uploads/tmp_0123…: Method" in (await response.json())["error"]["message"]
    said = [one.getMessage() for one in caplog.records if one.name.startswith("sightline")]
    assert said == [
        "GET /uploads/tmp_0123… failed",
        "GET /uploads/tmp_0123…: the store is away",
    ]
