"""Clients that people really use hold conversations about pictures, through the endpoint."""

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from contract.config import Says
from rehearsal.eyes import describe
from rehearsal.script import LINES, TOOL, TOOL_RESULT
from tests.clients.conftest import Model, Program, Share

pytestmark = [
    pytest.mark.parametrize("api", ["chat", "responses"]),
    pytest.mark.asyncio(loop_scope="module"),
]

SOON = 1.0  # seconds: sooner than the model speaks again, or the endpoint gives it up
Call = Callable[[], Awaitable[str]]


@pytest.fixture
def call(client: Program, endpoint: str, api: str) -> Call:
    """Have the client open a conversation, and give its ID."""

    async def opened() -> str:
        conversation = f"conv_{secrets.token_hex(8)}"
        base_url = f"{endpoint}/v1"
        await client.do("call", endpoint=base_url, api=api, conversation=conversation)
        return conversation

    return opened


def tells_of(heard: Any, *pictures: bytes) -> bool:
    """Return whether what was heard tells of exactly these pictures, which only pixels can say."""
    colours = [describe(picture).colours() for picture in pictures]
    shown = re.findall(r"main colours: (.*?)\.(?: |$)", heard["text"])
    return shown == colours and f"I see {len(colours)} picture" in heard["text"]


def context(heard: Any) -> str:
    return str(heard["headers"]["x-sightline-context"])


async def test_a_streamed_conversation_with_a_tool_and_two_pictures(
    client: Program, call: Call, share: Share
) -> None:
    conversation = await call()
    first = await share(conversation, "astronaut.jpg")
    for line in LINES[:2]:
        heard = await client.do("say", text=line)
        assert tells_of(heard, first)
        assert heard["pieces"] > 5, "it came in one piece"
        assert heard["tokens"] > 255, "the picture's tokens are in the usage"
        assert context(heard) == "attached;n=1"

    heard = await client.do("say", text=LINES[2])
    assert [it["name"] for it in heard["calls"]] == [TOOL]
    assert json.loads(heard["calls"][0]["arguments"]) == {"text": LINES[2]}
    assert heard["text"] == ""
    heard = await client.do("result", text=TOOL_RESULT)
    assert heard["calls"] == []
    assert f"The tool answered: {TOOL_RESULT}." in heard["text"]
    assert tells_of(heard, first)

    second = await share(conversation, "coffee.png")
    for line in ("And what is in this one?", LINES[3]):
        heard = await client.do("say", text=line)
        assert tells_of(heard, first, second)
        assert context(heard) == "attached;n=2"


async def test_conversations_of_one_client_show_nothing_of_each_other(
    client: Program, call: Call, share: Share
) -> None:
    for photo in ("rocket.jpg", "cat.webp"):
        picture = await share(await call(), photo)
        heard = await client.do("say", text=LINES[0])
        assert tells_of(heard, picture)
    await call()
    heard = await client.do("say", text=LINES[0])
    assert "I see no picture" in heard["text"]
    assert context(heard) == "no-image"


async def test_a_model_that_is_gone_is_a_sentence_and_the_conversation_goes_on(
    client: Program, call: Call, share: Share, model: Model
) -> None:
    picture = await share(await call(), "astronaut.jpg")
    assert tells_of(await client.do("say", text=LINES[0]), picture)
    await model.stop()
    heard = await client.do("say", text=LINES[1])
    assert heard["text"] == Says().failed
    assert heard["calls"] == []
    assert "x-sightline-fallback" in heard["headers"]
    assert context(heard) == "attached;n=1"
    await model.start()
    assert tells_of(await client.do("say", text=LINES[1]), picture)


async def test_closing_the_stream_reaches_the_model(
    client: Program, call: Call, share: Share, model: Model
) -> None:
    picture = await share(await call(), "astronaut.jpg")
    await model.start(chunk_delay=1.4)
    await client.do("leave", text=LINES[0])
    await _left(model)
    await model.start()
    assert tells_of(await client.do("say", text=LINES[1]), picture)


async def test_losing_patience_before_the_first_word_reaches_the_model(
    client: Program, call: Call, model: Model
) -> None:
    await call()
    await model.start(first_chunk_delay=3.0)
    heard = await client.do("wait", text=LINES[0], seconds=0.5)
    assert "Timeout" in heard["error"]
    await _left(model)


async def _left(model: Model) -> None:
    """Wait until the model has noticed that its only client left."""
    async with asyncio.timeout(SOON):
        while model.tally.left == 0:  # noqa: ASYNC110 - the stand-in only counts
            await asyncio.sleep(0.01)
    assert (model.tally.asked, model.tally.answered, model.tally.left) == (1, 0, 1)
