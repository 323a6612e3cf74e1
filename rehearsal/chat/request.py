"""What a chat completions request asks of the stand-in model, checked as strictly as OpenAI does.

Pure: the JSON value of a body in, a value out, or `RefusalError` with the status and the error that
OpenAI answers. A stand-in that is more patient than the real model would let a fault pass here that
costs a call there. The fields are those of OpenAI's API reference ("Create chat completion"); the
errors are worded as OpenAI words them where that is known.

What is not checked: values of fields that the stand-in has no use for, such as `logit_bias`.
"""

from collections.abc import Iterator
from typing import Any, Final

from contract import jsontext
from rehearsal.asked import Asked, Json, Piece, Tool, tools_piece
from rehearsal.chat.messages import count_pictures, messages_of, pictures_in, text_of
from rehearsal.parameters import (
    check_booleans,
    is_reasoning,
    limit_of,
    model_of,
    object_of,
    tool_list,
)
from rehearsal.refusal import RefusalError, empty, missing, wrong_type

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


def read(value: Any) -> Asked:
    """Return what a request's body asks.

    Raises:
        RefusalError: OpenAI would not answer this body.
    """
    body = object_of(value)
    _check_fields(body)
    model, messages = model_of(body), messages_of(body)
    tools = tuple(_tools(body))
    _check_for_model(body, model)
    last = messages[-1]
    return Asked(
        model=model,
        stream=body.get("stream") is True,
        include_usage=_include_usage(body),
        limit=_limit(body),
        tools=() if body.get("tool_choice") == "none" else tools,
        prompt=tuple(_prompt(body.get("tools") or [], messages)),
        pictures=tuple(pictures_in(messages)),
        said=next((text_of(one) for one in reversed(messages) if one["role"] == "user"), ""),
        result=text_of(last) if last["role"] == "tool" else None,
        is_user_turn=last["role"] == "user",
    )


def _prompt(tools: list[Any], messages: list[Json]) -> Iterator[Piece]:
    yield from tools_piece(tools, jsontext.encode(tools))
    for message in messages:
        yield Piece(message, text_of(message), count_pictures(message))


def _check_fields(body: Json) -> None:
    unknown = [name for name in body if name not in FIELDS]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise RefusalError(f"Unrecognized request argument{plural} supplied: {', '.join(unknown)}")
    check_booleans(body, ("stream", "store", "logprobs", "parallel_tool_calls"))
    if body.get("n") not in (None, 1):
        raise RefusalError("The stand-in model gives one choice: leave 'n' out.", param="n")


def _tools(body: Json) -> Iterator[Tool]:
    tools = tool_list(body)
    if body.get("tools") == []:
        raise empty("tools")
    for number, tool in enumerate(tools):
        where = f"tools[{number}]"
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict):
            raise missing(f"{where}.function")
        if not isinstance(function.get("name"), str) or not function["name"]:
            raise missing(f"{where}.function.name")
        parameters = function.get("parameters") or {}
        if not isinstance(parameters, dict):
            raise wrong_type(f"{where}.function.parameters", "an object", parameters)
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
        raise wrong_type("stream_options", "an object", options)
    return options.get("include_usage") is True


def _limit(body: Json) -> int | None:
    newer = limit_of(body, "max_completion_tokens", 1)
    return limit_of(body, "max_tokens", 1) if newer is None else newer


def _check_for_model(body: Json, model: str) -> None:
    """Refuse what gpt-5 and later and the o-series refuse (docs/platforms.md)."""
    if not is_reasoning(model):
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
