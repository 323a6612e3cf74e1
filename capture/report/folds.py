"""What a JSON value is folded into: how it begins, how much there is, and where its marks stand."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from capture.report.jsonlines import compact, quoted
from capture.report.marks import Mark
from capture.report.text import left_out, shortened, shown

_GIST = 90  # characters of a folded value
_LONGEST_KEY = 280

_EMPTY = Markup()
_NOTE = Markup('<span class="note">{}</span>')
_LINE = Markup('<div class="line">{}</div>')
_ABOVE = Markup('<div class="where">▲ {}</div>')
_KEY = Markup('<span class="key">{}</span>: ')
_OPEN = Markup(" open")
_FOLD = Markup(
    '<details class="node"{}><summary>{}{}<span class="gist">{}</span></summary>'
    '<div class="inside">{}</div>{}</details>'
)


def where(marks: Sequence[Mark]) -> Markup:
    """Return the lines that name the places of what is marked."""
    return Markup("").join(_ABOVE.format(shown(str(it.path))) for it in marks)


def fold(
    key: Markup, opening: str, gist: Markup, inside: Markup, closing: str, *, is_open: bool
) -> Markup:
    """Return an object or a list that folds; `gist` is read while it is folded."""
    return _FOLD.format(
        _OPEN if is_open else _EMPTY,
        key,
        opening,
        gist,
        inside,
        Markup("<div>{}</div>").format(closing),
    )


def key_of(name: str | int) -> Markup:
    """Return a member's key; the elements of a list have none."""
    return (
        _KEY.format(shortened(quoted(name), most=_LONGEST_KEY)) if isinstance(name, str) else _EMPTY
    )


def rest(count: int) -> Markup:
    """Return the line that stands for so many members or elements that are not shown."""
    return _LINE.format(left_out(count, "of them")) if count > 0 else _EMPTY


def gist(value: Any, *, beginning: int = 1) -> Markup:
    """Return how a value begins, for where it is folded; `beginning` is what is left off of it."""
    text = compact(value, _GIST)[beginning:]
    start = text if len(text) < _GIST else f"{text[:_GIST]}…"
    return shown(start) + " " + counted(value)


def counted(value: Any) -> Markup:
    """Return how many members or elements a value has."""
    return _NOTE.format(f"⟨{len(value)} {'members' if isinstance(value, dict) else 'elements'}⟩")
