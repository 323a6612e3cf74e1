"""What the person hears from Sightline itself, as the official clients and any other read it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from openai import AsyncOpenAI

from contract import sse
from tests.injector.trouble.asking import Heard, ask
from tests.injector.trouble.conftest import Start
from tests.injector.trouble.forms import CHAT, FORMS, GREETING, SENTENCE, Form, said
from tests.injector.trouble.scripted import error

Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Official: TypeAlias = Callable[[str], AsyncOpenAI]

OTHER = 'Entschuldigung, „das" ging nicht 🐈\n{"x": \u2028}'
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


async def chat_reads(one: AsyncOpenAI, messages: list[Any]) -> str:
    """Return what the official client hears in a streamed chat completion, having checked it."""
    stream = await one.chat.completions.create(model="gpt-4o", messages=messages, stream=True)
    chunks = [chunk async for chunk in stream]
    choices = [choice for chunk in chunks for choice in chunk.choices]
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
    assert choices[0].delta.role == "assistant"
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    assert choices[-1].finish_reason == "stop"
    return "".join(choice.delta.content or "" for choice in choices)


async def responses_reads(one: AsyncOpenAI, messages: list[Any]) -> str:
    """Return what the official client hears in a Responses stream, having checked it."""
    stream = await one.responses.create(model="gpt-4o", input=messages, stream=True)
    events = [event async for event in stream]
    kinds = [event.type for event in events]
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    assert kinds.count("response.completed") == 1
    numbers = [event.sequence_number for event in events]
    assert numbers == sorted(set(numbers))
    heard = [event.delta for event in events if event.type == "response.output_text.delta"]
    last = events[-1]
    assert last.type == "response.completed"
    assert last.response.status == "completed"
    assert last.response.output_text == "".join(heard)
    return "".join(heard)


async def official_reads(form: Form, one: AsyncOpenAI, messages: list[Any]) -> str:
    reads = chat_reads if form is CHAT else responses_reads
    return await reads(one, messages)


ASKED = [{"role": "user", "content": "?"}]


@pytest.mark.parametrize("sentence", [None, "No.", OTHER], ids=["default", "short", "odd"])
@forms
async def test_the_official_client_reads_the_sentence(
    model: Start, endpoint: Endpoint, official: Official, form: Form, sentence: str | None
) -> None:
    side = await model(error(401))
    says = {} if sentence is None else {"failed": sentence}
    root = await endpoint(side.base_url, says=says)
    assert await official_reads(form, official(root), ASKED) == (sentence or SENTENCE)
    assert len(side.turns) == 1


@forms
async def test_the_official_client_reads_it_through_its_own_stream(
    model: Start, endpoint: Endpoint, official: Official, form: Form
) -> None:
    side = await model(error(401))
    one = official(await endpoint(side.base_url))
    if form is CHAT:
        async with one.chat.completions.stream(
            model="gpt-4o", messages=[{"role": "user", "content": "?"}]
        ) as chat:
            completion = await chat.get_final_completion()
        assert completion.choices[0].message.content == SENTENCE
    else:
        async with one.responses.stream(model="gpt-4o", input="?") as events:
            response = await events.get_final_response()
        assert response.output_text == SENTENCE


def assert_is_a_stream(form: Form, heard: Heard) -> None:
    """Check the bytes of a stream that Sightline made."""
    assert (heard.status, heard.broke) == (200, False)
    assert heard.headers["Content-Type"].startswith("text/event-stream")
    assert heard.headers["Cache-Control"] == "no-cache"
    assert heard.headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in heard.headers
    assert "server-timing" in heard.headers
    events = sse.decode(heard.body)
    assert heard.body.endswith(b"\n\n")
    if form is CHAT:
        assert events[-1].data == "[DONE]"
    else:
        assert all(one.event.startswith("response.") for one in events if one.data != "[DONE]")


@forms
async def test_a_sentence_is_a_stream_of_its_form_and_says_why(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    nasty = error(503, "no\r\nX-Evil: 1", {"x-should-retry": "false", "X-Theirs": "1"})
    side = await model(nasty)
    accepts = {"Accept-Encoding": "gzip, deflate"}
    heard = await ask(client, await endpoint(side.base_url), form, headers=accepts)
    assert_is_a_stream(form, heard)
    assert said(form, heard.body) == SENTENCE
    assert heard.fallback == "upstream answered 503"
    assert "X-Evil" not in heard.headers
    assert "X-Theirs" not in heard.headers
    assert b"X-Evil" not in heard.body


async def test_connections_to_the_client_are_kept_after_a_sentence(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession
) -> None:
    side = await model(error(401), CHAT.good())
    root = await endpoint(side.base_url)
    assert said(CHAT, (await ask(client, root, CHAT)).body) == SENTENCE
    assert (await ask(client, root, CHAT)).body == CHAT.spoken


@forms
async def test_where_nobody_has_spoken_the_official_client_reads_a_greeting(
    model: Start, endpoint: Endpoint, official: Official, form: Form
) -> None:
    side = await model(error(400))
    root = await endpoint(side.base_url)
    assert await official_reads(form, official(root), []) == GREETING
    another = await endpoint(side.base_url, says={"greeting": OTHER})
    assert await official_reads(form, official(another), []) == OTHER
    assert side.turns == []


@forms
async def test_a_greeting_is_no_failure(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form
) -> None:
    side = await model(error(400))
    body = form.turn() | {form.asked: []}
    root = await endpoint(side.base_url)
    heard = await ask(client, root, form, body)
    assert_is_a_stream(form, heard)
    assert heard.fallback is None
    assert heard.context in {"no-image", "no-conversation-id"}
    heard = await ask(client, root, form, body, conversation="")
    assert heard.context == "no-conversation-id"
    assert side.turns == []


async def test_a_greeting_may_be_asked_for_as_a_whole(
    model: Start, endpoint: Endpoint, official: Official
) -> None:
    side = await model(error(400))
    one = official(await endpoint(side.base_url))
    completion = await one.chat.completions.create(model="gpt-4o", messages=[])
    assert completion.object == "chat.completion"
    assert completion.choices[0].message.content == GREETING
    assert completion.choices[0].message.role == "assistant"
    assert completion.choices[0].finish_reason == "stop"
    response = await one.responses.create(model="gpt-4o", input=[])
    assert (response.status, response.output_text) == ("completed", GREETING)
    assert side.turns == []


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
@forms
async def test_without_a_greeting_an_empty_history_is_refused(
    model: Start, endpoint: Endpoint, client: aiohttp.ClientSession, form: Form, *, streamed: bool
) -> None:
    side = await model(form.good())
    root = await endpoint(side.base_url, says={"greeting": None})
    heard = await ask(client, root, form, form.turn(stream=streamed) | {form.asked: []})
    assert heard.status == 400
    assert (heard.error["type"], heard.error["param"]) == ("invalid_request_error", form.asked)
    assert side.turns == []
