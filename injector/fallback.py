"""A sentence that Sightline says itself, in the form of the API that was asked. Pure.

A call in which nothing is heard is dead after a few turns; a person who hears that something went
wrong says it again. The form is that of OpenAI's API reference ("The chat completion chunk object",
"Streaming events" of Responses), as far as clients read it.
"""

import secrets
import time
from collections.abc import Iterator
from typing import Any

from contract.jsontext import encode
from injector.body import Api

_NAMELESS = "sightline"  # where neither the request nor the configuration names a model


def stream_of(api: Api, sentence: str, model: str | None) -> bytes:
    """Return the event stream in which a model would have said the sentence."""
    if api is Api.CHAT:
        chunks = (_data(chunk) for chunk in _chunks(sentence, model or _NAMELESS))
        return b"".join([*chunks, b"data: [DONE]\n\n"])
    events = enumerate(_events(sentence, model or _NAMELESS))
    return b"".join(
        f"event: {event['type']}\n".encode() + _data(event | {"sequence_number": number})
        for number, event in events
    )


def whole_of(api: Api, sentence: str, model: str | None) -> bytes:
    """Return the whole answer in which a model would have said the sentence."""
    name = model or _NAMELESS
    if api is Api.RESPONSES:
        return encode(_response("completed", [_message("completed", sentence)], name)).encode()
    message = {"role": "assistant", "content": sentence, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    whole = _head("chat.completion", _identity("chatcmpl-"), name)
    return encode(whole | {"choices": [choice], "usage": usage}).encode()


def _chunks(sentence: str, model: str) -> Iterator[dict[str, Any]]:
    head = _head("chat.completion.chunk", _identity("chatcmpl-"), model)
    deltas: tuple[tuple[dict[str, Any], str | None], ...] = (
        ({"role": "assistant", "content": ""}, None),
        ({"content": sentence}, None),
        ({}, "stop"),
    )
    for delta, reason in deltas:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        yield head | {"choices": [choice]}


def _head(kind: str, identity: str, model: str) -> dict[str, Any]:
    return {"id": identity, "object": kind, "created": int(time.time()), "model": model}


def _events(sentence: str, model: str) -> Iterator[dict[str, Any]]:
    begun = _response("in_progress", [], model)
    message = _message("completed", sentence)
    (part,) = message["content"]
    item = {"output_index": 0}
    place = item | {"item_id": message["id"], "content_index": 0}
    opened = message | {"status": "in_progress", "content": []}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    yield {"type": "response.output_item.added", "item": opened} | item
    yield {"type": "response.content_part.added", "part": part | {"text": ""}} | place
    yield {"type": "response.output_text.delta", "delta": sentence, "logprobs": []} | place
    yield {"type": "response.output_text.done", "text": sentence, "logprobs": []} | place
    yield {"type": "response.content_part.done", "part": part} | place
    yield {"type": "response.output_item.done", "item": message} | item
    done = begun | {"status": "completed", "output": [message], "usage": _NO_USAGE}
    yield {"type": "response.completed", "response": done}


_NO_USAGE = {
    "input_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 0,
}


def _message(status: str, sentence: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": sentence, "annotations": [], "logprobs": []}
    head = {"id": _identity("msg_"), "type": "message", "role": "assistant", "status": status}
    return head | {"content": [part]}


def _response(status: str, output: list[Any], model: str) -> dict[str, Any]:
    return {
        "id": _identity("resp_"),
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": output,
        "parallel_tool_calls": True,
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "usage": _NO_USAGE if status == "completed" else None,
    }


def _identity(kind: str) -> str:
    return f"{kind}{secrets.token_hex(12)}"


def _data(value: Any) -> bytes:
    return f"data: {encode(value)}\n\n".encode()
