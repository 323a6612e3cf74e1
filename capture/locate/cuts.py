"""The expression that cuts one word out of a text, by what stands around it.

What stands before a word names it, and is expected by the `match`; what stands around it says
where it ends: a quotation mark at the next one, a parameter at `&` or `;`, a word of a sentence
before its full stop. Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from capture.locate.shapes import CONVERSATION, UUID

CONTEXT: Final = 80
"""How many characters before a word may name it."""

_MOST_WORDS: Final = 3  # of what a match expects; more of them would be about whoever calls
_IN_WORDS: Final = "_'-\u2019"
_OPENING_MARKS: Final = " \t\n|:=*_\"'`>([{#\u2013-"  # what may stand between a label and its value
_CLOSES = {'"': '"', "'": "'", "`": "`", ">": "<", "(": ")", "[": "]", "{": "}", "_": "_"}
_UUID: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PLAIN: Final = r"[A-Za-z0-9_-]+(?:[.:~][A-Za-z0-9_-]+)*"
_PARAMETER: Final = r"[^\s&;,#\"'<>(){}\[\]|\\]*[A-Za-z0-9_=+/-]"
_PADDED: Final = r"[A-Za-z0-9+/_-]+={0,2}"
_SENTENCE = re.compile(
    r"(?<!\b[Nn]r)(?<!\b[Nn]o)(?<!\b[Cc]onv)(?<!\b[Ss]ess)[.!?;]\s|\n|[|}]|(?<=[\"'\d\]}]),"
)


class Places:
    """Where matches cut words out of one text; each is looked for once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.count = 0
        self._found: dict[str, tuple[int, int]] = {}

    def matches(self, at: int, match: str) -> Iterator[str]:
        """Yield a match that cuts out the word here, not one before it that looks alike."""
        if match not in self._found:
            starts = [it.start(1) for it in re.finditer(match, self.text)] or [-1]
            self._found[match] = starts[0], starts[-1]
        first, last = self._found[match]
        if first == at:
            yield match
        elif last == at:
            yield rf"^[\s\S]*{match}"


def cuts(places: Places, at: int, end: int, fixed: int, *, known: bool = False) -> Iterator[str]:
    """Yield the matches that cut this word out, by one word before it, by two, by three.

    What stands before `fixed` is not the same in every text, so no match expects it.
    """
    text = places.text
    value, expression = text[at:end], _value(text, at, end)
    before = text[max(fixed, at - CONTEXT) : at]
    places.count += 1
    if at == 0:
        yield f"^({expression})"
    if _is_formed(value):
        yield from places.matches(at, f"({expression})")
    for anchor in _anchors(before):
        yield from places.matches(at, f"{anchor}({expression})")
        if known and _PLAIN not in expression and not _is_formed(value):
            # Its surroundings may say too little of what somebody knows.
            yield from places.matches(at, f"{anchor}({_PLAIN})")


def _is_formed(value: str) -> bool:
    return bool(CONVERSATION.fullmatch(value) or UUID.fullmatch(value))


def _value(text: str, at: int, end: int) -> str:
    """Return the expression for words like this one, in this surrounding."""
    value = text[at:end]
    if CONVERSATION.fullmatch(value):
        return "conv_[a-zA-Z0-9]+"
    if UUID.fullmatch(value):
        return _UUID
    opening, closing = text[at - 1 : at], text[end : end + 1]
    if opening in _CLOSES and closing == _CLOSES[opening] and opening != "{":
        return rf"[^\s\\{re.escape(closing)}]+"
    if opening == '"' and closing == "\\":  # JSON inside a JSON text
        return r"[^\s\\\"]+"
    if opening == "=":
        return _PARAMETER
    if value.endswith("=") or "+" in value:
        return _PADDED
    return _PLAIN


def _anchors(before: str) -> Iterator[str]:
    """Yield expressions for what stands before a word: one word of it, two, three."""
    line = before.rstrip("\n ").rfind("\n")
    rest, pieces = before[line + 1 :], ""
    for _ in range(_MOST_WORDS):
        word = _last_word(rest)
        if word is None:
            return
        gap = rest[word[1] :]
        if pieces or gap:
            pieces = _gap(gap) + pieces
        literal = rest[word[0] : word[1]]
        if any(map(str.isdigit, literal)):
            return  # it may be of this call only
        rest = rest[: word[0]]
        pieces = re.escape(literal).replace("\\-", "-") + pieces
        yield r"\b" + pieces


def _last_word(text: str) -> tuple[int, int] | None:
    """Return where the last word of a text stands; marks after it are left out."""
    end = len(text)
    while end and not text[end - 1].isalnum():
        end -= 1
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in _IN_WORDS):
        start -= 1
    while start < end and not text[start].isalnum():
        start += 1
    return (start, end) if start < end else None


def _gap(gap: str) -> str:
    """Return an expression for the marks and the white space between two words.

    White space may come and go around marks, but not between words.
    """
    if not gap.strip():
        return r"\s+" if gap else ""
    out = []
    for piece in re.findall(r"\s+|\\*\"|.", gap, re.DOTALL):
        if piece.isspace():
            out.append(r"\s*")
        elif piece.endswith('"') and len(piece) > 1:
            out.append(r"\\*\"")
        else:
            out.append(piece if piece in "\"':,=<>`@!%&;/_~#" else re.escape(piece))
    return "".join(out)


def label_of(before: str) -> str:
    """Return the words before a value that may name it: of its own sentence, the last eight."""
    sentence = _SENTENCE.split(before.rstrip(_OPENING_MARKS))[-1]
    if "/" in sentence.rpartition(" ")[2]:  # a URL: the segment, or the parameter, before the value
        sentence = re.findall(r"[^/?&#]+", sentence)[-1] if re.search(r"[^/?&#]", sentence) else ""
    return " ".join(re.findall(r"[^\W_]+(?:['\u2019_-]?[^\W_]+)*", sentence)[-8:])
