import asyncio
import base64
import io
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import openai
import pytest
from aiohttp import web
from openai import AsyncOpenAI

from contract import sse
from rehearsal.eyes import describe
from rehearsal.model import TALLY, create_app

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]

NOTE: Any = {
    "type": "function",
    "function": {
        "name": "make_a_note",
        "strict": True,  # the official client's stream helper takes no other
        "parameters": {"properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
}


def shows(*pictures: bytes, text: str = "What do you see?") -> list[Any]:
    parts: list[Any] = [{"type": "text", "text": text}]
    for data in pictures:
        url = "data:image/jpeg;base64," + base64.b64encode(data).decode()
        parts.append({"type": "image_url", "image_url": {"url": url, "detail": "high"}})
    return [{"role": "user", "content": parts}]


async def post(root: str, body: Any, **headers: str) -> tuple[int, Any]:
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{root}/v1/chat/completions", data=data, headers=headers) as response,
    ):
        return response.status, await response.json()


async def streamed(root: str, body: dict[str, Any]) -> list[str | None]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{root}/v1/chat/completions", json=body | {"stream": True}) as response,
    ):
        assert response.content_type == "text/event-stream"
        return [event.data for event in sse.decode(await response.read())]


async def test_the_official_client_hears_what_the_pixels_show(
    serve: Serve, photos: dict[str, bytes]
) -> None:
    root = await serve(create_app(api_key="key"))
    async with AsyncOpenAI(base_url=f"{root}/v1", api_key="key") as client:
        whole = await client.chat.completions.create(
            model="gpt-4o", messages=shows(photos["astronaut.jpg"], photos["coffee.png"])
        )
    text = whole.choices[0].message.content or ""
    assert text.startswith("(Stand-in model.) I see 2 pictures.")
    astronaut, coffee = describe(photos["astronaut.jpg"]), describe(photos["coffee.png"])
    assert text.index(astronaut.sentence()) < text.index(coffee.sentence())
    assert whole.model == "gpt-4o"
    assert whole.usage is not None
    assert whole.usage.prompt_tokens > 2 * 255


async def test_the_official_client_can_stream_text_and_usage(
    serve: Serve, photos: dict[str, bytes]
) -> None:
    root = await serve(create_app())
    async with AsyncOpenAI(base_url=f"{root}/v1", api_key="any") as client:
        stream = await client.chat.completions.create(
            model="gpt-4o",
            messages=shows(photos["cat.webp"]),
            tools=[NOTE],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
    text = "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)
    assert text.endswith(describe(photos["cat.webp"]).sentence())
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert len({chunk.id for chunk in chunks}) == 1


async def test_the_official_client_can_stream_a_tool_call_and_its_follow_up(
    serve: Serve, photos: dict[str, bytes]
) -> None:
    root = await serve(create_app())
    messages = shows(photos["rocket.jpg"], text="Please make a note.")
    async with AsyncOpenAI(base_url=f"{root}/v1", api_key="any") as client:
        async with client.chat.completions.stream(
            model="gpt-4o", messages=messages, tools=[NOTE]
        ) as stream:
            final = await stream.get_final_completion()
        message = final.choices[0].message
        assert final.choices[0].finish_reason == "tool_calls"
        assert message.tool_calls is not None
        call = message.tool_calls[0]
        assert call.function.name == "make_a_note"
        assert json.loads(call.function.arguments) == {"text": "Please make a note."}
        messages += [
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": call.id,
                        "type": "function",
                        "function": {"name": "make_a_note", "arguments": "{}"},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": call.id, "content": "saved as 7"},
        ]
        after = await client.chat.completions.create(
            model="gpt-4o", messages=messages, tools=[NOTE]
        )
    text = after.choices[0].message.content or ""
    assert "saved as 7" in text
    assert describe(photos["rocket.jpg"]).sentence() in text


async def test_a_stream_has_exactly_openais_chunks(serve: Serve) -> None:
    root = await serve(create_app())
    *events, done = await streamed(
        root, {"model": "m", "messages": [{"role": "user", "content": ""}], "max_tokens": 2}
    )
    assert done == "[DONE]"
    chunks = [json.loads(data or "") for data in events]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert all("usage" not in chunk for chunk in chunks)
    assert [(one["choices"][0]["delta"], one["choices"][0]["finish_reason"]) for one in chunks] == [
        ({"role": "assistant", "content": "", "refusal": None}, None),
        ({"content": "(Stand-in"}, None),
        ({"content": " model.)"}, None),
        ({}, "length"),
    ]


async def test_a_tool_call_is_streamed_name_first_then_arguments_in_pieces(serve: Serve) -> None:
    root = await serve(create_app())
    messages = [{"role": "user", "content": "make a note"}]
    events = await streamed(root, {"model": "m", "messages": messages, "tools": [NOTE]})
    first, *pieces, last = [json.loads(data or "")["choices"][0] for data in events[:-1]]
    call = first["delta"]["tool_calls"][0]
    assert (call["function"], call["type"]) == (
        {"name": "make_a_note", "arguments": ""},
        "function",
    )
    assert len(pieces) > 1
    joined = "".join(one["delta"]["tool_calls"][0]["function"]["arguments"] for one in pieces)
    assert json.loads(joined) == {"text": "make a note"}
    assert last["finish_reason"] == "tool_calls"


async def test_refusals_are_shaped_as_openais(serve: Serve) -> None:
    root = await serve(create_app())
    vendor = {"model": "m", "messages": [], "user_id": "u"}
    assert await post(root, vendor) == (
        400,
        {
            "error": {
                "message": "Unrecognized request argument supplied: user_id",
                "type": "invalid_request_error",
                "param": None,
                "code": None,
            }
        },
    )
    status, answer = await post(root, b"{not json")
    assert (status, answer["error"]["message"][:34]) == (400, "We could not parse the JSON body o")
    status, answer = await post(root, {"model": "m", "messages": shows(b"no picture")})
    assert (status, answer["error"]["code"]) == (400, "image_parse_error")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic key"])
async def test_a_wrong_bearer_is_refused_without_repeating_it(serve: Serve, header: str) -> None:
    root = await serve(create_app(api_key="key"))
    status, answer = await post(root, {}, Authorization=header)
    assert status == 401
    assert "wrong" not in json.dumps(answer)


async def test_health_needs_no_bearer_and_an_unknown_route_is_a_shaped_404(serve: Serve) -> None:
    root = await serve(create_app(api_key="key"))
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{root}/healthz") as response:
            assert response.status == 200
        headers = {"Authorization": "Bearer key"}
        async with session.get(f"{root}/v1/nothing", headers=headers) as response:
            assert response.status == 404
            assert (await response.json())["error"]["type"] == "invalid_request_error"


async def test_models_are_listed_and_an_unknown_one_is_404_where_they_are_limited(
    serve: Serve,
) -> None:
    root = await serve(create_app(models=["gpt-4o"]))
    async with AsyncOpenAI(base_url=f"{root}/v1", api_key="any") as client:
        assert [model.id async for model in client.models.list()] == ["gpt-4o"]
        assert (await client.models.retrieve("gpt-4o")).id == "gpt-4o"
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            await client.models.retrieve("gpt-9")
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            await client.chat.completions.create(model="gpt-9", messages=shows())


async def test_a_picture_of_many_megabytes_is_taken(serve: Serve, photos: dict[str, bytes]) -> None:
    root = await serve(create_app())
    padded = photos["astronaut.jpg"] + bytes(20 * 1024 * 1024)
    status, answer = await post(root, {"model": "m", "messages": shows(padded)})
    assert (status, describe(padded).kind) == (200, "JPEG")
    assert describe(padded).sentence() in answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize("delays", [(5.0, 0.0), (0.0, 0.3)], ids=["before", "during"])
async def test_a_client_that_leaves_is_noticed_quietly(
    serve: Serve, caplog: pytest.LogCaptureFixture, delays: tuple[float, float]
) -> None:
    app = create_app(first_chunk_delay=delays[0], chunk_delay=delays[1])
    root = await serve(app)
    body = {"model": "m", "messages": shows(), "stream": True}
    with caplog.at_level(logging.WARNING):
        async with aiohttp.ClientSession() as session:
            with pytest.raises(TimeoutError):
                async with (
                    asyncio.timeout(0.2),
                    session.post(f"{root}/v1/chat/completions", json=body) as response,
                ):
                    await response.read()
            await asyncio.sleep(0.1)
    tally = app[TALLY]
    assert (tally.asked, tally.answered, tally.left) == (1, 0, 1)
    assert not caplog.records


async def test_the_first_chunk_waits_as_long_as_it_is_told(serve: Serve) -> None:
    root = await serve(create_app(first_chunk_delay=0.15))
    start = asyncio.get_running_loop().time()
    await streamed(root, {"model": "m", "messages": shows()})
    assert asyncio.get_running_loop().time() - start >= 0.15
