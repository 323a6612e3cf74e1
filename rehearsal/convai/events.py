"""What the platform says: an event of its WebSocket as JSON text. Pure.

The names are those of the official SDKs (`@elevenlabs/types`, incoming events).
"""

import base64
from enum import IntEnum
from typing import Any, Final

from contract import jsontext

RATE: Final = 16_000
"""Samples a second, in and out; 16 bits each, mono."""

FORMAT: Final = f"pcm_{RATE}"


class Close(IntEnum):
    """How a conversation ends, as a WebSocket close code."""

    OVER = 1000
    LEAVING = 1001
    MODEL_FAILED = 1002
    REFUSED = 1008
    BROKEN = 1011


def metadata(conversation_id: str) -> str:
    """Return the first event; the audio formats are there in writing too, since SDKs need them."""
    return _event(
        "conversation_initiation_metadata",
        conversation_initiation_metadata_event={
            "conversation_id": conversation_id,
            "agent_output_audio_format": FORMAT,
            "user_input_audio_format": FORMAT,
        },
    )


def user_transcript(text: str, event_id: int) -> str:
    """Return what was understood; only of speech, since clients show typed text themselves."""
    return _event(
        "user_transcript",
        user_transcription_event={"user_transcript": text, "event_id": event_id},
    )


def part(kind: str, text: str, event_id: int) -> str:
    """Return a piece of a written answer; `kind` is start, delta or stop."""
    return _event(
        "agent_chat_response_part",
        text_response_part={"text": text, "type": kind, "event_id": event_id},
    )


def agent_response(text: str, event_id: int) -> str:
    """Return a whole answer."""
    return _event(
        "agent_response", agent_response_event={"agent_response": text, "event_id": event_id}
    )


def audio(pcm: bytes, event_id: int) -> str:
    """Return a piece of a spoken answer."""
    told = {"audio_base_64": base64.b64encode(pcm).decode(), "event_id": event_id}
    return _event("audio", audio_event=told)


def interruption(event_id: int) -> str:
    """Return that the answer of that event ID is cut off."""
    return _event("interruption", interruption_event={"event_id": event_id})


def correction(original: str, spoken: str, event_id: int) -> str:
    """Return what was spoken of an answer that was cut off."""
    return _event(
        "agent_response_correction",
        agent_response_correction_event={
            "original_agent_response": original,
            "corrected_agent_response": spoken,
            "event_id": event_id,
        },
    )


def ping(event_id: int, latency: int | None) -> str:
    """Return a ping; `latency` is what the last one took, in milliseconds."""
    return _event("ping", ping_event={"event_id": event_id, "ping_ms": latency})


def client_tool_call(name: str, identity: str, parameters: Any, event_id: int) -> str:
    """Return the call of a tool that the client has."""
    return _event(
        "client_tool_call",
        client_tool_call={
            "tool_name": name,
            "tool_call_id": identity,
            "parameters": parameters,
            "event_id": event_id,
        },
    )


def agent_tool_response(name: str, identity: str, kind: str, event_id: int) -> str:
    """Return that a tool has answered; `kind` is system, webhook or client."""
    return _event(
        "agent_tool_response",
        agent_tool_response={
            "tool_name": name,
            "tool_call_id": identity,
            "tool_type": kind,
            "is_error": False,
            "is_called": True,
            "event_id": event_id,
        },
    )


def error(code: Close, kind: str, message: str) -> str:
    """Return an error; `kind` is one of ElevenLabs' names for it (`error_type`)."""
    told = {"code": int(code), "error_type": kind, "message": message, "debug_message": message}
    return _event("error", error_event=told)


def _event(kind: str, **members: Any) -> str:
    text = jsontext.encode({"type": kind, **members})
    return text.encode("utf-8", "replace").decode()  # a model can say half a character
