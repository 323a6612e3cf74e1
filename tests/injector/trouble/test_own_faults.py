"""A fault of Sightline's own, wherever it is: no turn hears the answer of another."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, SENTENCE, said
from tests.injector.trouble.scripted import SOON, error

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

SEEN = ["injector.ledger.log_turn", "injector.metrics.Metrics.ended"]
AFTER = ["injector.serving.usage_in", "injector.serving.Serving._sent"]


def fails(*_: object, **__: object) -> None:
    raise KeyError("a fault of ours")


@pytest.mark.parametrize("place", SEEN)
async def test_what_cannot_be_counted_or_logged_costs_no_turn(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: str,
) -> None:
    side = await model(CHAT.good(), error(401))
    root = await endpoint(side.base_url)
    monkeypatch.setattr(place, fails)
    assert (await ask(client, root, CHAT)).body == CHAT.spoken
    assert said(CHAT, (await ask(client, root, CHAT)).body) == SENTENCE
    assert "a fault of ours" in caplog.text


@pytest.mark.parametrize("place", AFTER)
async def test_nothing_follows_an_answer_that_would_be_taken_for_the_next(
    model: Start,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url)
    monkeypatch.setattr(place, fails)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(root.rpartition(":")[2]))
    body = json.dumps(CHAT.turn()).encode()
    asked = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    writer.write(asked % len(body) + body)
    async with asyncio.timeout(SOON):
        heard = await reader.read()
    writer.close()
    assert heard.count(b"HTTP/1.1 ") == 1
    assert b"HTTP/1.1 500" not in heard
