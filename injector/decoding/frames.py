"""Messages between the endpoint and a decoding child: numbered, sizes first. Pure.

A message is a head of fixed size, a short JSON text, and bytes as they are: a picture on its way
in, a content part on its way out. The number is that of the picture, so that an answer can be held
against the question. No more is read than a message may have, whatever its head announces.
"""

import struct
from dataclasses import dataclass
from typing import Any

import orjson

_HEAD = struct.Struct("!QIQ")

HEAD = _HEAD.size
"""The bytes of a head."""

MAX_NOTE = 1 << 16
"""The most bytes of a message's JSON text; it holds a sentence or a few numbers."""

MAX_ANSWER = 256 << 20
"""The most bytes of a content part that an answer may bring. No model takes as much; it is there so
that a child that has gone wrong cannot make the endpoint reserve all memory."""


class Broken(ValueError):
    """The bytes are no message: whoever sent them has gone wrong."""


@dataclass(frozen=True, slots=True)
class Head:
    """The number of the picture that a message is about, and the sizes of what follows."""

    number: int
    note: int
    body: int


def framed(number: int, note: dict[str, Any], size: int = 0) -> bytes:
    """Return the first bytes of a message; `size` bytes follow them."""
    text = orjson.dumps(note)
    return _HEAD.pack(number, len(text), size) + text


def head(data: bytes | bytearray, most: int = MAX_ANSWER) -> Head:
    """Return what a head says.

    Args:
        data: `HEAD` bytes.
        most: the most bytes that may follow its JSON text.

    Raises:
        Broken: it announces more than a message may have.
    """
    read = Head(*_HEAD.unpack(data))
    if read.note > MAX_NOTE or read.body > most:
        raise Broken(f"a message of {read.note:,} and {read.body:,} bytes is announced")
    return read


def note(data: bytes | bytearray) -> dict[str, Any]:
    """Return a message's JSON object.

    Raises:
        Broken: the bytes are none.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Broken("a message's note is not JSON") from None
    if not isinstance(value, dict):
        raise Broken("a message's note is not an object")
    return value
