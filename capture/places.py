"""Where in a request an ID could stand: every place, as the field path that finds it again.

Places are whole values (headers, query parameters, path segments, leaves of the JSON body) and
words inside the agent's prompt and other long texts, each with the `match` that cuts it out. Such a
`match` names what stands before the ID, never the ID itself, so that it holds for conversations
that nobody has seen yet.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from contract.exchange import Request
from contract.fieldpath import FieldPath, text_of
from contract.roles import is_said

CONVERSATION = re.compile(r"conv_[a-zA-Z0-9]{8,}")
"""An ElevenLabs conversation ID, wherever it stands (the SDK's own expression is the same)."""

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

_LONGEST_VALUE = 256
_LONGEST_LABEL = 40
_LONGEST_TEXT = 1 << 17  # what is longer is a picture or a book, and would be looked at for minutes
_ENDS = r"(?![\w=-]|[^\s\w]\w)"  # a part of a longer word is not the whole of an ID
_MOST_WORDS = 3  # of what stands before an ID; more of them would be about whoever calls
_LABELLED = re.compile(
    r"""(?P<before>(?P<label>[A-Za-z][\w -]{1,40}?)["']?\s*(?:[:=]|\bis\b)\s*["'<\[(]?)"""
    r"(?P<value>[A-Za-z0-9][\w-]{2,126}[A-Za-z0-9])" + _ENDS
)
_TAGGED = re.compile(
    r"(?P<before><(?P<label>[\w:-]+)>\s*)(?P<value>[A-Za-z0-9][\w-]{2,126}[A-Za-z0-9])\s*</"
)


def places(request: Request, known_ids: Sequence[str] = ()) -> Iterator[FieldPath]:
    """Yield every place of a request at which an ID could stand; a place may come twice.

    Words inside texts are found by what stands before them; `known_ids` wherever they stand.
    """
    yield from whole(request)
    for path, text in all_texts(request):
        yield from within(path, text)
        for known in known_ids:
            yield from _known_within(path, text, known)


def whole(request: Request) -> Iterator[FieldPath]:
    """Yield the places of whole values."""
    for name, _ in request.headers:
        yield FieldPath("header", (name.lower(),))
    for name, _ in request.parameters:
        yield FieldPath("query", (name,))
    for number, _ in enumerate(request.segments):
        yield FieldPath("path", (str(number),))
    for steps, value in _unsaid(request):
        text = text_of(value)
        if text is not None and len(text) <= _LONGEST_VALUE:
            yield FieldPath("body", steps)


def leaves(value: Any, steps: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value that is no object and no list, with the steps of its JSON pointer."""
    waiting = [(steps, value)]
    while waiting:  # not by recursion: a body may be nested deeper than Python goes
        here, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*here, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*here, str(at)), it) for at, it in reversed(list(enumerate(value)))]
        else:
            yield here, value


def _unsaid(request: Request) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the leaves inside a body that nobody said; a body that is one value is no place."""
    body = request.json()
    for steps, value in leaves(body):
        if steps and not is_said(body, steps):
            yield steps, value


def all_texts(request: Request) -> Iterator[tuple[FieldPath, str]]:
    """Yield the texts in which an ID may be one word among others."""
    for name, value in request.headers:
        if "=" in value or " " in value:
            yield FieldPath("header", (name.lower(),)), value
    for steps, value in _unsaid(request):
        if isinstance(value, str) and len(value) <= _LONGEST_TEXT and re.search(r"[\s=:<]", value):
            yield FieldPath("body", steps), value


def within(path: FieldPath, text: str) -> Iterator[FieldPath]:
    """Yield the words of a text at which an ID could stand, each with the `match` that cuts it."""
    for pattern in (_LABELLED, _TAGGED):
        for found in pattern.finditer(text):
            if any(character.isdigit() for character in found["value"]):
                for before in _shortened(found["before"], found["label"]):
                    yield FieldPath(path.place, path.keys, _match(before, found["value"]))
    if CONVERSATION.search(text):
        yield FieldPath(path.place, path.keys, r"\b(conv_[a-zA-Z0-9]+)")


def _shortened(before: str, label: str) -> Iterator[str]:
    """Yield what stands before a word, with the last word of its label, the last two, and so on."""
    words = label.split(" ")
    rest = before.partition(label)[2]
    if before.startswith("<"):
        yield before
        return
    for count in range(1, min(_MOST_WORDS, len(words)) + 1):
        if words[-count]:
            yield " ".join(words[-count:]) + rest


def _known_within(path: FieldPath, text: str, known: str) -> Iterator[FieldPath]:
    """Yield where a known ID stands inside a text, by the word before it."""
    at = text.find(known)
    before = re.search(r"\S+\s*$", text[max(0, at - _LONGEST_LABEL) : max(0, at)])
    if before and known != text:
        yield FieldPath(path.place, path.keys, _match(before.group(), known))


def _match(before: str, value: str) -> str:
    """Return the expression that finds a word by what stands before it."""
    spaced = r"\s*".join(re.escape(word) for word in before.split())
    words = r"\s+".join(re.escape(word) for word in before.split())
    # White space may come and go around marks, but not between the words of a label.
    between = words if re.fullmatch(r"[\w\s]+", before) else spaced
    gap = r"\s*" if before[-1:].isspace() or not before[-1:].isalnum() else r"\s+"
    start = r"\b" if before[:1].isalnum() else ""
    end = "" if CONVERSATION.fullmatch(value) or UUID.fullmatch(value) else _ENDS
    return f"{start}{between}{gap}({shape(value)}){end}"


def shape(value: str) -> str:
    """Return the expression for words like this one."""
    if CONVERSATION.fullmatch(value):
        return "conv_[a-zA-Z0-9]+"
    if UUID.fullmatch(value):
        return "[0-9a-fA-F-]{36}"
    return "[A-Za-z0-9][A-Za-z0-9_-]*"


def label(path: FieldPath) -> str:
    """Return the name that a place goes by: its key, or the word before it in a text."""
    if path.match is None:
        return path.keys[-1]
    before = path.match.removesuffix(_ENDS).rpartition("(")[0] or path.match
    words = re.findall(r"[A-Za-z][A-Za-z_]+", re.sub(r"\\[sb][*+]?", " ", before))
    return " ".join(words[-3:])
