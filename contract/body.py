"""A body as a JSON value, and back; pure but for the pictures' bytes.

It is `null`, or tagged:

    {"json": value}     the value says all that the bytes said, but for white space and escapes
    {"text": "…"}       UTF-8 that is no JSON, or JSON of which a value would lose something: keys
                        that occur twice, numbers that a float does not hold, deep nesting
    {"base64": "…"}     anything else

Where bytes are kept elsewhere, `sha256:<hex>` stands for their base64: for a picture in a data URI,
and for a whole body that is not text. Only canonical base64 is replaced, so it comes back the same.
A text that itself looks like such a reference is kept in base64, so nothing is fetched for it.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from contract import jsontext

_DATA_URI = re.compile(r"data:([a-z0-9.+/-]+)((?:;[^;,]*)*);base64,([A-Za-z0-9+/]{64,}={0,2})")
_DATA_REFERENCE = re.compile(r"(data:[^,]*;base64,)sha256:([0-9a-f]{64})")
_REFERENCE = re.compile(r"sha256:([0-9a-f]{64})")
_DEEPEST = 64  # deeper JSON stays text, so that no reader runs out of stack where a writer did not

Keep = Callable[[bytes, str], str]
"""Keep bytes of a media type; return their SHA-256 in hex."""

Fetch = Callable[[str], bytes]
"""Return the bytes that were kept under a SHA-256."""


def tagged(body: bytes, kind: str, keep: Keep) -> dict[str, Any] | None:
    """Return a body of a media type as a line holds it."""
    if not body:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": f"sha256:{keep(body, kind)}"}
    try:
        value = _FAITHFUL.decode(text)
        strings = list(_strings(value))
        jsontext.encode(value).encode()  # a lone surrogate has no UTF-8
    except (ValueError, RecursionError):
        value, strings = text, [text]
        tag = "text"
    else:
        tag = "json"
    if any(map(_DATA_REFERENCE.search, strings)):
        return {"base64": base64.b64encode(body).decode()}
    return {tag: _without_pictures(value, keep)}


def _strings(value: Any, room: int = _DEEPEST) -> Iterator[str]:
    """Yield every text in a JSON value that is a value.

    Raises:
        ValueError: it is nested deeper than `room`.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        if not room:
            raise ValueError("the JSON is nested too deep")
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item, room - 1)


def _without_pictures(value: Any, keep: Keep) -> Any:
    if isinstance(value, dict):
        return {key: _without_pictures(item, keep) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_pictures(item, keep) for item in value]
    if isinstance(value, str):
        return _DATA_URI.sub(lambda found: _keep_picture(found, keep), value)
    return value


def _keep_picture(found: re.Match[str], keep: Keep) -> str:
    kind, parameters, text = found.groups()
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return found.group()
    if base64.b64encode(data).decode() != text:
        return found.group()
    return f"data:{kind}{parameters};base64,sha256:{keep(data, kind)}"


def untagged(value: dict[str, Any] | None, fetch: Fetch) -> bytes:
    """Return the body that a line holds.

    Raises:
        ValueError, TypeError, AttributeError: it holds none.
        OSError: a picture is not where it was kept.
    """
    if value is None:
        return b""
    ((tag, held),) = value.items()
    if tag == "json":
        return jsontext.encode(_with_pictures(held, fetch)).encode()
    if tag == "text" and isinstance(held, str):
        return str(_with_pictures(held, fetch)).encode()
    if tag == "base64":
        kept = _REFERENCE.fullmatch(held)
        return fetch(kept.group(1)) if kept else base64.b64decode(held, validate=True)
    raise ValueError(f"unknown kind of body: {tag}")


def _with_pictures(value: Any, fetch: Fetch) -> Any:
    if isinstance(value, dict):
        return {key: _with_pictures(item, fetch) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_pictures(item, fetch) for item in value]
    if isinstance(value, str):
        return _DATA_REFERENCE.sub(
            lambda found: found.group(1) + base64.b64encode(fetch(found.group(2))).decode(), value
        )
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _float(text: str) -> float:
    if repr(float(text)) != text:
        raise ValueError("a float does not hold this number")
    return float(text)


def _integer(text: str) -> int:
    if text == "-0":
        raise ValueError("an integer does not hold this number")
    return int(text)


def refuse_constant(name: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`, which Python reads and JSON does not know."""
    raise ValueError(f"{name} is not JSON")


_FAITHFUL = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_float, parse_int=_integer, parse_constant=refuse_constant
)
"""Takes no JSON but what comes back as it was, white space and escapes aside."""
