"""What a conversation has can be looked at and ended by whoever may, and by nobody else."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from PIL import Image

from contract.errors import StoreFailed
from injector.store import Limits
from injector.store.memory import MemoryStore

Endpoint = Callable[..., Awaitable[str]]

BEARER = "the-bearer"
BOSS = {"Authorization": f"Bearer {BEARER}"}


@pytest.fixture
async def root(endpoint: Endpoint) -> str:
    return await endpoint(bearer=BEARER)


def picture(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 30, 30)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def shared(client: aiohttp.ClientSession) -> Callable[..., Awaitable[str]]:
    """Share a picture in a conversation, as its first; give the conversation's token."""

    async def share(root: str, conversation: str, data: bytes) -> str:
        async with client.post(f"{root}/upload_image", data=io.BytesIO(data)) as answer:
            temporary_id = (await answer.json())["temporaryId"]
        body = {"conversationId": conversation, "temporaryId": temporary_id}
        async with client.post(f"{root}/associate_context", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return str((await answer.json()).get("contextToken", ""))

    return share


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def asked(
    client: aiohttp.ClientSession, method: str, url: str, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    async with client.request(method, url, headers=headers) as answer:
        return answer.status, await answer.json()


Share = Callable[..., Awaitable[str]]


async def test_what_a_conversation_has_is_told_without_a_pixel(
    client: aiohttp.ClientSession, root: str, shared: Share
) -> None:
    await shared(root, "conv_1", picture(200))
    status, told = await asked(client, "GET", f"{root}/context/conv_1", BOSS)
    (image,) = told.pop("images")
    assert status == 200
    assert told.pop("expiresAt")
    assert told == {"conversationId": "conv_1", "pending": False}
    assert set(image) == {"mediaType", "width", "height", "bytes", "tokens"}
    assert (image["mediaType"], image["width"], image["height"]) == ("image/png", 8, 8)


async def test_an_announced_picture_is_told_of(client: aiohttp.ClientSession, root: str) -> None:
    body = {"conversationId": "conv_1", "pending": True}
    await client.post(f"{root}/associate_context", json=body)
    status, told = await asked(client, "GET", f"{root}/context/conv_1", BOSS)
    assert (status, told["images"], told["pending"], told["expiresAt"]) == (200, [], True, None)


async def test_looking_keeps_nothing_any_longer(
    client: aiohttp.ClientSession, root: str, shared: Share
) -> None:
    await shared(root, "conv_1", picture(200))
    _, before = await asked(client, "GET", f"{root}/context/conv_1", BOSS)
    await asyncio.sleep(1.1)
    assert (await asked(client, "GET", f"{root}/context/conv_1", BOSS))[1] == before


async def test_a_conversation_that_has_nothing_is_unknown(
    client: aiohttp.ClientSession, root: str
) -> None:
    status, told = await asked(client, "GET", f"{root}/context/conv_1", BOSS)
    assert (status, told["error"]["code"]) == (404, "unknown_conversation")


async def test_what_is_forgotten_is_counted_and_gone(
    client: aiohttp.ClientSession, root: str, shared: Share
) -> None:
    await shared(root, "conv_1", picture(200))
    status, told = await asked(client, "DELETE", f"{root}/context/conv_1", BOSS)
    assert (status, told) == (200, {"conversationId": "conv_1", "forgotten": 1})
    assert (await asked(client, "GET", f"{root}/context/conv_1", BOSS))[0] == 404
    again = await asked(client, "DELETE", f"{root}/context/conv_1", BOSS)
    assert again == (200, {"conversationId": "conv_1", "forgotten": 0})
    async with client.get(f"{root}/metrics") as answer:
        assert 'sightline_pictures_forgotten_total{reason="asked"} 1.0' in await answer.text()


async def test_the_page_that_shared_first_may_look_and_forget_until_it_has(
    client: aiohttp.ClientSession, root: str, shared: Share
) -> None:
    token = await shared(root, "conv_1", picture(200))
    assert (await asked(client, "GET", f"{root}/context/conv_1", bearer(token)))[0] == 200
    assert (await asked(client, "DELETE", f"{root}/context/conv_1", bearer(token)))[0] == 200
    for method in ("GET", "DELETE"):
        assert (await asked(client, method, f"{root}/context/conv_1", bearer(token)))[0] == 401
    other = await shared(root, "conv_1", picture(100))
    assert other != token
    assert (await asked(client, "DELETE", f"{root}/context/conv_1", bearer(token)))[0] == 401


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "headers", [None, bearer("wrong"), bearer("ctx_00000000000000000000000000000000"), {}]
)
async def test_without_a_right_a_known_id_is_answered_like_an_unknown_one(
    client: aiohttp.ClientSession,
    root: str,
    shared: Share,
    method: str,
    headers: dict[str, str] | None,
) -> None:
    await shared(root, "conv_1", picture(200))
    known = await asked(client, method, f"{root}/context/conv_1", headers)
    unknown = await asked(client, method, f"{root}/context/conv_2", headers)
    assert known == unknown
    assert known[0] == 401
    assert (await asked(client, "GET", f"{root}/context/conv_1", BOSS))[0] == 200


async def test_the_token_of_one_conversation_opens_no_other(
    client: aiohttp.ClientSession, root: str, shared: Share
) -> None:
    token = await shared(root, "conv_1", picture(200))
    await shared(root, "conv_2", picture(200))
    for method in ("GET", "DELETE"):
        assert (await asked(client, method, f"{root}/context/conv_2", bearer(token)))[0] == 401


IDS = ["a/b", "/", "a//b/", "..", "a b", "%2F", "a%252Fb", "ü", "a?b#c", "a+b", "{x}", "[1]", "🦉"]


@pytest.mark.parametrize("conversation", IDS)
async def test_any_id_can_be_named_in_a_path(
    client: aiohttp.ClientSession, root: str, shared: Share, conversation: str
) -> None:
    from yarl import URL

    await shared(root, conversation, picture(200))
    encoded = quote(conversation, safe="").replace(".", "%2E")
    async with client.delete(URL(f"{root}/context/{encoded}", encoded=True), headers=BOSS) as it:
        assert await it.json() == {"conversationId": conversation, "forgotten": 1}


async def test_a_path_that_is_no_text_is_refused(client: aiohttp.ClientSession, root: str) -> None:
    from yarl import URL

    async with client.get(URL(f"{root}/context/%FF", encoded=True), headers=BOSS) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "bad_request")


async def test_no_id_is_no_route(client: aiohttp.ClientSession, root: str) -> None:
    assert (await asked(client, "DELETE", f"{root}/context/", BOSS))[0] == 404


async def test_a_page_that_may_call_may_forget(
    client: aiohttp.ClientSession, endpoint: Endpoint
) -> None:
    page = "https://app.example.com"
    root = await endpoint(bearer=BEARER, origins=(page,))
    wanted = {"Origin": page, "Access-Control-Request-Method": "DELETE"}
    async with client.options(f"{root}/context/a%2Fb", headers=wanted) as answer:
        assert answer.status == 204
        assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]
        assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()
    async with client.delete(f"{root}/context/a%2Fb", headers={"Origin": page}) as answer:
        assert answer.status == 401
        assert answer.headers["Access-Control-Allow-Origin"] == page


class Broken(MemoryStore):
    async def forget(self, _: str) -> int:
        raise StoreFailed("the disk is gone")


async def test_a_store_that_cannot_forget_is_told(
    client: aiohttp.ClientSession, endpoint: Endpoint
) -> None:
    root = await endpoint(bearer=BEARER, keeps=Broken(Limits()))
    status, told = await asked(client, "DELETE", f"{root}/context/conv_1", BOSS)
    assert (status, told["error"]["code"]) == (503, "store_failed")
