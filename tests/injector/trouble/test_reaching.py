"""A model's side that cannot be reached, or only later, or that is silent."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, RESPONSES, SENTENCE, Form, said
from tests.injector.trouble.scripted import (
    EVENT_STREAM,
    Act,
    Scripted,
    Then,
    head,
    raw,
    stream,
)

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

BUDGET = 0.54
SLACK = 1.0


@pytest.fixture
async def clogged() -> AsyncIterator[socket.socket]:
    """Listen where connections hang: the queue of those that wait to be accepted is full.

    Whoever accepts them sees that the next attempts get through at once; an attempt that hangs
    already is sent anew by the kernel only after a second.
    """
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        await asyncio.sleep(0.02)
        yield listener


def address(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


async def test_the_fixture_does_let_connections_hang(clogged: socket.socket) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.open_connection(*clogged.getsockname())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_refused_connection_is_tried_again_until_somebody_listens(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, unused_port: int, form: Form
) -> None:
    root = await endpoint(f"http://127.0.0.1:{unused_port}/v1", first_byte_timeout=4.0)
    turn = asyncio.create_task(ask(client, root, form))
    await asyncio.sleep(0.12)
    side = await model(form.good(), port=unused_port)
    heard = await turn
    assert (heard.status, heard.body, heard.fallback) == (200, form.spoken, None)
    assert len(side.turns) == 1


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_where_nobody_listens_a_sentence_is_said(
    endpoint: Endpoint, client: aiohttp.ClientSession, unused_port: int, form: Form
) -> None:
    root = await endpoint(f"http://127.0.0.1:{unused_port}/v1", first_byte_timeout=BUDGET)
    heard = await ask(client, root, form)
    assert (heard.status, said(form, heard.body)) == (200, SENTENCE)
    assert heard.fallback
    assert heard.took < BUDGET + SLACK


async def test_a_name_that_nobody_has_is_told_in_time(
    endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    root = await endpoint("http://no-such-host.invalid/v1", first_byte_timeout=BUDGET)
    heard = await ask(client, root, CHAT)
    assert said(CHAT, heard.body) == SENTENCE
    assert heard.took < BUDGET + SLACK


async def test_a_connection_that_does_not_stand_in_time_is_tried_again(
    endpoint: Endpoint, client: aiohttp.ClientSession, clogged: socket.socket
) -> None:
    root = await endpoint(address(clogged), connect_timeout=0.25, first_byte_timeout=4.0)
    turn = asyncio.create_task(ask(client, root, CHAT))
    await asyncio.sleep(0.1)
    async with Scripted(CHAT.good(), sock=clogged) as side:
        heard = await turn
        assert (heard.body, heard.fallback) == (CHAT.spoken, None)
        assert len(side.turns) == 1
        # A connection that hangs is not answered within its first second.
        assert heard.took < 0.95


@pytest.mark.parametrize("failed", [None, SENTENCE])
async def test_connections_that_never_stand_end_in_time(
    endpoint: Endpoint, client: aiohttp.ClientSession, clogged: socket.socket, failed: str | None
) -> None:
    says = {"failed": None} if failed is None else None
    root = await endpoint(
        address(clogged), connect_timeout=0.2, first_byte_timeout=BUDGET, says=says
    )
    heard = await ask(client, root, CHAT)
    assert heard.took < BUDGET + SLACK
    if failed is None:
        assert (heard.status, heard.error["code"]) == (504, "upstream_timeout")
    else:
        assert said(CHAT, heard.body) == failed


SILENT: dict[str, Callable[[Form], Act]] = {
    "not a byte": lambda _: raw(then=Then.STALL),
    "half a status line": lambda _: raw(b"HTTP/1.1 2", then=Then.STALL),
    "the headers alone": lambda _: raw(head(200, EVENT_STREAM), then=Then.STALL),
    "the beginning": lambda form: stream(form.opening, then=Then.STALL, ends=False),
    "half a word": lambda form: stream(form.word("It")[:-9], then=Then.STALL, ends=False),
    "a 103 alone": lambda _: raw(head(103, {"Link": "<x>"}), then=Then.STALL),
    "half an error": lambda _: raw(head(503, {"Content-Length": "99"}) + b"{", then=Then.STALL),
}


@pytest.mark.parametrize(
    ("form", "name"),
    [(CHAT, name) for name in SILENT] + [(RESPONSES, "the beginning"), (RESPONSES, "half a word")],
    ids=str,
)
async def test_silence_before_the_first_word_is_ended_by_a_sentence_in_time(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    form: Form,
    name: str,
) -> None:
    side = await model(SILENT[name](form))
    root = await endpoint(side.base_url, first_byte_timeout=0.3)
    heard = await ask(client, root, form)
    assert said(form, heard.body) == SENTENCE
    assert heard.fallback
    assert 0.2 < heard.took < 0.3 + SLACK
    await side.turns[-1].gone_at()


async def test_silence_without_a_sentence_is_a_504(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(raw(then=Then.STALL))
    root = await endpoint(side.base_url, first_byte_timeout=0.3, says={"failed": None})
    heard = await ask(client, root, CHAT)
    assert (heard.status, heard.error["code"]) == (504, "upstream_timeout")
    assert heard.headers["Content-Type"].startswith("application/json")


async def test_an_error_before_the_silence_is_not_the_last_word(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(raw(then=Then.RESET), raw(then=Then.STALL))
    root = await endpoint(side.base_url, first_byte_timeout=0.5, says={"failed": None})
    heard = await ask(client, root, CHAT)
    assert (heard.status, heard.error["code"]) == (504, "upstream_timeout")
    assert len(side.turns) == 2
