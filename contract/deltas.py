"""A secret in an answer that comes word by word: it is whole only when the pieces are put together.

A model's answer is a stream of events, each with a few characters of the text. Put together are the
texts at each key of `contract.spoken.SPOKEN`, in their order. Two texts that a stream brings at one
key at a time, such as the answers to `n: 2`, are not told apart, and a secret cut up in them is not
found. Bytes in, places out.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from contract.secret import Known, Span
from contract.spoken import SPOKEN

_TEXT = re.compile(
    rb'"(%s)"\s*:\s*"((?:[^"\\]++|\\.)*+)"' % "|".join(sorted(SPOKEN)).encode(), re.DOTALL
)


def spans(stream: bytes, known: Known) -> Iterator[Span]:
    """Yield where known secrets stand that reach over several events; rests have no `secret`."""
    places: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for found in _TEXT.finditer(stream):
        places[found.group(1)].append(found.span(2))
    for pieces in places.values():
        yield from _over_several(stream, pieces, known)


def _over_several(stream: bytes, pieces: list[tuple[int, int]], known: Known) -> Iterator[Span]:
    starts, size = [], 0  # where each piece begins in what they are together
    for start, end in pieces:
        starts.append(size)
        size += end - start
    together = b"".join(stream[start:end] for start, end in pieces)
    for span in known.spans(together):
        first, last = bisect_right(starts, span.start) - 1, bisect_right(starts, span.end - 1) - 1
        for at in range(first, last + 1) if last > first else ():
            start, end = pieces[at]
            begin = start + max(0, span.start - starts[at])
            stop = min(end, start + span.end - starts[at])
            if begin < stop:
                yield Span(begin, stop, span.secret if at == first else "")
