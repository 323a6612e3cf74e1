"""Where the parts of a JSON text stand, so that one can be replaced and the rest stays as it was.

Decoding a body and encoding it again changes it: numbers lose digits, escapes and repeated keys
vanish. What must not change is therefore never encoded again: it is copied from where it stood.
Values are decoded by the standard library's C scanner; only the outermost level is walked here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contract.jsontext import DECODER

_SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A member of an object or an element of a list, and where its text stands.

    `start` to `end` is the value; `key_start` is where a member's key begins, and equals `start`
    for an element. `key` is a member's key, or an element's index as text.
    """

    key: str
    value: Any
    key_start: int
    start: int
    end: int


def skip(text: str, at: int) -> int:
    """Return the place of the next character that is no white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def members(text: str, at: int = 0) -> Iterator[Part]:
    """Yield the members of the object that begins at `at`, in order, repeated keys included.

    Raises:
        ValueError: no well-formed object stands there.
    """
    return _parts(text, at, "{", "}")


def elements(text: str, at: int = 0) -> Iterator[Part]:
    """Yield the elements of the list that begins at `at`, in order.

    Raises:
        ValueError: no well-formed list stands there.
    """
    return _parts(text, at, "[", "]")


def _parts(text: str, at: int, opening: str, closing: str) -> Iterator[Part]:
    at = skip(text, at)
    if text[at : at + 1] != opening:
        raise ValueError(f"expected {opening} at character {at}")
    at, index = skip(text, at + 1), 0
    if text[at : at + 1] == closing:
        return
    while True:
        key, key_start = str(index), at
        if opening == "{":
            key, at = _key(text, at)
        value, end = _decode_at(text, at)
        yield Part(key, value, key_start if opening == "{" else at, at, end)
        at, index = skip(text, end), index + 1
        mark = text[at : at + 1]
        if mark == closing:
            return
        if mark != ",":
            raise ValueError(f"expected , or {closing} at character {at}")
        at = skip(text, at + 1)


def _key(text: str, at: int) -> tuple[str, int]:
    """Return a member's key and where its value begins."""
    key, end = _decode_at(text, at)
    colon = skip(text, end)
    if not isinstance(key, str) or text[colon : colon + 1] != ":":
        raise ValueError(f"expected a key and a colon at character {at}")
    return key, skip(text, colon + 1)


def _decode_at(text: str, at: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, at)
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None


def check_end(text: str, at: int, closing: str) -> None:
    """Check that nothing but white space follows the bracket that closes at or after `at`.

    Raises:
        ValueError: something else follows.
    """
    at = skip(text, at)
    if text[at : at + 1] != closing or skip(text, at + 1) != len(text):
        raise ValueError(f"unexpected text after character {at}")


@dataclass(frozen=True, slots=True)
class Edit:
    """What to put in the place of `start` to `end`.

    It is bytes, because a text that is not ASCII would make a picture inside it two or four times
    as large until it is encoded.
    """

    start: int
    end: int
    put: bytes


def splice(text: str, edits: Sequence[Edit]) -> bytes:
    """Return the text in UTF-8 with all edits made; they must not overlap."""
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += [text[at : edit.start].encode(), edit.put]
        at = edit.end
    return b"".join([*pieces, text[at:].encode()])


def leaves(text: str, at: int = 0) -> Iterator[tuple[tuple[str, ...], Part]]:
    """Yield every value that is no object and no list, with the steps of its JSON pointer.

    There is no limit to the nesting: whoever looks for secrets must not be stopped by brackets.

    Raises:
        ValueError: the text is no JSON; what was yielded before stood in front of the fault.
    """
    closings: list[str] = []  # of what is open at `at`
    steps: list[str] = []
    at = key_start = skip(text, at)
    while True:
        opening = text[at : at + 1]
        if opening in {"{", "["}:
            closings.append("}" if opening == "{" else "]")
            steps.append("-1")
            at = skip(text, at + 1)
            fresh = text[at : at + 1] != closings[-1]
        else:
            value, end = _decode_at(text, at)
            yield tuple(steps), Part(steps[-1] if steps else "", value, key_start, at, end)
            at, fresh = skip(text, end), False
        while not fresh and closings and text[at : at + 1] == closings[-1]:
            del closings[-1], steps[-1]
            at = skip(text, at + 1)
        if not closings:
            break
        if not fresh:
            if text[at : at + 1] != ",":
                raise ValueError(f"expected , or {closings[-1]} at character {at}")
            at = skip(text, at + 1)
        key_start = at
        if closings[-1] == "}":
            steps[-1], at = _key(text, at)
        else:
            steps[-1] = str(int(steps[-1]) + 1)
    if at != len(text):
        raise ValueError(f"unexpected text at character {at}")


_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)


def offsets(literal: str) -> list[int]:
    """Return where each character of a decoded text begins in its literal, and where it ends."""
    starts = [found.start() for found in _CHARACTER.finditer(literal, 1, len(literal) - 1)]
    return [*starts, len(literal) - 1]
