"""Connections are kept between turns, and one that is not whole any more is never used again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, SENTENCE, Form, said
from tests.injector.trouble.scripted import (
    EVENT_STREAM,
    Act,
    Step,
    Then,
    answer,
    chunk,
    head,
    raw,
    stream,
)

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

CHUNKED = EVENT_STREAM | {"Transfer-Encoding": "chunked"}


async def test_a_connection_serves_turn_after_turn(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(CHAT.good())
    root = await endpoint(side.base_url)
    for form in (*FORMS, *FORMS):
        side.play(form.good())
        assert (await ask(client, root, form)).body == form.spoken
        assert side.turns[0].connection == side.turns[-1].connection
    assert {sent.connection for sent in side.turns} == {side.turns[0].connection}


async def test_an_error_that_was_read_to_its_end_costs_no_connection(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(answer(503, b"busy"), answer(503, b"busy"), CHAT.good())
    assert (await ask(client, await endpoint(side.base_url), CHAT)).body == CHAT.spoken
    assert len({sent.connection for sent in side.turns}) == 1


def _then(act: Act, *more: Step, then: Then = Then.KEEP) -> Act:
    return Act((*act.steps, *more), then)


LATE_408 = b"HTTP/1.1 408 Request Time-out\r\nContent-Length: 4\r\n\r\nlate"
FORGED = answer(200, b'data: {"choices":[{"delta":{"content":"forged"}}]}\n\n', EVENT_STREAM)
PARTING: dict[str, Act] = {
    "closed when it was answered": CHAT.good(then=Then.CLOSE),
    "reset when it was answered": CHAT.good(then=Then.RESET),
    "closed a little later": _then(CHAT.good(), 0.02, then=Then.CLOSE),
    "a 408 for the next, and closed": _then(CHAT.good(), 0.02, LATE_408, then=Then.CLOSE),
    "a 408 for the next, and open": _then(CHAT.good(), 0.02, LATE_408, then=Then.STALL),
    "two answers in one go": _then(CHAT.good(), *FORGED.steps, then=Then.STALL),
    "two answers in one piece": raw(
        b"".join(step for step in (*CHAT.good().steps, *FORGED.steps) if isinstance(step, bytes)),
        then=Then.STALL,
    ),
    "rubbish behind the end": _then(CHAT.good(), b"\x00rubbish", then=Then.STALL),
    "rubbish behind its length": raw(
        answer(200, CHAT.spoken, EVENT_STREAM).steps[0], b"rubbish", then=Then.STALL
    ),
    "Connection: close, and open": raw(
        answer(200, CHAT.spoken, EVENT_STREAM | {"Connection": "close"}).steps[0], then=Then.STALL
    ),
    "HTTP/1.0": raw(
        b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%b"
        % (len(CHAT.spoken), CHAT.spoken),
        then=Then.STALL,
    ),
    "ended by closing": raw(head(200, EVENT_STREAM), CHAT.spoken, then=Then.CLOSE),
}


@pytest.mark.parametrize("pause", [0.0, 0.06], ids=["at-once", "later"])
@pytest.mark.parametrize("act", PARTING.values(), ids=PARTING.keys())
async def test_a_connection_that_is_over_costs_the_next_turn_nothing(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, act: Act, pause: float
) -> None:
    side = await model(act, CHAT.good())
    root = await endpoint(side.base_url, says={"failed": None})
    assert (await ask(client, root, CHAT)).body == CHAT.spoken
    await asyncio.sleep(pause)
    heard = await ask(client, root, CHAT)
    assert (heard.status, heard.body, heard.broke) == (200, CHAT.spoken, False)
    assert side.turns[-1].connection != side.turns[0].connection
    if pause:
        assert len(side.turns) == 2


@pytest.mark.parametrize("then", [Then.CLOSE, Then.RESET], ids=["close", "reset"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_kept_connection_that_dies_under_a_turn_is_replaced_without_waiting(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form, then: Then
) -> None:
    waits = []
    for _ in range(4):
        side = await model(form.good(), raw(then=then), form.good())
        root = await endpoint(side.base_url)
        for _ in range(2):
            assert (await ask(client, root, form)).body == form.spoken
        first, dead, last = side.turns
        assert first.connection == dead.connection != last.connection
        waits.append(last.at - dead.at)
    # The first wait before another attempt is some 50 ms; of four, one is not held up by others.
    assert min(waits) < 0.03


async def test_kept_connections_that_all_die_cost_no_turn(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(CHAT.good(pause=0.03))
    root = await endpoint(side.base_url, first_byte_timeout=2.0, says={"failed": None})
    await asyncio.gather(*(ask(client, root, CHAT) for _ in range(5)))
    old = {sent.connection for sent in side.turns}
    assert len(old) == 5
    side.play_by(lambda sent: raw(then=Then.RESET) if sent.connection in old else CHAT.good())
    answers = await asyncio.gather(*(ask(client, root, CHAT) for _ in range(5)))
    assert [heard.body for heard in answers] == [CHAT.spoken] * 5


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_the_connection_of_a_failed_attempt_is_not_used_again(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    lost = [
        raw(head(200, CHUNKED), chunk(form.opening), b"no size\r\n", then=Then.STALL),
        stream(form.opening, form.error, then=Then.STALL, ends=False),
        stream(b"data: oops\n\n", then=Then.STALL, ends=False),
    ]
    for act in lost:
        side = await model(act, form.good())
        root = await endpoint(side.base_url)
        assert (await ask(client, root, form)).body == form.spoken
        assert len({sent.connection for sent in side.turns}) == 2
        await side.turns[0].gone_at()


async def test_after_a_sentence_the_next_turn_is_asked_as_ever(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(raw(then=Then.STALL))
    root = await endpoint(side.base_url, first_byte_timeout=0.3)
    assert said(CHAT, (await ask(client, root, CHAT)).body) == SENTENCE
    side.play(CHAT.good())
    assert (await ask(client, root, CHAT)).body == CHAT.spoken
