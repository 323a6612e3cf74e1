"""One text made unreadable; `contract.spoken` says which texts, and what of them stays."""

import hashlib
import re
from collections.abc import Iterator
from string import ascii_letters, digits

from contract.jsonspan import Edit

_START = r"(?:(?<![\w\\])|(?<=\\[nrtbf]))"  # of a word; JSON writes a line break as `\n`
_ANYWHERE = (
    r"data:image\\?/[\w.+-]+(?:;[\w=.-]+)*;base64,(?:[A-Za-z0-9+/=]++|\\/)++"
    r"|\{\{[\w .-]{1,64}\}\}"
    rf"|{_START}conv_[A-Za-z0-9]{{8,64}}\b"
    rf"|{_START}[0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}\b"
    rf"|{_START}redacted-[0-9a-f]{{16}}\b"
)
_CONVERSATION = r"(?:conversation|session|call|chat|thread|dialog(?:ue)?|room|interaction|meeting)"
_ID = r"(?:id|identifier|sid|uuid|guid)"  # what may as well be a telephone number is none of them
_REFERENCE = r"(?:id|identifier|sid|uuid|guid|key|ref|reference|number|no|code|handle)"
_QUOTE = r"(?:\\?[\"'`])?"
_SIGN = r"[ \t]*(?:[:=#]|\bis\b)"
_OPEN = r"[ \t]*(?:\\?[\"'`<\[(])?"
_VALUE = r"[A-Za-z0-9][\w-]{2,127}(?![\w@])"
_WITH_DIGIT = r"(?=[\w-]*[0-9])" + _VALUE
_PROMPT = (
    # A label that says ID, a sign or not, and any word: `conversation id: abcdef`.
    rf"|{_START}(?i:{_CONVERSATION}[ _-]*{_REFERENCE}){_QUOTE}{_SIGN}{_OPEN}{_VALUE}"
    rf"|{_START}(?i:(?:\w{{1,32}}[_-])?{_ID}){_QUOTE}{_SIGN}{_OPEN}{_VALUE}"
    # A label that says what it is only, and a word with a digit: `the session is 48213`.
    rf"|{_START}(?i:{_CONVERSATION}){_QUOTE}{_SIGN}{_OPEN}{_WITH_DIGIT}"
    rf"|{_START}(?i:{_CONVERSATION}){_QUOTE}={_QUOTE}{_VALUE}"
    # A tag: `<conversation-id>abcdef</conversation-id>`.
    rf"|<(?i:{_CONVERSATION}(?:[_-]?{_REFERENCE})?|{_ID})>\s*{_VALUE}\s*<\\?/[\w-]{{1,64}}>"
    # Letters and digits mixed. A longer word is no ID but a file in base64.
    rf"|{_START}(?<!-)(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{{8,128}}(?![\w-])"
)
_HINTS = ("data:image", "{{", "conv_", "redacted-")
_UUID_HINT = re.compile("-[0-9a-fA-F]{4}-")  # to look for one is faster than for the whole of it
_SAID_KEPT = re.compile(_ANYWHERE)
_WRITTEN_KEPT = re.compile(_ANYWHERE + _PROMPT)

_PIECE = re.compile(
    r"\\u(?P<code>[0-9a-fA-F]{4})|(?P<escape>\\.)|(?P<digits>[0-9]+)"
    r"|(?P<word>[A-Za-z]+|[^\x00-\x7f]+)",
    re.DOTALL,
)
_NO_LETTERS = re.compile(
    r"\\u(?P<code>[0-9a-fA-F]{4})|(?P<escape>\\.)|(?P<digits>(?!))|(?P<word>[^\x00-\x7f]+)",
    re.DOTALL,
)
_PLAIN = str.maketrans(ascii_letters + digits, "x" * len(ascii_letters) + "0" * len(digits))
_BY_NIBBLE = str.maketrans("0123456789abcdef", "xxxxxxxxzzzzzzzz")
_NO_ESCAPE = re.compile(r"[^\\]{12}")  # whatever follows, it is not inside an escape
_TOLD_APART = 1 << 15  # characters: two texts that are the same so far are taken for equal


class Hider:
    """Hide texts, each for itself.

    Args:
        key: makes the letters; without it all are x.
    """

    def __init__(self, key: bytes | None) -> None:
        self._key = key

    def edit(self, text: str, start: int, end: int, *, written: bool = False) -> Edit:
        """Return what stands for a part of a text; `written` where the agent's maker wrote it."""
        so_far = None if self._key is None else hashlib.blake2b(key=self._key, digest_size=16)
        pieces, at = [], start
        for kept in _kept(text, start, end, written=written):
            pieces += [*_hidden(text[at : kept.start()], so_far), kept.group()]
            at = kept.end()
        pieces += _hidden(text[at:end], so_far)
        return Edit(start, end, encoded("".join(pieces)))


def _kept(text: str, start: int, end: int, *, written: bool) -> Iterator[re.Match[str]]:
    """Return what stays of a part of a text."""
    if written:
        return _WRITTEN_KEPT.finditer(text, start, end)
    hinted = any(text.find(hint, start, end) >= 0 for hint in _HINTS)
    found = hinted or _UUID_HINT.search(text, start, end)
    return _SAID_KEPT.finditer(text, start, end) if found else iter(())


def _hidden(text: str, so_far: "hashlib.blake2b | None") -> Iterator[str]:
    """Yield the pieces of a text, hidden; digits do not count, as a clock changes them."""
    if so_far is not None:
        unbroken = _NO_ESCAPE.search(text, _TOLD_APART)
        cut = unbroken.end() if unbroken else len(text)
        head, text = text[:cut], text[cut:]
        yield _PIECE.sub(lambda found: _piece(found, so_far), head)
    at = 0
    for found in _NO_LETTERS.finditer(text):
        yield text[at : found.start()].translate(_PLAIN)
        yield _piece(found, None)
        at = found.end()
    yield text[at:].translate(_PLAIN)


def _piece(found: re.Match[str], so_far: "hashlib.blake2b | None") -> str:
    """Return what stands for a word, digits, an escape or characters that are not ASCII."""
    text = found.group()
    if found["escape"]:
        return text
    if found["code"]:
        return _code(int(found["code"], 16), text)
    if found["digits"]:
        return "0" * len(text)
    size = len(encoded(text))
    if so_far is None:
        return "x" * size
    so_far.update(encoded(text))
    letters = so_far.hexdigest().translate(_BY_NIBBLE)
    return (letters * (size // len(letters) + 1))[:size]


def _code(code: int, text: str) -> str:
    r"""Return what stands for `\uXXXX`: most texts that are not English are written so."""
    if code > 0x7F or chr(code).isalpha():  # noqa: PLR2004 - the end of ASCII
        return r"\u0078"
    return r"\u0030" if chr(code).isdigit() else text


def encoded(text: str) -> bytes:
    """Return text in UTF-8; what was no UTF-8 is again what it was."""
    return text.encode("utf-8", "surrogateescape")
