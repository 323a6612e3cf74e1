"""A turn that is not streamed: the same attempts, a longer budget, and never the sentence."""

import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import Heard, ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, SENTENCE, Form
from tests.injector.trouble.scripted import Act, Then, answer, error, raw
from tests.injector.trouble.table import LINES, STATUSES, Row, lasting, rows

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

JSON = {"Content-Type": "application/json"}
BEFORE_AN_ANSWER = [row for row in LINES if "headers" not in row.name and "chunk" not in row.name]


def good(form: Form) -> Act:
    return answer(200, json.dumps(form.whole).encode(), JSON)


async def whole(client: aiohttp.ClientSession, root: str, form: Form) -> Heard:
    """Ask for a whole answer; it is never the sentence."""
    heard = await ask(client, root, form, form.turn(stream=False))
    assert SENTENCE.encode() not in heard.body
    assert heard.fallback is None
    return heard


@rows(*(row for row in [*STATUSES, *BEFORE_AN_ANSWER] if row.again), central=True)
async def test_what_another_attempt_can_mend_is_not_seen(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, row: Row, form: Form
) -> None:
    side = await model(row.act(form), good(form))
    heard = await whole(client, await endpoint(side.base_url, idle_timeout=5.0), form)
    assert (heard.status, json.loads(heard.body)) == (200, form.whole)
    assert len(side.turns) == 2


@rows(*STATUSES, central=True)
async def test_an_error_that_stays_is_relayed_as_it_is(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, row: Row, form: Form
) -> None:
    side = await model(*lasting(row, form))
    heard = await whole(client, await endpoint(side.base_url, idle_timeout=5.0), form)
    last = lasting(row, form)[-1].steps[0]
    assert isinstance(last, bytes)
    assert (heard.status, heard.body) == (row.status, last.partition(b"\r\n\r\n")[2])
    assert heard.context == "no-image"
    assert (len(side.turns) > 1) is row.again


@rows(*(row for row in BEFORE_AN_ANSWER if row.again), central=True)
async def test_a_line_that_stays_broken_is_an_error_of_ours(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, row: Row, form: Form
) -> None:
    side = await model(row.act(form))
    heard = await whole(client, await endpoint(side.base_url, idle_timeout=0.3), form)
    assert heard.status in {502, 504}
    assert heard.error["code"] in {"upstream_failed", "upstream_timeout"}
    assert heard.took < 2


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_where_nobody_listens_that_is_said(
    endpoint: Endpoint, client: aiohttp.ClientSession, unused_port: int, form: Form
) -> None:
    root = await endpoint(f"http://127.0.0.1:{unused_port}/v1", idle_timeout=0.54)
    heard = await whole(client, root, form)
    assert (heard.status, heard.error["code"]) == (502, "upstream_failed")
    assert heard.took < 2


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_whole_answer_has_more_time_than_a_first_word(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    late = Act((0.6, *good(form).steps))
    side = await model(late)
    root = await endpoint(side.base_url, first_byte_timeout=0.2, idle_timeout=5.0)
    heard = await whole(client, root, form)
    assert (heard.status, json.loads(heard.body)) == (200, form.whole)
    assert len(side.turns) == 1


async def test_a_whole_answer_that_never_comes_is_a_504(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(raw(then=Then.STALL))
    heard = await whole(client, await endpoint(side.base_url, idle_timeout=0.4), CHAT)
    assert (heard.status, heard.error["code"]) == (504, "upstream_timeout")
    assert heard.took < 2
    await side.turns[0].gone_at()


@pytest.mark.parametrize("stream", [None, False])
async def test_a_turn_that_does_not_say_is_not_streamed(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, *, stream: bool | None
) -> None:
    side = await model(error(401))
    body = CHAT.turn()
    del body["stream"]
    body |= {} if stream is None else {"stream": stream}
    heard = await ask(client, await endpoint(side.base_url), CHAT, body)
    assert (heard.status, heard.fallback) == (401, None)


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_model_that_does_not_stream_is_heard_all_the_same(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form, kind: str
) -> None:
    side = await model(answer(200, json.dumps(form.whole).encode(), {"Content-Type": kind}))
    heard = await ask(client, await endpoint(side.base_url), form)
    assert (heard.status, heard.fallback, json.loads(heard.body)) == (200, None, form.whole)
