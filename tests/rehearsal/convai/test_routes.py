import asyncio
import io
from typing import Any

import aiohttp
import pytest

from rehearsal.convai import desk
from tests.rehearsal.convai.clients import TEXT_ONLY, Client, Endpoint
from tests.rehearsal.convai.conftest import Connect, Platform

PATH = "/v1/convai/conversation"


async def got(url: str, **headers: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer.status, await answer.json()


@pytest.mark.parametrize("name", ["get-signed-url", "get_signed_url"])
async def test_a_signed_url_is_good_for_its_agent_as_often_as_asked(
    platform: Platform, name: str
) -> None:
    status, told = await got(f"{await platform()}{PATH}/{name}?agent_id=prompt", xi_api_key="any")
    assert status == 200
    url = told["signed_url"]
    assert url.startswith("ws://127.0.0.1:")
    async with aiohttp.ClientSession() as http:
        ids = set()
        for _ in range(2):
            async with http.ws_connect(f"{url}&source=js_sdk&version=1") as socket:
                client = Client(socket)
                await client.open(TEXT_ONLY)
                ids.add(client.id)
    assert len(ids) == 2


async def test_a_signed_url_with_a_conversation_id_serves_once(platform: Platform) -> None:
    root = await platform()
    _, told = await got(
        f"{root}{PATH}/get-signed-url?agent_id=rehearsal&include_conversation_id=true"
    )
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(told["signed_url"]) as socket:
            client = Client(socket)
            await client.open(TEXT_ONLY)
            assert client.id == told["conversation_id"]
        async with http.ws_connect(told["signed_url"]) as socket:
            code, reason = await Client(socket).closed()
    assert (code, "unknown, used or over" in reason) == (1008, True)


async def test_a_token_names_the_conversation_before_it_begins(
    platform: Platform, connect: Connect
) -> None:
    root = await platform()
    status, told = await got(f"{root}{PATH}/token?agent_id=rehearsal")
    client = await connect(root, opening=TEXT_ONLY, token=told["token"])
    assert (status, client.id) == (200, told["conversation_id"])


async def test_a_pass_is_for_one_agent_and_a_quarter_of_an_hour(
    platform: Platform, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = await platform()
    _, told = await got(f"{root}{PATH}/token?agent_id=rehearsal")
    other = await connect(root, "header", token=told["token"])
    code, reason = await other.closed()
    assert (code, "another agent" in reason) == (1008, True)
    monkeypatch.setattr(desk, "_PASS_LASTS", -1.0)
    _, told = await got(f"{root}{PATH}/token?agent_id=rehearsal")
    late = await connect(root, token=told["token"])
    code, reason = await late.closed()
    assert (code, "unknown, used or over" in reason) == (1008, True)


@pytest.mark.parametrize("route", ["get-signed-url", "get_signed_url", "token"])
async def test_an_unknown_agent_is_404_in_the_platforms_shape(
    platform: Platform, route: str
) -> None:
    status, told = await got(f"{await platform()}{PATH}/{route}?agent_id=nobody")
    assert status == 404
    assert told["detail"]["status"] == "agent_not_found"


async def post(url: str, name: str, data: bytes, media_type: str) -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field(name, io.BytesIO(data), filename="a", content_type=media_type)
    async with aiohttp.ClientSession() as http, http.post(url, data=form) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer.status, await answer.text()


async def test_a_file_needs_a_conversation_a_field_and_a_picture(
    platform: Platform, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = await platform()
    client = await connect(root, opening=TEXT_ONLY)
    url = f"{root}/v1/convai/conversations/{client.id}/files"
    assert (await post(url, "file", b"x", "image/png"))[0] == 200
    assert (await post(url, "image", b"x", "image/png"))[0] == 422
    assert (await post(url, "file", b"", "image/png"))[0] == 422
    assert (await post(url, "file", b"x", "application/pdf"))[0] == 415
    status, text = await post(url.replace(client.id, "conv_none"), "file", b"x", "image/png")
    assert (status, "conversation_not_found" in text) == (404, True)
    monkeypatch.setattr(desk, "_ALL_FILES", 3)
    assert (await post(url, "file", b"xyz", "image/png"))[0] == 503
    await client.socket.close()
    for _ in range(500):  # the platform hears of it a moment later
        if (await post(url, "file", b"x", "image/png"))[0] == 404:
            return
        await asyncio.sleep(0.01)
    pytest.fail("a file is taken although its conversation is over")


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nno header\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: image/\x01\r\n\r\nx\r\n--x--"),
        ("application/x-www-form-urlencoded; charset=none", b"file=a"),
        ("application/json", b"{}"),
    ],
)
async def test_what_is_no_form_is_422_and_says_so(
    platform: Platform, connect: Connect, media_type: str, body: bytes
) -> None:
    root = await platform()
    client = await connect(root, opening=TEXT_ONLY)
    url = f"{root}/v1/convai/conversations/{client.id}/files"
    head = {"Content-Type": media_type}
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=head) as answer:
        told = await answer.json()
    assert answer.status == 422
    assert told["detail"]["status"] in {"malformed_form", "missing_file"}


async def test_a_file_above_the_limit_is_413(platform: Platform, connect: Connect) -> None:
    root = await platform()
    client = await connect(root, opening=TEXT_ONLY)
    url = f"{root}/v1/convai/conversations/{client.id}/files"
    status, _ = await post(url, "file", bytes(desk.MAX_FILE + 70_000), "image/png")
    assert status == 413


async def test_a_page_may_ask_before_it_calls(platform: Platform) -> None:
    url = f"{await platform()}{PATH}/token"
    async with aiohttp.ClientSession() as http, http.options(url) as answer:
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Headers"] == "*"


async def test_the_address_says_that_it_is_a_rehearsal_and_how_to_connect(
    platform: Platform, endpoint: Endpoint
) -> None:
    root = await platform()
    async with aiohttp.ClientSession() as http, http.get(root) as answer:
        text = await answer.text()
    assert "This is a rehearsal" in text
    assert f"ws://{root.removeprefix('http://')}{PATH}?agent_id=rehearsal" in text
    assert all(f"<code>{name}</code>" in text for name in ("strict", "nowhere", "client-tools"))
