"""Recorded turns sent again, through the official client, to a real small endpoint."""

import asyncio
import base64
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from capture.replay import Conversation, Result
from capture.sender import Target, send
from contract.exchange import Exchange, Request
from rehearsal.model import create_app

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]
Play: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

PHOTO = Path(__file__).parents[2] / "rehearsal" / "photos" / "cat.webp"
BEGAN = datetime(2026, 11, 23, 6, 24, tzinfo=UTC)
BODY = b'{ "messages" : [{"role":"user","content":"h\\u00e4\xc3\xb6"}],"stream":true, "n":1.10 }'
DONE = b"data: [DONE]\n\n"


def chunk(**delta: Any) -> bytes:
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
    }
    return f"data: {json.dumps(value)}\n\n".encode()


GOOD = (chunk(role="assistant"), chunk(content="A red "), chunk(content="boat."), DONE)


def streams(*pieces: bytes, abort: bool = False, **headers: str) -> Play:
    async def play(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"} | named)
        await answer.prepare(request)
        for piece in pieces:
            await answer.write(piece)
        if abort:
            await asyncio.sleep(0.05)
            assert request.transport is not None
            request.transport.abort()
        return answer

    return play


def answers(value: Any, status: int = 200) -> Play:
    async def play(_: web.Request) -> web.StreamResponse:
        return web.json_response(value, status=status)

    return play


WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}
    ],
}


@dataclass
class Endpoint:
    """A small real endpoint: keeps what it was sent, and plays one answer."""

    play: Play = field(default_factory=lambda: streams(*GOOD))
    urls: list[str] = field(default_factory=list)
    heads: list[dict[str, list[str]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    now: int = 0
    most: int = 0

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{rest:.*}", self._turn)
        return app

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        self.at.append(asyncio.get_running_loop().time())
        self.urls.append(request.raw_path)
        self.heads.append(
            {it: request.headers.getall(it) for it in map(str.lower, request.headers)}
        )
        self.bodies.append(await request.read())
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            return await self.play(request)
        finally:
            self.now -= 1


def a_turn(
    body: bytes = BODY, path: str = "/v1/chat/completions", at: float = 0, **headers: str
) -> Exchange:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    request = Request("POST", f"http://recorded.example{path}", named, body)
    return Exchange("x", BEGAN + timedelta(seconds=at), request)


def a_conversation(*turns: Exchange, number: int = 1, id_: str | None = "conv_1") -> Conversation:
    return Conversation(number, id_, turns or (a_turn(),))


async def sent(target: Target, *conversations: Conversation, share: Any = None) -> list[Result]:
    seen: list[Result] = []
    results = await send(conversations or (a_conversation(),), target, share, seen.append)
    assert sorted(map(repr, seen)) == sorted(map(repr, results))
    return results


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
async def root(serve: Serve, endpoint: Endpoint) -> str:
    return await serve(endpoint.app())


async def test_what_is_sent_is_what_was_recorded_to_the_byte(root: str, endpoint: Endpoint) -> None:
    (result,) = await sent(Target(root))
    assert result.problems == ()
    assert endpoint.bodies == [BODY]


async def test_a_large_body_is_sent_whole(root: str, endpoint: Endpoint) -> None:
    body = json.dumps({"stream": True, "messages": ["x" * 3_000_000]}).encode()
    await sent(Target(root), a_conversation(a_turn(body)))
    assert endpoint.bodies == [body]


PATHS = [
    "/v1/chat/completions",
    "/v1/chat/completions?api-version=1&a=%2F&a=b+c",
    "/deep/er/v1/chat/completions/chat/completions",
    "/t%2F1/v1/chat/completions",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("slash", ["", "/"])
async def test_path_and_query_are_kept(
    root: str, endpoint: Endpoint, path: str, slash: str
) -> None:
    await sent(Target(root + slash), a_conversation(a_turn(path=path)))
    assert endpoint.urls == [path]


async def test_recorded_headers_are_sent_and_those_of_the_connection_are_not(
    root: str, endpoint: Endpoint
) -> None:
    turn = a_turn(
        X_Conversation_Id="conv_1",
        Host="recorded.example",
        Authorization="Bearer redacted-0123456789abcdef",
        Cookie="redacted-0123456789abcdef",
        Content_Length="9",
        Content_Type="application/json; charset=utf-8",
        Accept="text/event-stream",
        User_Agent="ElevenLabs/1.0",
    )
    await sent(Target(root, bearer="s3cret"), a_conversation(turn))
    (head,) = endpoint.heads
    assert head["x-conversation-id"] == ["conv_1"]
    assert head["content-type"] == ["application/json; charset=utf-8"]
    assert head["accept"] == ["text/event-stream"]
    assert head["user-agent"] == ["ElevenLabs/1.0"]
    assert head["host"] == [root.removeprefix("http://")]
    assert head["authorization"] == ["Bearer s3cret"]
    assert head["content-length"] == [str(len(BODY))]
    assert "cookie" not in head


async def test_a_good_stream_is_good(root: str) -> None:
    (result,) = await sent(Target(root))
    assert result.problems == ()
    assert (result.status, result.said, result.turn) == (200, "A red boat.", 1)
    assert result.now is not None
    assert 0 < result.now < 5000


async def test_a_good_whole_answer_is_good(root: str, endpoint: Endpoint) -> None:
    endpoint.play = answers(WHOLE)
    (result,) = await sent(Target(root), a_conversation(a_turn(b'{"messages":[]}')))
    assert (result.problems, result.said) == ((), "Yes.")


ERROR = {"error": {"message": "boom", "type": "server_error", "param": None, "code": None}}
BAD: dict[str, tuple[Play, str]] = {
    "status 500": (answers(ERROR, 500), "status 500: boom"),
    "status 429": (answers(ERROR, 429), "status 429: boom"),
    "empty stream": (streams(), "no content"),
    "stream without content": (streams(chunk(role="assistant"), DONE), "no content"),
    "no DONE": (streams(*GOOD[:-1]), "no [DONE]"),
    "error event": (streams(GOOD[1], b"data: " + json.dumps(ERROR).encode() + b"\n\n"), "boom"),
    "no stream though asked": (answers(WHOLE), "a stream was asked for"),
    "broken off": (streams(GOOD[1], abort=True), "breaks off"),
    "chunk that is no JSON": (streams(GOOD[1], b"data: {oops\n\n", DONE), "cannot read"),
    "chunk that is no chunk": (streams(GOOD[1], b'data: {"a": 1}\n\n', DONE), "cannot read"),
    "HTML": (answers("<html>"), "cannot read"),
}


@pytest.mark.parametrize(("play", "sentence"), BAD.values(), ids=BAD)
async def test_a_bad_answer_is_judged_bad(
    root: str, endpoint: Endpoint, play: Play, sentence: str
) -> None:
    endpoint.play = play
    (result,) = await sent(Target(root))
    assert any(sentence in it for it in result.problems), result
    assert len(endpoint.bodies) == 1  # nothing is sent twice


async def test_a_word_that_says_error_is_no_excuse_for_a_malformed_chunk(
    root: str, endpoint: Endpoint
) -> None:
    endpoint.play = streams(GOOD[1], b'data: {"a": "error"}\n\n', DONE)
    (result,) = await sent(Target(root))
    assert any("cannot read" in it for it in result.problems)


async def test_nobody_there_is_a_problem_of_every_turn() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    results = await sent(Target(f"http://127.0.0.1:{port}"), a_conversation(a_turn(), a_turn()))
    assert [result.status for result in results] == [None, None]
    assert all("no answer" in result.problems[0] for result in results)


class TestAPicture:
    async def test_is_shared_before_the_first_turn_and_expected_in_each(
        self, root: str, endpoint: Endpoint
    ) -> None:
        endpoint.play = streams(*GOOD, X_Sightline_Context="attached;n=1")
        shared: list[tuple[int, str, int]] = []

        async def share(number: int, identity: str) -> int:
            shared.append((number, identity, len(endpoint.bodies)))
            return 1

        results = await sent(Target(root), a_conversation(a_turn(), a_turn()), share=share)
        assert shared == [(1, "conv_1", 0)]
        assert [(it.problems, it.context) for it in results] == [((), "attached;n=1")] * 2

    @pytest.mark.parametrize("context", ["no-image", "attached;n=2", "no-conversation-id"])
    async def test_that_is_not_attached_is_a_problem(
        self, root: str, endpoint: Endpoint, context: str
    ) -> None:
        endpoint.play = streams(*GOOD, X_Sightline_Context=context)

        async def share(*_: Any) -> int:
            return 1

        (result,) = await sent(Target(root), share=share)
        assert any(context in it for it in result.problems)

    async def test_cannot_be_shared_with_a_conversation_without_id(self, root: str) -> None:
        async def share(*_: Any) -> int:
            raise AssertionError

        (result,) = await sent(Target(root), a_conversation(id_=None), share=share)
        assert any("no conversation ID" in it for it in result.problems)
        assert result.said == "A red boat."


@pytest.mark.parametrize("limit", [1, 2, 6])
async def test_no_more_conversations_at_a_time_than_asked_for(
    root: str, endpoint: Endpoint, limit: int
) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.1)
        return await streams(*GOOD)(request)

    endpoint.play = slow
    many = [a_conversation(number=number, id_=str(number)) for number in range(1, 7)]
    results = await sent(Target(root, concurrency=limit), *many)
    assert endpoint.most == limit
    assert [it.conversation for it in results] == [1, 2, 3, 4, 5, 6]


async def test_turns_keep_their_pauses_at_the_speed_asked_for(
    root: str, endpoint: Endpoint
) -> None:
    turns = [a_turn(at=at) for at in (0, 3, 4)]
    await sent(Target(root, speed=10), a_conversation(*turns))
    first, second, third = endpoint.at
    assert 0.28 <= second - first < 0.6
    assert 0.08 <= third - second < 0.4


async def test_without_speed_there_are_no_pauses(root: str, endpoint: Endpoint) -> None:
    await sent(Target(root), a_conversation(a_turn(), a_turn(at=3600)))
    assert endpoint.at[1] - endpoint.at[0] < 2


SAID = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
TEXT = {"type": "output_text", "text": "A red boat.", "annotations": []}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "m",
    "output": [SAID | {"content": [TEXT]}],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}
ASKED = b'{"input": [{"role": "user", "content": "Hi"}], "stream": true}'


def responds(kind: str, **more: Any) -> bytes:
    value = {"type": f"response.{kind}", "sequence_number": 1, **more}
    return f"event: response.{kind}\ndata: {json.dumps(value)}\n\n".encode()


CREATED = responds("created", response=RESPONSE | {"output": []})
COMPLETED = responds("completed", response=RESPONSE)
PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


def says(text: Any) -> bytes:
    return responds("output_text.delta", delta=text, logprobs=[], **PLACE)


SPOKEN = (CREATED, says("A red "), says("boat."), COMPLETED)


BAD_RESPONSES: dict[str, tuple[Play, str]] = {
    "empty stream": (streams(), "no content"),
    "no end": (streams(*SPOKEN[:-1]), "no response.completed"),
    "error event": (
        streams(responds("failed", response=RESPONSE | {"error": {"message": "boom"}})),
        "boom",
    ),
    "error in chat's shape": (
        streams(SPOKEN[1], b"data: " + json.dumps(ERROR).encode() + b"\n\n"),
        "boom",
    ),
    "chat's chunks": (streams(*GOOD), "none of the Responses API"),
    "an item that is a text": (
        streams(responds("output_item.added", item="x", output_index=0), *SPOKEN),
        "cannot read",
    ),
    "a delta that is a number": (streams(*SPOKEN, says(3)), "cannot read"),
    "a delta without one": (streams(*SPOKEN, responds("output_text.delta")), "cannot read"),
    "an event that is no JSON": (streams(*SPOKEN, b"data: {oops\n\n"), "cannot read"),
    "chat's whole answer": (answers(WHOLE), "cannot read"),
}


UNREAD = {"cannot read", "none of the Responses API"}


class TestTheResponsesApi:
    """Turns of the Responses API, sent again."""

    def turn(self, body: bytes = ASKED) -> Conversation:
        return a_conversation(a_turn(body, path="/v1/responses"))

    @pytest.mark.parametrize("end", [(), (DONE,)], ids=["as OpenAI ends it", "with a [DONE]"])
    async def test_a_good_stream_is_good(
        self, root: str, endpoint: Endpoint, end: tuple[bytes, ...]
    ) -> None:
        endpoint.play = streams(*SPOKEN, *end)
        (result,) = await sent(Target(root), self.turn())
        assert (result.problems, result.said) == ((), "A red boat.")
        assert (endpoint.bodies, endpoint.urls) == ([ASKED], ["/v1/responses"])

    async def test_a_good_whole_answer_is_good(self, root: str, endpoint: Endpoint) -> None:
        endpoint.play = answers(RESPONSE)
        (result,) = await sent(Target(root), self.turn(b'{"input": "Hi"}'))
        assert (result.problems, result.said) == ((), "A red boat.")

    async def test_what_other_releases_say_is_no_fault(self, root: str, endpoint: Endpoint) -> None:
        newer = responds("dream.delta", delta=3)
        tools = [{"type": "telepathy"}, {"type": "function", "name": 3}]
        odd = RESPONSE | {"tools": tools, "status": "hopeful", "usage": {}}
        delta = responds("output_text.delta", delta="Yes.")
        endpoint.play = streams(CREATED, newer, delta, responds("completed", response=odd))
        (result,) = await sent(Target(root), self.turn())
        assert (result.problems, result.said) == ((), "Yes.")

    @pytest.mark.parametrize(("play", "sentence"), BAD_RESPONSES.values(), ids=BAD_RESPONSES)
    async def test_a_bad_answer_is_judged_bad(
        self, root: str, endpoint: Endpoint, play: Play, sentence: str
    ) -> None:
        endpoint.play = play
        (result,) = await sent(Target(root), self.turn())
        assert any(sentence in it for it in result.problems), result
        assert any("cannot read" in it for it in result.problems) == (sentence in UNREAD)

    async def test_a_turn_of_chat_completions_is_not_answered_so(
        self, root: str, endpoint: Endpoint
    ) -> None:
        endpoint.play = streams(*SPOKEN, DONE)
        (result,) = await sent(Target(root))
        assert any("cannot read" in it for it in result.problems)

    async def test_what_the_stand_in_model_answers_is_good(self, serve: Serve) -> None:
        url = "data:image/webp;base64," + base64.b64encode(PHOTO.read_bytes()).decode()
        parts = [
            {"type": "input_text", "text": "What is it?"},
            {"type": "input_image", "image_url": url},
        ]
        asked = {"model": "gpt-4o", "input": [{"role": "user", "content": parts}]}
        root = await serve(create_app())
        for stream in (True, False):
            body = json.dumps(asked | {"stream": stream}).encode()
            (result,) = await sent(Target(root), self.turn(body))
            assert result.problems == ()
            assert "I see 1 picture." in result.said


async def test_an_endpoint_that_spoke_for_the_model_is_a_problem(
    root: str, endpoint: Endpoint
) -> None:
    endpoint.play = streams(*GOOD, X_Sightline_Fallback="connect: refused")
    (result,) = await sent(Target(root))
    assert result.problems == ("the endpoint spoke for the model: connect: refused",)
