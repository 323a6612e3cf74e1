"""Parameters that both of OpenAI's APIs check alike.

Pure: the JSON value of a body in, values out, or `RefusalError`. The errors are worded as OpenAI
words them where that is known.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from rehearsal.asked import Json
from rehearsal.refusal import RefusalError, kind_of, wrong_type

_REASONING_MODEL: Final = re.compile(r"o\d|gpt-(?:[5-9]|\d\d)")


def object_of(body: Any) -> Json:
    """Return a body that is an object.

    Raises:
        RefusalError: it is something else.
    """
    if not isinstance(body, dict):
        raise RefusalError(f"Invalid body: expected an object, but got {kind_of(body)} instead.")
    return body


def check_booleans(body: Json, names: Iterable[str]) -> None:
    """Check that each of these is true, false, null or not there.

    Raises:
        RefusalError: one is something else.
    """
    for name in names:
        if not isinstance(body.get(name), bool | None):
            raise wrong_type(name, "a boolean", body[name])


def model_of(body: Json) -> str:
    """Return the model that a request names.

    Raises:
        RefusalError: it names none.
    """
    model = body.get("model")
    if model is None or model == "":
        raise RefusalError("you must provide a model parameter")
    if not isinstance(model, str):
        raise wrong_type("model", "a string", model)
    return model


def limit_of(body: Json, name: str, least: int) -> int | None:
    """Return how many tokens the answer may have at most, where that is said.

    Raises:
        RefusalError: it is no integer, or below the least that OpenAI takes.
    """
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(name, "an integer", value)
    if value < least:
        raise RefusalError(
            f"Invalid '{name}': integer below minimum value. Expected a value >= {least}, "
            f"but got {value} instead.",
            param=name,
            code="integer_below_min_value",
        )
    return value


def tool_list(body: Json) -> list[Any]:
    """Return the tools of a request, unchecked; none where there are none.

    Raises:
        RefusalError: they are no array.
    """
    tools = body.get("tools")
    if tools is None:
        return []
    if not isinstance(tools, list):
        raise wrong_type("tools", "an array of objects", tools)
    return tools


def is_reasoning(model: str) -> bool:
    """Tell whether a model is of gpt-5 and later or of the o-series, which refuse more."""
    return _REASONING_MODEL.match(model) is not None
