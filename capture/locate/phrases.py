"""Words inside texts at which an ID could stand, each with the `match` that cuts it out.

A `match` names what stands before the ID, never the ID itself, so that it holds for conversations
that nobody has seen yet. What stands around a word says where it ends: a quotation mark ends at the
next one, a parameter at `&` or `;`, a word of a sentence before its full stop. Only words that are
not the same in every text of a place are looked at: all else is the agent's maker's own text.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Final

from capture.locate.names import about, standing, words
from capture.locate.shapes import CONVERSATION, HIDDEN, UUID, is_conversation
from capture.locate.vocabulary import Standing

CONTEXT: Final = 80
"""How many characters before a word may name it."""

_MOST_WORDS: Final = 3  # of what a match expects; more of them would be about whoever calls
_FEW: Final = 3
_MOST_MATCHES: Final = 120  # of one place
_MOST_WORDS_CUT: Final = 80  # of one text; where more of its words are named, it is no template
_MOST_SAMPLES: Final = 48  # texts of one place that are searched for words
_MOST_VARYING: Final = 400  # words that differ, in one text; beyond that it is no template
_SHORT_TEXT: Final = 256  # characters
_FRAME_MARKS: Final = frozenset("=;#?&,|/ ")
_IN_WORDS: Final = "_'-\u2019"

_OPENING_MARKS: Final = " \t\n|:=*_\"'`>([{#\u2013-"  # what may stand between a label and its value
_SENTENCE = re.compile(
    r"(?<!\b[Nn]r)(?<!\b[Nn]o)(?<!\b[Cc]onv)(?<!\b[Ss]ess)[.!?;]\s|\n|[|{}]|(?<=[\"'\d\]}]),"
)
_CHUNK = re.compile(r"\S+")
_TOKEN = re.compile(
    r"[A-Za-z0-9+/_-]{6,}={1,2}(?![\w=])|(?<![\w./:=+-])(?=[A-Za-z0-9/]*\+)[A-Za-z0-9+/]{16,}(?![\w=-])|[A-Za-z0-9_-]+(?:[.:~][A-Za-z0-9_-]+)*"
)
_URN = re.compile(r"urn:[a-z0-9-]+:")  # RFC 8141
_LABEL = re.compile(
    r"(?i)(?:urn:[a-z0-9-]+|uuid|id|sid|cid|conv|conversation|session|sess|call|chat|thread)"
    r"(?:[_-]?id)?:"
)
_CLOSES = {'"': '"', "'": "'", "`": "`", ">": "<", "(": ")", "[": "]", "{": "}", "_": "_"}

_UUID: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PLAIN: Final = r"[A-Za-z0-9_-]+(?:[.:~][A-Za-z0-9_-]+)*"
_PARAMETER: Final = r"[^\s&;,#\"'<>(){}\[\]|\\]*[A-Za-z0-9_=+/-]"
_PADDED: Final = r"[A-Za-z0-9+/_-]+={0,2}"


def phrases(
    texts: Iterable[str], known_ids: Sequence[str] = (), *, named: bool = False
) -> tuple[str, ...]:
    """Return the matches that cut words out of the texts of one place.

    Args:
        texts: the different texts that stand there, in the order in which they were sent.
        known_ids: words that are looked for wherever they stand.
        named: whether only words count that are named as a conversation's, by what stands before
            them or by their form: a prompt has hundreds of others.
    """
    samples = _samples(list(texts))
    counts: Counter[str] = Counter()
    for found in _of_samples(samples, named=named):
        counts.update(dict.fromkeys(found, 1))
    least = 2 if len(samples) > _FEW else 1  # what stands in one text of many is about one call
    kept = [match for match, count in counts.most_common(_MOST_MATCHES) if count >= least]
    known = (it for text in texts for it in _of_known(text, known_ids))
    return tuple(dict.fromkeys([*known, *kept]))


def _samples(texts: list[str]) -> list[str]:
    """Return some texts, by chance: at even distances, calls that alternate would be missed."""
    few = min(len(texts), _MOST_SAMPLES)
    chosen = sorted(Random(0).sample(range(len(texts)), few))  # noqa: S311 - no secret
    return [texts[at] for at in chosen]


def _of_samples(samples: Sequence[str], *, named: bool) -> Iterator[list[str]]:
    """Yield the matches of each text, for what is not the same in all of them."""
    if not named:
        yield list(_in_frame(samples))
    common, everywhere = _common(samples)
    for text in samples:
        if not HIDDEN.fullmatch(text):
            yield list(_of_text(text, common, everywhere, named=named))


def _of_text(
    text: str, common: set[tuple[str, str]], everywhere: set[str], *, named: bool
) -> Iterator[str]:
    places, fixed = _Places(text), 0
    for start, end in _varying(text, common):
        for at, stop in _words(text, start, end, named=named):
            if not named or _is_named(text, at, stop):
                if places.count >= _MOST_WORDS_CUT:
                    return
                yield from _cut(places, at, stop, fixed)
        if text[start:end] not in everywhere:
            fixed = end


def _of_known(text: str, known_ids: Sequence[str]) -> Iterator[str]:
    places = _Places(text)
    for known in known_ids:
        at = text.find(known)
        if at >= 0 and text != known:
            yield from _cut(places, at, at + len(known), 0, known=True)


class _Places:
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


def _is_named(text: str, at: int, end: int) -> bool:
    """Tell whether a word is named, or has the form of an ID and nothing says of what else."""
    name = words(label_of(text[max(0, at - CONTEXT) : at]))
    if standing(name) != Standing.NONE or is_conversation(text[at:end]):
        return True
    return UUID.fullmatch(text[at:end]) is not None and about(name) is None


def _in_frame(texts: Sequence[str]) -> Iterator[str]:
    """Yield the match for what differs between short texts that begin alike: `v2|ID|web`."""
    if len(texts) < 2 or max(map(len, texts)) > _SHORT_TEXT:  # noqa: PLR2004
        return
    before = re.match(r"(?:.*[^\w.~-])?", common_start(texts), re.DOTALL)
    marks = _FRAME_MARKS & set("".join(texts))
    if before and before.group() and marks and not re.search(r"[=;]", before.group()):
        yield f"^{re.escape(before.group())}([^\\s{re.escape(''.join(sorted(marks)))}]+)"


def _common(texts: Sequence[str]) -> tuple[set[tuple[str, str]], set[str]]:
    """Return the neighbouring words, and the words, that stand in every text."""
    if len(texts) < 2:  # noqa: PLR2004 - of one text alone nothing tells what varies
        return set(), set()
    lists = [["", *text.split()] for text in texts]
    pairs = set.intersection(*(set(pairwise(words)) for words in lists))
    return pairs, set.intersection(*map(set, lists))


def _varying(text: str, common: set[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that are not the same in every text."""
    before, count = "", 0
    for chunk in _CHUNK.finditer(text):
        word = chunk.group()
        has_digit = any(map(str.isdigit, word))
        varies = (before, word) not in common if common else has_digit
        before = word
        count += varies
        # Where nearly all words differ, an ID is one that has a digit.
        if varies and (has_digit or count <= _MOST_VARYING):
            yield chunk.span()


def _words(text: str, start: int, end: int, *, named: bool) -> Iterator[tuple[int, int]]:
    """Yield where a value may stand in a run without white space."""
    for found in _TOKEN.finditer(text, start, end):
        token = found.group()
        bare = token.strip("_")
        if bare and token[0] == token[-1] == "_":  # italics, in Markdown
            yield found.start() + token.index(bare), found.start() + token.index(bare) + len(bare)
            continue
        yield found.span()
        label = (_LABEL if named else _URN).match(token)
        if label:
            yield found.start() + label.end(), found.end()
        for inner in (*UUID.finditer(token), *CONVERSATION.finditer(token)):
            if inner.group() != token:
                yield found.start() + inner.start(), found.start() + inner.end()


def _cut(places: _Places, at: int, end: int, fixed: int, *, known: bool = False) -> Iterator[str]:
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


def common_start(texts: Collection[str]) -> str:
    """Return the beginning that all texts share."""
    low, high = min(texts), max(texts)  # of texts in order, the first and the last differ first
    size = min(len(low), len(high))
    return low[: next((at for at in range(size) if low[at] != high[at]), size)]


def label_of(before: str) -> str:
    """Return the words before a value that may name it: of its own sentence, the last eight."""
    sentence = _SENTENCE.split(before.rstrip(_OPENING_MARKS))[-1]
    if "/" in sentence.rpartition(" ")[2]:  # a URL: the segment, or the parameter, before the value
        sentence = re.findall(r"[^/?&#]+", sentence)[-1] if re.search(r"[^/?&#]", sentence) else ""
    return " ".join(re.findall(r"[^\W_]+(?:['\u2019_-]?[^\W_]+)*", sentence)[-8:])
