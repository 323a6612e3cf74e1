import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web

from rehearsal import script
from rehearsal.api import Api
from rehearsal.call import Conversation, Turn
from rehearsal.model import create_app
from rehearsal.payload import Agent, Placement
from rehearsal.platform import hold

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Play: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

VENDOR = ("user_id", "elevenlabs_extra_body")
AGENT = Agent(secret="s3cret")


class Endpoint:
    """A small real endpoint: records every request, then answers as its plays say, in order.

    After the last play it repeats it.
    """

    def __init__(self, *plays: Play) -> None:
        self.plays = list(plays)
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.peers: set[Any] = set()
        self.left = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/{api:chat/completions|responses}", self._turn)
        return app

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        self.headers.append(dict(request.headers))
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        try:
            return await play(request)
        except (ConnectionError, asyncio.CancelledError):
            self.left += 1
            raise


def streams(*events: str, wait: float = 0.0, pause: float = 0.0, **headers: str) -> Play:
    async def play(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream"}
            | {name.replace("_", "-"): value for name, value in headers.items()}
        )
        await response.prepare(request)
        await response.write(b": keep-alive\n\n")
        await asyncio.sleep(wait)
        for event in events:
            await response.write(f"{event}\n\n".encode())
            await asyncio.sleep(pause)
        return response

    return play


def content(text: str) -> str:
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]})


ROLE = 'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}'
USAGE = 'data: {"choices": [], "usage": {"total_tokens": 3}}'
DONE = "data: [DONE]"
GOOD = streams(ROLE, content("all"), content(" well"), USAGE, DONE)
EMPTY = streams(ROLE, DONE)


def fails(status: int, body: str = '{"error": {"message": "it burns"}}') -> Play:
    async def play(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body)

    return play


def breaks(*events: str) -> Play:
    async def play(request: web.Request) -> web.StreamResponse:
        response = await streams(*events)(request)
        assert request.transport is not None
        request.transport.close()
        return response

    return play


def relays_to(model: str) -> Play:
    """Strip the vendor's fields and relay, as an endpoint has to."""

    async def play(request: web.Request) -> web.StreamResponse:
        body = {key: value for key, value in (await request.json()).items() if key not in VENDOR}
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{model}{request.path}", json=body) as answer,
        ):
            response.set_status(answer.status)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
        return response

    return play


async def talk(serve: Serve, endpoint: Endpoint, *says: str, **options: Any) -> Conversation:
    root = await serve(endpoint.app())
    return await hold(f"{root}/v1", AGENT, says or ("hello",), speculated=None, **options)


async def test_a_whole_conversation_with_the_stand_in_model(serve: Serve) -> None:
    model = await serve(create_app(chunk_delay=0.001))
    endpoint = Endpoint(relays_to(model))
    root = await serve(endpoint.app())
    heard: list[Turn] = []
    conversation = await hold(f"{root}/v1/", AGENT, on_turn=heard.append)
    assert conversation.ended is None
    assert tuple(heard) == conversation.turns
    assert [turn.said for turn in heard] == list(script.LINES)
    assert [turn.attempts for turn in heard] == [1, 1, 1, 1]
    assert [turn.requests for turn in heard] == [1, 2, 2, 1]
    assert [turn.speculative for turn in heard] == [False, True, False, False]
    assert [turn.tool for turn in heard] == [None, None, "make_a_note", None]
    assert all("(Stand-in model.) " in turn.answer for turn in heard)
    assert script.TOOL_RESULT in heard[2].answer


async def test_a_whole_conversation_in_the_responses_api(serve: Serve) -> None:
    endpoint = Endpoint(relays_to(await serve(create_app(chunk_delay=0.001))))
    root = await serve(endpoint.app())
    conversation = await hold(f"{root}/v1", Agent(api=Api.RESPONSES))
    heard = conversation.turns
    assert conversation.ended is None
    assert [turn.said for turn in heard] == list(script.LINES)
    assert [turn.requests for turn in heard] == [1, 2, 2, 1]
    assert [turn.tool for turn in heard] == [None, None, "make_a_note", None]
    assert script.TOOL_RESULT in heard[2].answer
    kinds = [item.get("role", item.get("type")) for item in endpoint.bodies[-1]["input"]]
    assert kinds == [
        "system",
        *["assistant", "user"] * 3,
        "function_call",
        "function_call_output",
        *["assistant", "user"],
    ]


async def test_the_history_is_whole_every_time_and_a_tool_call_adds_no_user_message(
    serve: Serve,
) -> None:
    endpoint = Endpoint(relays_to(await serve(create_app())))
    await talk(serve, endpoint, "hello", "make a note", "bye")
    roles = [[message["role"][0] for message in body["messages"]] for body in endpoint.bodies]
    assert ["".join(one) for one in roles] == ["sau", "sauau", "sauauat", "sauauatau"]
    called, result = endpoint.bodies[2]["messages"][-2:]
    assert called["content"] is None
    assert called["tool_calls"][0]["id"] == result["tool_call_id"]
    assert result["content"] == script.TOOL_RESULT


async def test_the_connection_and_the_headers_stay_the_same(serve: Serve) -> None:
    endpoint = Endpoint(GOOD)
    conversation = await talk(serve, endpoint, "one", "two", "three")
    assert len(endpoint.peers) == 1
    assert {one["X-Conversation-Id"] for one in endpoint.headers} == {conversation.id}
    assert {one["Authorization"] for one in endpoint.headers} == {"Bearer s3cret"}


async def test_a_speculative_turn_overlaps_with_its_equal_and_loses_its_connection(
    serve: Serve,
) -> None:
    slow = streams(*[content("la ")] * 12, DONE, pause=0.02)
    endpoint = Endpoint(slow)
    root = await serve(endpoint.app())
    conversation = await hold(f"{root}/v1", AGENT, ["hello"], speculated=0)
    first, second = endpoint.bodies
    assert first == second
    assert len(endpoint.peers) == 2
    assert endpoint.left == 1
    assert conversation.turns[0].answer == "la " * 12


async def test_a_speculative_turn_may_be_left_before_anything_came(serve: Serve) -> None:
    endpoint = Endpoint(streams(wait=0.3), GOOD)
    root = await serve(endpoint.app())
    conversation = await hold(f"{root}/v1", AGENT, ["hello"], speculated=0)
    assert (conversation.turns[0].answer, conversation.turns[0].requests) == ("all well", 2)


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        (fails(500), "HTTP 500: it burns"),
        (fails(502, "<h1>502 Bad Gateway</h1>\n<p>nobody"), "HTTP 502: Bad Gateway nobody"),
        (EMPTY, "HTTP 200: the stream holds no content"),
        (streams('data: {"error": {"message": "late"}}'), "HTTP 200: late"),
        (streams("data: {broken"), "HTTP 200: the stream holds an event that is no chunk"),
        (breaks(content("al")), "the connection failed"),
    ],
    ids=["error", "no JSON", "empty", "error event", "no chunk", "broken off"],
)
async def test_a_turn_that_fails_is_sent_again_as_it_was(
    serve: Serve, play: Play, reason: str
) -> None:
    endpoint = Endpoint(play, GOOD)
    conversation = await talk(serve, endpoint)
    (turn,) = conversation.turns
    assert (turn.answer, turn.attempts, turn.requests) == ("all well", 2, 2)
    assert str(turn.failures[0]).startswith(reason)
    assert endpoint.bodies[0] == endpoint.bodies[1]


async def test_comments_and_roles_are_no_content_for_the_cascade(serve: Serve) -> None:
    endpoint = Endpoint(streams(ROLE, content("late"), wait=0.5), GOOD)
    conversation = await talk(serve, endpoint, cascade_timeout=0.2)
    (turn,) = conversation.turns
    assert (turn.answer, turn.attempts) == ("all well", 2)
    assert turn.failures[0].reason == "no content within 0.2 s"


async def test_an_answer_that_has_begun_may_take_longer_than_the_cascade(serve: Serve) -> None:
    endpoint = Endpoint(streams(*[content("la ")] * 6, DONE, pause=0.08))
    conversation = await talk(serve, endpoint, cascade_timeout=0.2)
    assert (conversation.turns[0].attempts, conversation.turns[0].answer) == (1, "la " * 6)
    assert conversation.turns[0].first_content < 0.2


async def test_after_three_attempts_the_call_is_dead_and_says_why(serve: Serve) -> None:
    endpoint = Endpoint(GOOD, EMPTY, EMPTY, fails(503))
    conversation = await talk(serve, endpoint, "one", "two", "three")
    assert len(endpoint.bodies) == 4
    assert [turn.said for turn in conversation.turns] == ["one"]
    assert conversation.ended == (
        "the call died in turn 2: the request failed 3 times, last with HTTP 503: it burns"
    )
    assert conversation.failures[-1].status == 503


async def test_an_endpoint_that_is_not_there_kills_the_call(unused_tcp_port: int) -> None:
    endpoint = f"http://127.0.0.1:{unused_tcp_port}/v1"
    conversation = await hold(endpoint, AGENT)
    assert conversation.turns == ()
    assert "the connection failed" in (conversation.ended or "")


async def test_the_vendor_fields_are_refused_by_the_model_itself(serve: Serve) -> None:
    root = await serve(create_app())
    conversation = await hold(f"{root}/v1", Agent(placement=Placement.NOWHERE), ["hello"])
    assert "Unrecognized request arguments supplied: user_id" in (conversation.ended or "")


async def test_the_headers_of_the_answer_are_kept(serve: Serve) -> None:
    play = streams(
        content("x"),
        x_sightline_context="attached;n=1",
        x_sightline_fallback="timeout",
        server_timing="add;dur=1",
    )
    conversation = await talk(serve, Endpoint(play))
    (turn,) = conversation.turns
    assert (turn.context, turn.server_timing) == ("attached;n=1", "add;dur=1")
    assert turn.fallback == "timeout"


async def test_a_model_that_ends_the_call_ends_it_in_peace(serve: Serve) -> None:
    endpoint = Endpoint(relays_to(await serve(create_app())))
    conversation = await talk(serve, endpoint, "please end call", "never said")
    assert [turn.tool for turn in conversation.turns] == ["end_call"]
    assert (conversation.ended, len(endpoint.bodies)) == (None, 1)
