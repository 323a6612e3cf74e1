"""The items of a Responses request's input, checked as OpenAI does, and their pictures.

Pure: the JSON value of `input` in, values out, or `RefusalError`. The shapes are those of the
official client's `ResponseInputItemParam`; the errors are worded as OpenAI words them where that is
known. That a picture in a message of another role than the user's is refused is inferred from chat
completions.

The stand-in keeps nothing and has no tools of its own: it takes messages, function calls and their
outputs, and reasoning; other items it refuses, also those that OpenAI would take.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from rehearsal.asked import Json, Piece
from rehearsal.pictures import check_detail, picture
from rehearsal.refusal import RefusalError, missing, unknown, unsupported, wrong_type

_ROLES: Final = ("assistant", "system", "developer", "user")
_INPUT_PARTS: Final = ("input_text", "input_image", "input_file")
_OUTPUT_PARTS: Final = ("output_text", "refusal")
_PARTS: Final = (
    "input_text",
    "input_image",
    "output_text",
    "refusal",
    "input_file",
    "computer_screenshot",
    "summary_text",
    "encrypted_content",
)
_STRING_OR_LIST: Final = "one of an array of objects or string"

_ITEM_FIELDS: Final = {
    "message": {"type", "role", "content", "id", "status", "phase"},
    "function_call": {
        "type",
        "arguments",
        "call_id",
        "name",
        "id",
        "status",
        "namespace",
        "caller",
    },
    "function_call_output": {
        "type",
        "call_id",
        "output",
        "id",
        "status",
        "name",
        "namespace",
        "caller",
    },
    "reasoning": {"type", "id", "summary", "content", "encrypted_content", "status"},
}
_PART_FIELDS: Final = {
    "input_text": {"type", "text", "prompt_cache_breakpoint"},
    "input_image": {"type", "image_url", "file_id", "detail", "prompt_cache_breakpoint"},
    "output_text": {"type", "text", "annotations", "logprobs"},
    "refusal": {"type", "refusal"},
}


def items_of(value: Any) -> list[Json]:
    """Return the items of an `input`; a text is a user's message.

    Raises:
        RefusalError: one is malformed, or a function call is not answered.
    """
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    if not isinstance(value, list):
        raise wrong_type("input", "one of a string or array of objects", value)
    for number, item in enumerate(value):
        _check_item(item, f"input[{number}]")
    _check_calls(value)
    return value


def kind_of_item(item: Json) -> str:
    """Return an item's type; one that has a role needs none."""
    return str(item.get("type") or "message")


def _check_item(item: Any, where: str) -> None:
    if not isinstance(item, dict):
        raise wrong_type(where, "an object", item)
    if "type" not in item and "role" not in item:
        raise missing(f"{where}.type")
    kind = item.get("type", "message")
    if not isinstance(kind, str) or kind not in _ITEM_FIELDS:
        raise unsupported(f"{where}.type", kind, tuple(_ITEM_FIELDS))
    _check_fields(item, _ITEM_FIELDS[kind], where)
    _CHECKS[kind](item, where)


def _check_message(item: Json, where: str) -> None:
    if "role" not in item:
        raise missing(f"{where}.role")
    role = item["role"]
    if role not in _ROLES:
        raise unsupported(f"{where}.role", role, _ROLES)
    if "content" not in item:
        raise missing(f"{where}.content")
    parts = _OUTPUT_PARTS if role == "assistant" else _INPUT_PARTS
    _check_content(item["content"], parts, f"{where}.content", pictures=role == "user")


def _check_call(item: Json, where: str) -> None:
    for name in ("call_id", "name", "arguments"):
        _need_text(item, name, where)


def _check_output(item: Json, where: str) -> None:
    _need_text(item, "call_id", where)
    if "output" not in item:
        raise missing(f"{where}.output")
    _check_content(item["output"], _INPUT_PARTS, f"{where}.output", pictures=True)


def _check_reasoning(item: Json, where: str) -> None:
    _need_text(item, "id", where)
    if "summary" not in item:
        raise missing(f"{where}.summary")
    if not isinstance(item["summary"], list):
        raise wrong_type(f"{where}.summary", "an array of objects", item["summary"])
    if "status" in item and item["status"] is None:
        raise unknown(f"{where}.status")  # reported in openai-python, issue 3008


_CHECKS: Final[dict[str, Callable[[Json, str], None]]] = {
    "message": _check_message,
    "function_call": _check_call,
    "function_call_output": _check_output,
    "reasoning": _check_reasoning,
}


def _check_fields(value: Json, known: set[str], where: str) -> None:
    for name in value:
        if name not in known:
            raise unknown(f"{where}.{name}")


def _need_text(value: Json, name: str, where: str) -> None:
    if name not in value:
        raise missing(f"{where}.{name}")
    if not isinstance(value[name], str):
        raise wrong_type(f"{where}.{name}", "a string", value[name])


def _check_content(content: Any, allowed: Sequence[str], where: str, *, pictures: bool) -> None:
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise wrong_type(where, _STRING_OR_LIST, content)
    for number, part in enumerate(content):
        _check_part(part, allowed, f"{where}[{number}]", pictures=pictures)


def _check_part(part: Any, allowed: Sequence[str], where: str, *, pictures: bool) -> None:
    if not isinstance(part, dict):
        raise wrong_type(where, "an object", part)
    if "type" not in part:
        raise missing(f"{where}.type")
    kind = part["type"]
    if kind not in allowed:
        raise unsupported(f"{where}.type", kind, allowed if kind in _PARTS else _PARTS)
    if kind == "input_file":
        raise RefusalError("The stand-in model reads no files: send pictures.", param=where)
    _check_fields(part, _PART_FIELDS[kind], where)
    if kind == "input_image":
        _check_picture(part, where, allowed=pictures)
    else:
        _need_text(part, "refusal" if kind == "refusal" else "text", where)


def _check_picture(part: Json, where: str, *, allowed: bool) -> None:
    if not allowed:
        raise RefusalError(
            f"Invalid '{where}'. Image inputs are only allowed for messages with role 'user'.",
            param=where,
            code="invalid_value",
        )
    if part.get("file_id") is not None:
        raise RefusalError(
            "The stand-in model keeps no files: send a data URI as 'image_url'.",
            param=f"{where}.file_id",
        )
    url = part.get("image_url")
    if url is None:
        raise missing(f"{where}.image_url")
    if not isinstance(url, str):
        raise wrong_type(f"{where}.image_url", "an image URL", url)
    check_detail(part.get("detail", "auto"), f"{where}.detail")


def _check_calls(items: Sequence[Json]) -> None:
    """Check that every function call has an output behind it, and every output a call before it."""
    called: set[str] = set()
    answered: set[str] = set()
    for item in items:
        kind = kind_of_item(item)
        if kind == "function_call":
            called.add(item["call_id"])
        elif kind == "function_call_output":
            if item["call_id"] not in called:
                raise _unpaired("No tool call found for function call output with call_id", item)
            answered.add(item["call_id"])
    for item in items:
        if kind_of_item(item) == "function_call" and item["call_id"] not in answered:
            raise _unpaired("No tool output found for function call", item)


def _unpaired(sentence: str, item: Json) -> RefusalError:
    return RefusalError(f"{sentence} {item['call_id']}.", param="input")


def text_of_item(item: Json) -> str:
    """Return the text of an item that was checked: what was said, asked of a tool, or answered."""
    kind = kind_of_item(item)
    if kind == "function_call":
        return f"{item['name']} {item['arguments']}"
    if kind == "reasoning":
        return ""
    content = item["output"] if kind == "function_call_output" else item["content"]
    if isinstance(content, str):
        return content
    return " ".join(part["text"] for part in content if "text" in part)


def piece_of(item: Json) -> Piece:
    """Return an item as a piece of the prompt."""
    return Piece(item, text_of_item(item), len(list(_picture_parts(item, ""))))


def pictures_in(items: Sequence[Json]) -> Iterator[bytes]:
    """Yield the files of all pictures in items that were checked, in their order.

    Raises:
        RefusalError: a picture does not come as a data URI in base64.
    """
    for number, item in enumerate(items):
        for part, where in _picture_parts(item, f"input[{number}]"):
            yield picture(part["image_url"], f"{where}.image_url")


def _picture_parts(item: Json, where: str) -> Iterator[tuple[Json, str]]:
    key = "output" if kind_of_item(item) == "function_call_output" else "content"
    content = item.get(key)
    for number, part in enumerate(content if isinstance(content, list) else ()):
        if part.get("type") == "input_image":
            yield part, f"{where}.{key}[{number}]"
