"""Who is let in, and what a written conversation says: over real sockets, frame by frame."""

import asyncio
from typing import Any

import aiohttp
import pytest

from rehearsal.convai import app as app_module
from rehearsal.convai import desk
from rehearsal.convai.agents import GREETING
from rehearsal.payload import Agent, Placement
from tests.rehearsal.convai.clients import TEXT_ONLY, Client, Closed, Endpoint, calls, says
from tests.rehearsal.convai.conftest import Connect, Platform


async def test_the_metadata_comes_first_and_once_then_the_greeting(
    platform: Platform, connect: Connect
) -> None:
    client = await connect(await platform(), opening=TEXT_ONLY)
    assert client.socket.protocol == "convai"
    assert await client.answer() == GREETING
    first = client.events[0]["conversation_initiation_metadata_event"]
    assert first["conversation_id"].startswith("conv_")
    assert first["agent_output_audio_format"] == first["user_input_audio_format"] == "pcm_16000"
    assert client.kinds() == [
        "conversation_initiation_metadata",
        *("start", "delta", "stop"),
        "agent_response",
    ]


async def test_a_client_without_a_sub_protocol_is_served_too(platform: Platform) -> None:
    root = await platform()
    url = f"{root}/v1/convai/conversation?agent_id=rehearsal"
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        client = Client(socket)
        await client.open({"conversation_config_override": {"text_only": True}})
        assert socket.protocol is None
        await client.answer()
        assert "audio" not in client.kinds(), "text_only is taken at the top, too"


async def test_a_turn_streams_and_typed_text_is_not_echoed(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    client = await connect(await platform(), opening=TEXT_ONLY)
    await client.answer()
    client.events.clear()
    await client.say("hello")
    assert await client.answer() == "all well"
    assert client.kinds() == ["start", "delta", "delta", "stop", "agent_response"]
    parts = [event.get("text_response_part") for event in client.events]
    assert "".join(part["text"] for part in parts if part) == "all well"
    assert endpoint.history == [("assistant", GREETING), ("user", "hello")]


async def test_event_ids_grow_with_the_turns(platform: Platform, connect: Connect) -> None:
    client = await connect(await platform(), opening=TEXT_ONLY)
    ids = [(await client.until("agent_response"))["event_id"]]
    for _ in range(3):
        await client.say("on")
        ids.append((await client.until("agent_response"))["event_id"])
    assert ids == [1, 2, 3, 4]


async def test_one_turn_in_three_is_sent_again_while_it_is_answered(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    client = await connect(await platform(), opening=TEXT_ONLY)
    await client.answer()
    for said in "abcdef":
        await client.say(said)
        await client.answer()
    last = [body["messages"][-1]["content"] for body in endpoint.bodies]
    assert last == ["a", "b", "c", "c", "d", "e", "f", "f"]


async def test_what_the_client_brings_reaches_every_request(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    agent = {"prompt": {"prompt": "You help {{name}}."}, "first_message": "Hi {{name}}!"}
    opening = {
        "conversation_config_override": {
            "agent": agent | {"language": "de"},
            "conversation": {"text_only": True},
        },
        "custom_llm_extra_body": {"temporaryId": "tmp_1", "deep": {"er": [1.50]}},
        "dynamic_variables": {"name": "Ada"},
        "user_id": "u1",
    }
    client = await connect(await platform(Agent(secret="s3")), opening=opening)
    assert await client.answer() == "Hi Ada!"
    for _ in range(2):
        await client.say("hello")
        await client.answer()
    for body, headers in zip(endpoint.bodies, endpoint.headers, strict=True):
        assert body["elevenlabs_extra_body"] == {
            "client": "rehearsal",
            "temporaryId": "tmp_1",
            "deep": {"er": [1.5]},
        }
        assert body["user_id"] == "u1"
        assert "You help Ada." in body["messages"][0]["content"]
        assert "`de`" in body["messages"][0]["content"]
        assert headers["Authorization"] == "Bearer s3"
        assert headers["X-Conversation-Id"] == client.id


async def test_without_a_first_message_the_person_has_the_first_word(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    override = {"agent": {"first_message": ""}, "conversation": {"text_only": True}}
    client = await connect(await platform(), opening={"conversation_config_override": override})
    await client.say("hello")
    assert await client.answer() == "all well"
    assert endpoint.history == [("user", "hello")]


@pytest.mark.parametrize("placement", Placement)
async def test_there_is_an_agent_for_each_placement(
    platform: Platform, connect: Connect, endpoint: Endpoint, placement: Placement
) -> None:
    client = await connect(await platform(), placement.value, opening=TEXT_ONLY)
    await client.say("hello")
    await client.until("agent_response")
    await client.answer()
    (body,), (headers,) = endpoint.bodies, endpoint.headers
    found = {
        Placement.HEADER: headers.get("X-Conversation-Id") == client.id,
        Placement.PROMPT: client.id in body["messages"][0]["content"],
        Placement.EXTRA_BODY: body["elevenlabs_extra_body"].get("conversation_id") == client.id,
    }
    assert [place for place, there in found.items() if there] == (
        [] if placement is Placement.NOWHERE else [placement]
    )


@pytest.mark.parametrize(
    ("agent_id", "opening", "reason"),
    [
        ("nobody", TEXT_ONLY, "does not exist: nobody"),
        (None, TEXT_ONLY, "does not exist: no agent_id"),
        ("strict", {"custom_llm_extra_body": {"a": 1}}, "'custom_llm_extra_body' is not allowed"),
        (
            "rehearsal",
            {"conversation_config_override": {"agent": {"first_message": "{{who}}?"}}},
            "Missing required dynamic variables in first message: who",
        ),
        ("rehearsal", {"custom_llm_extra_body": [1]}, "custom_llm_extra_body is no object"),
        ("rehearsal", {"dynamic_variables": {"a": None}}, "a is no text, number or boolean"),
    ],
)
async def test_a_refusal_is_1008_with_a_reason_before_any_event(
    platform: Platform, connect: Connect, agent_id: str, opening: dict[str, Any], reason: str
) -> None:
    client = await connect(await platform(), agent_id)
    await client.send("conversation_initiation_client_data", **opening)
    code, said = await client.closed()
    assert code == 1008
    assert reason in said
    assert client.events == []


async def test_a_strict_agent_takes_an_empty_extra_body(
    platform: Platform, connect: Connect
) -> None:
    opening = TEXT_ONLY | {"custom_llm_extra_body": {}}
    client = await connect(await platform(), "strict", opening=opening)
    assert await client.answer() == GREETING


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ('{"type": "user_message", "text": "hi"}', "The first frame must be"),
        ('{"user_audio_chunk": "AAAA"}', "The first frame must be"),
        ("{", "not JSON"),
        ('{"text": "hi"}', "no type"),
    ],
)
async def test_a_first_frame_that_is_another_is_1008(
    platform: Platform, connect: Connect, frame: str, reason: str
) -> None:
    client = await connect(await platform())
    await client.socket.send_str(frame)
    code, said = await client.closed()
    assert (code, reason in said) == (1008, True)
    assert client.events == []


async def test_a_client_that_says_nothing_is_let_go(
    platform: Platform, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "_OPENING", 0.05)
    client = await connect(await platform())
    code, reason = await client.closed()
    assert (code, "came within" in reason) == (1008, True)


async def test_more_conversations_than_seats_are_refused_until_one_is_over(
    platform: Platform, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SEATS", 2)
    root = await platform()
    held = [await connect(root, opening=TEXT_ONLY) for _ in range(2)]
    late = await connect(root)
    code, reason = await late.closed()
    assert (code, "at once" in reason) == (1008, True)
    await held[0].socket.close()
    await asyncio.sleep(0.05)
    await connect(root, opening=TEXT_ONLY)


async def test_two_conversations_at_once_never_mix(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    root = await platform()
    endpoint.plays = [says("well", pause=0.02)]
    pair = []
    for name in ("anna", "ben"):
        own = {"user_id": name, "custom_llm_extra_body": {"k": name}}
        pair.append(await connect(root, opening=TEXT_ONLY | own))

    async def talk(client: Client, name: str) -> None:
        await client.answer()
        for turn in range(4):
            await client.say(f"{name} {turn}")
            assert await client.answer() == "well"

    await asyncio.gather(talk(pair[0], "anna"), talk(pair[1], "ben"))
    assert pair[0].id != pair[1].id
    for body, headers in zip(endpoint.bodies, endpoint.headers, strict=True):
        name = body["user_id"]
        said = [one["content"] for one in body["messages"] if one["role"] == "user"]
        assert all(text.startswith(name) for text in said)
        assert body["elevenlabs_extra_body"]["k"] == name
        assert headers["X-Conversation-Id"] == pair[name == "ben"].id


async def test_the_platform_that_is_stopped_says_so(
    connect: Connect, endpoint: Endpoint, serve: Any
) -> None:
    from aiohttp import web

    root = await serve(endpoint.app())
    runner = web.AppRunner(app_module.create_app(f"{root}/v1"), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = await connect(f"http://127.0.0.1:{runner.addresses[0][1]}", opening=TEXT_ONLY)
    stopping = asyncio.create_task(runner.cleanup())
    assert await client.closed() == (1001, "The rehearsal is stopped")
    await stopping


async def test_a_client_that_has_left_gets_nothing_more(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says(*["la "] * 100, pause=0.05)]
    client = await connect(await platform(), opening=TEXT_ONLY)
    await client.answer()
    await client.say("sing")
    await client.until("agent_chat_response_part")
    await client.socket.close()
    async with asyncio.timeout(1):
        await endpoint.left.wait()
    with pytest.raises(Closed):
        await client.event()


async def test_tools_of_the_system_are_told_and_of_the_agent_answered(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [calls("make_a_note"), says("noted")]
    client = await connect(await platform(), opening=TEXT_ONLY)
    await client.answer()
    await client.say("note it")
    told = await client.until("agent_tool_response")
    assert (told["tool_name"], told["tool_type"]) == ("make_a_note", "webhook")
    assert await client.answer() == "noted"
    assert endpoint.history[-1] == ("tool", '{"saved": true, "note": 1}')
