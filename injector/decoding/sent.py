"""What arrived, and the picture's bytes in it. Pure; run in the child, as base64 takes long.

A picture is never fetched: an address that a stranger names would be called from inside, and
anybody could read what this server can reach.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from contract import jsontext
from contract.errors import BadRequest, TooLarge

Form: TypeAlias = Literal["picture", "json"]

_DATA_URI = re.compile(r"data:[^,]*;base64,", re.IGNORECASE)
# `//host/path` could be base64 too, but no picture's: they begin with other bytes than FF F.
_ADDRESS = re.compile(r"\s*(?!data:)(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
_LONGEST_ADDRESS = 8192  # bytes; a file that holds an address and nothing else is not longer


@dataclass(frozen=True, slots=True)
class Sent:
    """What arrived: a picture's bytes, or a JSON object that holds them.

    The object is `{"image": base64 or data URI, "describe"?: bool}`.
    """

    form: Form
    data: bytes = field(repr=False)


def picture_bytes(sent: Sent, limit: int | None = None) -> tuple[bytes, bool | None]:
    """Return the picture's bytes, and whether it is to be described, or None where nobody says.

    Args:
        sent: what arrived.
        limit: the most bytes of the picture itself, or None.

    Raises:
        BadRequest: a JSON body is not as it should be, its base64 is broken, or an address stands
            in the picture's place.
        TooLarge: there are more than `limit`.
    """
    data, describe = (sent.data, None) if sent.form == "picture" else _from_json(sent.data)
    if limit is not None and len(data) > limit:
        raise TooLarge(
            f"the picture is larger than {limit:,} bytes: send it smaller, or raise "
            "injector.images.max_upload",
            param="image",
        )
    if len(data) <= _LONGEST_ADDRESS and re.match(rb"(?i)\s*(?:https?|ftp|file)://", data):
        raise not_fetched()
    return data, describe


def _from_json(body: bytes) -> tuple[bytes, bool | None]:
    value = _object(body)
    describe = value.get("describe")
    if "describe" in value and not isinstance(describe, bool):
        raise BadRequest("`describe` must be true or false", param="describe")
    return _unquoted(_text(value)), describe


def _unquoted(text: str) -> bytes:
    if _ADDRESS.match(text):
        raise not_fetched()
    uri = _DATA_URI.match(text)
    try:
        return base64.b64decode(text[uri.end() :] if uri else text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(
            "`image` is not base64: send the picture's bytes in base64, or as a data URI with "
            f";base64, ({error})",
            param="image",
        ) from None


def not_fetched(name: str = "image") -> BadRequest:
    """Return the error for an address in the place of a picture; `name` is what holds it."""
    return BadRequest(
        f"`{name}` is an address, and addresses are not fetched: whoever may name one could read "
        "what this server can reach. Send the picture's bytes as `image`",
        param=name,
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = jsontext.decode(body)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest("the body is JSON, but not an object")
    return value


def _text(value: dict[str, Any]) -> str:
    text = value.get("image")
    if text is None and "url" in value:
        raise not_fetched("url")
    if not isinstance(text, str) or not text.strip():
        raise BadRequest(
            "`image` must be a text that is not empty: the picture in base64, or a data URI",
            param="image",
        )
    return text
