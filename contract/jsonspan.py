"""Where the parts of a JSON text stand, so that one can be replaced and the rest stays as it was.

Decoding a body and encoding it again changes it: numbers lose digits, escapes and repeated keys
vanish. What must not change is therefore never encoded again: it is copied from where it stood.
Values are decoded by the standard library's C scanner; only the outermost level is walked here.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from contract.jsontext import DECODER


class Part(NamedTuple):
    """A member of an object or an element of a list, and where its text stands.

    `start` to `end` is the value; `key_start` is where a member's key begins, and equals `start`
    for an element. `key` is a member's key, or an element's index as text. `parts` are the elements
    of a member that was asked for with `inside`.

    A named tuple, because a turn is made of dozens: a frozen dataclass takes four times as long.
    """

    key: str
    value: Any
    key_start: int
    start: int
    end: int
    parts: tuple["Part", ...] = ()


class Edit(NamedTuple):
    """What to put in the place of `start` to `end`.

    It is bytes, because a text that is not ASCII would make a picture inside it two or four times
    as large until it is encoded.
    """

    start: int
    end: int
    put: bytes


_Found: TypeAlias = tuple[list[Part], int]

_SCAN: Callable[[str, int], tuple[Any, int]] = DECODER.scan_once  # type: ignore[attr-defined]
# The C scanner itself, as `raw_decode` calls it; that would be a call more for each part.
_WHITE = r"[ \t\n\r]*"
_SPACE = re.compile(_WHITE)
_OBJECT, _LIST = re.compile(rf"{_WHITE}\{{{_WHITE}"), re.compile(rf"{_WHITE}\[{_WHITE}")
# Bound once: looking `match` up is a tenth of a walk.
_plain_key = re.compile(rf'"([^"\\\x00-\x1f]*)"{_WHITE}:{_WHITE}').match  # without an escape
_comma = re.compile(rf"{_WHITE},{_WHITE}").match


def skip(text: str, at: int) -> int:
    """Return the place of the next character that is no white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def members(text: str, at: int = 0) -> list[Part]:
    """Return the members of the object that begins at `at`, in order, repeated keys included.

    Raises:
        ValueError: no well-formed object stands there.
    """
    return _checked(_members, text, at)[0]


def elements(text: str, at: int = 0) -> list[Part]:
    """Return the elements of the list that begins at `at`, in order.

    Raises:
        ValueError: no well-formed list stands there.
    """
    return _checked(_elements, text, at)[0]


def document(text: str, *, inside: str | None = None) -> list[Part]:
    """Return the members of the object that a whole text is.

    Args:
        text: nothing but white space stands before and behind the object.
        inside: the key of members whose elements are wanted too, where they are lists. Nothing is
            decoded twice for that.

    Raises:
        ValueError: the text is no well-formed object.
    """
    found, end = _checked(_members, text, 0, inside)
    if skip(text, end) != len(text):
        raise ValueError(f"unexpected text after character {end}")
    return found


def _checked(walk: Callable[..., _Found], *place: Any) -> _Found:
    try:
        return walk(*place)
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None
    except StopIteration as stop:
        raise ValueError(f"expected a value at character {stop.value}") from None


def _members(text: str, at: int, inside: str | None = None) -> _Found:
    """Return the members, and the place behind the bracket that closes the object."""
    at = _opened(_OBJECT, text, at)
    parts: list[Part] = []
    if text[at : at + 1] == "}":
        return parts, at + 1
    while True:
        key_start = at
        inner: tuple[Part, ...] = ()
        plain = _plain_key(text, at)
        key, at = (plain[1], plain.end()) if plain else _key(text, at)
        if key == inside and text[at : at + 1] == "[":
            within, end = _elements(text, at)
            value, inner = [part.value for part in within], tuple(within)
        else:
            value, end = _SCAN(text, at)
        parts.append(Part(key, value, key_start, at, end, inner))
        comma = _comma(text, end)
        if comma is None:
            return parts, _closed("}", text, end)
        at = comma.end()


def _elements(text: str, at: int) -> _Found:
    """Return the elements, and the place behind the bracket that closes the list."""
    at = _opened(_LIST, text, at)
    parts: list[Part] = []
    if text[at : at + 1] == "]":
        return parts, at + 1
    while True:
        value, end = _SCAN(text, at)
        parts.append(Part(str(len(parts)), value, at, at, end))
        comma = _comma(text, end)
        if comma is None:
            return parts, _closed("]", text, end)
        at = comma.end()


def _opened(bracket: re.Pattern[str], text: str, at: int) -> int:
    found = bracket.match(text, at)
    if found is None:
        raise ValueError(f"another bracket was expected at character {at}")
    return found.end()


def _closed(bracket: str, text: str, at: int) -> int:
    at = skip(text, at)
    if text[at : at + 1] != bracket:
        raise ValueError(f"expected , or {bracket} at character {at}")
    return at + 1


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


def pieces(text: str, edits: Sequence[Edit]) -> tuple[bytes, ...]:
    """Return the text in UTF-8 with all edits made, as pieces that follow each other.

    What an edit puts is a piece of its own and the very object that the edit has: a picture is not
    copied. Edits must not overlap; those of no width at one place stand in the order given.
    """
    found, at = [], 0
    for start, end, put in sorted(edits, key=_PLACE):
        if start > at:
            found.append(text[at:start].encode())
        if put:
            found.append(put)
        at = end
    if at < len(text):
        found.append(text[at:].encode())
    return tuple(found)


_PLACE = itemgetter(0, 1)


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
