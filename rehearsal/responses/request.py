"""What a Responses request asks of the stand-in model, checked as strictly as OpenAI does.

Pure: the JSON value of a body in, a value out, or `RefusalError` with the status and the error that
OpenAI answers. The fields are those of OpenAI's API reference ("Create a model response"); the
errors are worded as OpenAI words them where that is known.

The stand-in keeps nothing between two requests: it has no earlier response, no conversation and no
stored prompt to go on from, and says so as OpenAI does where one is unknown. What is not checked:
values of fields that it has no use for, such as `text`.
"""

from collections.abc import Iterator
from typing import Any, Final

from contract import jsontext
from rehearsal.asked import Asked, Json, Piece, Tool, tools_piece
from rehearsal.parameters import (
    check_booleans,
    is_reasoning,
    limit_of,
    model_of,
    object_of,
    tool_list,
)
from rehearsal.refusal import RefusalError, missing, unknown, wrong_type
from rehearsal.responses.items import items_of, kind_of_item, pictures_in, piece_of, text_of_item

FIELDS: Final = frozenset(
    {
        "access_programs",
        "background",
        "background_options",
        "context_management",
        "conversation",
        "image",
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "model",
        "moderation",
        "parallel_tool_calls",
        "previous_response_id",
        "prompt",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
    }
)
"""The documented top-level fields of a Responses request."""

MOVED: Final = {
    "messages": "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning.effort",
    "response_format": "text.format",
}
"""Fields of chat completions, and what they are called here."""

LEAST_TOKENS: Final = 16
"""The least `max_output_tokens` that OpenAI takes."""


def read(value: Any) -> Asked:
    """Return what a request's body asks.

    Raises:
        RefusalError: OpenAI would not answer this body.
    """
    body = object_of(value)
    _check_fields(body)
    _check_memory(body)
    model, items = model_of(body), _items(body)
    tools = tuple(_tools(body))
    _check_for_model(body, model)
    last = items[-1]
    said = [it for it in items if _is_user(it)]
    return Asked(
        model=model,
        stream=body.get("stream") is True,
        include_usage=True,
        limit=limit_of(body, "max_output_tokens", LEAST_TOKENS),
        tools=() if body.get("tool_choice") == "none" else tools,
        prompt=tuple(_prompt(body, items)),
        pictures=tuple(pictures_in(items)),
        said=text_of_item(said[-1]) if said else "",
        result=text_of_item(last) if kind_of_item(last) == "function_call_output" else None,
        is_user_turn=_is_user(last),
    )


def _is_user(item: Json) -> bool:
    return item.get("role") == "user"


def _prompt(body: Json, items: list[Json]) -> Iterator[Piece]:
    tools = body.get("tools") or []
    yield from tools_piece(tools, jsontext.encode(tools))
    if body.get("instructions"):
        yield Piece(body["instructions"], body["instructions"])
    yield from map(piece_of, items)


def _items(body: Json) -> list[Json]:
    if body.get("input") in (None, []):
        raise RefusalError(
            "One of 'input' or 'previous_response_id' or 'prompt' or 'conversation_id' must be "
            "provided.",
            param="input",
            code="missing_required_parameter",
        )
    return items_of(body["input"])


def _check_fields(body: Json) -> None:
    for name in body:
        if name in MOVED:
            raise RefusalError(
                f"Unsupported parameter: '{name}'. In the Responses API, this parameter has moved "
                f"to '{MOVED[name]}'. Try again with the new parameter. See the API documentation "
                "for more information: https://platform.openai.com/docs/api-reference/responses"
                "/create.",
                param=name,
                code="unsupported_parameter",
            )
        if name not in FIELDS:
            raise unknown(name)
    check_booleans(body, ("stream", "store", "background", "parallel_tool_calls"))
    if not isinstance(body.get("instructions"), str | None):
        raise wrong_type("instructions", "a string", body["instructions"])
    _check_stream_options(body)


def _check_stream_options(body: Json) -> None:
    options = body.get("stream_options")
    if options is None:
        return
    if body.get("stream") is not True:
        raise RefusalError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )
    if not isinstance(options, dict):
        raise wrong_type("stream_options", "an object", options)
    for name in options:
        if name != "include_obfuscation":
            raise unknown(f"stream_options.{name}")


def _check_memory(body: Json) -> None:
    """Refuse what needs something that was kept from before, as OpenAI does where it is unknown."""
    earlier = body.get("previous_response_id")
    if earlier is not None:
        raise RefusalError(
            f"Previous response with id '{earlier}' not found.",
            param="previous_response_id",
            code="previous_response_not_found",
        )
    for name in ("conversation", "prompt"):
        if body.get(name) is not None:
            raise RefusalError(
                f"The stand-in model keeps no {name}: send all in 'input'.",
                status=404,
                param=name,
            )
    if body.get("background") is True:
        raise RefusalError("The stand-in model answers at once: leave 'background' out.")


def _tools(body: Json) -> Iterator[Tool]:
    """Yield the functions; OpenAI's own tools are taken and never called."""
    for number, tool in enumerate(tool_list(body)):
        where = f"tools[{number}]"
        if not isinstance(tool, dict):
            raise wrong_type(where, "an object", tool)
        if "type" not in tool:
            raise missing(f"{where}.type")
        if tool["type"] == "function":
            yield _function(tool, where)


def _function(tool: Json, where: str) -> Tool:
    if not isinstance(tool.get("name"), str) or not tool["name"]:
        raise missing(f"{where}.name")
    if "function" in tool:
        raise unknown(f"{where}.function")
    parameters = tool.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise wrong_type(f"{where}.parameters", "an object", parameters)
    return Tool(tool["name"], parameters)


def _check_for_model(body: Json, model: str) -> None:
    """Refuse what gpt-5 and later and the o-series refuse (docs/platforms.md)."""
    for name in ("temperature", "top_p"):
        if is_reasoning(model) and body.get(name) is not None:
            raise RefusalError(
                f"Unsupported parameter: '{name}' is not supported with this model.",
                param=name,
            )
