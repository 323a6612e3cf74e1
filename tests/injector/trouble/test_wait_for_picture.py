"""A turn may wait for a picture that the page has announced, inside its budget and once."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ID, Caller, ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, SENTENCE, Form, pictures, said
from tests.injector.trouble.scripted import Then, raw

Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Share: TypeAlias = Callable[..., Awaitable[str]]

STORES = ("memory:", "sqlite:{}/x.db")
stores = pytest.mark.parametrize("store", STORES, ids=["memory", "sqlite"])
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


async def announce(
    client: aiohttp.ClientSession, root: str, conversation: str = ID, **more: str
) -> None:
    body = {"conversationId": conversation, "pending": True, **more}
    async with client.post(f"{root}/associate_context", json=body) as response:
        assert response.status == 202, await response.text()


async def associate(
    client: aiohttp.ClientSession, root: str, temporary_id: str, **more: str
) -> str:
    """Associate a picture; return the conversation's token, where it is told."""
    body = {"conversationId": ID, "temporaryId": temporary_id, **more}
    async with client.post(f"{root}/associate_context", json=body) as response:
        assert response.status == 200, await response.text()
        return str((await response.json()).get("contextToken", ""))


async def upload(client: aiohttp.ClientSession, root: str, picture: bytes) -> str:
    async with client.post(f"{root}/upload_image", data=io.BytesIO(picture)) as response:
        assert response.status == 201, await response.text()
        return str((await response.json())["temporaryId"])


@stores
@forms
async def test_a_picture_that_arrives_in_time_is_shown(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    png: bytes,
    tmp_path: Any,
    form: Form,
    store: str,
) -> None:
    side = await model(form.good())
    waits = {"wait_for_picture": 3.0}
    root = await endpoint(side.base_url, images=waits, store=store.format(tmp_path))
    await announce(client, root)
    turn = asyncio.create_task(ask(client, root, form))
    temporary_id = await upload(client, root, png)
    await asyncio.sleep(0.15)
    assert side.turns == []
    await associate(client, root, temporary_id)
    heard = await turn
    assert (heard.body, heard.context) == (form.spoken, "attached;n=1")
    assert len(pictures(side.turns[0].body)) == 1
    assert heard.took < 2.5


@stores
async def test_a_picture_that_does_not_arrive_is_waited_for_once(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, tmp_path: Any, store: str
) -> None:
    side = await model(CHAT.good())
    waits = {"wait_for_picture": 0.8}
    root = await endpoint(side.base_url, images=waits, store=store.format(tmp_path))
    await announce(client, root)
    first, second = [await ask(client, root, CHAT) for _ in range(2)]
    assert [first.body, second.body] == [CHAT.spoken] * 2
    assert [first.context, second.context] == ["no-image"] * 2
    assert first.took > 0.7
    assert second.took < 0.6


async def test_a_picture_that_arrives_too_late_is_shown_in_the_next_turn(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url, images={"wait_for_picture": 0.1})
    await announce(client, root)
    assert (await ask(client, root, CHAT)).context == "no-image"
    await share(root, png, ID)
    assert (await ask(client, root, CHAT)).context == "attached;n=1"


async def test_nothing_is_waited_for_unless_it_is_configured(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url)
    await announce(client, root)
    heard = await ask(client, root, CHAT)
    assert (heard.body, heard.context) == (CHAT.spoken, "no-image")
    assert heard.took < 1


@pytest.mark.parametrize("announced", [None, "conv_of_another"], ids=["nobody", "another"])
async def test_nothing_is_waited_for_unless_it_was_announced(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, announced: str | None
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url, images={"wait_for_picture": 3.0})
    if announced is not None:
        await announce(client, root, announced)
    heard = await ask(client, root, CHAT)
    assert (heard.body, heard.context) == (CHAT.spoken, "no-image")
    assert heard.took < 2


async def test_an_announcement_that_has_been_kept_is_over(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url, images={"wait_for_picture": 3.0})
    await announce(client, root)
    await share(root, png, ID)
    heard = await ask(client, root, CHAT)
    assert heard.context == "attached;n=1"
    assert heard.took < 2


async def test_a_second_picture_is_waited_for_as_well(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, png: bytes
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url, images={"wait_for_picture": 3.0})
    token = await associate(client, root, await upload(client, root, png))
    await announce(client, root, contextToken=token)
    turn = asyncio.create_task(ask(client, root, CHAT))
    await asyncio.sleep(0.1)
    assert side.turns == []
    # The same pixels would be the same picture: one more row makes it another.
    await associate(client, root, await upload(client, root, _another()), contextToken=token)
    assert (await turn).context == "attached;n=2"


def _another() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (8, 9), (30, 200, 30)).save(buffer, "PNG")
    return buffer.getvalue()


async def test_the_wait_counts_inside_the_budget(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(raw(then=Then.STALL))
    waits = {"wait_for_picture": 1.0}
    root = await endpoint(side.base_url, images=waits, first_byte_timeout=1.2)
    await announce(client, root)
    heard = await ask(client, root, CHAT)
    assert (said(CHAT, heard.body), heard.context) == (SENTENCE, "no-image")
    assert heard.took < 1.9  # a budget that began after the wait would be over after 2.2


async def test_turns_that_wait_at_once_all_show_it(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, share: Share, png: bytes
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url, images={"wait_for_picture": 3.0})
    await announce(client, root)
    turns = [asyncio.create_task(ask(client, root, CHAT)) for _ in range(3)]
    await asyncio.sleep(0.1)
    await share(root, png, ID)
    contexts = [heard.context for heard in await asyncio.gather(*turns)]
    assert contexts == ["attached;n=1"] * 3


async def test_a_client_that_leaves_during_the_wait_is_never_asked_for(
    model: Start, endpoint: Endpoint
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url, images={"wait_for_picture": 0.4})
    async with aiohttp.ClientSession() as client:
        await announce(client, root)
    caller = await Caller.ask(root, CHAT)
    await asyncio.sleep(0.1)
    caller.leave()
    await asyncio.sleep(0.6)
    assert side.turns == []


@pytest.mark.parametrize(
    "body", [{"pending": True}, {"conversationId": "", "pending": True}, {"conversationId": ID}]
)
async def test_what_announces_nothing_is_refused(
    endpoint: Endpoint, client: aiohttp.ClientSession, body: dict[str, Any]
) -> None:
    root = await endpoint()
    async with client.post(f"{root}/associate_context", json=body) as response:
        assert response.status == 400
        assert "error" in await response.json()


async def test_a_wait_longer_than_the_budget_leaves_time_for_the_model(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(CHAT.good())
    waits = {"wait_for_picture": 30.0}
    root = await endpoint(side.base_url, images=waits, first_byte_timeout=1.0)
    await announce(client, root)
    heard = await ask(client, root, CHAT)
    assert (heard.body, heard.context, heard.fallback) == (CHAT.spoken, "no-image", None)
