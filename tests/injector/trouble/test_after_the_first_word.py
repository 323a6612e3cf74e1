"""Once words have flowed nothing is invented, nothing is asked again, and nothing is left out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import DONE, FORMS, Form, said
from tests.injector.trouble.scripted import EVENT_STREAM, Act, Step, Then, head, raw, stream

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

LENGTH = EVENT_STREAM | {"Content-Length": "100000"}
UNTIL_CLOSE = head(200, EVENT_STREAM | {"Connection": "close"})


@dataclass(frozen=True, slots=True)
class Row:
    """What follows the words `It is `: bytes that may pass, and whether the connection breaks."""

    name: str
    act: Callable[[bytes], Act]
    more: Callable[[Form], bytes]
    breaks: bool


def _nothing(_: Form) -> bytes:
    return b""


def _chunked(*rest: Step, then: Then = Then.KEEP, ends: bool = True) -> Callable[[bytes], Act]:
    return lambda said: stream(said, *rest, then=then, ends=ends)


def _length(said: bytes) -> Act:
    return raw(head(200, LENGTH) + said, 0.05)


def _until_close(said: bytes) -> Act:
    return raw(UNTIL_CLOSE + said, 0.05, b"")


def _inside_a_chunk(said: bytes) -> Act:
    return Act((*stream(said, ends=False).steps, 0.05, b"99\r\ndata: "), Then.CLOSE)


def _no_chunk(said: bytes) -> Act:
    return Act((*stream(said, ends=False).steps, 0.05, b"no size\r\nx\r\n"), Then.STALL)


ROWS = [
    Row("reset", _chunked(0.05, then=Then.RESET, ends=False), _nothing, breaks=True),
    Row("closed", _chunked(0.05, then=Then.CLOSE, ends=False), _nothing, breaks=True),
    Row("closed inside a chunk", _inside_a_chunk, lambda _: b"data: ", breaks=True),
    Row("closed before its length", _length, _nothing, breaks=True),
    Row("no chunk where one should be", _no_chunk, _nothing, breaks=True),
    Row("stalled", _chunked(then=Then.STALL, ends=False), _nothing, breaks=True),
    Row("ended without an end", _chunked(), _nothing, breaks=False),
    Row("ended by closing, where that is the end", _until_close, _nothing, breaks=False),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "-"))
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_an_answer_ends_as_the_model_ended_it(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, row: Row, form: Form
) -> None:
    words = form.opening + form.word("It ") + form.word("is ")
    side = await model(row.act(words), form.good())
    root = await endpoint(side.base_url, idle_timeout=0.4)
    heard = await ask(client, root, form)
    assert (heard.status, heard.fallback) == (200, None)
    assert heard.broke is row.breaks
    assert heard.body in {words, words + row.more(form)}
    assert len(side.turns) == 1


@pytest.mark.parametrize("then", ["ends", "goes on", "ends with [DONE]"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_an_error_event_after_words_passes_as_it_is(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form, then: str
) -> None:
    rest = {"ends": b"", "goes on": form.word("is "), "ends with [DONE]": DONE}[then]
    side = await model(stream(form.opening, form.word("It "), form.error, rest or b": end\n\n"))
    heard = await ask(client, await endpoint(side.base_url), form)
    assert heard.body == form.opening + form.word("It ") + form.error + (rest or b": end\n\n")
    assert (heard.broke, heard.fallback, len(side.turns)) == (False, None, 1)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_garbage_after_words_passes_as_it_is(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    odd = [b"\x00\xff\xfe", b"<html>\r\n\r\n", b"data: oops\n\n", b"data: {", b"x" * 200_000]
    side = await model(stream(form.opening, form.word("It "), *odd))
    heard = await ask(client, await endpoint(side.base_url), form)
    assert heard.body == form.opening + form.word("It ") + b"".join(odd)
    assert (heard.broke, len(side.turns)) == (False, 1)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_slow_words_are_no_silence(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    side = await model(form.good(pause=0.15))
    # Together longer than both; each word comes within the idle timeout.
    root = await endpoint(side.base_url, first_byte_timeout=0.5, idle_timeout=0.5)
    heard = await ask(client, root, form)
    assert (heard.body, heard.broke, len(side.turns)) == (form.spoken, False, 1)
    assert heard.took > 0.5


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_side_that_stalls_is_let_go(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    side = await model(stream(form.opening, form.word("It "), then=Then.STALL, ends=False))
    root = await endpoint(side.base_url, idle_timeout=0.3)
    heard = await ask(client, root, form)
    assert heard.broke
    assert said(form, heard.body) == "It "
    assert 0.2 < heard.took < 2
    assert await side.turns[0].gone_at() - side.turns[0].at < 2
    await asyncio.sleep(0.15)
    assert len(side.turns) == 1
