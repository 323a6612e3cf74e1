"""A body as HTML, in which nothing that stood in an earlier body is written again.

A voice platform sends the whole history with every turn: a page that held it each time would grow
with the square of the call. So each element of a list at the top of a body, and each large member,
is written where it is first met, under an anchor. Later bodies say where it stands; a little script
brings it where the reader wants it, and without scripts the reader follows the link.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from capture.report.folds import counted, fold, key_of, rest, where
from capture.report.marks import Mark, below
from capture.report.text import shown
from capture.report.tree import MOST, Tree
from capture.show.payload import byte_size
from contract import jsontext
from contract.jsonspan import Part, elements, members

DEEPEST = 40
"""JSON that is nested deeper is shown as text."""

_SMALL = 100  # a member of fewer characters is written again rather than referred to

_PART = Markup('<div class="part" id="m{}">{}</div>')
_WORD = Markup(" <mark>{}</mark>")
_AGAIN = Markup(
    '<details class="again" data-parts="{}">'
    '<summary>{}<span class="note">as in {}</span>{}</summary>'
    '<div class="inside"><p class="note">It stands in <a href="#{}">{}</a>.</p></div></details>'
)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a body is on the page: the anchor, and the name that a reader knows it by."""

    anchor: str
    name: str


@dataclass(frozen=True, slots=True)
class _Written:
    """A part that is on the page already: its number, and in which body it stands."""

    number: int
    home: Home


class Bodies:
    """Write bodies; one for a page, as it knows what stands on it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._written: dict[bytes, _Written] = {}

    def html(self, body: bytes, kind: str, marks: Sequence[Mark], home: Home) -> Markup:
        """Return a body of a media type as HTML."""
        if kind.startswith("image/"):
            return self._tree.picture(body, kind)
        try:
            value = jsontext.decode(body)
            if isinstance(value, dict) and not _is_deep(value):
                return self._object(body.decode("utf-8-sig"), marks, home)
            if isinstance(value, list) and not _is_deep(value):
                return self._tree.block(value, (), marks)
        except ValueError:
            pass  # it is no JSON
        try:
            return self._tree.raw(body.decode())
        except UnicodeDecodeError:
            return Markup('<p class="note">⟨{} that are no text⟩</p>').format(byte_size(len(body)))

    def _object(self, text: str, marks: Sequence[Mark], home: Home) -> Markup:
        parts = list(members(text))
        lines = [
            self._member(text, part, marks, home, "," if at + 1 < len(parts) else "")
            for at, part in enumerate(parts)
            if at < MOST or below(marks, (part.key,))
        ]
        inside = Markup("").join(lines) + rest(len(parts) - len(lines))
        return Markup('<div>{{</div><div class="inside">{}</div><div>}}</div>').format(inside)

    def _member(
        self, text: str, part: Part, marks: Sequence[Mark], home: Home, after: str
    ) -> Markup:
        key, steps = key_of(part.key), (part.key,)
        if isinstance(part.value, list) and any(isinstance(it, dict) for it in part.value):
            inside = Markup("").join(self._elements(text, part, marks, home))
            is_open = part.key in {"messages", "input"} or bool(below(marks, steps))
            return fold(key, "[", counted(part.value), inside, "]" + after, is_open=is_open)
        if part.end - part.start < _SMALL:
            return self._tree.block(part.value, steps, marks, key, after)
        seen = self._seen(text, part)
        if seen:
            return _again([seen], key, below(marks, steps))
        return self._write(text, part, steps, marks, home, key, after)

    def _elements(
        self, text: str, part: Part, marks: Sequence[Mark], home: Home
    ) -> Iterator[Markup]:
        run: list[tuple[str, _Written]] = []
        items, told, left = list(elements(text, part.start)), 0, 0
        for at, item in enumerate(items):
            steps = (part.key, item.key)
            seen = self._seen(text, item)
            if seen:
                run.append((item.key, seen))
            elif told < MOST or below(marks, steps):
                yield _run(part.key, run, marks)
                run, told = [], told + 1
                after = "," if at + 1 < len(items) else ""
                yield self._write(text, item, steps, marks, home, Markup(), after)
            else:
                left += 1
        yield _run(part.key, run, marks) + rest(left)

    def _seen(self, text: str, part: Part) -> _Written | None:
        return self._written.get(_key(text, part))

    def _write(
        self,
        text: str,
        part: Part,
        steps: tuple[str, ...],
        marks: Sequence[Mark],
        home: Home,
        key: Markup,
        after: str,
    ) -> Markup:
        number = len(self._written) + 1
        self._written[_key(text, part)] = _Written(number, home)
        return _PART.format(number, self._tree.block(part.value, steps, marks, key, after))


def _key(text: str, part: Part) -> bytes:
    """Return what is equal for parts that were written equally, to the last digit."""
    return hashlib.sha256(text[part.start : part.end].encode("utf-8", "surrogatepass")).digest()


def _run(key: str, run: Sequence[tuple[str, _Written]], marks: Sequence[Mark]) -> Markup:
    """Return what stands for elements that follow each other and are all on the page already."""
    if not run:
        return Markup()
    first, last = run[0][0], run[-1][0]
    name = f"/{key}/{first}" if first == last else f"/{key}/{first} to /{last}"
    inside = [mark for at, _ in run for mark in below(marks, (key, at))]
    return _again([it for _, it in run], shown(name) + Markup(" "), inside)


def _again(parts: Sequence[_Written], key: Markup, marks: Sequence[Mark]) -> Markup:
    home = parts[-1].home
    words = Markup("").join(_WORD.format(shown(it.value)) for it in marks)
    ranges = _ranges([part.number for part in parts])
    again = _AGAIN.format(ranges, key, home.name, words, home.anchor, home.name)
    return again + where(marks)


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers as a script reads them: `1-3 7`."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def _is_deep(value: Any) -> bool:
    """Tell whether JSON is nested deeper than is shown; not by recursion, as it may be deep."""
    level, depth = [value], 0
    while level:
        level = [
            item
            for one in level
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, dict | list)
        ]
        depth += 1
        if depth > DEEPEST:
            return True
    return False
