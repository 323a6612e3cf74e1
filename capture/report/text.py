"""Captured text as HTML: every character of it is shown, and none of it is obeyed.

All that was captured was written by somebody else. It becomes HTML here or by the template's
autoescape, and nowhere else; a character that nobody would see, or that would turn the text around
it, stands there by its number.
"""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from contract.redact import TOKEN

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb"
    "\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that command, turn or hide text: controls, bidirectional marks, blanks of no width,
tags, and what is no character at all. A tab and a new line are neither."""

_TOKEN = Markup('<span class="redacted" title="a secret was replaced here">{}</span>')
_LEFT_OUT = Markup('<span class="note"> ⟨{} more {} are left out here⟩</span>')
_MARK = Markup("<mark>{}</mark>")
_UNSEEN = Markup('<span class="unseen">{}</span>')


def shown(text: str, words: Iterable[str] = ()) -> Markup:
    """Return captured text as HTML, with these words in it marked and replaced secrets too."""
    marked = sorted({re.escape(word) for word in words if word}, key=len, reverse=True)
    parts = re.split(f"({'|'.join([*marked, TOKEN.pattern])})", text)
    # What stood between two matches is at even places, the matches at odd ones.
    return Markup("").join(
        seen(part)
        if at % 2 == 0
        else (_TOKEN if TOKEN.fullmatch(part) else _MARK).format(seen(part))
        for at, part in enumerate(parts)
        if part
    )


def shortened(text: str, words: Iterable[str] = (), *, most: int = 2_000) -> Markup:
    """Return captured text as HTML, up to a length; what is left out is said."""
    left = len(text) - most
    return shown(text[:most], words) + (left_out(left, "characters") if left > 0 else "")


def left_out(count: int, noun: str) -> Markup:
    """Return the note that says how much is not shown."""
    return _LEFT_OUT.format(f"{count:,}", noun)


def seen(text: str) -> Markup:
    """Return captured text as HTML, with what nobody would see by its number."""
    if not UNSEEN.search(text):
        return escape(text)
    parts = re.split(f"({UNSEEN.pattern}+)", text)
    return Markup("").join(
        escape(part) if at % 2 == 0 else _UNSEEN.format("".join(map(_number, part)))
        for at, part in enumerate(parts)
        if part
    )


def _number(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}"  # noqa: PLR2004


def around(text: str, word: str, *, before: int = 40, after: int = 20) -> str:
    """Return a word with a little of what stands before and after it."""
    at = text.find(word)
    return text[max(0, at - before) : at + len(word) + after]
