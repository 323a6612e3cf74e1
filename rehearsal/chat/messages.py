"""The messages of a chat completions request, checked as OpenAI does, and their pictures.

Pure: the JSON value of a body in, values out, or `RefusalError`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rehearsal.asked import Json
from rehearsal.pictures import check_detail, picture
from rehearsal.refusal import RefusalError, empty, missing, unsupported, wrong_type

_ROLES: Final = ("system", "assistant", "user", "function", "tool", "developer")
_PARTS: Final = ("text", "image_url", "input_audio", "refusal", "audio", "file")


def messages_of(body: Json) -> list[Json]:
    """Return the messages of a request.

    Raises:
        RefusalError: they are missing, one is malformed, or a tool call is not answered.
    """
    if "messages" not in body:
        raise missing("messages")
    messages = body["messages"]
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise empty("messages")
    for number, message in enumerate(messages):
        _check_message(message, f"messages[{number}]")
    _check_tool_messages(messages)
    return messages


def _check_message(message: Any, where: str) -> None:
    if not isinstance(message, dict):
        raise wrong_type(where, "an object", message)
    if "role" not in message:
        raise missing(f"{where}.role")
    role, content = message["role"], message.get("content")
    _check_tool_calls(message.get("tool_calls"), f"{where}.tool_calls")
    if role not in _ROLES:
        raise unsupported(f"{where}.role", role, _ROLES)
    if content is None:
        if role == "assistant" and (message.get("tool_calls") or message.get("function_call")):
            return
        raise wrong_type(f"{where}.content", "a string or an array of objects", content)
    if isinstance(content, list):
        for number, part in enumerate(content):
            _check_part(part, role, f"{where}.content[{number}]")
    elif not isinstance(content, str):
        raise wrong_type(f"{where}.content", "a string or an array of objects", content)


def _check_tool_calls(calls: Any, where: str) -> None:
    if calls is None:
        return
    if not isinstance(calls, list):
        raise wrong_type(where, "an array of objects", calls)
    for number, call in enumerate(calls):
        if not isinstance(call, dict):
            raise wrong_type(f"{where}[{number}]", "an object", call)
        if not isinstance(call.get("id"), str):
            raise missing(f"{where}[{number}].id")


def _check_part(part: Any, role: str, where: str) -> None:
    if not isinstance(part, dict):
        raise wrong_type(where, "an object", part)
    if "type" not in part:
        raise missing(f"{where}.type")
    kind = part["type"]
    if kind not in _PARTS:
        raise unsupported(f"{where}.type", kind, _PARTS)
    if kind == "text" and not isinstance(part.get("text"), str):
        raise (
            missing(f"{where}.text")
            if "text" not in part
            else wrong_type(f"{where}.text", "a string", part["text"])
        )
    if kind == "image_url":
        _check_image_part(part, role, where)


def _check_image_part(part: Json, role: str, where: str) -> None:
    if role != "user":
        raise RefusalError(
            "Invalid 'messages'. Image URLs are only allowed for messages with role 'user', "
            f"but this message with role '{role}' contains an image URL.",
            param=where,
            code="invalid_value",
        )
    image = part.get("image_url")
    if image is None:
        raise missing(f"{where}.image_url")
    if not isinstance(image, dict):
        raise wrong_type(f"{where}.image_url", "an object", image)
    if not isinstance(image.get("url"), str):
        raise missing(f"{where}.image_url.url")
    check_detail(image.get("detail", "auto"), f"{where}.image_url.detail")


def _check_tool_messages(messages: Sequence[Json]) -> None:
    """Check that every tool call is answered, and every tool message answers one, in order."""
    open_calls: list[str] = []
    caller = ""
    for number, message in enumerate(messages):
        where = f"messages.[{number}].role"
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                raise RefusalError(
                    "Invalid parameter: messages with role 'tool' must be a response to a "
                    "preceeding message with 'tool_calls'.",
                    param=where,
                )
            open_calls.remove(message["tool_call_id"])
            continue
        _check_answered(open_calls, caller)
        open_calls = [call["id"] for call in message.get("tool_calls") or ()]
        caller = where
    _check_answered(open_calls, caller)


def _check_answered(open_calls: Sequence[str], where: str) -> None:
    if open_calls:
        raise RefusalError(
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            + ", ".join(open_calls),
            param=where,
        )


def text_of(message: Json) -> str:
    """Return the text of a message, whether its content is a text, parts or null."""
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def count_pictures(message: Json) -> int:
    """Return how many pictures are in a message."""
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return sum(part["type"] == "image_url" for part in parts)


def pictures_in(messages: Sequence[Json]) -> Iterator[bytes]:
    """Yield the files of all pictures in messages that were checked, in their order.

    Raises:
        RefusalError: a picture does not come as a data URI in base64.
    """
    for number, message in enumerate(messages):
        content = message.get("content")
        for place, part in enumerate(content if isinstance(content, list) else ()):
            if part["type"] == "image_url":
                where = f"messages[{number}].content[{place}].image_url.url"
                yield picture(part["image_url"]["url"], where)
