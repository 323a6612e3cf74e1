import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from contract.config import Images
from contract.config.places import Store as Place
from injector.store import Store, open_store
from tests.injector.sharing.sending import (
    JPEG,
    MINE,
    Endpoint,
    Share,
    as_raw,
    associate,
    context,
    encoded,
    post,
    raw,
    upload,
)

UNKNOWN = "tmp_" + "0" * 32
ANOTHER = encoded("PNG", (50, 20))


async def waiting(client: aiohttp.ClientSession, root: str, picture: bytes = JPEG) -> str:
    """Upload a picture and return its temporaryId."""
    status, answer = await upload(client, root, as_raw(picture))
    assert status == 201
    return str(answer["temporaryId"])


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (b"", "not JSON", None),
        (b"hello", "not JSON", None),
        (b"\xff", "not JSON", None),
        (b"NaN", "not JSON", None),
        (b"[" * 60_000, "too deep", None),
        (b"[]", "not an object", None),
        (b'"conv"', "not an object", None),
        (b"{}", "`conversationId`", "conversationId"),
        (b'{"conversationId":"c"}', "`temporaryId`", "temporaryId"),
        (b'{"temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversation_id":"c","temporary_id":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":7,"temporaryId":"t"}', "`conversationId`", "conversationId"),
        (b'{"conversationId":"a\\nb","temporaryId":"t"}', "control", "conversationId"),
        (rb'{"conversationId":"\ud800","temporaryId":"t"}', "surrogate", "conversationId"),
        (b'{"conversationId":"c","temporaryId":""}', "`temporaryId`", "temporaryId"),
        (b'{"conversationId":"c","temporaryId":{}}', "`temporaryId`", "temporaryId"),
        (rb'{"conversationId":"c","temporaryId":"\udfff"}', "surrogate", "temporaryId"),
        (b'{"conversationId":"","pending":true}', "`conversationId`", "conversationId"),
        (b'{"conversationId":"c","pending":null}', "`true` or `false`", "pending"),
        (b'{"conversationId":"c","pending":"true"}', "`true` or `false`", "pending"),
        (b'{"conversationId":"c","temporaryId":"t","pending":false}', "either", "pending"),
        (b'{"conversationId":"c","temporaryId":"t","pending":true}', "either", "pending"),
        (b'{"conversationId":"c","temporaryId":null,"pending":true}', "either", "pending"),
        (b'{"conversationId":"c","replace":true,"pending":true}', "either", "pending"),
        (b'{"conversationId":"c","temporaryId":"t","replace":false}', "only be `true`", "replace"),
        (b'{"conversationId":"c","temporaryId":"t","replace":1}', "only be `true`", "replace"),
        (b'{"conversationId":"c","temporaryId":"t","contextToken":null}', "a text", "contextToken"),
        (b'{"conversationId":"c","temporaryId":"t","contextToken":""}', "a text", "contextToken"),
        (b'{"conversationId":"c","temporaryId":"t","contextToken":7}', "a text", "contextToken"),
        (b'{"conversationId":"c","pending":true,"contextToken":[]}', "a text", "contextToken"),
    ],
)
async def test_an_association_that_cannot_be_read_is_refused_with_the_place(
    root: str,
    client: aiohttp.ClientSession,
    share: Share,
    png: bytes,
    body: bytes,
    message: str,
    param: str | None,
) -> None:
    await share(root, png, MINE)
    status, answer = await post(client, f"{root}/associate_context", raw(body, "application/json"))
    assert (status, answer["error"]["param"]) == (400, param)
    assert message in answer["error"]["message"]
    assert await context(client, root) == "attached;n=1"


@pytest.mark.parametrize("unknown", [UNKNOWN, "t", "tmp_1", "tmp_" + "é" * 32, "x" * 60_000])
async def test_an_unknown_temporary_id_is_not_found(
    root: str, client: aiohttp.ClientSession, share: Share, png: bytes, unknown: str
) -> None:
    await share(root, png, MINE)
    status, answer = await associate(client, root, conversationId=MINE, temporaryId=unknown)
    assert (status, answer["error"]["code"]) == (404, "unknown_temporary_id")
    assert answer["error"]["param"] == "temporaryId"
    assert "upload the picture again" in answer["error"]["message"]
    assert len(answer["error"]["message"]) < 500
    assert await context(client, root) == "attached;n=1"


async def test_the_first_association_is_told_the_token_as_often_as_it_is_made(
    root: str, client: aiohttp.ClientSession
) -> None:
    ids = {"conversationId": MINE, "temporaryId": await waiting(client, root)}
    first = await associate(client, root, **ids)
    token = first[1].pop("contextToken")
    assert token.startswith("ctx_")
    assert first == (200, {"conversationId": MINE, "images": 1})
    for _ in range(2):
        assert await associate(client, root, **ids) == (200, first[1] | {"contextToken": token})


async def test_a_temporary_id_serves_one_conversation(
    root: str, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    used = await share(root, png, MINE)
    ids = {"conversationId": "conv_other", "temporaryId": used}
    status, answer = await associate(client, root, **ids)
    assert (status, answer["error"]["code"]) == (409, "temporary_id_used")
    assert answer["error"]["param"] == "temporaryId"
    assert used not in answer["error"]["message"]
    assert await context(client, root) == "attached;n=1"
    assert await context(client, root, "conv_other") == "no-image"


async def test_adding_to_a_conversation_needs_its_token(
    root: str, client: aiohttp.ClientSession
) -> None:
    first, second = await waiting(client, root), await waiting(client, root, ANOTHER)
    token = (await associate(client, root, conversationId=MINE, temporaryId=first))[1][
        "contextToken"
    ]
    ids = {"conversationId": MINE, "temporaryId": second}
    for wrong in ({}, {"contextToken": "ctx_" + "0" * 32}, {"contextToken": "é"}):
        status, answer = await associate(client, root, **ids, **wrong)
        assert (status, answer["error"]["code"]) == (403, "context_token_required")
    assert await context(client, root) == "attached;n=1"
    told = (200, {"conversationId": MINE, "images": 2})
    assert await associate(client, root, **ids, contextToken=token) == told
    assert await context(client, root) == "attached;n=2"


async def test_the_token_or_the_bearer_may_be_in_the_header(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint(bearer="a-long-secret")
    token = (
        await associate(client, root, conversationId=MINE, temporaryId=await waiting(client, root))
    )[1]["contextToken"]
    for number, bearer in enumerate([token, "a-long-secret"]):
        picture = encoded("PNG", (60 + number, 20))
        ids = {"conversationId": MINE, "temporaryId": await waiting(client, root, picture)}
        sent = {"json": ids, "headers": {"Authorization": f"Bearer {bearer}"}}
        status, answer = await post(client, f"{root}/associate_context", sent)
        assert (status, answer) == (200, {"conversationId": MINE, "images": 2 + number})


async def test_replacing_leaves_the_new_picture_alone(
    root: str, client: aiohttp.ClientSession
) -> None:
    first, second = await waiting(client, root), await waiting(client, root, ANOTHER)
    ids = {"conversationId": MINE, "temporaryId": first, "replace": True}
    status, answer = await associate(client, root, **ids)
    assert (status, answer["images"]) == (200, 1)
    token = answer["contextToken"]
    ids["temporaryId"] = second
    assert (await associate(client, root, **ids))[0] == 403
    status, answer = await associate(client, root, **ids, contextToken=token)
    assert (status, answer["images"]) == (200, 1)
    assert await context(client, root) == "attached;n=1"


async def announced(
    client: aiohttp.ClientSession, root: str, name: str = MINE, **members: Any
) -> tuple[int, Any]:
    return await associate(client, root, conversationId=name, pending=True, **members)


async def awaits(store: Store, name: str = MINE) -> bool:
    return (await store.context(name)).awaited


@pytest.mark.parametrize("kind", ["memory:", "sqlite"])
async def test_a_page_announces_a_picture_and_its_association_ends_the_wait(
    endpoint: Endpoint, client: aiohttp.ClientSession, kind: str, tmp_path: Path
) -> None:
    place = kind if kind == "memory:" else f"sqlite:{tmp_path / 'pictures.db'}"
    store = open_store(Images(store=Place.parse(place)))
    root = await endpoint(keeps=store)
    told = {"conversationId": MINE, "images": 0, "pending": True}
    assert await announced(client, root) == (202, told)
    assert await announced(client, root) == (202, told)
    assert await awaits(store)
    assert not await awaits(store, "conv_other")
    ids = {"conversationId": MINE, "temporaryId": await waiting(client, root)}
    token = (await associate(client, root, **ids))[1]["contextToken"]
    assert not await awaits(store)
    assert (await announced(client, root))[0] == 403
    assert await announced(client, root, contextToken=token) == (202, told | {"images": 1})
    assert (await associate(client, root, **ids))[0] == 200  # once more, and not what is awaited
    assert await awaits(store)
    more = ids | {"temporaryId": await waiting(client, root), "contextToken": token}
    assert (await associate(client, root, **more))[0] == 200
    assert not await awaits(store)
    await store.close()


async def test_an_announced_picture_costs_no_turn_its_answer(
    endpoint: Endpoint, model: str, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    root = await endpoint(model)
    await announced(client, root)
    assert await context(client, root) == "no-image"
    await share(root, png, MINE)
    assert await context(client, root) == "attached;n=1"


async def test_a_failed_association_ends_no_wait(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    store = open_store(Images(store=Place.parse("memory:")))
    root = await endpoint(keeps=store)
    await announced(client, root)
    assert (await associate(client, root, conversationId=MINE, temporaryId=UNKNOWN))[0] == 404
    assert await awaits(store)


async def test_of_twenty_conversations_at_once_one_gets_the_picture(
    root: str, client: aiohttp.ClientSession, png: bytes
) -> None:
    wanted = await waiting(client, root, png)

    async def ask(name: str) -> int:
        return (await associate(client, root, conversationId=name, temporaryId=wanted))[0]

    names = [f"conv_{number}" for number in range(20)]
    answers = await asyncio.gather(*map(ask, names))
    assert sorted(answers) == [200] + [409] * 19
    seen = [await context(client, root, name) for name in names]
    assert seen == ["attached;n=1" if one == 200 else "no-image" for one in answers]


async def test_the_content_type_of_an_association_is_not_believed(
    root: str, client: aiohttp.ClientSession
) -> None:
    ids = {"conversationId": MINE, "temporaryId": await waiting(client, root)}
    sent = raw(json.dumps(ids).encode(), "application/x-www-form-urlencoded")
    assert (await post(client, f"{root}/associate_context", sent))[0] == 200
