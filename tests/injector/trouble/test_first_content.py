"""Nothing is sent until the model has said something; from then on, everything as it comes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp
import pytest

from tests.injector.trouble.asking import Caller, ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import (
    BEGUN,
    CHAT,
    FORMS,
    MESSAGE,
    PART,
    RESPONSES,
    WORDS,
    Form,
    delta,
    event,
    happened,
    response,
)
from tests.injector.trouble.scripted import Step, Then, stream

Endpoint: TypeAlias = Callable[..., Awaitable[str]]

CALL = {"index": 0, "id": "call_1", "type": "function"}
FUNCTION = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "end_call"}
AT = {"item_id": "msg_1", "output_index": 0, "content_index": 0}

SAYS = {
    "a text": (CHAT, delta({"content": "It"})),
    "a text with the role": (CHAT, delta({"role": "assistant", "content": "It"})),
    "a space": (CHAT, delta({"content": " "})),
    "a refusal": (CHAT, delta({"refusal": "I can't"})),
    "reasoning": (CHAT, delta({"reasoning_content": "Hm"})),
    "reasoning, by another name": (CHAT, delta({"reasoning": "Hm"})),
    "a tool call": (
        CHAT,
        delta({"tool_calls": [CALL | {"function": {"name": "end_call", "arguments": ""}}]}),
    ),
    "lines that end with CRLF": (CHAT, delta({"content": "It"}).replace(b"\n", b"\r\n")),
    "lines that end with CR": (CHAT, delta({"content": "It"}).replace(b"\n", b"\r")),
    "no space after the colon": (CHAT, delta({"content": "It"}).replace(b"data: ", b"data:")),
    "an event over two lines": (
        CHAT,
        delta({"content": "It"}).replace(b'"choices": ', b'"choices":\ndata: '),
    ),
    "a comment in the same event": (CHAT, b": ping\n" + delta({"content": "It"})),
    "a text delta": (RESPONSES, happened("response.output_text.delta", **AT, delta="It")),
    "a refusal delta": (RESPONSES, happened("response.refusal.delta", **AT, delta="I can't")),
    "a function call": (
        RESPONSES,
        happened("response.output_item.added", output_index=0, item=FUNCTION | {"arguments": ""}),
    ),
    "arguments": (
        RESPONSES,
        happened(
            "response.function_call_arguments.delta", item_id="fc_1", output_index=0, delta="{"
        ),
    ),
    "a reasoning summary": (
        RESPONSES,
        happened("response.reasoning_summary_text.delta", item_id="rs_1", delta="Hm"),
    ),
    "an event without a name": (
        RESPONSES,
        event({"type": "response.output_text.delta", "delta": "It"} | AT),
    ),
}
SAYS_NOTHING = {
    "a comment": (CHAT, b": ping\n\n"),
    "a role": (CHAT, delta({"role": "assistant", "content": "", "refusal": None})),
    "an empty delta": (CHAT, delta({})),
    "a text of null": (CHAT, delta({"content": None})),
    "no choices": (CHAT, event({"id": "chatcmpl-1", "choices": [], "usage": None})),
    "half a text": (CHAT, delta({"content": "It"})[:-1]),
    "response.created": (RESPONSES, BEGUN),
    "response.in_progress": (
        RESPONSES,
        happened("response.in_progress", response=response("in_progress")),
    ),
    "a message that begins": (RESPONSES, MESSAGE),
    "a part that begins": (RESPONSES, PART),
}


def table(of: dict[str, tuple[Form, bytes]]) -> pytest.MarkDecorator:
    cases = [
        pytest.param(form, said, id=f"{form.name}-{name}".replace(" ", "-"))
        for name, (form, said) in of.items()
    ]
    return pytest.mark.parametrize(("form", "what"), cases)


@table(SAYS)
async def test_what_says_something_is_sent_at_once_with_all_that_came_before(
    model: Start, endpoint: Endpoint, form: Form, what: bytes
) -> None:
    heard = asyncio.Event()
    side = await model(stream(form.opening, what, heard, form.ending))
    caller = await Caller.ask(await endpoint(side.base_url), form)
    head = await caller.hear(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert await caller.hear(form.opening) is not None
    await caller.hear(what)
    heard.set()
    await caller.hear(form.ending)
    caller.leave()


@table(SAYS_NOTHING)
async def test_what_says_nothing_is_held_back_and_then_sent_byte_for_byte(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form, what: bytes
) -> None:
    waited = asyncio.Event()
    rest = b"\n" + form.word("It") + form.ending
    side = await model(stream(what, waited, rest), stream(what, rest))
    root = await endpoint(side.base_url)
    caller = await Caller.ask(root, form)
    await side.until(1)
    assert await caller.hears_nothing_for(0.1)
    waited.set()
    await caller.hear(form.ending)
    caller.leave()
    assert (await ask(client, root, form)).body == what + rest


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_words_pass_one_by_one(model: Start, endpoint: Endpoint, form: Form) -> None:
    heard = [asyncio.Event() for _ in WORDS]
    steps: list[Step] = [form.opening]
    for word, event_ in zip(WORDS, heard, strict=True):
        steps += [form.word(word), event_]
    side = await model(stream(*steps, form.ending))
    caller = await Caller.ask(await endpoint(side.base_url), form)
    for word, event_ in zip(WORDS, heard, strict=True):
        await caller.hear(form.word(word))
        event_.set()
    await caller.hear(form.ending)
    caller.leave()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_stream_may_come_in_any_pieces(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    whole = form.spoken
    cuts = [[bytes([one]) for one in whole], [whole], [whole[at : at + 7] for at in _every(7)]]
    for pieces in cuts:
        side = await model(stream(*[one for one in pieces if one]))
        heard = await ask(client, await endpoint(side.base_url), form)
        assert (heard.body, heard.broke, len(side.turns)) == (whole, False, 1)


def _every(step: int) -> range:
    return range(0, 10_000, step)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_nothing_of_an_attempt_that_failed_is_ever_sent(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    lost = stream(b": of the first attempt\n\n", form.opening, 0.02, then=Then.RESET, ends=False)
    side = await model(lost, lost, form.good())
    heard = await ask(client, await endpoint(side.base_url), form)
    assert b"of the first attempt" not in heard.body
    assert (heard.body, len(side.turns)) == (form.spoken, 3)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_a_side_that_only_pings_is_given_up_in_time(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    pings: list[Step] = [b": ping\n\n", 0.05] * 40
    side = await model(stream(form.opening, *pings, form.ending))
    root = await endpoint(side.base_url, first_byte_timeout=0.4)
    heard = await ask(client, root, form)
    assert heard.fallback
    assert heard.took < 1.4
    await (await side.until(1)).gone_at()
