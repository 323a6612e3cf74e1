import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web

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


ROUTES = ["/upload_image", "/associate_context"]
CORS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods")


@pytest.mark.parametrize("route", ROUTES)
async def test_a_program_that_is_no_page_may_call(
    endpoint: Endpoint, client: aiohttp.ClientSession, route: str
) -> None:
    async with client.post(await endpoint() + route, data=b"x") as response:
        assert response.status in {400, 415}
        assert not any(name in response.headers for name in CORS)


@pytest.mark.parametrize("route", ROUTES)
async def test_our_own_page_may_call(
    endpoint: Endpoint, client: aiohttp.ClientSession, route: str
) -> None:
    root = await endpoint()
    async with client.post(root + route, data=b"x", headers={"Origin": root}) as response:
        assert response.status in {400, 415}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", PAGE + ".evil.example", PAGE + "/", "http://" + PAGE[8:]],
)
async def test_a_foreign_page_may_not_call(
    endpoint: Endpoint, client: aiohttp.ClientSession, route: str, method: str, origin: str
) -> None:
    root = await endpoint(origins=(PAGE,))
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    async with client.request(method, root + route, headers=headers) as response:
        assert response.status == 403
        assert (await response.json())["error"]["code"] == "origin_refused"
        assert not any(name in response.headers for name in CORS)


@pytest.mark.parametrize("route", ROUTES)
async def test_a_configured_page_is_told_that_it_may_call(
    endpoint: Endpoint, client: aiohttp.ClientSession, route: str
) -> None:
    root = await endpoint(origins=("https://other.example", PAGE))
    headers = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    async with client.options(root + route, headers=headers) as response:
        assert (response.status, await response.read()) == (204, b"")
        assert response.headers["Access-Control-Allow-Origin"] == PAGE
        assert response.headers["Access-Control-Allow-Methods"] == "POST"
        assert response.headers["Access-Control-Allow-Headers"] == "content-type"
        assert response.headers["Vary"] == "Origin"


async def test_a_configured_page_can_read_every_answer(
    endpoint: Endpoint, client: aiohttp.ClientSession, png: bytes
) -> None:
    root = await endpoint(origins=(PAGE,), images={"max_upload": 1000})
    seen = set()
    for route, body in [
        ("/upload_image", png),
        ("/upload_image", b""),
        ("/upload_image", b"x"),
        ("/upload_image", b"x" * 1001),
        ("/associate_context", b'{"conversationId":"c","temporaryId":"t"}'),
    ]:
        async with client.post(root + route, data=body, headers={"Origin": PAGE}) as response:
            seen.add(response.status)
            assert response.headers["Access-Control-Allow-Origin"] == PAGE
            assert response.headers["Vary"] == "Origin"
    assert seen == {201, 400, 404, 413, 415}


@pytest.mark.parametrize("route", ROUTES)
async def test_a_body_beyond_all_limits_is_refused_readably(
    endpoint: Endpoint, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.app.MAX_BODY", 10_000)
    root = await endpoint(origins=(PAGE,), images={"max_upload": 1000})
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    writer.write(
        f"POST {route} HTTP/1.1\r\nHost: x\r\nOrigin: {PAGE}\r\nConnection: close\r\n"
        "Content-Type: application/json\r\nContent-Length: 10001\r\n\r\n".encode()
    )
    writer.write(b" " * 10_001)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert f"Access-Control-Allow-Origin: {PAGE}\r\n".encode() in answer
    assert b'"code": "too_large"' in answer


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


class Faulty:
    """A store with a fault of the kind that nobody has thought of."""

    async def keep(self, _: object) -> None:
        raise ZeroDivisionError("the inside of the house")

    async def associate(self, *_: object) -> None:
        raise ZeroDivisionError("the inside of the house")


@pytest.mark.parametrize("route", ["/upload_image", "/associate_context"])
async def test_a_fault_of_ours_is_told_without_the_inside_of_the_house(
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    png: bytes,
    caplog: pytest.LogCaptureFixture,
    route: str,
) -> None:
    root = await endpoint(keeps=Faulty(), origins=(PAGE,))
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
