"""A secret in bytes: the forms in which it may stand there, and what is put in its place.

A secret that is echoed is seldom echoed as it was: JSON escapes it, once or twice over, and URLs
percent-encode it. Letters, digits and `-._~` stand for themselves in all of them, so only the other
characters are looked for in several forms. Pure: bytes and pieces in, bytes and pieces out.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from contract.exchange import Arrival

_PLAIN = re.compile(r"[A-Za-z0-9._~-]+")  # RFC 3986, section 2.3, "unreserved"
_RUN = re.compile(r"[A-Za-z0-9._~-]+|\\+|.", re.DOTALL)
_SHORT = {"\b": b"b", "\f": b"f", "\n": b"n", "\r": b"r", "\t": b"t"}
_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[\[{]|(?:data|event|id|retry)?:)")
_JSON_TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"?|(-?[0-9][0-9.eE+-]*)')


@dataclass(frozen=True, slots=True)
class Span:
    """Where a secret stands; `quoted` where its token needs quotation marks, as for a number."""

    start: int
    end: int
    secret: str
    quoted: bool = False


class Known:
    """Secrets that are replaced wherever they occur.

    Args:
        secrets: the secrets, as decoded text.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        longest_first = sorted(set(secrets), key=lambda secret: (-len(secret), secret))
        self._patterns = [
            (secret, _pattern(secret, in_json=False), _pattern(secret, in_json=True))
            for secret in longest_first
        ]

    def spans(self, data: bytes) -> list[Span]:
        """Return where they stand; in JSON, never across the quotation marks of a text."""
        in_json = _JSON_START.match(data) is not None
        spans = [
            Span(found.start(), found.end(), secret)
            for secret, loose, strict in self._patterns
            for found in (strict if in_json else loose).finditer(data)
        ]
        return _whole_numbers(data, spans) if in_json and spans else spans


def _pattern(secret: str, *, in_json: bool) -> re.Pattern[bytes]:
    runs = (_forms(found.group(), in_json=in_json) for found in _RUN.finditer(secret))
    return re.compile(b"".join(runs), re.DOTALL)


def _forms(run: str, *, in_json: bool) -> bytes:
    """Return a pattern for all forms of a run of plain characters, or of one other character."""
    if _PLAIN.fullmatch(run):
        return run.encode()
    if run.startswith("\\"):
        least = len(run) * (2 if in_json else 1)
        return rb"(?:\\{%d,}|(?i:%s))" % (least, _percent(run))
    escapes = b"".join(rb"\\+u(?i:%04x)" % unit for unit in _utf16(run))
    forms = [escapes, rb"(?i:%s)" % _percent(run)]
    if run == '"':
        forms.append(rb'\\+"' if in_json else rb'\\*"')
    elif run in _SHORT:
        forms.append(rb"\\+" + _SHORT[run])
    elif run == "/":
        forms.append(rb"\\+/")
    elif run == " ":
        forms.append(rb"\+")
    if run != '"' and (run >= " " or not in_json):
        forms.append(re.escape(_utf8(run)))
    return b"(?:" + b"|".join(forms) + b")"


def _percent(text: str) -> bytes:
    return b"".join(b"%%%02x" % byte for byte in _utf8(text))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _utf16(text: str) -> list[int]:
    data = text.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2)]


def _whole_numbers(data: bytes, spans: list[Span]) -> list[Span]:
    """Widen spans in JSON numbers to the number: a token is a text and needs quotation marks."""
    if not any(re.fullmatch(r"[0-9.eE+-]+", span.secret) for span in spans):
        return spans
    numbers = [found.span(1) for found in _JSON_TOKEN.finditer(data) if found.group(1)]
    return [
        next(
            (
                Span(start, end, span.secret, quoted=True)
                for start, end in numbers
                if start <= span.start and span.end <= end
            ),
            span,
        )
        for span in spans
    ]


def in_bytes(text: str, spans: Iterable[Span], errors: str) -> list[Span]:
    """Return the spans of a text as spans of its UTF-8."""
    at, size, places = 0, 0, {}
    ordered = list(spans)
    for place in sorted({place for span in ordered for place in (span.start, span.end)}):
        size += len(text[at:place].encode("utf-8", errors))
        at = place
        places[place] = size
    return [Span(places[it.start], places[it.end], it.secret, it.quoted) for it in ordered]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans that do not overlap: of one inside another the outer, of two that cross both."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        last = merged[-1] if merged else None
        if last is None or span.start >= last.end:
            merged.append(span)
        elif span.end > last.end:
            quoted = last.quoted or span.quoted
            merged[-1] = Span(last.start, span.end, f"{last.secret}\0{span.secret}", quoted)
    return merged


def cover(
    data: bytes,
    arrivals: Sequence[Arrival],
    spans: Iterable[Span],
    token: Callable[[str], str],
) -> tuple[bytes, tuple[Arrival, ...]]:
    """Put tokens in the place of secrets; a piece that is cut inside one ends behind its token."""
    merged = _merged(spans)
    puts = [
        b'"%s"' % token(it.secret).encode() if it.quoted else token(it.secret).encode()
        for it in merged
    ]
    pieces, at = [], 0
    for span, put in zip(merged, puts, strict=True):
        pieces += [data[at : span.start], put]
        at = span.end
    sized, moved, before, end, done = [], 0, 0, 0, 0
    for when, size in arrivals:
        end += size
        while done < len(merged) and merged[done].start < end:
            moved += len(puts[done]) - (merged[done].end - merged[done].start)
            done += 1
        inside = max(0, merged[done - 1].end - end) if done else 0
        sized.append((when, end + moved + inside - before))
        before = end + moved + inside
    return b"".join([*pieces, data[at:]]), tuple(sized)
