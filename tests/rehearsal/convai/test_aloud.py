"""A conversation by voice: who speaks is heard, and answered in sound that can be interrupted."""

import asyncio
import base64
from typing import Any

import pytest

from rehearsal.convai import speaking
from rehearsal.convai.agents import GREETING
from rehearsal.convai.aloud import Aloud
from rehearsal.convai.events import RATE
from rehearsal.line import Caller
from tests.rehearsal.convai.clients import Client, Endpoint, calls, says
from tests.rehearsal.convai.conftest import Connect, Platform
from tests.rehearsal.convai.sounds import silence, voice

ASKED = voice(0.8, RATE) + silence(1.0, RATE)
LINES = ("What is it?", "And now?")
LONG = "This sentence is long enough to be interrupted while it is spoken, is it not? "


@pytest.fixture(autouse=True)
def quick_tone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tone stands for every voice, so that no test depends on what is installed."""

    async def no_voice(_: str) -> bytes:
        return b""

    monkeypatch.setattr(speaking, "_by_espeak", no_voice)


async def opened(platform: Platform, connect: Connect, first_message: str = "") -> Client:
    root = await platform(lines=LINES)
    override = {"agent": {"first_message": first_message}}
    return await connect(root, opening={"conversation_config_override": override})


async def until_nobody_speaks() -> None:
    for _ in range(100):
        await asyncio.sleep(0.01)
        if not any("Aloud" in repr(task) for task in asyncio.all_tasks()):
            return
    raise AssertionError("somebody still speaks")


async def test_a_greeting_is_told_and_sounds(platform: Platform, connect: Connect) -> None:
    client = await connect(await platform(), opening={})
    await client.until("audio")
    assert "agent_response" in client.kinds()
    assert "agent_chat_response_part" not in client.kinds()
    texts = [event.get("agent_response_event") for event in client.events]
    assert {"agent_response": GREETING, "event_id": 1} in texts


async def test_speech_takes_the_next_line_and_the_answer_sounds(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says("Red.")]
    client = await opened(platform, connect)
    for number, line in enumerate((*LINES, LINES[0]), start=2):
        await client.sound(ASKED)
        transcript = await client.until("user_transcript")
        assert transcript == {"user_transcript": line, "event_id": number}
        audio = await client.until("audio")
        assert audio["event_id"] == number
        assert len(base64.b64decode(audio["audio_base_64"])) == RATE // 5 * 2
    assert [said for role, said in endpoint.history if role == "user"] == [*LINES, LINES[0]]


async def test_silence_makes_no_turn(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    client = await opened(platform, connect)
    await client.sound(silence(20, RATE))
    await client.say("typed")
    assert await client.answer() == "all well"
    assert "user_transcript" not in client.kinds()
    assert len(endpoint.bodies) == 1


async def test_speech_interrupts_the_sound_and_the_history_keeps_what_was_heard(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says(LONG, LONG, LONG), says("Yes.")]
    client = await opened(platform, connect)
    await client.sound(ASKED)
    for _ in range(8):
        await client.until("audio")
    await client.sound(ASKED)
    assert (await client.until("interruption"))["event_id"] == 2
    correction = await client.until("agent_response_correction")
    assert correction["original_agent_response"] == LONG * 3
    heard = correction["corrected_agent_response"]
    assert 0 < len(heard) < len(LONG)
    assert LONG.startswith(f"{heard} ")
    audio = await client.until("audio")
    assert audio["event_id"] == 3, "nothing more of the old answer sounds"
    assert endpoint.history == [
        ("user", LINES[0]),
        ("assistant", heard),
        ("user", LINES[1]),
    ]


async def test_a_greeting_that_is_interrupted_shrinks_too(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    client = await opened(platform, connect, LONG * 2)
    for _ in range(8):
        await client.until("audio")
    await client.sound(ASKED)
    heard = (await client.until("agent_response_correction"))["corrected_agent_response"]
    await client.until("user_transcript")
    await client.answer()
    assert endpoint.history == [("assistant", heard), ("user", LINES[0])]
    assert LONG.startswith(heard)


async def test_speech_while_the_model_thinks_closes_the_request(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says("late", wait=60), says("Yes.")]
    client = await opened(platform, connect)
    await client.sound(ASKED)
    await endpoint.asked.wait()
    await client.sound(ASKED)
    async with asyncio.timeout(1):
        await endpoint.left.wait()
    assert await client.answer() == "Yes."
    assert "interruption" not in client.kinds()


async def test_the_first_sentence_sounds_while_the_model_still_speaks(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says("First. ", "Then", " more.", pause=0.5)]
    client = await opened(platform, connect)
    await client.sound(ASKED)
    await client.until("audio")
    assert "agent_response" not in client.kinds()
    assert await client.answer() == "First. Then more."


async def test_a_call_that_is_ended_ends_when_all_is_said(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [calls("end_call", words="Bye!")]
    client = await opened(platform, connect)
    await client.sound(ASKED)
    assert await client.closed() == (1000, "The agent ended the call")
    kinds = client.kinds()
    assert kinds.index("audio") < kinds.index("agent_tool_response")


async def test_of_an_answer_begun_anew_what_was_not_spoken_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []

    async def spoken(text: str, rate: int) -> bytes:
        said.append(text)
        return bytes(2 * rate // 100)

    async def send(_: str) -> None:
        pass

    monkeypatch.setattr("rehearsal.convai.aloud.spoken", spoken)
    mouth = Aloud(send, 1)
    await mouth.hear("Kept. ")
    await mouth.hear("Lost. And ha")
    await mouth.restart("Kept. ")
    await mouth.hear("Found.")
    await mouth.finish()
    assert said == ["Kept. ", "Found."]
    assert mouth.said == "Kept. Found."


async def test_a_client_that_leaves_while_it_is_spoken_to_leaves_nothing_behind(
    platform: Platform, connect: Connect, endpoint: Endpoint
) -> None:
    endpoint.plays = [says(LONG * 5)]
    client = await opened(platform, connect)
    await client.sound(ASKED)
    await client.until("audio")
    await client.socket.close()
    await until_nobody_speaks()


async def test_a_client_that_leaves_while_the_request_is_being_closed_leaves_nothing_behind(
    platform: Platform, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def turn(*_: Any, caller: Caller, **__: Any) -> None:
        await caller.hear(LONG)
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.1)

    monkeypatch.setattr("rehearsal.convai.session.Line.turn", turn)
    client = await opened(platform, connect)
    await client.say("hello")
    await client.until("audio")
    await client.socket.close()
    await until_nobody_speaks()


async def test_an_answer_is_over_when_it_has_been_played_not_when_it_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def spoken(_: str, rate: int) -> bytes:
        return bytes(2 * rate * 3 // 10)

    async def send(_: str) -> None:
        pass

    monkeypatch.setattr("rehearsal.convai.aloud.spoken", spoken)
    now = asyncio.get_running_loop().time
    mouth, began = Aloud(send, 1), now()
    await mouth.hear("Three tenths of a second.")
    await mouth.finish()
    assert now() - began >= 0.29
    assert mouth.spoken() == "Three tenths of a second."
