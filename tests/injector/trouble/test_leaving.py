"""A client that leaves takes the request to the model with it, wherever that was."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import Caller, ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, Form
from tests.injector.trouble.scripted import (
    EVENT_STREAM,
    SOON,
    Act,
    Step,
    Then,
    error,
    head,
    raw,
    stream,
)

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

AT_ONCE = 0.3
"""Seconds in which the model's side must notice; promised is 0.1, the rest is the machine's."""

BEFORE: dict[str, Callable[[Form], Act]] = {
    "before anything": lambda _: raw(then=Then.STALL),
    "after the headers": lambda _: raw(head(200, EVENT_STREAM), then=Then.STALL),
    "after the beginning": lambda form: stream(form.opening, then=Then.STALL, ends=False),
    "inside an error": lambda _: raw(head(503, {"Content-Length": "9"}), then=Then.STALL),
}
by_reset = pytest.mark.parametrize("by_reset", [False, True], ids=["by-fin", "by-rst"])
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


@by_reset
@pytest.mark.parametrize("act", BEFORE.values(), ids=BEFORE.keys())
@forms
async def test_before_the_first_word(
    model: Start, endpoint: Endpoint, act: Callable[[Form], Act], form: Form, *, by_reset: bool
) -> None:
    side = await model(act(form))
    root = await endpoint(side.base_url, first_byte_timeout=30.0)
    caller = await Caller.ask(root, form)
    asked = await side.until(1)
    await asyncio.sleep(0.03)
    left = caller.leave(by_reset=by_reset)
    assert await asked.gone_at() - left < AT_ONCE
    await asyncio.sleep(0.12)
    assert len(side.turns) == 1


@by_reset
@forms
async def test_in_the_middle(
    model: Start, endpoint: Endpoint, form: Form, *, by_reset: bool
) -> None:
    side = await model(stream(form.opening, form.word("It "), then=Then.STALL, ends=False))
    caller = await Caller.ask(await endpoint(side.base_url), form)
    await caller.hear(form.word("It "))
    left = caller.leave(by_reset=by_reset)
    assert await side.turns[0].gone_at() - left < AT_ONCE
    await asyncio.sleep(0.2)
    assert len(side.turns) == 1


@by_reset
async def test_in_the_middle_of_many_words(
    model: Start, endpoint: Endpoint, *, by_reset: bool
) -> None:
    words: list[Step] = [CHAT.word("x" * 100), 0.01] * 400
    side = await model(stream(CHAT.opening, *words))
    caller = await Caller.ask(await endpoint(side.base_url), CHAT)
    await caller.hear(CHAT.word("x" * 100))
    left = caller.leave(by_reset=by_reset)
    assert await side.turns[0].gone_at() - left < AT_ONCE


@by_reset
@forms
async def test_during_a_wait_between_attempts(
    model: Start, endpoint: Endpoint, form: Form, *, by_reset: bool
) -> None:
    side = await model(error(503, headers={"retry-after-ms": "150"}), form.good())
    caller = await Caller.ask(await endpoint(side.base_url), form)
    await side.until(1)
    await asyncio.sleep(0.05)
    caller.leave(by_reset=by_reset)
    await asyncio.sleep(0.25)
    assert len(side.turns) == 1


async def test_during_an_answer_that_is_not_streamed(model: Start, endpoint: Endpoint) -> None:
    side = await model(raw(then=Then.STALL))
    root = await endpoint(side.base_url, idle_timeout=30.0)
    caller = await Caller.ask(root, CHAT, CHAT.turn(stream=False))
    asked = await side.until(1)
    left = caller.leave()
    assert await asked.gone_at() - left < AT_ONCE


async def test_while_a_large_body_is_still_being_sent_on(model: Start, endpoint: Endpoint) -> None:
    # The model's side reads nothing, so that the body is stuck on its way.
    side = await model(Act(then=Then.STALL, early=True))
    root = await endpoint(side.base_url, first_byte_timeout=30.0)
    caller = await Caller.ask(root, CHAT, CHAT.turn(text="x" * 12_000_000))
    await side.until(1)
    await asyncio.sleep(0.05)
    caller.leave()
    # A connection that is full tells of its end only when it is read, so only the count is seen.
    await asyncio.sleep(0.2)
    assert len(side.turns) == 1


async def test_one_that_leaves_takes_no_other_with_it(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    heard = asyncio.Event()
    side = await model(stream(CHAT.opening, CHAT.word("It "), heard, CHAT.ending))
    root = await endpoint(side.base_url)
    stays = [asyncio.create_task(ask(client, root, CHAT)) for _ in range(3)]
    await side.until(3)
    leaves = [await Caller.ask(root, CHAT) for _ in range(3)]
    await side.until(6)
    for caller in leaves:
        caller.leave()
    for sent in side.turns[3:]:
        await sent.gone_at()
    heard.set()
    async with asyncio.timeout(SOON):
        answers = await asyncio.gather(*stays)
    whole = CHAT.opening + CHAT.word("It ") + CHAT.ending
    assert [(one.body, one.broke) for one in answers] == [(whole, False)] * 3
    assert len(side.turns) == 6


async def test_a_hundred_that_leave_leave_nothing_behind(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(raw(then=Then.STALL))
    root = await endpoint(side.base_url, first_byte_timeout=30.0)
    callers = await asyncio.gather(*(Caller.ask(root, CHAT) for _ in range(100)))
    await side.until(100)
    for caller in callers:
        caller.leave()
    await asyncio.gather(*(sent.gone_at() for sent in side.turns))
    side.play(CHAT.good())
    assert (await ask(client, root, CHAT)).body == CHAT.spoken
