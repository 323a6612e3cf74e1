"""What a chat completions request asks of the stand-in model, checked as strictly as OpenAI does.

Pure: the JSON value of a body in, a value out, or `RefusalError` with the status and the error that
OpenAI answers. A stand-in that is more patient than the real model would let a fault pass here that
costs a call there. The fields are those of OpenAI's API reference ("Create chat completion"); the
errors are worded as OpenAI words them where that is known.

What is not checked: values of fields that the stand-in has no use for, such as `logit_bias`.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

FIELDS: Final = frozenset(
    {
        "audio",
        "frequency_penalty",
        "function_call",
        "functions",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "metadata",
        "modalities",
        "model",
        "moderation",
        "n",
        "parallel_tool_calls",
        "prediction",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
        "verbosity",
        "web_search_options",
    }
)
"""The documented top-level fields of a chat completions request, the deprecated ones included."""

_ROLES: Final = ("system", "assistant", "user", "function", "tool", "developer")
_PARTS: Final = ("text", "image_url", "input_audio", "refusal", "audio", "file")
_DATA_URI: Final = re.compile(r"data:(?P<type>[^;,]*)(?P<coding>;base64)?,", re.IGNORECASE)
_REASONING_MODEL: Final = re.compile(r"o\d|gpt-(?:[5-9]|\d\d)")


class RefusalError(Exception):
    """A request that OpenAI would refuse.

    Args:
        message: the sentence for a person.
        status: the HTTP status.
        param: the part of the request at fault, or None.
        code: OpenAI's name for the fault, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code

    def as_json(self) -> dict[str, dict[str, str | None]]:
        """Return the error in OpenAI's shape."""
        return {
            "error": {
                "message": str(self),
                "type": "invalid_request_error",
                "param": self.param,
                "code": self.code,
            }
        }


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call, with the JSON schema of its arguments."""

    name: str
    parameters: Json


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that passed every check.

    `pictures` are the files of all pictures, in the order of the messages; `text` is all text, for
    counting; `said` is the last user text; `result` is the content of the last message if that is a
    tool's; `is_user_turn` tells whether the last message is a user's. `limit` is in tokens.
    """

    model: str
    stream: bool
    include_usage: bool
    limit: int | None
    tools: tuple[Tool, ...]
    pictures: tuple[bytes, ...]
    text: str
    said: str
    result: str | None
    is_user_turn: bool


def read(body: Any) -> Asked:
    """Return what a request's body asks.

    Raises:
        RefusalError: OpenAI would not answer this body.
    """
    if not isinstance(body, dict):
        raise RefusalError(f"Invalid body: expected an object, but got {_kind(body)} instead.")
    _check_fields(body)
    model, messages = _model(body), _messages(body)
    tools = tuple(_tools(body))
    _check_for_model(body, model)
    last = messages[-1]
    return Asked(
        model=model,
        stream=body.get("stream") is True,
        include_usage=_include_usage(body),
        limit=_limit(body),
        tools=() if body.get("tool_choice") == "none" else tools,
        pictures=tuple(_pictures(messages)),
        text="\n".join(text_of(message) for message in messages),
        said=next((text_of(one) for one in reversed(messages) if one["role"] == "user"), ""),
        result=text_of(last) if last["role"] == "tool" else None,
        is_user_turn=last["role"] == "user",
    )


def text_of(message: Json) -> str:
    """Return the text of a message, whether its content is a text, parts or null."""
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def _kind(value: Any) -> str:
    """Return how OpenAI's messages name the type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {dict: "an object", list: "an array", str: "a string", int: "an integer"}
    return names.get(type(value), "a decimal")


def _wrong_type(param: str, wanted: str, value: Any) -> RefusalError:
    return RefusalError(
        f"Invalid type for '{param}': expected {wanted}, but got {_kind(value)} instead.",
        param=param,
        code="invalid_type",
    )


def _missing(param: str) -> RefusalError:
    return RefusalError(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def _check_fields(body: Json) -> None:
    unknown = [name for name in body if name not in FIELDS]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise RefusalError(f"Unrecognized request argument{plural} supplied: {', '.join(unknown)}")
    for name in ("stream", "store", "logprobs", "parallel_tool_calls"):
        if not isinstance(body.get(name), bool | None):
            raise _wrong_type(name, "a boolean", body[name])
    if body.get("n") not in (None, 1):
        raise RefusalError("The stand-in model gives one choice: leave 'n' out.", param="n")


def _model(body: Json) -> str:
    model = body.get("model")
    if model is None or model == "":
        raise RefusalError("you must provide a model parameter")
    if not isinstance(model, str):
        raise _wrong_type("model", "a string", model)
    return model


def _messages(body: Json) -> list[Json]:
    if "messages" not in body:
        raise _missing("messages")
    messages = body["messages"]
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise RefusalError(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, "
            "but got an empty array instead.",
            param="messages",
            code="empty_array",
        )
    for number, message in enumerate(messages):
        _check_message(message, f"messages[{number}]")
    _check_tool_messages(messages)
    return messages


def _check_message(message: Any, where: str) -> None:
    if not isinstance(message, dict):
        raise _wrong_type(where, "an object", message)
    if "role" not in message:
        raise _missing(f"{where}.role")
    role, content = message["role"], message.get("content")
    _check_tool_calls(message.get("tool_calls"), f"{where}.tool_calls")
    if role not in _ROLES:
        raise _unsupported(f"{where}.role", role, _ROLES)
    if content is None:
        if role == "assistant" and (message.get("tool_calls") or message.get("function_call")):
            return
        raise _wrong_type(f"{where}.content", "a string or an array of objects", content)
    if isinstance(content, list):
        for number, part in enumerate(content):
            _check_part(part, role, f"{where}.content[{number}]")
    elif not isinstance(content, str):
        raise _wrong_type(f"{where}.content", "a string or an array of objects", content)


def _check_tool_calls(calls: Any, where: str) -> None:
    if calls is None:
        return
    if not isinstance(calls, list):
        raise _wrong_type(where, "an array of objects", calls)
    for number, call in enumerate(calls):
        if not isinstance(call, dict):
            raise _wrong_type(f"{where}[{number}]", "an object", call)
        if not isinstance(call.get("id"), str):
            raise _missing(f"{where}[{number}].id")


def _unsupported(param: str, value: Any, supported: Sequence[str]) -> RefusalError:
    *first, last = (f"'{name}'" for name in supported)
    return RefusalError(
        f"Invalid value: '{value}'. Supported values are: {', '.join(first)}, and {last}.",
        param=param,
        code="invalid_value",
    )


def _check_part(part: Any, role: str, where: str) -> None:
    if not isinstance(part, dict):
        raise _wrong_type(where, "an object", part)
    if "type" not in part:
        raise _missing(f"{where}.type")
    kind = part["type"]
    if kind not in _PARTS:
        raise _unsupported(f"{where}.type", kind, _PARTS)
    if kind == "text" and not isinstance(part.get("text"), str):
        raise (
            _missing(f"{where}.text")
            if "text" not in part
            else _wrong_type(f"{where}.text", "a string", part["text"])
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
        raise _missing(f"{where}.image_url")
    if not isinstance(image, dict):
        raise _wrong_type(f"{where}.image_url", "an object", image)
    if not isinstance(image.get("url"), str):
        raise _missing(f"{where}.image_url.url")
    detail = image.get("detail", "auto")
    if detail not in ("auto", "low", "high", "original"):
        raise _unsupported(f"{where}.image_url.detail", detail, ("low", "high", "auto"))


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


def _tools(body: Json) -> Iterator[Tool]:
    tools = body.get("tools")
    if tools is None:
        return
    if not isinstance(tools, list):
        raise _wrong_type("tools", "an array of objects", tools)
    if not tools:
        raise RefusalError(
            "Invalid 'tools': empty array. Expected an array with minimum length 1, "
            "but got an empty array instead.",
            param="tools",
            code="empty_array",
        )
    for number, tool in enumerate(tools):
        where = f"tools[{number}]"
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict):
            raise _missing(f"{where}.function")
        if not isinstance(function.get("name"), str) or not function["name"]:
            raise _missing(f"{where}.function.name")
        parameters = function.get("parameters") or {}
        if not isinstance(parameters, dict):
            raise _wrong_type(f"{where}.function.parameters", "an object", parameters)
        yield Tool(function["name"], parameters)


def _include_usage(body: Json) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if body.get("stream") is not True:
        raise RefusalError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )
    if not isinstance(options, dict):
        raise _wrong_type("stream_options", "an object", options)
    return options.get("include_usage") is True


def _limit(body: Json) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(name, "an integer", value)
        if value < 1:
            raise RefusalError(
                f"Invalid '{name}': integer below minimum value. Expected a value >= 1, "
                f"but got {value} instead.",
                param=name,
                code="integer_below_min_value",
            )
        return value
    return None


def _check_for_model(body: Json, model: str) -> None:
    """Refuse what gpt-5 and later and the o-series refuse (PAYLOADS, "The model's side")."""
    if not _REASONING_MODEL.match(model):
        return
    if body.get("max_tokens") is not None:
        raise RefusalError(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        )
    if body.get("temperature") not in (None, 1):
        raise RefusalError(
            f"Unsupported value: 'temperature' does not support {body['temperature']} with this "
            "model. Only the default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        )
    if body.get("tools") and body.get("reasoning_effort") != "none":
        raise RefusalError(
            f"Function tools with reasoning_effort are not supported for {model} in "
            "/v1/chat/completions. Set reasoning_effort to 'none'.",
            param="reasoning_effort",
        )


def _pictures(messages: Sequence[Json]) -> Iterator[bytes]:
    for number, message in enumerate(messages):
        content = message.get("content")
        for place, part in enumerate(content if isinstance(content, list) else ()):
            if part["type"] == "image_url":
                where = f"messages[{number}].content[{place}].image_url.url"
                yield _picture(part["image_url"]["url"], where)


def _picture(url: str, where: str) -> bytes:
    if re.match(r"https?:", url, re.IGNORECASE):
        raise RefusalError(
            f"Error while downloading {url}. (The stand-in model has no network: send a data URI.)",
            param=where,
            code="invalid_image_url",
        )
    head = _DATA_URI.match(url)
    if head is None or not head["coding"]:
        raise RefusalError(
            "Invalid image URL: expected a URL, or base64 data as "
            "data:image/jpeg;base64,<base64 data>.",
            param=where,
            code="invalid_image_url",
        )
    if not head["type"].lower().startswith("image/"):
        raise RefusalError(
            f"Invalid MIME type: {head['type'] or 'none'}. Only image types are supported.",
            param=where,
            code="invalid_image_format",
        )
    try:
        return base64.b64decode(url[head.end() :], validate=True)
    except binascii.Error:
        raise RefusalError(
            "Invalid base64 image_url.", param=where, code="invalid_base64"
        ) from None
