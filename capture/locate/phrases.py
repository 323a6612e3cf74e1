"""Words inside texts at which an ID could stand, each with the `match` that cuts it out.

A `match` names what stands before the ID, never the ID itself, so that it holds for conversations
that nobody has seen yet. Only words that are not the same in every text of a place are looked at:
all else is the agent's maker's own text. `capture.locate.cuts` makes the expressions.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Final

from capture.locate.cuts import CONTEXT, Places, cuts, label_of
from capture.locate.names import about, standing, words
from capture.locate.shapes import CONVERSATION, HIDDEN, UUID, is_conversation
from capture.locate.vocabulary import Standing

_FEW: Final = 3
_MOST_MATCHES: Final = 120  # of one place
_MOST_WORDS_CUT: Final = 80  # of one text; where more of its words are named, it is no template
_MOST_SAMPLES: Final = 48  # texts of one place that are searched for words
_MOST_VARYING: Final = 400  # words that differ, in one text; beyond that it is no template
_SHORT_TEXT: Final = 256  # characters
_FRAME_MARKS: Final = frozenset("=;#?&,|/ ")

_CHUNK = re.compile(r"\S+")
_TOKEN = re.compile(
    r"[A-Za-z0-9+/_-]{6,}={1,2}(?![\w=])"  # base64 that is padded
    r"|(?<![\w./:=+-])(?=[A-Za-z0-9/]*\+)[A-Za-z0-9+/]{16,}(?![\w=-])"  # or is no URL
    r"|[A-Za-z0-9_-]+(?:[.:~][A-Za-z0-9_-]+)*"
)
_URN = re.compile(r"urn:[a-z0-9-]+:")  # RFC 8141
_LABEL = re.compile(
    r"(?i)(?:urn:[a-z0-9-]+|uuid|id|sid|cid|conv|conversation|session|sess|call|chat|thread)"
    r"(?:[_-]?id)?:"
)


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
    common, shared = _common(samples)
    for text in samples:
        if not HIDDEN.fullmatch(text):
            yield list(_of_text(text, common, shared, named=named))


def _of_text(
    text: str, common: set[tuple[str, str]], shared: set[str], *, named: bool
) -> Iterator[str]:
    places, fixed = Places(text), 0
    for start, end in _varying(text, common):
        for at, stop in _words(text, start, end, named=named):
            if not named or _is_named(text, at, stop):
                if places.count >= _MOST_WORDS_CUT:
                    return
                yield from cuts(places, at, stop, fixed)
        if text[start:end] not in shared:
            fixed = end


def _of_known(text: str, known_ids: Sequence[str]) -> Iterator[str]:
    places = Places(text)
    for known in known_ids:
        at = text.find(known)
        if at >= 0 and text != known:
            yield from cuts(places, at, at + len(known), 0, known=True)


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
    """Return the neighbouring words that stand in every text, and the words of more than one."""
    if len(texts) < 2:  # noqa: PLR2004 - of one text alone nothing tells what varies
        return set(), set()
    lists = [["", *text.split()] for text in texts]
    pairs = set.intersection(*(set(pairwise(words)) for words in lists))
    counts = Counter(word for words in lists for word in set(words))
    return pairs, {word for word, count in counts.items() if count > 1}


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


def common_start(texts: Collection[str]) -> str:
    """Return the beginning that all texts share."""
    low, high = min(texts), max(texts)  # of texts in order, the first and the last differ first
    size = min(len(low), len(high))
    return low[: next((at for at in range(size) if low[at] != high[at]), size)]
