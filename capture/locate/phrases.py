"""Words inside texts at which an ID could stand, each with the `match` that cuts it out.

A `match` names what stands before the ID, never the ID itself, so that it holds for conversations
that nobody has seen yet. What stands around a word says where it ends: a quotation mark ends at the
next one, a parameter at `&` or `;`, a word of a sentence before its full stop. Only words that are
not the same in every text of a place are looked at: all else is the agent's maker's own text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

from capture.locate.shapes import CONVERSATION, UUID

_CONTEXT: Final = 80  # characters before a word that may name it
_MOST_WORDS: Final = 3  # of what a match expects; more of them would be about whoever calls
_MOST_SAMPLES: Final = 48  # texts of one place that are searched for words
_MOST_VARYING: Final = 400  # words that differ, in one text; beyond that it is no template
_SHORT_WORD: Final = 6
_IN_WORDS: Final = "_'-\u2019"

_CHUNK = re.compile(r"\S+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+(?:[.:~][A-Za-z0-9_-]+)*")
_LABEL_PREFIX = re.compile(
    r"(?i)(?:urn:uuid|urn:[a-z0-9-]+|uuid|id|sid|cid|conv|conversation|session|sess|call|chat|thread)"
    r"(?:[_-]?id)?:"
)
_CLOSES = {'"': '"', "'": "'", "`": "`", ">": "<", "(": ")", "[": "]", "{": "}"}

_PLAIN: Final = r"[A-Za-z0-9_-]+(?:[.:~][A-Za-z0-9_-]+)*"
_PARAMETER: Final = r"[^\s&;,\"'<>(){}\[\]|\\]*[A-Za-z0-9_-]"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word that was seen in a text: the `match` that cuts it out, and what stands before it."""

    match: str
    before: str


def phrases(texts: Iterable[str], known_ids: Sequence[str] = ()) -> dict[str, str]:
    """Return the matches that cut words out of the texts of one place, with what names them.

    Args:
        texts: the different texts that stand there, in the order in which they were sent.
        known_ids: words that are looked for wherever they stand.

    Returns:
        for each `match` the text before the word, as far as it is always the same.
    """
    found: dict[str, str] = {}
    for phrase in _phrases(list(texts), known_ids):
        known = found.get(phrase.match)
        before = phrase.before
        found[phrase.match] = before if known is None else _common_end(known, before)
    return found


def _phrases(texts: list[str], known_ids: Sequence[str]) -> Iterator[Phrase]:
    # By chance, not at even distances: calls that alternate would all be missed but one.
    few = min(len(texts), _MOST_SAMPLES)
    chosen = sorted(Random(0).sample(range(len(texts)), few))  # noqa: S311 - no secret
    samples = [texts[at] for at in chosen]
    common = _common_pairs(samples)
    for text in samples:
        fixed = 0
        for start, end in _varying(text, common):
            for at, stop in _words(text, start, end):
                yield from _cut(text, at, stop, fixed)
            fixed = end
    for known in known_ids:
        for text in texts:
            at = text.find(known)
            if at >= 0 and text != known:
                yield from _cut(text, at, at + len(known), 0, known=True)


def _common_pairs(texts: Sequence[str]) -> set[tuple[str, str]]:
    """Return the neighbouring words that stand in every text; of one text alone there are none."""
    if len(texts) < 2:  # noqa: PLR2004
        return set()
    sets = []
    for text in texts:
        chunks = ["", *text.split()]
        sets.append(set(pairwise(chunks)))
    return set.intersection(*sets)


def _varying(text: str, common: set[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that are not the same in every text."""
    before, count = "", 0
    for chunk in _CHUNK.finditer(text):
        word = chunk.group()
        # With one text alone nothing tells what varies; an ID has a digit, or is the whole text.
        may = (before, word) not in common if common else any(map(str.isdigit, word))
        before = word
        if may:
            count += 1
            if count > _MOST_VARYING:
                return
            yield chunk.span()


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where a value may stand in a run without white space."""
    for found in _TOKEN.finditer(text, start, end):
        token = found.group()
        yield found.span()
        label = _LABEL_PREFIX.match(token)
        if label:
            yield found.start() + label.end(), found.end()
        for inner in (*UUID.finditer(token), *CONVERSATION.finditer(token)):
            if inner.group() != token:
                yield found.start() + inner.start(), found.start() + inner.end()


def _cut(text: str, at: int, end: int, fixed: int, *, known: bool = False) -> Iterator[Phrase]:
    """Yield the matches that cut this word out, by one word before it, by two, by three.

    What stands before `fixed` is not the same in every text, so no match expects it.
    """
    value = text[at:end]
    before = text[max(fixed, at - _CONTEXT) : at]
    if at == 0:
        yield Phrase(f"^({_value(text, at, end)})", "")
    if CONVERSATION.fullmatch(value):
        yield Phrase("(conv_[a-zA-Z0-9]+)", before)
    for anchor in _anchors(before):
        yield Phrase(f"{anchor}({_value(text, at, end)})", before)
        if known:  # its surroundings may say too little of what somebody knows
            yield Phrase(f"{anchor}({_PLAIN})", before)


def _value(text: str, at: int, end: int) -> str:
    """Return the expression for words like this one, in this surrounding."""
    value = text[at:end]
    if CONVERSATION.fullmatch(value):
        return "conv_[a-zA-Z0-9]+"
    if UUID.fullmatch(value):
        return "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    opening, closing = text[at - 1 : at], text[end : end + 1]
    if opening in _CLOSES and closing == _CLOSES[opening] and opening != "{":
        return rf"[^\s\\{re.escape(closing)}]+"
    if opening == '"' and closing == "\\":  # JSON inside a JSON text
        return r"[^\s\\\"]+"
    if opening == "=":
        return _PARAMETER
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
        boundary = r"\b" if len(literal) < _SHORT_WORD or rest[-1:].isalnum() else ""
        yield boundary + pieces


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


def _common_end(one: str, other: str) -> str:
    """Return the end that two texts share."""
    size = min(len(one), len(other))
    at = next((n for n in range(size) if one[-1 - n] != other[-1 - n]), size)
    return one[len(one) - at :] if at else ""


def label_of(before: str) -> str:
    """Return the words before a value that may name it: of its own sentence, the last eight."""
    sentence = re.split(r"[.!?;]\s|\n", before.rstrip())[-1]
    return " ".join(re.findall(r"[^\W_]+(?:['\u2019_-]?[^\W_]+)*", sentence)[-8:])
