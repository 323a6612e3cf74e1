"""What happens within a conversation: interruptions, failures, tools, files, bad frames."""

import asyncio
import base64
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from rehearsal.api import Api
from rehearsal.call import Turn
from rehearsal.convai import connection, session
from rehearsal.convai.agents import CLIENT_TOOLS, GREETING
from rehearsal.payload import Agent
from tests.rehearsal.convai.clients import TEXT_ONLY, Client, Endpoint, calls, fails, says
from tests.rehearsal.convai.conftest import Connect, Platform

HELLO = ("assistant", GREETING)
SOON = 1.0  # seconds; the endpoint notices at once, and a busy machine needs a moment
FAIR = "data:image/png;base64," + base64.b64encode(b"a picture").decode()


async def opened(platform: Platform, connect: Connect, agent_id: str = "rehearsal") -> Client:
    client = await connect(await platform(), agent_id, opening=TEXT_ONLY)
    await client.answer()
    client.events.clear()
    return client


async def test_a_word_of_the_person_interrupts_and_closes_the_request(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says("one", " two", *[" more"] * 200, pause=0.1), says("fine")]
    client = await opened(platform, connect)
    await client.say("count")
    while client.kinds().count("delta") < 2:
        await client.event()
    await client.say("stop")
    async with asyncio.timeout(SOON):
        await endpoint.left.wait()
    assert await client.answer() == "one two"
    assert (await client.until("interruption"))["event_id"] == 2
    correction = await client.until("agent_response_correction")
    assert correction == {
        "original_agent_response": "one two",
        "corrected_agent_response": "one two",
        "event_id": 2,
    }
    assert (await client.until("agent_response"))["event_id"] == 3
    assert endpoint.history == [
        HELLO,
        ("user", "count"),
        ("assistant", "one two"),
        ("user", "stop"),
    ]


async def test_an_answer_that_has_not_begun_leaves_no_trace_when_it_is_cut_off(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says("late", wait=60), says("fine")]
    client = await opened(platform, connect)
    await client.say("one")
    await endpoint.asked.wait()
    await client.say("two")
    async with asyncio.timeout(SOON):
        await endpoint.left.wait()
    assert await client.answer() == "fine"
    assert "interruption" not in client.kinds()
    assert endpoint.history == [HELLO, ("user", "one"), ("user", "two")]


async def test_a_whole_answer_is_not_interrupted_by_the_next_turn(
    platform: Platform, connect: Connect
) -> None:
    client = await opened(platform, connect)
    for said in ("one", "two"):
        await client.say(said)
        await client.answer()
    assert "interruption" not in client.kinds()


class Told:
    """Keeps what a watcher is told, but for the conversation ID."""

    def __init__(self) -> None:
        self.all: list[tuple[Any, ...]] = []

    def started(self, _: str, agent_id: str, *, is_voice: bool) -> None:
        self.all.append(("started", agent_id, is_voice))

    def turned(self, _: str, turn: Turn) -> None:
        self.all.append(("turned", turn.said, turn.answer))

    def unanswered(self, _: str, said: str) -> None:
        self.all.append(("unanswered", said))

    def interrupted(self, _: str, spoken: str) -> None:
        self.all.append(("interrupted", spoken))

    def ended(self, _: str, code: int | None, __: str) -> None:
        self.all.append(("ended", code))


async def test_a_watcher_is_told_what_was_said_also_where_it_had_no_whole_answer(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [
        says("late", wait=60),
        says("one", " two", pause=60),
        *[says("well")] * 2,  # the third turn is sent twice
        fails(500),
    ]
    told = Told()
    client = await connect(await platform(watcher=told), opening=TEXT_ONLY)
    await client.answer()
    await client.say("first")
    await endpoint.asked.wait()
    await client.say("second")
    await client.until("agent_chat_response_part")
    await client.say("third")
    while await client.answer() != "well":
        pass
    await client.say("fourth")
    await client.closed()
    await client.socket.close()
    await asyncio.sleep(0.05)
    assert told.all == [
        ("started", "rehearsal", False),
        ("unanswered", "first"),
        ("interrupted", ""),
        ("unanswered", "second"),
        ("interrupted", "one"),
        ("turned", "third", "well"),
        ("unanswered", "fourth"),
        ("ended", 1002),
    ]


async def test_background_is_in_the_next_request_where_it_was_told(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    client = await opened(platform, connect)
    await client.say("one")
    await client.answer()
    await client.send("contextual_update", text="the person looks at page 2", context_id="c")
    await client.send("user_activity")
    await client.say("two")
    await client.answer()
    assert endpoint.history[1:] == [
        ("user", "one"),
        ("assistant", "all well"),
        ("system", "the person looks at page 2"),
        ("user", "two"),
    ]
    assert len(endpoint.bodies) == 2, "what is told in the background makes no turn"


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        (fails(503), "HTTP 503: it burns"),
        (says(), "the stream holds no content"),
        (says("late", wait=5), "no content within 0.2 s"),
    ],
    ids=["error", "empty", "too late"],
)
async def test_a_model_that_fails_three_times_ends_the_call_with_1002(
    platform: Platform, connect: Connect, endpoint: Endpoint, play: Any, reason: str
) -> None:
    endpoint.plays = [says("well"), play]
    client = await connect(await platform(cascade_timeout=0.2), opening=TEXT_ONLY)
    await client.say("one")
    assert await client.answer() == GREETING
    assert await client.answer() == "well"
    await client.say("two")
    told = await client.until("error")
    assert (told["code"], told["error_type"]) == (1002, "custom_llm_error")
    assert told["message"].startswith("custom_llm generation failed: the request failed 3 times")
    assert reason in told["message"]
    code, said = await client.closed()
    assert code == 1002
    assert said.startswith("custom_llm generation failed")
    assert len(endpoint.bodies) == 4
    assert endpoint.bodies[1] == endpoint.bodies[2] == endpoint.bodies[3]


async def test_an_error_without_end_is_not_read_to_its_end(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        while True:
            await response.write(b"it burns " * 10_000)

    endpoint.plays = [endless]
    client = await opened(platform, connect)
    await client.say("one")
    async with asyncio.timeout(3):  # the cascade's is 4
        assert "HTTP 500: it burns" in (await client.until("error"))["message"]


async def test_a_turn_that_is_answered_the_second_time_goes_on(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says("late", wait=5), says("in time")]
    client = await connect(await platform(cascade_timeout=0.2), opening=TEXT_ONLY)
    await client.answer()
    await client.say("one")
    assert await client.answer() == "in time"


async def test_an_answer_that_breaks_off_is_begun_anew(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says("al", breaks=True), says("all well")]
    client = await opened(platform, connect)
    await client.say("one")
    assert await client.answer() == "all well"
    assert client.kinds() == [*("start", "delta"), *("start", "delta", "stop"), "agent_response"]


async def test_a_model_that_ends_the_call_is_heard_out_and_closes_with_1000(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [calls("end_call", words="Bye!")]
    client = await opened(platform, connect)
    await client.say("bye")
    assert await client.closed() == (1000, "The agent ended the call")
    assert client.kinds() == ["start", "delta", "stop", "agent_response", "agent_tool_response"]
    told = client.events[-1]["agent_tool_response"]
    assert (told["tool_name"], told["tool_type"]) == ("end_call", "system")


async def test_a_turn_that_is_skipped_says_nothing(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [calls("skip_turn"), says("fine")]
    client = await opened(platform, connect)
    await client.say("hm")
    await client.until("agent_tool_response")
    await client.say("well")
    assert await client.answer() == "fine"
    assert client.kinds().count("agent_response") == 1


@pytest.mark.parametrize(("is_error", "result"), [(False, "done"), (True, "The tool failed: done")])
async def test_a_tool_of_the_client_is_called_and_its_answer_waited_for(
    platform: Platform, connect: Connect, endpoint: Endpoint, is_error: bool, result: str
) -> None:
    endpoint.plays = [calls("make_a_note", '{"text": "x"}', "One moment."), says("Noted.")]
    client = await opened(platform, connect, CLIENT_TOOLS)
    await client.say("note it")
    call = await client.until("client_tool_call")
    assert call == {
        "tool_name": "make_a_note",
        "tool_call_id": "call_1",
        "parameters": {"text": "x"},
        "event_id": 2,
    }
    await client.send("client_tool_result", tool_call_id="call_1", result="done", is_error=is_error)
    assert await client.answer() == "One moment. Noted."
    assert endpoint.history[-1] == ("tool", result)


@pytest.mark.parametrize("arguments", ["{broken", '{"a": NaN}', '{"a": 1e999}', "[" * 5000, "[]"])
async def test_a_tool_of_the_client_that_never_answers_holds_nobody_up(
    platform: Platform, connect: Connect, endpoint: Endpoint, arguments: str
) -> None:
    endpoint.plays = [calls("make_a_note", arguments), says("Never mind.")]
    client = await connect(await platform(tool_timeout=0.1), CLIENT_TOOLS, opening=TEXT_ONLY)
    await client.answer()
    await client.say("note it")
    assert (await client.until("client_tool_call"))["parameters"] == {}
    assert await client.answer() == "Never mind."
    assert endpoint.history[-1] == ("tool", "The tool make_a_note did not answer within 0.1 s.")


async def uploaded(client: Client, root: str, data: bytes = b"a picture") -> str:
    form = aiohttp.FormData()
    form.add_field("file", data, filename="a.png", content_type="image/png")
    url = f"{root}/v1/convai/conversations/{client.id}/files"
    async with aiohttp.ClientSession() as http, http.post(url, data=form) as answer:
        assert answer.status == 200
        name: str = (await answer.json())["file_id"]
        return name


@pytest.mark.parametrize("api", Api)
async def test_files_become_pictures_of_the_message_in_both_apis(
    platform: Platform, connect: Connect, endpoint: Endpoint, api: Api
) -> None:
    root = await platform(Agent(api=api))
    client = await connect(root, opening=TEXT_ONLY)
    await client.answer()
    one, two = [await uploaded(client, root) for _ in range(2)]
    files = [{"type": "file_input", "file_id": name} for name in (one, two)]
    text = {"type": "user_message", "text": "what is it?"}
    await client.send("multimodal_message", text=text, file=files[0], files=files)
    await client.answer()
    if api is Api.CHAT:
        words = {"type": "text", "text": "what is it?"}
        shown: Any = {"type": "image_url", "image_url": {"url": FAIR}}
        said = endpoint.bodies[0]["messages"][-1]
    else:
        words = {"type": "input_text", "text": "what is it?"}
        shown = {"type": "input_image", "image_url": FAIR}
        said = endpoint.bodies[0]["input"][-1]
    assert said == {"role": "user", "content": [words, shown, shown]}


async def test_a_file_of_another_conversation_is_nobodys(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    root = await platform()
    anna, ben = [await connect(root, opening=TEXT_ONLY) for _ in range(2)]
    name = await uploaded(anna, root)
    await ben.send("multimodal_message", file={"type": "file_input", "file_id": name})
    assert "file_id is none" in (await ben.until("error"))["message"]
    assert endpoint.bodies == []


@pytest.mark.parametrize(
    ("frame", "says_so"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"text": "hi"}', "no type"),
        ('{"type": "user_shout"}', "unknown type: user_shout"),
        ('{"type": "user_message", "text": 3}', "text is no text"),
        ('{"type": "user_message", "text": "\\ud800"}', "half a character"),
        ('{"user_audio_chunk": "%"}', "not base64"),
        ('{"type": "client_tool_result", "tool_call_id": "x", "result": "y"}', "nobody waits"),
        ('{"type": "conversation_initiation_client_data"}', "initiated already"),
    ],
)
async def test_a_bad_frame_is_told_and_the_conversation_goes_on(
    platform: Platform, connect: Connect, frame: str, says_so: str
) -> None:
    client = await opened(platform, connect)
    await client.socket.send_str(frame)
    told = await client.until("error")
    assert (told["code"], told["error_type"]) == (1008, "invalid_message")
    assert says_so in told["message"]
    await client.say("hello")
    assert await client.answer() == "all well"


async def test_a_binary_frame_is_told(platform: Platform, connect: Connect) -> None:
    client = await opened(platform, connect)
    await client.socket.send_bytes(b"\x00")
    assert "binary" in (await client.until("error"))["message"]


async def test_a_client_that_sends_only_bad_frames_is_let_go(
    platform: Platform, connect: Connect
) -> None:
    client = await opened(platform, connect)
    for _ in range(connection._MOST_BAD):
        await client.socket.send_str("{")
    code, reason = await client.closed()
    assert (code, "frames could not be taken" in reason) == (1008, True)


async def test_a_giant_frame_ends_its_own_conversation_only(
    platform: Platform, connect: Connect
) -> None:
    root = await platform()
    giant, other = [await connect(root, opening=TEXT_ONLY) for _ in range(2)]
    await giant.say("x" * (connection.MAX_FRAME + 1))
    assert (await giant.closed())[0] == 1009
    await other.answer()
    await other.say("hello")
    assert await other.answer() == "all well"


async def test_a_conversation_is_bounded_in_turns_and_in_size(
    platform: Platform,
    connect: Connect,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "MOST_TURNS", 2)
    monkeypatch.setattr(session, "_MOST_KEPT", 10_000)
    root = await platform()
    long, large = [await connect(root, opening=TEXT_ONLY) for _ in range(2)]
    for _ in range(3):
        await long.say("hello")
    assert await long.closed() == (1008, "A rehearsal ends after 2 turns")
    for frame in ("contextual_update", "user_message"):
        await large.send(frame, text="x" * 10_001)
        assert "would be more" in (await large.until("error"))["message"]
    await large.say("hello")
    assert await large.answer() == "all well"
    assert endpoint.history == [HELLO, ("user", "hello")]


async def test_what_breaks_in_a_turn_ends_it_with_1011_and_nothing_else(
    platform: Platform, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await opened(platform, connect)

    async def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr("rehearsal.convai.session.Line.turn", breaks)
    await client.say("hello")
    assert await client.closed() == (1011, "The rehearsal itself broke")


async def test_pings_tell_the_latency_of_the_last_pong(
    platform: Platform, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.convai.latency._PAUSE", 0.05)
    client = await connect(await platform(), opening=TEXT_ONLY)
    pings = [await client.until("ping") for _ in range(3)]
    assert [one["event_id"] for one in pings] == [1, 2, 3]
    assert pings[0]["ping_ms"] is None
    assert all(isinstance(one["ping_ms"], int) for one in pings[1:])
