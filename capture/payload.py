"""A JSON body as a person reads it: indented, coloured, and without walls of text.

Long texts and base64 are folded to a note of type and size. What could be a conversation ID is
marked where it stands, with its field path. Control characters never reach the terminal.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from capture.locate.marks import possible_ids
from contract.exchange import Request
from contract.fieldpath import FieldPath
from contract.jsontext import encode, number_text

INDENT = "  "
LINE = 72
"""What is no longer than this, in characters, stands on one line."""

FOLD_ABOVE = 240
"""Longer texts are folded, in characters."""

MARK = "bold black on yellow"
"""The style of what could be a conversation ID."""

_KEPT = 100
_DATA_URI = re.compile(r"data:(?P<type>[\w.+/-]*)(?:;[\w=.-]+)*;base64,(?P<data>[A-Za-z0-9+/=]*)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def ids_in(request: Request) -> dict[FieldPath, str]:
    """Return what could be a conversation ID, by name or by form, and where it stands."""
    return possible_ids(request)


def readable(text: str) -> str:
    """Return text that is safe on a terminal: control characters are shown, not obeyed."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def folded(text: str) -> tuple[str, str | None]:
    """Return the part of a text that is shown, and a note of what is not."""
    uri = _DATA_URI.match(text)
    if uri:
        size = len(uri["data"]) * 3 // 4
        return "", f"{uri['type'] or 'data'}, {byte_size(size)}"
    if _BASE64.fullmatch(text):
        return text[:16], f"base64, {byte_size(len(text.rstrip('=')) * 3 // 4)}"
    if len(text) > FOLD_ABOVE:
        return text[:_KEPT], f"text, {len(text):,} characters"
    return text, None


def byte_size(count: int) -> str:
    """Return a number of bytes as a person says it."""
    if count < 1024:  # noqa: PLR2004
        return f"{count} bytes"
    if count < 1 << 20:
        return f"{count / 1024:.0f} KB"
    return f"{count / (1 << 20):.1f} MB"


def render(value: Any, marks: Mapping[FieldPath, str], fold: Collection[str] = ()) -> Group:
    """Return a JSON value as coloured lines.

    Args:
        value: what to show.
        marks: the IDs in it by field path.
        fold: names of lists at the top level of which only the length is shown.
    """
    if isinstance(value, dict):
        value = {key: _counted(item) if key in fold else item for key, item in value.items()}
    inside = {path: it for path, it in marks.items() if path.place == "body"}
    return Group(
        *(
            Padding(line, (0, 0, 0, len(INDENT) * depth), expand=False)
            for depth, line in _lines(value, (), inside, Text(), "")
        )
    )


class _Count(str):
    """What stands for a list of which only the length is shown."""

    __slots__ = ()


def _counted(value: Any) -> Any:
    return _Count(f"⟨{len(value)} in a list⟩") if isinstance(value, list) else value


def mark_line(path: FieldPath) -> Text:
    """Return the line that stands below what could be an ID and names its place."""
    return Text(f"▲ {readable(str(path))}", "yellow")


def _lines(
    value: Any, steps: tuple[str, ...], marks: Mapping[FieldPath, str], before: Text, after: str
) -> Iterator[tuple[int, Text]]:
    """Yield the lines of a value with their depths; `before` is its key, `after` its comma."""
    depth = len(steps)
    if isinstance(value, dict | list) and value and not _fits(value, steps, marks, len(before)):
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        items = list(value.items() if isinstance(value, dict) else enumerate(value))
        yield depth, before + Text(opening, "dim")
        for at, (key, item) in enumerate(items):
            name = _key(key) if isinstance(value, dict) else Text()
            comma = "," if at + 1 < len(items) else ""
            yield from _lines(item, (*steps, str(key)), marks, name, comma)
        yield depth, Text(closing + after, "dim")
        return
    here = {path: it for path, it in marks.items() if path.keys == steps}
    yield depth, before + _inline(value, here) + Text(after, "dim")
    for path in here:
        yield depth + 1, mark_line(path)


def _fits(value: Any, steps: tuple[str, ...], marks: Mapping[FieldPath, str], used: int) -> bool:
    """Tell whether a value can stand on one line."""
    if any(path.keys[: len(steps)] == steps for path in marks):
        return False
    return used + len(INDENT) * len(steps) + len(encode(value)) <= LINE


def _inline(value: Any, marks: Mapping[FieldPath, str]) -> Text:
    """Return a value on one line."""
    if isinstance(value, _Count):
        return Text(value, "dim italic")
    if isinstance(value, dict):
        pairs = [_key(key) + _inline(item, marks) for key, item in value.items()]
        return Text("{", "dim") + Text(", ", "dim").join(pairs) + Text("}", "dim")
    if isinstance(value, list):
        items = [_inline(item, marks) for item in value]
        return Text("[", "dim") + Text(", ", "dim").join(items) + Text("]", "dim")
    if isinstance(value, str):
        return _text(value, marks)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Text(number_text(value), "magenta")
    return Text(encode(value), "magenta")


def _key(key: str) -> Text:
    return Text(readable(encode(key)), "cyan") + Text(": ", "dim")


def _text(value: str, marks: Mapping[FieldPath, str]) -> Text:
    """Return a text in quotes, folded where it is long, with the IDs in it."""
    shown, note = folded(value)
    text = Text(readable(encode(shown)) if shown or note is None else "", "green")
    for one in dict.fromkeys(marks.values()):
        if one not in shown:
            text.append(" … ", "dim")
            text.append(readable(encode(_around(value, one))), "green")
        text.highlight_words([one], MARK)
    if note:
        text.append(f" … ⟨{note}⟩" if shown else f"⟨{note}⟩", "dim italic")
    return text


def _around(text: str, word: str) -> str:
    """Return a word with a little of what stands before and after it."""
    at = text.find(word)
    return text[max(0, at - 40) : at + len(word) + 10]
