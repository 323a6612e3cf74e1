"""What a client says: a frame of its WebSocket as a value. Pure.

The names are those of the official SDKs (`@elevenlabs/types`, outgoing events). A frame that is
none of these raises `BadFrame`, whose message is for the person who wrote the client.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from contract import jsontext

_LONGEST_NAME: Final = 40  # characters of somebody's type that an answer repeats


class BadFrame(Exception):
    """A frame that the platform cannot take; the message says why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The first frame: what this client wants of the agent (`conversation_initiation_client_data`).

    None stands for what the client did not ask for.
    """

    text_only: bool = False
    extra_body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    user_id: str | None = None
    prompt: str | None = None
    first_message: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What the person has typed, with the files that belong to it, by their IDs."""

    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of the microphone's stream: s16le mono."""

    pcm: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Background:
    """Something for the agent to know that nobody has said (`contextual_update`)."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool of the client has answered."""

    id: str
    result: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to the ping of that event ID."""

    event_id: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A frame that changes nothing here: `user_activity`, `feedback`, an approval."""

    kind: str


Frame: TypeAlias = Opening | Typed | Sound | Background | ToolResult | Pong | Noted
_Json: TypeAlias = dict[str, Any]


def parse(text: str) -> Frame:
    """Return what a frame says.

    Raises:
        BadFrame: it is no JSON object, has no known type, or a member of another shape.
    """
    try:
        value = jsontext.decode(text)
    except ValueError:
        raise BadFrame("the frame is not JSON") from None
    if not isinstance(value, dict):
        raise BadFrame("the frame is not a JSON object")
    if "user_audio_chunk" in value:
        return Sound(_pcm(value["user_audio_chunk"]))
    _check_repeatable(value)
    kind = value.get("type")
    if not isinstance(kind, str):
        raise BadFrame("the frame has no type")
    read = _READERS.get(kind)
    if read is None:
        raise BadFrame(f"the frame is of an unknown type: {kind[:_LONGEST_NAME]}")
    return read(value)


def _check_repeatable(value: _Json) -> None:
    """Refuse what JSON can say, and no request to an endpoint could repeat."""
    try:
        jsontext.encode(value).encode()
    except (ValueError, RecursionError):
        raise BadFrame("the frame holds half a character, or a number beyond all size") from None


def _opening(value: _Json) -> Opening:
    override = _object(value, "conversation_config_override")
    agent, talk = _object(override, "agent"), _object(override, "conversation")
    return Opening(
        # The Python SDK writes it at the top, JavaScript's where the documentation has it.
        text_only=talk.get("text_only") is True or override.get("text_only") is True,
        extra_body=_object(value, "custom_llm_extra_body"),
        variables=_variables(_object(value, "dynamic_variables")),
        user_id=_text(value, "user_id"),
        prompt=_text(_object(agent, "prompt"), "prompt"),
        first_message=_text(agent, "first_message"),
        language=_text(agent, "language"),
    )


def _variables(value: _Json) -> _Json:
    for name, one in value.items():
        if not isinstance(one, str | int | float | bool):
            raise BadFrame(
                f"dynamic_variables: {name[:_LONGEST_NAME]} is no text, number or boolean"
            )
    return value


def _typed(value: _Json) -> Typed:
    return Typed(_text(value, "text") or "")


def _multimodal(value: _Json) -> Typed:
    """Read text and files; both SDKs send `files`, and the first of them once more as `file`."""
    listed = value.get("files") or [value.get("file")]
    if not isinstance(listed, list):
        raise BadFrame("files is no list")
    files = [_needed(one, "file_id") for one in listed if one is not None]
    return Typed(_text(_object(value, "text"), "text") or "", tuple(dict.fromkeys(files)))


def _background(value: _Json) -> Background:
    return Background(_needed(value, "text"))


def _tool_result(value: _Json) -> ToolResult:
    result = value.get("result")
    told = result if isinstance(result, str) else jsontext.encode(result)
    return ToolResult(_needed(value, "tool_call_id"), told, value.get("is_error") is True)


def _pong(value: _Json) -> Pong:
    event_id = value.get("event_id")
    if not isinstance(event_id, int) or isinstance(event_id, bool):
        raise BadFrame("event_id is no whole number")
    return Pong(event_id)


def _noted(value: _Json) -> Noted:
    return Noted(value["type"])


_READERS: Final[Mapping[str, Callable[[_Json], Frame]]] = {
    "conversation_initiation_client_data": _opening,
    "user_message": _typed,
    "multimodal_message": _multimodal,
    "contextual_update": _background,
    "client_tool_result": _tool_result,
    "pong": _pong,
    "user_activity": _noted,
    "feedback": _noted,
    "mcp_tool_approval_result": _noted,
}


def _object(value: _Json, name: str) -> _Json:
    found = value.get(name)
    if found is not None and not isinstance(found, dict):
        raise BadFrame(f"{name} is no object")
    return found or {}


def _text(value: _Json, name: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise BadFrame(f"{name} is no text")
    return found


def _needed(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, str) or not found:
        raise BadFrame(f"{name} is missing, or no text")
    return found


def _pcm(chunk: Any) -> bytes:
    try:
        return base64.b64decode(chunk, validate=True)
    except (TypeError, ValueError):
        raise BadFrame("user_audio_chunk is not base64") from None
