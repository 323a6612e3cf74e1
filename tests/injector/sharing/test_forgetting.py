"""What forgetting one conversation does to a turn in flight, to the next, and to other people."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

Endpoint = Callable[..., Awaitable[str]]
Share = Callable[..., Awaitable[str]]
Upstream = Callable[..., Awaitable[str]]

SAYS = 'data: {"choices": [{"index": 0, "delta": {"content": "Yes."}}]}\n\ndata: [DONE]\n\n'


class Model:
    """A model's side that counts the pictures it is shown, and answers when it may."""

    def __init__(self) -> None:
        self.shown: list[int] = []
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_answer.set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.shown.append((await request.text()).count("data:image/"))
        self.is_asked.set()
        await self.may_answer.wait()
        return web.Response(text=SAYS, content_type="text/event-stream")


async def turn(client: aiohttp.ClientSession, root: str, conversation: str) -> tuple[str, str]:
    body = {"stream": True, "messages": [{"role": "user", "content": "What do you see?"}]}
    headers = {"X-Conversation-Id": conversation}
    url = f"{root}/v1/chat/completions"
    async with client.post(url, json=body, headers=headers) as answer:
        return answer.headers["x-sightline-context"], await answer.text()


async def forget(client: aiohttp.ClientSession, root: str, conversation: str) -> Any:
    async with client.delete(f"{root}/context/{conversation}") as answer:
        return await answer.json()


@pytest.fixture(params=["memory:", "sqlite:{}/store.db"])
def store(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    return str(request.param).format(tmp_path)


async def test_a_picture_that_two_people_share_stays_with_the_other(
    client: aiohttp.ClientSession,
    endpoint: Endpoint,
    upstream: Upstream,
    share: Share,
    photos: dict[str, bytes],
    store: str,
) -> None:
    model = Model()
    root = await endpoint(await upstream(model.answer), store=store)
    for conversation in ("anna", "ben"):
        await share(root, photos["rocket.jpg"], conversation)
        assert (await turn(client, root, conversation))[0] == "attached;n=1"
    assert await forget(client, root, "anna") == {"conversationId": "anna", "forgotten": 1}
    assert (await turn(client, root, "anna"))[0] == "no-image"
    assert (await turn(client, root, "ben"))[0] == "attached;n=1"
    assert await forget(client, root, "ben") == {"conversationId": "ben", "forgotten": 1}
    assert (await turn(client, root, "ben"))[0] == "no-image"
    assert model.shown == [1, 1, 0, 1, 0]


async def test_a_turn_in_flight_ends_as_it_began_and_the_next_has_no_picture(
    client: aiohttp.ClientSession,
    endpoint: Endpoint,
    upstream: Upstream,
    share: Share,
    photos: dict[str, bytes],
    store: str,
) -> None:
    model = Model()
    root = await endpoint(await upstream(model.answer), store=store)
    await share(root, photos["rocket.jpg"], "anna")
    model.may_answer.clear()
    asked = asyncio.create_task(turn(client, root, "anna"))
    await model.is_asked.wait()
    assert (await forget(client, root, "anna"))["forgotten"] == 1
    model.may_answer.set()
    assert await asked == ("attached;n=1", SAYS)
    assert (await turn(client, root, "anna"))[0] == "no-image"
    assert model.shown == [1, 0]


async def test_an_upload_of_a_forgotten_conversation_is_forgotten_with_it(
    client: aiohttp.ClientSession,
    endpoint: Endpoint,
    share: Share,
    png: bytes,
    store: str,
) -> None:
    root = await endpoint(store=store)
    temporary_id = await share(root, png, "anna")
    await forget(client, root, "anna")
    body = {"conversationId": "anna", "temporaryId": temporary_id}
    async with client.post(f"{root}/associate_context", json=body) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (
            404,
            "unknown_temporary_id",
        )
