"""A person with the official Python client: what the client tells them, and what they say."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self

import httpx
from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import (
    AgentChatResponsePartType,
    AudioInterface,
    Conversation,
    ConversationInitiationData,
    DisconnectionDetails,
)

PATIENCE = 10.0  # seconds until something that must happen has happened


async def until(happened: Callable[[], Any]) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + PATIENCE
    while not (result := happened()):
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.01)
    return result


class Notes:
    """What a client has told, in the order in which it did; lists, since they grow in threads."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.parts: list[tuple[str, str]] = []
        self.transcripts: list[str] = []
        self.corrections: list[tuple[str, str]] = []
        self.latencies: list[int] = []
        self.ends: list[DisconnectionDetails] = []

    def part(self, text: str, kind: AgentChatResponsePartType) -> None:
        self.parts.append((kind.value, text))

    def callbacks(self) -> dict[str, Any]:
        return {
            "callback_agent_response": self.answers.append,
            "callback_agent_chat_response_part": self.part,
            "callback_agent_response_correction": lambda *both: self.corrections.append(both),
            "callback_user_transcript": self.transcripts.append,
            "callback_latency_measurement": self.latencies.append,
            "callback_disconnect": self.ends.append,
        }

    def async_callbacks(self) -> dict[str, Any]:
        return {name: _awaitable(take) for name, take in self.callbacks().items()}


def _awaitable(take: Callable[..., None]) -> Callable[..., Awaitable[None]]:
    async def taking(*told: Any) -> None:
        take(*told)

    return taking


class Headset(AudioInterface):
    """A microphone that sends what it is told to, and ears that keep what they hear."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.interruptions = 0
        self.is_on = threading.Event()
        self._send: Callable[[bytes], None] | None = None

    def start(self, input_callback: Callable[[bytes], None]) -> None:
        self._send = input_callback
        self.is_on.set()

    def stop(self) -> None:
        self._send = None

    def output(self, audio: bytes) -> None:
        self.heard += audio

    def interrupt(self) -> None:
        self.interruptions += 1

    def speak(self, sound: bytes) -> None:
        """Send 16 kHz, s16le, in the pieces that the client's documentation advises."""
        for start in range(0, len(sound), 8000):
            if self._send is not None:
                self._send(sound[start : start + 8000])


class Talk:
    """One conversation of the official client, held from a test."""

    def __init__(
        self,
        address: str,
        agent_id: str = "rehearsal",
        *,
        config: ConversationInitiationData | None = None,
        requires_auth: bool = False,
        **more: Any,
    ) -> None:
        self.notes = Notes()
        self._http = httpx.Client()  # the client leaves its own open until it is collected
        self.client = ElevenLabs(base_url=address, api_key="any", httpx_client=self._http)
        self.conversation = Conversation(
            self.client,
            agent_id,
            config=config,
            requires_auth=requires_auth,
            **self.notes.callbacks(),
            **more,
        )

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.conversation.start_session)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()
        self._http.close()

    async def connected(self) -> str:
        """Wait for the greeting; return the conversation ID, which no callback tells."""
        await until(lambda: self.notes.answers)
        return str(self.conversation._conversation_id)

    async def ask(self, text: str) -> str:
        """Type something and return the whole answer."""
        before = len(self.notes.answers)
        await asyncio.to_thread(self.conversation.send_user_message, text)
        await until(lambda: len(self.notes.answers) > before)
        return self.notes.answers[before]

    async def end(self) -> str | None:
        """End it, if nobody has, and return the conversation ID."""
        await asyncio.to_thread(self.conversation.end_session)
        return await asyncio.to_thread(self.conversation.wait_for_session_end)
