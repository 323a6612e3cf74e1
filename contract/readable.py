"""Text that is safe on a terminal: what commands it, or hides what follows, is only shown.

Meant are control characters (Unicode's Cc), characters without a shape of their own (Cf),
separators of lines and paragraphs (Zl, Zp), and surrogates, which have no UTF-8 (Cs). They are
written as JSON and Python write them. Of Cf, the signs that stand before Arabic and Kaithi numbers
have a shape, and stay.
"""

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_WHITE = re.compile(r"[ \t\r\n]+")


def readable(text: str) -> str:
    """Return text that is safe on a terminal; line feeds and tabs stay."""
    return _UNSEEN.sub(_shown, text)


def readable_line(text: str) -> str:
    """Return text that is safe on a terminal and keeps to one line: a header, a URL, a method."""
    return readable(text).replace("\n", r"\u000a").replace("\t", r"\u0009")


def in_one_line(text: str) -> str:
    """Return what was said as one line: any white space is one blank."""
    return readable(_WHITE.sub(" ", text).strip())


def _shown(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004
