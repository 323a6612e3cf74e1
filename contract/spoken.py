"""What people said, made unreadable, while everything that a machine reads stays as it was.

Each letter becomes an x and each digit a 0, in as many bytes, so that structure, lengths and the
pieces in which an answer arrived stay; words that may be IDs stay too (letters and digits mixed,
eight characters or more), and pictures in data URIs, which are kept beside a recording.

A body may be broken off anywhere, and is hidden as far as it goes: it is cut into tokens here, not
decoded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contract.jsonspan import Edit

SPOKEN = frozenset(
    {
        "arguments",
        "content",
        "data",
        "delta",
        "input",
        "instructions",
        "output",
        "output_text",
        "prompt",
        "reasoning",
        "reasoning_content",
        "refusal",
        "summary",
        "text",
        "token",
        "transcript",
    }
)
"""Keys whose texts say what somebody said: of chat completions, Responses, and streams of both."""

_ARGUMENTS = frozenset({"arguments", "input"})  # objects at these keys are said as a whole
_BYTES = "bytes"  # of `logprobs`: the answer again, as numbers
_SHORTEST_ID, _LONGEST_ID = 8, 128  # a longer word is no ID but a file in base64

_TOKEN = re.compile(
    r'"(?P<text>(?:[^"\\]++|\\.)*+)"?|(?P<mark>[{}\[\]])|(?P<number>-?[0-9][0-9.eE+-]*)', re.DOTALL
)
_COLON = re.compile(r"[ \t\r\n]*:")
_STREAM = re.compile(r"\ufeff?(?:data|event|id|retry)?:")
_DATA_LINE = re.compile(r"(?:\A\ufeff?|(?<=[\r\n]))data:(?P<data>[^\r\n]*)")
_UNDECODED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of no UTF-8
_JSON = re.compile(r"\ufeff?\s*[{\[\"]")
_WORD = re.compile(
    r"(?P<picture>data:image\\?/[\w.+-]+(?:;[\w=.-]+)*;base64,(?:[A-Za-z0-9+/=]|\\/)+)"
    r"|\\u(?P<code>[0-9a-fA-F]{4})|(?P<escape>\\.)|(?P<word>[A-Za-z0-9_-]+)|[^\x00-\x7f]+",
    re.DOTALL,
)


@dataclass(slots=True)
class _Open:
    """An object or a list that is open; a list has the key at which it stands."""

    is_object: bool
    key: str
    whole: bool


def hide_text(body: bytes, kind: str) -> bytes:
    """Return a body in which nobody can read what was said.

    Args:
        body: JSON, an event stream of JSON, or text; anything else stays.
        kind: its media type, where one is declared.
    """
    text = body.decode("utf-8", "surrogateescape")
    if kind == "text/event-stream" or _STREAM.match(text):
        edits = list(_in_stream(text))
    elif _JSON.match(text):
        edits = list(_in_json(text, 0, len(text)))
    elif (kind.startswith("text/") or not kind) and not _UNDECODED.search(text):
        edits = [_edit(text, 0, len(text))]
    else:
        return body
    return _spliced(text, edits)


def _in_stream(text: str) -> Iterator[Edit]:
    for line in _DATA_LINE.finditer(text):
        start, end = line.span("data")
        if _JSON.match(text, start, end):
            yield from _in_json(text, start, end)
        else:
            yield _edit(text, start, end)


def _in_json(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield what to put in the place of texts and numbers that say what somebody said."""
    stack = [_Open(is_object=False, key="content", whole=False)]
    for token in _TOKEN.finditer(text, start, end):
        top = stack[-1]
        if token["mark"]:
            _walk(stack, token["mark"])
        elif token["number"]:
            if top.whole or top.key == _BYTES:
                yield _hidden_number(token)
        elif top.is_object and _COLON.match(text, token.end(), end):
            top.key = token["text"]
        elif top.whole or top.key in SPOKEN:
            yield _edit(text, *token.span("text"))


def _walk(stack: list[_Open], mark: str) -> None:
    """Go into or out of an object or a list."""
    top = stack[-1]
    if mark == "{":
        whole = top.whole or (top.is_object and top.key in _ARGUMENTS)
        stack.append(_Open(is_object=True, key="", whole=whole))
    elif mark == "[":
        whole = top.whole or (top.is_object and top.key == "arguments")
        stack.append(_Open(is_object=False, key=top.key, whole=whole))
    elif len(stack) > 1:
        stack.pop()


def _hidden_number(token: re.Match[str]) -> Edit:
    """Hide the digits of a number; it begins with a 1, as JSON has no numbers that begin with 0."""
    digits = re.sub(r"[0-9]", "0", token["number"]).replace("0", "1", 1)
    return Edit(token.start(), token.end(), digits.encode())


def _edit(text: str, start: int, end: int) -> Edit:
    return Edit(start, end, _encoded(_WORD.sub(_hide_word, text[start:end])))


def _hide_word(found: re.Match[str]) -> str:
    text = found.group()
    if found["picture"] or found["escape"]:
        return text
    if found["code"]:
        return _hide_code(int(found["code"], 16), text)
    if found["word"]:
        return text if _may_be_id(text) else re.sub(r"[A-Za-z]", "x", re.sub(r"[0-9]", "0", text))
    return "x" * len(_encoded(text))


def _hide_code(code: int, text: str) -> str:
    r"""Return what stands for `\uXXXX`: most texts that are not English are written so."""
    if code > 0x7F or chr(code).isalpha():  # noqa: PLR2004 - the end of ASCII
        return r"\u0078"
    return r"\u0030" if chr(code).isdigit() else text


def _may_be_id(text: str) -> bool:
    return (
        _SHORTEST_ID <= len(text) <= _LONGEST_ID
        and re.search(r"[0-9]", text) is not None
        and re.search(r"[A-Za-z]", text) is not None
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _spliced(text: str, edits: list[Edit]) -> bytes:
    pieces, at = [], 0
    for edit in edits:
        pieces += [_encoded(text[at : edit.start]), edit.put]
        at = edit.end
    return b"".join([*pieces, _encoded(text[at:])])
