"""The Responses API of the stand-in model, over a real socket and through the official client."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import openai
import pytest
from aiohttp import web
from openai import AsyncOpenAI
from openai.types.responses import Response

from contract import responses, sse
from rehearsal.eyes import describe
from rehearsal.model import create_app

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]

NOTE: Any = {
    "type": "function",
    "name": "make_a_note",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
}


def shows(*pictures: bytes, text: str = "What do you see?") -> list[Any]:
    parts: list[Any] = [{"type": "input_text", "text": text}]
    for data in pictures:
        url = "data:image/jpeg;base64," + base64.b64encode(data).decode()
        parts.append({"type": "input_image", "image_url": url, "detail": "high"})
    return [{"role": "user", "content": parts}]


async def events(root: str, **body: Any) -> list[tuple[str | None, Any]]:
    asked = {"model": "m", "input": "hi", "stream": True} | body
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{root}/v1/responses", json=asked) as response,
    ):
        assert response.content_type == "text/event-stream"
        read = sse.decode(await response.read())
        return [(event.event, json.loads(event.data or "")) for event in read]


async def test_the_official_client_hears_what_the_pixels_show(
    serve: Serve, photos: dict[str, bytes]
) -> None:
    root = await serve(create_app(api_key="key"))
    async with AsyncOpenAI(base_url=f"{root}/v1", api_key="key") as client:
        whole = await client.responses.create(
            model="gpt-4o",
            instructions="Be short.",
            input=shows(photos["astronaut.jpg"], photos["coffee.png"]),
        )
    text = whole.output_text
    assert text.startswith("(Stand-in model.) I see 2 pictures.")
    astronaut, coffee = describe(photos["astronaut.jpg"]), describe(photos["coffee.png"])
    assert text.index(astronaut.sentence()) < text.index(coffee.sentence())
    assert (whole.status, whole.instructions) == ("completed", "Be short.")
    assert whole.usage is not None
    assert whole.usage.input_tokens > 2 * 255
    assert whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens


async def test_a_whole_answer_is_all_that_the_official_clients_types_ask_for(serve: Serve) -> None:
    root = await serve(create_app())
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{root}/v1/responses", json={"model": "m", "input": "hi"}) as response,
    ):
        value = await response.json()
    assert Response.model_validate(value, strict=True).output_text
    assert responses.said_in_response(value).text.startswith("(Stand-in model.)")


async def test_the_official_client_can_stream_text_and_usage(
    serve: Serve, photos: dict[str, bytes]
) -> None:
    root = await serve(create_app())
    async with (
        AsyncOpenAI(base_url=f"{root}/v1", api_key="any") as client,
        client.responses.stream(
            model="gpt-4o", input=shows(photos["cat.webp"]), tools=[NOTE]
        ) as stream,
    ):
        pieces = [it.delta async for it in stream if it.type == "response.output_text.delta"]
        final = await stream.get_final_response()
    assert len(pieces) > 5
    assert "".join(pieces) == final.output_text
    assert final.output_text.endswith(describe(photos["cat.webp"]).sentence())
    assert final.usage is not None
    assert final.usage.output_tokens == len(pieces)


async def test_the_official_client_can_stream_a_tool_call_and_its_follow_up(
    serve: Serve, photos: dict[str, bytes]
) -> None:
    root = await serve(create_app())
    said = shows(photos["rocket.jpg"], text="Please make a note.")
    async with AsyncOpenAI(base_url=f"{root}/v1", api_key="any") as client:
        async with client.responses.stream(model="gpt-4o", input=said, tools=[NOTE]) as stream:
            final = await stream.get_final_response()
        (call,) = final.output
        assert call.type == "function_call"
        assert (call.name, call.status) == ("make_a_note", "completed")
        assert json.loads(call.arguments) == {"text": "Please make a note."}
        output = {"type": "function_call_output", "call_id": call.call_id, "output": "saved as 7"}
        asked = call.model_dump(include={"type", "call_id", "name", "arguments", "id", "status"})
        said += [asked, output]
        after = await client.responses.create(model="gpt-4o", input=said, tools=[NOTE])
    assert "saved as 7" in after.output_text
    assert describe(photos["rocket.jpg"]).sentence() in after.output_text


async def test_a_stream_has_exactly_openais_events(serve: Serve) -> None:
    root = await serve(create_app())
    got = await events(root, max_output_tokens=16)
    names = [name for name, _ in got]
    deltas = names.count("response.output_text.delta")
    assert names == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        *["response.output_text.delta"] * deltas,
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event["type"] for _, event in got] == names
    assert [event["sequence_number"] for _, event in got] == list(range(len(got)))
    (item,) = got[-1][1]["response"]["output"]
    assert got[-2][1]["item"] == item
    assert {it["item_id"] for _, it in got if "item_id" in it} == {item["id"]}


async def test_a_tool_call_is_streamed_name_first_then_arguments_in_pieces(serve: Serve) -> None:
    root = await serve(create_app())
    got = await events(root, input="make a note", tools=[NOTE])
    names = [name for name, _ in got]
    pieces = [it["delta"] for name, it in got if name == "response.function_call_arguments.delta"]
    assert len(pieces) > 1
    assert names == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        *["response.function_call_arguments.delta"] * len(pieces),
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert got[2][1]["item"]["name"] == "make_a_note"
    assert json.loads("".join(pieces)) == {"text": "make a note"}


async def test_an_answer_that_reaches_its_limit_is_incomplete(
    serve: Serve, photos: dict[str, bytes]
) -> None:
    root = await serve(create_app())
    got = await events(root, input=shows(photos["cat.webp"]), max_output_tokens=16)
    name, last = got[-1]
    assert name == "response.incomplete"
    assert last["response"]["status"] == "incomplete"
    assert last["response"]["incomplete_details"] == {"reason": "max_output_tokens"}


async def test_refusals_reach_the_official_client_as_openais(serve: Serve) -> None:
    root = await serve(create_app(models=["gpt-4o"]))
    async with AsyncOpenAI(base_url=f"{root}/v1", api_key="any", max_retries=0) as client:
        with pytest.raises(openai.BadRequestError, match="Unknown parameter: 'user_id'"):
            await client.responses.create(model="gpt-4o", input="hi", extra_body={"user_id": "u"})
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            await client.responses.create(model="gpt-9", input="hi")
        with pytest.raises(openai.BadRequestError, match="unsupported image"):
            await client.responses.create(model="gpt-4o", input=shows(b"no picture"))
