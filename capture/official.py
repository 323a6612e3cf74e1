"""Whether OpenAI's official client could read an answer, by its own types.

Pure; the client itself is more patient than its types and hands over whatever came. For chat
completions all that its types ask for must be there. The types of the Responses API grow with every
release: what an older server does not say yet, and words that are newer than the types, are no
fault; a value of another kind is, and so is a gap where the answer itself should be.
"""

import json
from functools import cache
from typing import Any, Final, get_args

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response as ResponsesAnswer
from openai.types.responses import ResponseStreamEvent
from pydantic import BaseModel, ValidationError

from contract import responses, sse
from contract.answer import DONE
from contract.exchange import Response

_NEEDED: Final = {"arguments", "delta", "item", "model", "output", "part", "response", "text"}
"""Members of an event or an answer without which a client has nothing to read."""

_ECHOED: Final = {"tools", "tool_choice"}
"""Members in which an answer only says again what was asked; their types grow the fastest."""


def unreadable(response: Response, path: str) -> str | None:
    """Return what the official client's types say against an answer, or None.

    Args:
        response: the answer.
        path: where its turn was sent, which says the API.
    """
    is_responses = responses.is_path(path)
    try:
        if not response.is_event_stream:
            whole = ResponsesAnswer if is_responses else ChatCompletion
            _check(whole, response.body, grows=is_responses)
        else:
            for event in sse.decode(response.body):
                if event.data is not None and event.data != DONE:
                    _check_event(event.data, is_responses=is_responses)
    except ValueError as error:
        first = str(error).splitlines()
        return f"the official client cannot read the answer: {' '.join(first[:3])}"
    return None


def _check_event(data: str, *, is_responses: bool) -> None:
    if not is_responses:
        if not _is_error(data):
            _check(ChatCompletionChunk, data, grows=False)
        return
    value = json.loads(data)
    if _is_error(data):
        return
    if not responses.is_event(value):
        raise ValueError(f"an event that is none of the Responses API: {data[:80]}")
    model = _events().get(value["type"])
    if model is not None:
        _check(model, data, grows=True)


@cache
def _events() -> dict[str, type[BaseModel]]:
    """Return the client's types of events, by their names."""
    union, *_ = get_args(ResponseStreamEvent)
    return {
        name: model
        for model in get_args(union)
        for name in get_args(model.model_fields["type"].annotation)
    }


def _check(model: type[BaseModel], data: str | bytes, *, grows: bool) -> None:
    """Check JSON against a type.

    Raises:
        ValueError: it does not fit.
    """
    try:
        model.model_validate_json(data)
    except ValidationError as error:
        if not grows or any(map(_is_fault, error.errors(include_url=False))):
            raise


def _is_fault(detail: Any) -> bool:
    if not _ECHOED.isdisjoint(detail["loc"]):
        return False
    if detail["type"] == "missing":
        return len(detail["loc"]) == 1 and detail["loc"][0] in _NEEDED
    return detail["type"] not in {"literal_error", "union_tag_invalid"}


def _is_error(data: str) -> bool:
    """Tell whether an event holds an error in the place of a chunk."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool(value.get("error"))
