"""Which pages may call, told by a browser's own headers at the endpoint's own routes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

Door: TypeAlias = Callable[..., Awaitable[str]]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]

PAGE = "https://app.example.com"
ROUTES = ["/upload_image", "/associate_context"]
CORS = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Credentials",
)


@pytest.mark.parametrize("route", ROUTES)
async def test_a_program_that_is_no_page_may_call(
    endpoint: Endpoint, client: aiohttp.ClientSession, route: str
) -> None:
    async with client.post(await endpoint() + route, data=b"x") as response:
        assert response.status in {400, 415}
        assert not any(name in response.headers for name in CORS)
        assert response.headers["Vary"] == "Origin"


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
        assert response.headers["Vary"] == "Origin"


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
        assert response.headers["Access-Control-Allow-Headers"] == (
            "authorization, content-type, last-event-id, x-sightline-ticket"
        )
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
async def test_a_body_beyond_all_limits_is_refused_readably(endpoint: Endpoint, route: str) -> None:
    root = await endpoint(origins=(PAGE,), images={"max_upload": 1000})
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    writer.write(
        f"POST {route} HTTP/1.1\r\nHost: x\r\nOrigin: {PAGE}\r\nConnection: close\r\n"
        "Content-Type: application/json\r\nContent-Length: 70000\r\n\r\n".encode()
    )
    writer.write(b" " * 70_000)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert f"Access-Control-Allow-Origin: {PAGE}\r\n".encode() in answer
    assert b'"code": "too_large"' in answer


@pytest.mark.parametrize(
    ("route", "methods"),
    [("/upload", "POST"), ("/associate", "POST"), ("/context/conv_1", "DELETE, GET")],
)
async def test_a_page_is_told_how_each_path_may_be_called(
    door: Door, client: aiohttp.ClientSession, route: str, methods: str
) -> None:
    root = await door(origins=(PAGE,))
    async with client.options(root + route, headers={"Origin": PAGE}) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Methods"] == methods
        assert "Access-Control-Allow-Credentials" not in response.headers
    for origin in ("null", "https://evil.example"):
        async with client.options(root + route, headers={"Origin": origin}) as response:
            assert response.status == 403
            assert not any(name in response.headers for name in CORS)


async def test_a_page_can_read_why_it_was_refused_and_when_to_come_again(
    door: Door, client: aiohttp.ClientSession
) -> None:
    page = {"Origin": PAGE}
    root = await door(origins=(PAGE,), ticket_secret="secret")
    async with client.post(f"{root}/upload", headers=page) as response:
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (401, PAGE)
    root = await door(origins=(PAGE,), uploads=1)
    await client.post(f"{root}/upload", headers=page)
    async with client.post(f"{root}/upload", headers=page) as response:
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (429, PAGE)
        assert response.headers["Access-Control-Expose-Headers"] == "retry-after"
        assert int(response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("trusted", "headers", "status"),
    [
        (("127.0.0.1",), {"X-Forwarded-Proto": "https", "Host": "eyes.example.com"}, 200),
        (("127.0.0.1",), {"X-Forwarded-Proto": "https", "Host": "Eyes.example.com:443"}, 200),
        (("127.0.0.1",), {"X-Forwarded-Proto": "http", "Host": "eyes.example.com"}, 403),
        (("127.0.0.1",), {"X-Forwarded-Proto": "https", "Host": "eyes.example.com:8443"}, 403),
        (("127.0.0.1",), {"Host": "eyes.example.com"}, 403),
        ((), {"X-Forwarded-Proto": "https", "Host": "eyes.example.com"}, 403),
    ],
)
async def test_behind_a_proxy_that_ends_tls_our_own_page_is_known_by_what_the_proxy_says(
    door: Door,
    client: aiohttp.ClientSession,
    trusted: tuple[str, ...],
    headers: dict[str, str],
    status: int,
) -> None:
    root = await door(trusted=trusted)
    told = {"Origin": "https://eyes.example.com", **headers}
    async with client.post(f"{root}/upload", headers=told) as response:
        assert response.status == status


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/x/chat/completions", "/v1/responses", "/v1/models"]
)
async def test_no_page_may_ask_for_a_turn(
    endpoint: Endpoint, client: aiohttp.ClientSession, path: str
) -> None:
    root = await endpoint(origins=(PAGE,))
    method = "GET" if path.endswith("models") else "POST"
    asks = {"Origin": PAGE, "Access-Control-Request-Method": method}
    async with client.options(root + path, headers=asks) as response:
        assert response.status in {404, 405}
        assert not any(name in response.headers for name in CORS)
    async with client.request(method, root + path, headers={"Origin": PAGE}) as response:
        assert not any(name in response.headers for name in CORS)


async def test_without_a_host_no_page_is_ours_and_nobody_is_asked_for_a_name(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> str:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr("socket.getfqdn", never)
    root = await door()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    writer.write(b"POST /upload HTTP/1.0\r\nOrigin: http://x\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.0 403 ")
