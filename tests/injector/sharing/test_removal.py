"""Whoever has the temporaryId takes that one picture away, and nobody else takes anything."""

from typing import Any

import aiohttp
import pytest

from contract.errors import StoreFailed
from injector.store import Limits
from injector.store.memory import MemoryStore
from tests.injector.sharing.sending import (
    JPEG,
    MINE,
    Endpoint,
    as_raw,
    associate,
    context,
    encoded,
    upload,
)

ANOTHER = encoded("PNG", (50, 20))
UNKNOWN = "tmp_" + "0" * 32


async def waiting(client: aiohttp.ClientSession, root: str, picture: bytes = JPEG) -> str:
    status, answer = await upload(client, root, as_raw(picture))
    assert status == 201
    return str(answer["temporaryId"])


async def remove(
    client: aiohttp.ClientSession, root: str, temporary_id: str, **headers: str
) -> tuple[int, Any]:
    async with client.delete(f"{root}/uploads/{temporary_id}", headers=headers) as response:
        return response.status, await response.json()


async def test_a_picture_that_waits_is_taken_away(client: aiohttp.ClientSession, root: str) -> None:
    one = await waiting(client, root)
    assert await remove(client, root, one) == (200, {"conversationId": None, "images": 0})
    status, told = await remove(client, root, one)
    assert (status, told["error"]["code"]) == (404, "unknown_temporary_id")
    assert (await associate(client, root, conversationId=MINE, temporaryId=one))[0] == 404


async def test_a_picture_that_is_shared_leaves_and_the_token_stays(
    client: aiohttp.ClientSession, root: str
) -> None:
    one = await waiting(client, root)
    _, made = await associate(client, root, conversationId=MINE, temporaryId=one)
    two = await waiting(client, root, ANOTHER)
    pair = {"conversationId": MINE, "temporaryId": two, "contextToken": made["contextToken"]}
    await associate(client, root, **pair)
    assert await context(client, root) == "attached;n=2"
    assert await remove(client, root, one) == (200, {"conversationId": MINE, "images": 1})
    assert await context(client, root) == "attached;n=1"
    assert await remove(client, root, two) == (200, {"conversationId": MINE, "images": 0})
    assert await context(client, root) == "no-image"
    three = await waiting(client, root)
    status, told = await associate(client, root, conversationId=MINE, temporaryId=three)
    assert (status, told["error"]["code"]) == (403, "context_token_required")
    status, told = await associate(client, root, **(pair | {"temporaryId": three}))
    assert (status, told["images"]) == (200, 1)


@pytest.mark.parametrize("unknown", [UNKNOWN, "tmp_", "x", "%00", "conv_mine"])
async def test_what_was_never_given_out_is_unknown(
    client: aiohttp.ClientSession, root: str, unknown: str
) -> None:
    status, told = await remove(client, root, unknown)
    assert (status, told["error"]["code"]) == (404, "unknown_temporary_id")


async def test_pages_that_are_named_may_take_away_and_others_may_not(
    client: aiohttp.ClientSession, endpoint: Endpoint
) -> None:
    root = await endpoint(origins=("https://app.example.com",))
    one = await waiting(client, root)
    assert (await remove(client, root, one, Origin="https://evil.example"))[0] == 403
    headers = {"Origin": "https://app.example.com"}
    async with client.options(f"{root}/uploads/{one}", headers=headers) as response:
        assert response.headers["Access-Control-Allow-Methods"] == "DELETE, GET"
    async with client.delete(f"{root}/uploads/{one}", headers=headers) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "https://app.example.com"


async def test_it_counts_as_an_association_and_needs_no_ticket(
    client: aiohttp.ClientSession, endpoint: Endpoint
) -> None:
    browser = {"ticket_secret": "secret", "associations": 2}
    root = await endpoint(bearer="boss", browser=browser)
    assert (await remove(client, root, UNKNOWN))[0] == 404
    assert (await remove(client, root, UNKNOWN))[0] == 404
    assert (await remove(client, root, UNKNOWN))[0] == 429
    assert (await remove(client, root, UNKNOWN, Authorization="Bearer boss"))[0] == 404
    assert (await remove(client, root, UNKNOWN, Authorization="Bearer other"))[0] == 401


async def test_it_is_counted_as_forgotten(client: aiohttp.ClientSession, root: str) -> None:
    await remove(client, root, await waiting(client, root))
    async with client.get(f"{root}/metrics") as response:
        counts = await response.text()
    assert 'forgotten_total{reason="asked"} 1.0' in counts


async def test_a_store_that_fails_says_so(
    client: aiohttp.ClientSession, endpoint: Endpoint
) -> None:
    class Failing(MemoryStore):
        async def remove(self, _: str) -> None:  # type: ignore[override]
            raise StoreFailed("the disk is gone")

    root = await endpoint(keeps=Failing(Limits()))
    assert (await remove(client, root, UNKNOWN))[0] == 503


async def test_an_announcement_is_taken_back(client: aiohttp.ClientSession, root: str) -> None:
    announced = {"conversationId": MINE, "pending": True}
    assert (await associate(client, root, **announced))[0] == 202
    taken_back = {"conversationId": MINE, "pending": False}
    assert await associate(client, root, **taken_back) == (200, {**taken_back, "images": 0})
    pair = {"conversationId": MINE, "temporaryId": await waiting(client, root)}
    _, made = await associate(client, root, **pair)
    status, told = await associate(client, root, **taken_back)
    assert (status, told["error"]["code"]) == (403, "context_token_required")
    token = made["contextToken"]
    assert await associate(client, root, **taken_back, contextToken=token) == (
        200,
        {**taken_back, "images": 1},
    )
