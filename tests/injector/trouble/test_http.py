"""What HTTP/1.1 allows and few do, on the model's side: it is answered, or it is a failure."""

import json
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
    error,
    head,
    raw,
    stream,
)

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

CHUNKED = EVENT_STREAM | {"Transfer-Encoding": "chunked"}
INTERIM = head(103, {"Link": "</x>; rel=preload"})


def _with_extensions(form: Form) -> Act:
    body = form.spoken
    half = len(body) // 2
    pieces = [b'%x;why=not;x="y"\r\n%b\r\n' % (len(b), b) for b in (body[:half], body[half:])]
    return Act((head(200, CHUNKED), *pieces, b"0;last\r\n\r\n"))


def _with_trailers(form: Form) -> Act:
    steps: list[Step] = [head(200, CHUNKED), chunk(form.spoken)]
    return Act((*steps, b"0\r\nServer-Timing: x\r\nX-Checksum: 1\r\n\r\n"))


def _bytewise(form: Form) -> Act:
    whole = b"".join(step for step in form.good().steps if isinstance(step, bytes))
    return Act(tuple(bytes([one]) for one in whole))


ALLOWED: dict[str, Callable[[Form], Act]] = {
    "with its length": lambda form: answer(200, form.spoken, EVENT_STREAM),
    "in chunks": lambda form: form.good(),
    "until it closes": lambda form: raw(head(200, EVENT_STREAM), form.spoken),
    "in HTTP/1.0": lambda form: raw(
        b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", form.spoken
    ),
    "after a 103": lambda form: Act((INTERIM, *form.good().steps)),
    "after a 103 and a pause": lambda form: Act((INTERIM, 0.05, *form.good().steps)),
    "after a 100 and two 103": lambda form: Act((head(100), INTERIM + INTERIM, *form.good().steps)),
    "until it closes, though coded": lambda form: raw(
        head(200, EVENT_STREAM | {"Transfer-Encoding": "identity"}), form.spoken
    ),
    "with a reason that is no text": lambda form: raw(
        b"HTTP/1.1 200 \x01O\x1fK\r\nContent-Type: text/event-stream\r\n\r\n", form.spoken
    ),
    "with chunk extensions": _with_extensions,
    "with trailers": _with_trailers,
    "byte by byte": _bytewise,
    "all in one piece": lambda form: raw(head(200, EVENT_STREAM) + form.spoken),
    "with sizes in capitals and zeros": lambda form: Act(
        (head(200, CHUNKED), b"%08X\r\n%b\r\n" % (len(form.spoken), form.spoken), b"000\r\n\r\n")
    ),
    "with a type in capitals": lambda form: answer(
        200, form.spoken, {"CONTENT-TYPE": "Text/Event-Stream; charset=UTF-8"}
    ),
    "without a reason": lambda form: raw(
        b"HTTP/1.1 200\r\nContent-Type: text/event-stream\r\n\r\n", form.spoken
    ),
}


@pytest.mark.parametrize("act", ALLOWED.values(), ids=ALLOWED.keys())
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_an_answer_may_come_in_every_way_that_http_allows(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    act: Callable[[Form], Act],
    form: Form,
) -> None:
    side = await model(act(form), error(418))
    heard = await ask(client, await endpoint(side.base_url), form)
    assert (heard.status, heard.body) == (200, form.spoken)
    assert (heard.broke, heard.fallback, len(side.turns)) == (False, None, 1)
    assert "Link" not in heard.headers


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_an_error_after_a_103_is_an_error(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    side = await model(Act((INTERIM, *error(503).steps)), form.good())
    heard = await ask(client, await endpoint(side.base_url), form)
    assert (heard.status, heard.body, len(side.turns)) == (200, form.spoken, 2)


async def test_a_folded_header_is_no_hang(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    # RFC 9112, section 5.2, lets a client refuse it or read it as one line.
    folded = raw(
        b"HTTP/1.1 200 OK\r\nX-Folded: one\r\n two\r\nContent-Type: text/event-stream\r\n\r\n",
        CHAT.spoken,
    )
    side = await model(folded, CHAT.good())
    heard = await ask(client, await endpoint(side.base_url, first_byte_timeout=2.0), CHAT)
    assert (heard.status, heard.body) == (200, CHAT.spoken)
    assert len(side.turns) <= 2


async def test_headers_without_end_are_no_hang(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    endless: list[Step] = [b"HTTP/1.1 200 OK\r\n"]
    endless += [b"X-Line: " + b"x" * 8000 + b"\r\n"] * 200
    side = await model(raw(*endless, then=Then.STALL))
    heard = await ask(client, await endpoint(side.base_url, first_byte_timeout=0.5), CHAT)
    assert said(CHAT, heard.body) == SENTENCE
    assert heard.took < 2


HASTY = {
    "and waits": Then.STALL,
    "and closes": Then.CLOSE,
    "and resets": Then.RESET,
}


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("then", HASTY.values(), ids=HASTY.keys())
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_an_answer_to_half_a_body_is_that_answer(
    model: Start,
    endpoint: Endpoint,
    client: aiohttp.ClientSession,
    then: Then,
    form: Form,
    *,
    streamed: bool,
) -> None:
    refusal = b'{"error": {"message": "too large", "code": null}}'
    said_early = answer(413, refusal, {"Content-Type": "application/json"}).steps
    side = await model(Act((*said_early, 0.1), then, early=True))
    root = await endpoint(side.base_url, first_byte_timeout=2.0, idle_timeout=2.0)
    body = form.turn(text="x" * 5_000_000, stream=streamed)
    heard = await ask(client, root, form, body)
    if streamed:
        assert said(form, heard.body) == SENTENCE
        assert "413" in (heard.fallback or "")
    else:
        assert (heard.status, json.loads(heard.body)) == (413, json.loads(refusal))
    assert len(side.turns) == 1
    assert heard.took < 1.5


async def test_a_turn_of_5_mb_is_read_slowly_and_answered(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(CHAT.good())
    body = CHAT.turn(text="é🐈" * 800_000)
    heard = await ask(client, await endpoint(side.base_url), CHAT, body)
    assert (heard.status, heard.body) == (200, CHAT.spoken)
    assert side.turns[0].body["messages"] == body["messages"]


async def test_a_switch_of_protocols_is_a_failure(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    switch = raw(head(101, {"Upgrade": "x", "Connection": "upgrade"}), b"x" * 99, then=Then.STALL)
    side = await model(switch, CHAT.good())
    heard = await ask(client, await endpoint(side.base_url, first_byte_timeout=2.0), CHAT)
    assert (heard.status, heard.body, len(side.turns)) == (200, CHAT.spoken, 2)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_stream_of_large_events_is_whole(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    words = [form.word(letter * 300_000) for letter in "abc"]
    side = await model(stream(form.opening, *words, form.ending))
    heard = await ask(client, await endpoint(side.base_url), form)
    assert heard.body == form.opening + b"".join(words) + form.ending
