"""What each voice platform leaves in its requests, as a table; docs/platforms.md has the sources.

How much a sign is worth depends on who else leaves it: a name with the vendor in it settles the
matter, a `user_id` alone says nothing.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, Literal, TypeAlias

from capture.remedies.telltale import (
    Question,
    has_header,
    has_in_messages,
    has_inside,
    has_member,
    has_members,
    has_parameter,
    has_prefixed,
    has_tool,
    is_number,
    names_itself,
    writes,
)

Basis: TypeAlias = Literal["documented", "seen", "inferred"]
"""How a thing is known: from the vendor, from people who ran it, or by reasoning. Nobody here has
an account with any vendor, so nothing is known better than that."""


class Platform(Enum):
    """A voice platform, by the name that its vendor gives it."""

    ELEVENLABS = "ElevenLabs Agents"
    VAPI = "Vapi"
    HUME = "Hume EVI"
    TAVUS = "Tavus"
    TELNYX = "Telnyx AI Assistants"
    FISH_AUDIO = "Fish Audio Agents"
    LAYERCODE = "Layercode"
    LIVEKIT = "LiveKit Agents"
    PIPECAT = "Pipecat"
    DEEPGRAM = "Deepgram Voice Agent"
    AGORA = "Agora Conversational AI"
    WEBSOCKET = "a platform that opens a WebSocket"


class Weight(IntEnum):
    """What a sign is worth, by who else leaves it."""

    SHARED = 1
    """Several platforms do; it can only support another sign."""
    TYPICAL = 2
    """Hardly anybody does; alone it is a guess."""
    OWN = 3
    """Nobody has a reason to."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that a platform leaves; `where` is how a person finds it in the request."""

    weight: Weight
    basis: Basis
    where: str
    is_in: Question


_SHARED, _TYPICAL, _OWN = Weight
_D: Final = "documented"
_S: Final = "seen"
_I: Final = "inferred"
_BODY = "$request.body#/"
_ID = r"\bconv_[0-9]{2}[0-9a-hjkmnp-tv-z]{26}\b"  # a ULID in lower case


def _named(pattern: str) -> Sign:
    return Sign(_TYPICAL, _I, "the client or a header names the vendor", names_itself(pattern))


SIGNS: Final[dict[Platform, tuple[Sign, ...]]] = {
    Platform.ELEVENLABS: (
        Sign(_OWN, _D, _BODY + "elevenlabs_extra_body", has_member("elevenlabs_extra_body")),
        Sign(_OWN, _D, "{{system__…}} not filled in", writes(r"\{\{\s*system__")),
        Sign(_TYPICAL, _D, "the tool skip_turn", has_tool("skip_turn")),
        Sign(_TYPICAL, _D, "the tool transfer_to_agent", has_tool("transfer_to_agent")),
        Sign(_TYPICAL, _S, "an ID of conv_, two digits and a ULID", writes(_ID)),
        _named(r"eleven-?labs"),
        Sign(_SHARED, _D, "the tool end_call", has_tool("end_call")),
        Sign(_SHARED, _D, "the tool language_detection", has_tool("language_detection")),
        Sign(_SHARED, _D, _BODY + "user_id", has_member("user_id")),
        Sign(_SHARED, _S, "max_tokens is -1", is_number("max_tokens", -1)),
    ),
    Platform.VAPI: (
        Sign(_OWN, _D, _BODY + "call/orgId", has_inside("call", "orgId")),
        Sign(_OWN, _D, _BODY + "call/assistantId", has_inside("call", "assistantId")),
        Sign(_TYPICAL, _D, _BODY + "call/id", has_inside("call", "id", "callId")),
        Sign(_TYPICAL, _D, _BODY + "phoneNumber", has_member("phoneNumber")),
        Sign(_TYPICAL, _S, "the tool endCall or transferCall", has_tool("endCall", "transferCall")),
        _named(r"\bvapi\b"),
        Sign(_SHARED, _D, _BODY + "customer", has_member("customer")),
        Sign(_SHARED, _S, _BODY + "timestamp", has_member("timestamp")),
    ),
    Platform.HUME: (
        Sign(_OWN, _D, "$request.query.custom_session_id", has_parameter("custom_session_id")),
        Sign(_OWN, _D, "messages with models.prosody", has_in_messages("models", "prosody")),
        Sign(_TYPICAL, _S, _BODY + "custom_session_id", has_member("custom_session_id")),
        Sign(_TYPICAL, _D, "messages with time.begin", has_in_messages("time", "begin")),
        _named(r"\bhume\b"),
    ),
    Platform.TAVUS: (
        Sign(_TYPICAL, _D, "$request.header.conversation_id", has_header("conversation_id")),
        Sign(
            _SHARED,
            _D,
            "its value is c and hexadecimal digits",
            has_header("conversation_id", "c[0-9a-f]{6,32}"),
        ),
        _named(r"\btavus\b"),
    ),
    Platform.TELNYX: (
        Sign(
            _OWN, _D, _BODY + "extra_metadata/telnyx_…", has_prefixed("extra_metadata", "telnyx_")
        ),
        Sign(_OWN, _D, "{{telnyx_…}} not filled in", writes(r"\{\{\s*telnyx_")),
        Sign(_TYPICAL, _D, _BODY + "extra_metadata", has_member("extra_metadata")),
        _named(r"\btelnyx\b"),
    ),
    Platform.FISH_AUDIO: (
        Sign(_OWN, _D, _BODY + "fishaudio_extra_body", has_member("fishaudio_extra_body")),
        Sign(_TYPICAL, _D, "the tool hang_up_call", has_tool("hang_up_call")),
        _named(r"\bfish-?audio\b"),
        Sign(_SHARED, _D, "the tool language_detection", has_tool("language_detection")),
        Sign(_SHARED, _D, _BODY + "session_id", has_member("session_id")),
        Sign(_SHARED, _D, _BODY + "user_id", has_member("user_id")),
    ),
    Platform.LAYERCODE: (
        Sign(_OWN, _D, "$request.header.layercode-signature", has_header("layercode-signature")),
        Sign(
            _TYPICAL,
            _D,
            "type, session_id and conversation_id, without messages",
            has_members("type", "session_id", "conversation_id"),
        ),
    ),
    Platform.LIVEKIT: (_named(r"\blive-?kit\b"),),
    Platform.PIPECAT: (_named(r"\bpipecat\b"),),
    Platform.DEEPGRAM: (_named(r"\bdeepgram\b"),),
    Platform.AGORA: (_named(r"\bagora\b"),),
    Platform.WEBSOCKET: (
        Sign(
            _OWN,
            _D,
            "$request.header.upgrade is websocket",
            has_header("upgrade", "(?i:websocket)"),
        ),
    ),
}
"""The signs of each platform, the strongest first."""
