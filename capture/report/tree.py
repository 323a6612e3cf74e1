"""A JSON value as HTML that unfolds: as deep and as long as it is, it first shows what matters.

Objects and lists fold, long texts fold, pictures become small. A marked value is never folded away.
What is left out of a text that is longer than a page can bear is said.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from markupsafe import Markup

from capture.report.folds import fold, gist, key_of, rest, where
from capture.report.jsonlines import atom, fits, lines, quoted
from capture.report.marks import Mark, below
from capture.report.pictures import Pictures
from capture.report.text import around, shortened, shown
from capture.show.payload import byte_size

LONG = 280
"""Longer texts are folded, in characters."""

WHOLE, SPARE = 16_000, 400
"""The most that is shown of one text, in characters: usually, and where the page is large."""

ROOM = 6_000_000
"""With more than this many characters of long texts the page is large."""

HUGE = 3 * ROOM
"""With more than this it is so large that objects and lists only show how they begin."""

MOST = 300
"""The most members or elements of one object or list that are shown."""

_LINE_COST = 80  # characters of HTML that a line has beside its text
_PROSE = 1_000  # in a conversation, what is read out is not folded
_MOST_URIS = 20  # pictures in one text; what follows them is told as text
_BEGINNING = 150
_OPEN_LINES = 24  # what has more lines is folded at first
_ALWAYS_OPEN = {("messages",), ("input",)}
_DATA_URI = re.compile(
    r"data:(?P<type>[\w.+/-]*)(?:;[\w=.-]+)*;base64,(?P<data>[A-Za-z0-9+/]{16,}=*)"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")
_PICTURE = re.compile(r"/9j/|iVBORw0KGgo|R0lGOD|UklGR")  # JPEG, PNG, GIF and WebP begin so

_EMPTY = Markup()
_LINE = Markup('<div class="line">{}{}{}</div>')
_TEXT = Markup('<span class="string">{}</span>')
_PLAIN = Markup('<span class="atom">{}</span>')
_NOTE = Markup('<span class="note">{}</span>')
_PROSE_LINES = Markup('<div class="prose" dir="auto">{}</div>')
_LONG_TEXT = Markup(
    '<details class="long"><summary>{}{}{}</summary><div class="whole">{}</div></details>'
)
_RAW = Markup('<div class="raw">{}</div>')


class Tree:
    """Write JSON values as HTML; one for a page, as it knows how large that has become."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._spent = 0

    def block(
        self,
        value: Any,
        steps: tuple[str, ...],
        marks: Sequence[Mark],
        key: Markup = _EMPTY,
        after: str = "",
    ) -> Markup:
        """Return a value as lines; `key` stands before it and `after` behind it."""
        here = below(marks, steps)
        self._spent += _LINE_COST
        if isinstance(value, dict | list) and value and (here or not fits(value)):
            if self._spent > HUGE and not here:
                return _LINE.format(key, gist(value, beginning=0), after)
            return self._fold(value, steps, here, key, after)
        words = [it.value for it in here]
        body = self._string(value, words, key) if isinstance(value, str) else None
        line = body if body is not None else _LINE.format(key, _inline(value, words), after)
        return line + where(here)

    def prose(self, text: str, words: Sequence[str] = ()) -> Markup:
        """Return a text that somebody said: as it is, folded where it is long."""
        if len(text) > _PROSE:
            return self._long(Markup(), shown(text[:_BEGINNING], words), text, words)
        return _PROSE_LINES.format(shown(text, words))

    def raw(self, text: str, most: int = WHOLE) -> Markup:
        """Return a text that is no JSON, up to a length."""
        return _RAW.format(self.whole(text, most=most))

    def whole(self, text: str, words: Sequence[str] = (), *, most: int = WHOLE) -> Markup:
        """Return a text as it is, up to a length; what is left out is said."""
        limit = most if self._spent < ROOM else SPARE
        self._spent += min(len(text), limit)
        return shortened(text, words, most=limit)

    def picture(self, data: bytes, declared: str) -> Markup:
        """Return what stands for a picture."""
        return self._pictures.show(data, declared)

    def _fold(
        self,
        value: Any,
        steps: tuple[str, ...],
        marks: Sequence[Mark],
        key: Markup,
        after: str,
    ) -> Markup:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        items = list(value.items() if isinstance(value, dict) else enumerate(value))
        last = len(items) - 1
        told = [
            self.block(it, (*steps, str(name)), marks, key_of(name), "," if at < last else "")
            for at, (name, it) in enumerate(items)
            if at < MOST or below(marks, (*steps, str(name)))
        ]
        inside = _EMPTY.join(told) + rest(len(items) - len(told))
        is_open = bool(marks) or steps in _ALWAYS_OPEN or lines(value, _OPEN_LINES) < _OPEN_LINES
        return fold(key, opening, gist(value), inside, closing + after, is_open=is_open)

    def _string(self, value: str, words: Sequence[str], key: Markup) -> Markup | None:
        """Return a text that does not simply stand on its line; None for one that does."""
        uris = list(islice(_DATA_URI.finditer(value), _MOST_URIS))
        if uris:
            return self._with_pictures(value, uris, words, key)
        if _BASE64.fullmatch(value):
            return _LINE.format(key, self._encoded(value), "")
        if len(value) <= LONG:
            return None
        return self._long(
            key, _TEXT.format(shown(quoted(value[:_BEGINNING])[:-1], words)), value, words
        )

    def _long(self, key: Markup, beginning: Markup, text: str, words: Sequence[str]) -> Markup:
        note = _NOTE.format(f" … ⟨text, {len(text):,} characters⟩")
        unseen = [word for word in dict.fromkeys(words) if word not in text[:_BEGINNING]]
        for word in unseen:
            note += Markup(' <span class="string">… {} …</span>').format(
                shown(around(text, word), words)
            )
        return _LONG_TEXT.format(key, beginning, note, self.whole(text, words))

    def _with_pictures(
        self, value: str, uris: Sequence[re.Match[str]], words: Sequence[str], key: Markup
    ) -> Markup:
        """Return a text in which data URIs are pictures; each stands below its own beginning."""
        made, at = [], 0
        for uri in uris:
            before = _TEXT.format(
                shown(self._around_pictures(value[at : uri.start("data")]), words)
            )
            picture = self._decoded(uri["data"], uri["type"])
            made += [_LINE.format(_EMPTY if at else key, before, _EMPTY), picture]
            at = uri.end()
        rest = self._around_pictures(value[at:])
        made += [_LINE.format(_TEXT.format(shown(rest, words)), _EMPTY, _EMPTY)] if rest else []
        return _EMPTY.join(made)

    def _around_pictures(self, text: str) -> str:
        """Return what stands between pictures; of a long text its beginning and its end."""
        left = len(text) - 2 * LONG
        if left <= 0:
            return text
        return f"{text[:LONG]} … ⟨{left:,} characters⟩ … {text[-LONG:]}"

    def _encoded(self, value: str) -> Markup:
        if _PICTURE.match(value):
            return self._decoded(value, "")
        size = byte_size(len(value.rstrip("=")) * 3 // 4)
        return _TEXT.format(f'"{value[:16]}') + _NOTE.format(f" … ⟨base64, {size}⟩")

    def _decoded(self, data: str, declared: str) -> Markup:
        try:
            return self._pictures.show(base64.b64decode(data, validate=True), declared)
        except binascii.Error:
            return _NOTE.format(f"⟨{len(data):,} characters that are no base64⟩")


def _inline(value: Any, words: Sequence[str]) -> Markup:
    """Return a value on one line."""
    if isinstance(value, dict):
        pairs = [key_of(key) + _inline(item, words) for key, item in value.items()]
        return Markup("{{{}}}").format(Markup(", ").join(pairs))
    if isinstance(value, list):
        return Markup("[{}]").format(Markup(", ").join(_inline(item, words) for item in value))
    if isinstance(value, str):
        return _TEXT.format(shown(quoted(value), words))
    return _PLAIN.format(shown(atom(value), words))
