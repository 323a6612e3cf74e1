"""A secret in bytes: the forms in which it may stand there, and what is put in its place.

A secret that is echoed is seldom echoed as it was: JSON escapes it, once or twice over, and URLs
percent-encode it. Letters, digits and `-._~` stand for themselves in all of them, so only the other
characters are looked for in several forms, those of HTML among them. In base64 it is looked for at
each of the three places where it can begin, so it is found inside a longer text, too. Pure: bytes
and pieces in, bytes and pieces out.
"""

import base64
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from contract.exchange import Arrival

_PLAIN = re.compile(r"[A-Za-z0-9._~-]+")  # RFC 3986, section 2.3, "unreserved"
_RUN = re.compile(r"[A-Za-z0-9._~-]+|\\+|.", re.DOTALL)
_SHORT = {"\b": b"b", "\f": b"f", "\n": b"n", "\r": b"r", "\t": b"t"}
_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[\[{]|(?:data|event|id|retry)?:)")
_JSON_TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"?|(-?[0-9][0-9.eE+-]*)')


_URL_SAFE = str.maketrans("+/", "-_")
_SHORTEST_IN_BASE64 = 6  # bytes; of a shorter one too little is left to be sure of


@dataclass(frozen=True, slots=True)
class Span:
    """Where a secret stands; `quoted` where its token needs quotation marks, as for a number.

    Without a `secret` it is the rest of one that began elsewhere, and nothing is put there.
    """

    start: int
    end: int
    secret: str
    quoted: bool = False


class Known:
    """Secrets that are replaced wherever they occur: those learned last, as many as are kept.

    Args:
        secrets: the secrets, as decoded text.
        most: how many are kept.
    """

    def __init__(self, secrets: Iterable[str] = (), *, most: int = 256) -> None:
        self._most = most
        self._forms: dict[str, tuple[_Form, ...]] = {}  # the one that was learned last is last
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Know these secrets, and forget those for which there is no room; never one of these."""
        # Of two that stand at one place, the longer is found first.
        new = sorted(set(secrets), key=lambda secret: (len(secret), secret))
        for secret in new:
            self._forms[secret] = self._forms.pop(secret, ()) or tuple(_forms_of(secret))
        for secret in list(self._forms)[: max(0, len(self._forms) - max(self._most, len(new)))]:
            del self._forms[secret]

    def spans(self, data: bytes) -> list[Span]:
        """Return where they stand; in JSON, never across the quotation marks of a text."""
        in_json = _JSON_START.match(data) is not None
        spans = [
            Span(found.start(), found.end(), secret)
            for secret, forms in reversed(self._forms.items())
            for form in forms
            if form.needle in data
            for found in (form.strict if in_json else form.loose).finditer(data)
        ]
        return _whole_numbers(data, spans) if in_json and spans else spans


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of a secret: what of it always stands there as it is, and the patterns for it all."""

    needle: bytes
    loose: re.Pattern[bytes]
    strict: re.Pattern[bytes]


def _forms_of(secret: str) -> Iterator[_Form]:
    for text in dict.fromkeys((secret, *_in_base64(_utf8(secret)))):
        needle = max(_PLAIN.findall(text), key=len, default="")
        yield _Form(needle.encode(), _pattern(text, in_json=False), _pattern(text, in_json=True))


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what the secret alone decides of its base64, after none, one and two other bytes."""
    if len(secret) < _SHORTEST_IN_BASE64:
        return
    for before in range(3):
        text = base64.b64encode(bytes(before) + secret).decode()
        core = text[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        yield core
        yield core.translate(_URL_SAFE)


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
    if run in "&<>\"'":
        forms += [html.escape(run).encode(), b"&#%d;" % ord(run)]
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
    starts = [start for start, _ in numbers]
    return [_whole_number(span, numbers, starts) for span in spans]


def _whole_number(span: Span, numbers: list[tuple[int, int]], starts: list[int]) -> Span:
    at = bisect_right(starts, span.start) - 1
    if at < 0 or numbers[at][1] < span.end:
        return span
    return Span(*numbers[at], span.secret, quoted=True)


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


def _put(span: Span, token: Callable[[str], str]) -> bytes:
    if not span.secret:
        return b""
    put = token(span.secret).encode()
    return b'"%s"' % put if span.quoted else put


def cover(
    data: bytes,
    arrivals: Sequence[Arrival],
    spans: Iterable[Span],
    token: Callable[[str], str],
) -> tuple[bytes, tuple[Arrival, ...]]:
    """Put tokens in the place of secrets; a piece that is cut inside one ends behind its token."""
    merged = _merged(spans)
    puts = [_put(span, token) for span in merged]
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
