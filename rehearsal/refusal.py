"""How OpenAI refuses a request: status, sentence, the part at fault and the name of the fault.

Pure values; the errors are worded as OpenAI words them where that is known.
"""

from collections.abc import Sequence
from typing import Any


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


def kind_of(value: Any) -> str:
    """Return how OpenAI's messages name the type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {dict: "an object", list: "an array", str: "a string", int: "an integer"}
    return names.get(type(value), "a decimal")


def wrong_type(param: str, wanted: str, value: Any) -> RefusalError:
    """Return the refusal of a value of another type; `wanted` has its article."""
    return RefusalError(
        f"Invalid type for '{param}': expected {wanted}, but got {kind_of(value)} instead.",
        param=param,
        code="invalid_type",
    )


def missing(param: str) -> RefusalError:
    """Return the refusal of a request without this part."""
    return RefusalError(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def unsupported(param: str, value: Any, supported: Sequence[str]) -> RefusalError:
    """Return the refusal of a value that is none of several."""
    *first, last = (f"'{name}'" for name in supported)
    return RefusalError(
        f"Invalid value: '{value}'. Supported values are: {', '.join(first)}, and {last}.",
        param=param,
        code="invalid_value",
    )


def empty(param: str) -> RefusalError:
    """Return the refusal of a list with nothing in it."""
    return RefusalError(
        f"Invalid '{param}': empty array. Expected an array with minimum length 1, "
        "but got an empty array instead.",
        param=param,
        code="empty_array",
    )


def unknown(param: str) -> RefusalError:
    """Return the refusal of a part that OpenAI does not know, as the Responses API words it."""
    return RefusalError(f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter")
