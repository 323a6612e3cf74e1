"""Pictures that turns name, over real sockets: the answer proves whose pixels the model saw."""

import asyncio
import io
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import pytest

from contract.fieldpath import parse
from rehearsal import eyes
from rehearsal.model import create_app as stand_in

Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Serve: TypeAlias = Callable[..., Awaitable[str]]

WHERE = "$request.body#/elevenlabs_extra_body/temporaryId"
UNKNOWN = "tmp_" + "0" * 32


@pytest.fixture(params=["memory:", "sqlite:{}/x.db"], ids=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(request.param).format(tmp_path)


@pytest.fixture
async def model(serve: Serve) -> str:
    return await serve(stand_in()) + "/v1"


@pytest.fixture
async def root(endpoint: Endpoint, model: str, store: str) -> str:
    return await start(endpoint, model, store)


async def start(endpoint: Endpoint, model: str, store: str, **images: Any) -> str:
    return await endpoint(model, store=store, images={"in_band": parse(WHERE), **images})


async def upload(client: aiohttp.ClientSession, root: str, picture: bytes) -> str:
    async with client.post(f"{root}/upload_image", data=io.BytesIO(picture)) as response:
        assert response.status == 201, await response.text()
        return str((await response.json())["temporaryId"])


async def ask(
    client: aiohttp.ClientSession, root: str, named: Any, conversation: str | None = None
) -> tuple[str, str]:
    """Ask what is seen; return what `x-sightline-context` says, and the answer."""
    turn = {
        "messages": [{"role": "user", "content": "What do you see?"}],
        "stream": False,
        "elevenlabs_extra_body": {"temporaryId": named},
    }
    headers = {"Content-Type": "application/json"}
    if conversation is not None:
        headers["X-Conversation-Id"] = conversation
    body = io.BytesIO(json.dumps(turn).encode())
    async with client.post(f"{root}/v1/chat/completions", data=body, headers=headers) as response:
        assert response.status == 200, await response.text()
        said = (await response.json())["choices"][0]["message"]["content"]
        return response.headers["x-sightline-context"], said


def colours(picture: bytes) -> str:
    return eyes.describe(picture, upright=True).colours()


async def test_two_people_at_once_hear_of_their_own_pictures(
    client: aiohttp.ClientSession, root: str, photos: dict[str, bytes]
) -> None:
    pictures = [photos["astronaut.jpg"], photos["coffee.png"]]
    named = [await upload(client, root, one) for one in pictures]
    for conversations in (("conv_a", "conv_b"), (None, None)):
        for _ in range(3):
            asked = (ask(client, root, *pair) for pair in zip(named, conversations, strict=True))
            heard = await asyncio.gather(*asked)
            assert [context for context, _ in heard] == ["attached;n=1"] * 2
            for (_, said), own, other in zip(heard, pictures, reversed(pictures), strict=True):
                assert colours(own) in said
                assert colours(other) not in said


async def test_what_another_has_claimed_is_not_seen(
    client: aiohttp.ClientSession, root: str, photos: dict[str, bytes]
) -> None:
    one = await upload(client, root, photos["astronaut.jpg"])
    assert (await ask(client, root, one, "conv_a"))[0] == "attached;n=1"
    context, said = await ask(client, root, one, "conv_b")
    assert context == "no-image"
    assert "no picture" in said


@pytest.mark.parametrize("nothing", ["{{system__conversation_id}}", "undefined", " ", "null"])
async def test_a_placeholder_is_no_id_and_claims_nothing(
    client: aiohttp.ClientSession, root: str, photos: dict[str, bytes], nothing: str
) -> None:
    one, two = [await upload(client, root, photos[name]) for name in ("cat.webp", "coffee.png")]
    assert colours(photos["cat.webp"]) in (await ask(client, root, one, nothing))[1]
    assert colours(photos["coffee.png"]) in (await ask(client, root, two, nothing))[1]
    async with client.delete(f"{root}/uploads/{one}") as response:
        assert await response.json() == {"conversationId": None, "images": 0}
    assert (await ask(client, root, one, nothing))[0] == "no-conversation-id"


async def test_two_pictures_chosen_before_the_call_are_both_seen(
    client: aiohttp.ClientSession, root: str, photos: dict[str, bytes]
) -> None:
    names = ("rocket.jpg", "coffee.png")
    named = [await upload(client, root, photos[name]) for name in names]
    context, said = await ask(client, root, named, "conv_a")
    assert context == "attached;n=2"
    assert all(colours(photos[name]) in said for name in names)


async def test_forgetting_and_removing_end_it(
    client: aiohttp.ClientSession, root: str, photos: dict[str, bytes]
) -> None:
    named = [await upload(client, root, photos[name]) for name in ("cat.webp", "coffee.png")]
    await ask(client, root, named, "conv_a")
    await client.delete(f"{root}/uploads/{named[0]}")
    context, said = await ask(client, root, named, "conv_a")
    assert context == "attached;n=1"
    assert colours(photos["cat.webp"]) not in said
    await client.delete(f"{root}/context/conv_a")
    assert (await ask(client, root, named, "conv_a"))[0] == "no-image"
    assert (await ask(client, root, named))[0] == "no-conversation-id"


async def test_the_page_adds_a_picture_to_what_a_turn_has_begun(
    client: aiohttp.ClientSession, root: str, photos: dict[str, bytes]
) -> None:
    one, two = [await upload(client, root, photos[name]) for name in ("cat.webp", "coffee.png")]
    await ask(client, root, one, "conv_a")
    pair = {"conversationId": "conv_a", "temporaryId": one}
    async with client.post(f"{root}/associate_context", json=pair) as response:
        token = (await response.json())["contextToken"]
    pair = {"conversationId": "conv_a", "temporaryId": two, "contextToken": token}
    async with client.post(f"{root}/associate_context", json=pair) as response:
        assert (await response.json())["images"] == 2
    for conversation in ("conv_a", None):
        assert (await ask(client, root, one, conversation))[0] == "attached;n=2"


@pytest.mark.parametrize("named", [[None, 7, {}] * 4000, "x" * 2_000_000, UNKNOWN, [UNKNOWN] * 9])
async def test_whatever_a_turn_names_it_is_answered(
    client: aiohttp.ClientSession, root: str, named: Any
) -> None:
    assert (await ask(client, root, named, "conv_a"))[0] == "no-image"
    assert (await ask(client, root, named))[0] == "no-conversation-id"


async def test_the_place_of_the_conversations_own_id_names_no_picture(
    client: aiohttp.ClientSession, root: str
) -> None:
    assert (await ask(client, root, "conv_a", "conv_a"))[0] == "no-image"


async def test_without_the_setting_nothing_is_read(
    client: aiohttp.ClientSession, endpoint: Endpoint, model: str, png: bytes
) -> None:
    root = await endpoint(model)
    one = await upload(client, root, png)
    assert (await ask(client, root, one, "conv_a"))[0] == "no-image"
    assert (await ask(client, root, one))[0] == "no-conversation-id"


async def test_two_processes_on_one_file_know_the_same(
    client: aiohttp.ClientSession, endpoint: Endpoint, model: str, tmp_path: Path, png: bytes
) -> None:
    here, there = [await start(endpoint, model, f"sqlite:{tmp_path}/x.db") for _ in range(2)]
    one = await upload(client, here, png)
    asked = (ask(client, root, one, name) for root in (here, there) for name in ("a", "b"))
    contexts = [context for context, _ in await asyncio.gather(*asked)]
    assert sorted(contexts) == ["attached;n=1"] * 2 + ["no-image"] * 2
    assert contexts[0] == contexts[2]


async def test_no_line_and_no_count_holds_a_temporary_id(
    client: aiohttp.ClientSession,
    endpoint: Endpoint,
    model: str,
    png: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "sightline")
    paths = ("$request.header.x-conversation-id", WHERE)
    root = await endpoint(model, paths=paths, images={"in_band": parse(WHERE)})
    one, two = [await upload(client, root, png) for _ in range(2)]
    assert (await ask(client, root, one))[0] == "attached;n=1"  # and it is the ID's own place too
    await ask(client, root, two, "conv_a")
    await ask(client, root, two)
    await ask(client, root, two, "conv_b")
    async with client.get(f"{root}/metrics") as response:
        counts = await response.text()
    for text in (caplog.text, counts):
        assert one not in text
        assert two not in text
    assert caplog.text.count("conv_a") == 2
