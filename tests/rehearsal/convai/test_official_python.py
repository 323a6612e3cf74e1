"""The official Python client holds conversations with the rehearsal platform, unchanged."""

import asyncio
from array import array
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import httpx
import pytest
from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import (
    AsyncConversation,
    ClientTools,
    ConversationInitiationData,
    DisconnectionDetails,
)

from rehearsal.convai.app import create_app
from rehearsal.convai.listening import Heard, Listener
from rehearsal.convai.speaking import resampled
from rehearsal.model import create_app as create_model
from tests.rehearsal.conftest import Serve
from tests.rehearsal.convai.endpoint import Endpoint
from tests.rehearsal.convai.sounds import needs_espeak, silence, speech
from tests.rehearsal.convai.talking import Headset, Notes, Talk, until

LINES = ("What do you see in my picture?", "And at the top?")
LONG = "Please tell me everything that you can see, one thing after the other, at leisure."

Stage: TypeAlias = Callable[[], Awaitable[tuple[str, Endpoint]]]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked directly; the client would take a proxy for it too."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
async def endpoint(serve: Serve) -> Endpoint:
    return Endpoint(await serve(create_model()))


@pytest.fixture
async def platform(serve: Serve, endpoint: Endpoint) -> str:
    """The rehearsal platform's address, with the endpoint behind it."""
    root = await serve(endpoint.app())
    return await serve(create_app(f"{root}/v1", lines=LINES))


def said_by_a_person(body: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["content"] for one in body["messages"] if one["role"] == "user"]


async def test_a_text_conversation(platform: str, endpoint: Endpoint) -> None:
    async with Talk(platform) as talk:
        identity = await talk.connected()
        assert "rehearsal" in talk.notes.answers[0]
        answer = await talk.ask("What do you see?")
        again = await talk.ask("And now?")
        assert talk.notes.transcripts == []
        assert await talk.end() == identity
    assert answer.startswith("(Stand-in model.) I see no picture")
    assert 'You said: "And now?"' in again
    assert identity.startswith("conv_")
    assert {one["X-Conversation-Id"] for one in endpoint.headers} == {identity}
    assert said_by_a_person(endpoint.bodies[-1]) == ["What do you see?", "And now?"]
    assert talk.notes.ends == [DisconnectionDetails(reason="user")]


async def test_a_written_answer_comes_in_parts_and_whole(platform: str, endpoint: Endpoint) -> None:
    endpoint.pause = 0.01
    async with Talk(platform) as talk:
        await talk.connected()
        talk.notes.parts.clear()
        answer = await talk.ask("hello")
        await until(lambda: talk.notes.parts and talk.notes.parts[-1][0] == "stop")
    kinds = [kind for kind, _ in talk.notes.parts]
    assert kinds == ["start", *["delta"] * (len(kinds) - 2), "stop"]
    assert len(kinds) > 3
    assert "".join(text for _, text in talk.notes.parts).strip() == answer


async def test_the_asynchronous_client_holds_one_too(platform: str, endpoint: Endpoint) -> None:
    notes = Notes()
    with httpx.Client() as http:
        conversation = AsyncConversation(
            ElevenLabs(base_url=platform, api_key="any", httpx_client=http),
            "rehearsal",
            requires_auth=True,
            config=ConversationInitiationData(extra_body={"page": "demo"}),
            **notes.async_callbacks(),
        )
        await conversation.start_session()  # type: ignore[no-untyped-call]
        await until(lambda: notes.answers)
        await conversation.send_user_message("What do you see?")
        await until(lambda: len(notes.answers) == 2)
        await conversation.end_session()  # type: ignore[no-untyped-call]
        identity = await conversation.wait_for_session_end()
    assert endpoint.headers[0]["X-Conversation-Id"] == identity
    assert endpoint.bodies[0]["elevenlabs_extra_body"]["page"] == "demo"
    assert notes.ends == [DisconnectionDetails(reason="user")]


async def test_a_signed_url_lets_in(platform: str) -> None:
    async with Talk(platform, requires_auth=True) as talk:
        await talk.connected()
        assert (await talk.ask("hello")).startswith("(Stand-in model.)")


async def test_what_the_client_says_of_itself_reaches_the_endpoint(
    platform: str, endpoint: Endpoint
) -> None:
    extra = {"temporaryId": "tmp_1", "deep": {"er": [1, True, None]}}
    config = ConversationInitiationData(
        extra_body=extra,
        dynamic_variables={"name": "Anna"},
        conversation_config_override={
            "agent": {"prompt": {"prompt": "Talk to {{name}}."}, "first_message": "Hi, {{name}}!"}
        },
    )
    async with Talk(platform, config=config, user_id="anna-1") as talk:
        await talk.connected()
        await asyncio.to_thread(talk.conversation.send_contextual_update, "She holds a cat.")
        await talk.ask("hello")
    (body,) = endpoint.bodies
    assert talk.notes.answers[0] == "Hi, Anna!"
    assert extra.items() <= body["elevenlabs_extra_body"].items()
    assert body["user_id"] == "anna-1"
    assert "Talk to Anna." in body["messages"][0]["content"]
    assert "She holds a cat." in str(body["messages"])


async def test_a_tool_of_the_client_s_is_used_and_its_answer_goes_to_the_model(
    platform: str, endpoint: Endpoint
) -> None:
    asked: list[dict[str, str]] = []

    def note(parameters: dict[str, str]) -> str:
        asked.append(parameters)
        return "noted under 47"

    tools = ClientTools()
    tools.register("make_a_note", note)
    async with Talk(platform, "client-tools", client_tools=tools) as talk:
        await talk.connected()
        answer = await talk.ask("Please make a note of that.")
    assert [one["text"] for one in asked] == ["Please make a note of that."]
    assert "noted under 47" in answer
    result = endpoint.bodies[-1]["messages"][-1]
    assert (result["role"], result["content"]) == ("tool", "noted under 47")


async def test_a_tool_that_fails_costs_no_turn(platform: str) -> None:
    def note(_: dict[str, str]) -> str:
        raise RuntimeError("out of paper")

    tools = ClientTools()
    tools.register("make_a_note", note)
    async with Talk(platform, "client-tools", client_tools=tools) as talk:
        await talk.connected()
        assert "out of paper" in await talk.ask("Please make a note of that.")


async def test_a_file_is_uploaded_and_the_model_sees_it(
    platform: str, photos: dict[str, bytes]
) -> None:
    async with Talk(platform) as talk:
        identity = await talk.connected()
        files = talk.client.conversational_ai.conversations.files
        picture = ("coffee.png", photos["coffee.png"], "image/png")
        kept = await asyncio.to_thread(files.create, identity, file=picture)
        await asyncio.to_thread(
            talk.conversation.send_multimodal_message, "What is this?", file_ids=[kept.file_id]
        )
        await until(lambda: len(talk.notes.answers) == 2)
    assert "orange" in talk.notes.answers[1]


async def refused(talk: Talk) -> DisconnectionDetails:
    async with talk:
        await until(lambda: talk.notes.ends)
    assert talk.notes.answers == []
    return talk.notes.ends[0]


async def test_an_agent_that_is_not_there_is_refused(platform: str) -> None:
    end = await refused(Talk(platform, "nobody"))
    assert (end.reason, end.close_code) == ("error", 1008)
    assert "does not exist" in (end.close_reason or "")


async def test_an_extra_body_that_the_agent_does_not_allow_is_refused(platform: str) -> None:
    config = ConversationInitiationData(extra_body={"temporaryId": "tmp_1"})
    end = await refused(Talk(platform, "strict", config=config))
    assert (end.reason, end.close_code) == ("error", 1008)
    assert "custom_llm_extra_body" in (end.close_reason or "")


async def test_the_agent_ends_the_call(platform: str) -> None:
    async with Talk(platform) as talk:
        identity = await talk.connected()
        await asyncio.to_thread(talk.conversation.send_user_message, "Please end call.")
        (end,) = await until(lambda: talk.notes.ends)
        assert await talk.end() == identity
    assert (end.reason, end.close_code) == ("agent", 1000)


async def test_an_endpoint_that_fails_ends_the_call(serve: Serve) -> None:
    failing = Endpoint(None)
    root = await serve(failing.app())
    async with Talk(await serve(create_app(f"{root}/v1"))) as talk:
        await talk.connected()
        await asyncio.to_thread(talk.conversation.send_user_message, "hello")
        (end,) = await until(lambda: talk.notes.ends)
    assert (end.reason, end.close_code) == ("error", 1002)
    assert "HTTP 500" in (end.close_reason or "")
    assert len(failing.bodies) == 3


async def test_a_typed_word_interrupts_the_answer_and_closes_its_request(
    platform: str, endpoint: Endpoint
) -> None:
    endpoint.pause = 0.05
    async with Talk(platform) as talk:
        await talk.connected()
        talk.notes.parts.clear()
        await asyncio.to_thread(talk.conversation.send_user_message, LONG)
        await until(lambda: len(talk.notes.parts) > 3)
        endpoint.pause = 0
        await asyncio.to_thread(talk.conversation.send_user_message, "Stop.")
        await until(lambda: 'You said: "Stop."' in talk.notes.answers[-1])
        ((_, kept),) = await until(lambda: talk.notes.corrections)
    await until(lambda: endpoint.left)
    assert endpoint.left == 1
    history = endpoint.bodies[-1]["messages"]
    assert said_by_a_person(endpoint.bodies[-1]) == [LONG, "Stop."]
    assert [one["content"].strip() for one in history if one["role"] == "assistant"][1:] == [kept]


def spoken(text: str) -> bytes:
    """What somebody says into a microphone, and the silence after it."""
    sound, rate = speech(text)
    return resampled(array("h", sound), rate, 16000).tobytes() + silence(1, 16000)


@needs_espeak
async def test_a_voice_conversation(platform: str, endpoint: Endpoint) -> None:
    headset = Headset()
    async with Talk(platform, audio_interface=headset) as talk:
        await talk.connected()
        await asyncio.to_thread(headset.speak, spoken("Good day."))
        await until(lambda: len(talk.notes.answers) == 2)
        await until(lambda: len(headset.heard) > 2 * 16000)
    assert talk.notes.transcripts == [LINES[0]]
    assert said_by_a_person(endpoint.bodies[0]) == [LINES[0]]
    assert LINES[0] in talk.notes.answers[1]
    assert Heard.STARTED in Listener(16000).hear(bytes(headset.heard))


@needs_espeak
async def test_silence_is_no_turn(platform: str, endpoint: Endpoint) -> None:
    headset = Headset()
    async with Talk(platform, audio_interface=headset) as talk:
        await talk.connected()
        await asyncio.to_thread(headset.speak, silence(10, 16000))
        await talk.ask("typed")
    assert talk.notes.transcripts == []
    assert said_by_a_person(endpoint.bodies[0]) == ["typed"]


@needs_espeak
async def test_a_voice_interrupts_the_answer_and_the_next_one_is_heard(
    platform: str, endpoint: Endpoint
) -> None:
    headset = Headset()
    async with Talk(platform, audio_interface=headset) as talk:
        await talk.connected()
        await asyncio.to_thread(headset.speak, spoken("Good day."))
        await until(lambda: len(talk.notes.answers) == 2)
        headset.heard.clear()
        await until(lambda: headset.heard)
        await asyncio.to_thread(headset.speak, spoken("Stop, please."))
        await until(lambda: headset.interruptions)
        headset.heard.clear()
        await until(lambda: len(talk.notes.answers) == 3)
        await until(lambda: headset.heard)
    whole, kept = talk.notes.corrections[-1]
    assert talk.notes.transcripts == list(LINES)
    assert len(kept) < len(whole)
    assert whole.startswith(kept)
    assert said_by_a_person(endpoint.bodies[-1]) == list(LINES)
