"""A JSON body as a person reads it: indented, coloured, and without walls of text.

Long texts and base64 are folded to a note of type and size. What could be a conversation ID is
marked where it stands, with its field path, and so is what a person looks for. Control characters
never reach the terminal.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from capture.locate.marks import possible_ids
from capture.show.folding import FOLD_ABOVE, Steps, byte_size, folded, pieces, scalar
from capture.show.marking import MARK, around, found_line, hit_spans, id_spans, marked
from contract.exchange import Request
from contract.fieldpath import FieldPath
from contract.jsontext import encode
from contract.readable import readable

__all__ = ["MARK", "byte_size", "folded", "ids_in", "mark_line", "readable", "render"]

INDENT = "  "
LINE = 72
"""What is no longer than this, in characters, stands on one line."""

_BEFORE, _AFTER = 40, 10  # what is shown around a word that stands in the folded part
_MOST_AROUND = 3
_COMMA = Text.assemble((", ", "dim"))


@dataclass(frozen=True, slots=True)
class _Look:
    """What is marked: the IDs by field path, and what a person looks for and where it is."""

    ids: Mapping[FieldPath, str]
    hits: re.Pattern[str] | None = None
    found: Mapping[Steps, Text] = field(default_factory=dict)

    def has_below(self, steps: Steps) -> bool:
        """Tell whether something is marked at or below a place."""
        below = (*(path.keys for path in self.ids), *self.found)
        return any(keys[: len(steps)] == steps for keys in below)

    def below(self, steps: Steps) -> Iterator[tuple[int, Text]]:
        """Yield the lines that stand below a value, with their depth."""
        for path in self.ids:
            if path.keys == steps:
                yield len(steps) + 1, mark_line(path)
        if steps in self.found:
            yield len(steps) + 1, self.found[steps]


def ids_in(request: Request) -> dict[FieldPath, str]:
    """Return what could be a conversation ID, by name or by form, and where it stands."""
    return possible_ids(request)


def render(
    value: Any,
    marks: Mapping[FieldPath, str],
    fold: Collection[str] = (),
    hits: re.Pattern[str] | None = None,
) -> Group:
    """Return a JSON value as coloured lines.

    Args:
        value: what to show.
        marks: the IDs in it by field path.
        fold: names of lists at the top level of which only the length is shown.
        hits: what a person looks for.
    """
    if isinstance(value, dict):
        value = {key: _counted(item) if key in fold else item for key, item in value.items()}
    ids = {path: it for path, it in marks.items() if path.place == "body"}
    look = _Look(ids, hits, _found(value, hits) if hits else {})
    return Group(
        *(
            Padding(line, (0, 0, 0, len(INDENT) * depth), expand=False)
            for depth, line in _lines(value, (), look, Text(), "")
        )
    )


def _found(value: Any, hits: re.Pattern[str]) -> dict[Steps, Text]:
    """Return the places that have what a person looks for, with the line that says so."""
    lines = {
        it.steps: found_line((it.text,), hits) or found_line((it.line,), hits)
        for it in pieces(value)
    }
    return {steps: line for steps, line in lines.items() if line}


class _Count(str):
    """What stands for a list of which only the length is shown."""

    __slots__ = ()


def _counted(value: Any) -> Any:
    return _Count(f"⟨{len(value)} in a list⟩") if isinstance(value, list) else value


def mark_line(path: FieldPath) -> Text:
    """Return the line that stands below what could be an ID and names its place."""
    return Text(f"▲ {readable(str(path))}", "yellow")


def _lines(
    value: Any, steps: Steps, look: _Look, before: Text, after: str
) -> Iterator[tuple[int, Text]]:
    """Yield the lines of a value with their depths; `before` is its key, `after` its comma."""
    depth = len(steps)
    if isinstance(value, dict | list) and value and not _fits(value, steps, look, len(before)):
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        items = list(value.items() if isinstance(value, dict) else enumerate(value))
        yield depth, Text.assemble(before, (opening, "dim"))
        yield from look.below(steps)
        for at, (key, item) in enumerate(items):
            name = _key(key, look.hits) if isinstance(value, dict) else Text()
            comma = "," if at + 1 < len(items) else ""
            yield from _lines(item, (*steps, str(key)), look, name, comma)
        yield depth, Text(closing + after, "dim")
        return
    here = {path: it for path, it in look.ids.items() if path.keys == steps}
    yield depth, Text.assemble(before, _inline(value, here, look.hits), (after, "dim"))
    yield from look.below(steps)


def _fits(value: Any, steps: Steps, look: _Look, used: int) -> bool:
    """Tell whether a value can stand on one line."""
    if look.has_below(steps):
        return False
    return used + len(INDENT) * len(steps) + len(encode(value)) <= LINE


def _inline(value: Any, ids: Mapping[FieldPath, str], hits: re.Pattern[str] | None) -> Text:
    """Return a value on one line."""
    if isinstance(value, _Count):
        return Text(value, "dim italic")
    if isinstance(value, dict):
        pairs = [
            Text.assemble(_key(key, hits), _inline(it, ids, hits)) for key, it in value.items()
        ]
        return Text.assemble(("{", "dim"), _COMMA.join(pairs), ("}", "dim"))
    if isinstance(value, list):
        items = [_inline(item, ids, hits) for item in value]
        return Text.assemble(("[", "dim"), _COMMA.join(items), ("]", "dim"))
    if isinstance(value, str):
        return _text(value, tuple(dict.fromkeys(ids.values())), hits)
    return marked(scalar(value), hit_spans(scalar(value), hits), "magenta")


def _key(key: str, hits: re.Pattern[str] | None) -> Text:
    return Text.assemble(_quoted(key, (), hits, "cyan"), (": ", "dim"))


def _quoted(
    text: str, ids: Collection[str], hits: re.Pattern[str] | None, style: str = "green"
) -> Text:
    """Return a text in quotes, with what is looked for marked."""
    spans = [*id_spans(text, ids), *hit_spans(text, hits)]
    inside = marked(text, spans, style, lambda part: readable(encode(part)[1:-1]))
    return Text.assemble(('"', style), inside, ('"', style))


def _text(value: str, ids: Collection[str], hits: re.Pattern[str] | None) -> Text:
    """Return a text in quotes, folded where it is long, with what is looked for in it."""
    shown, note = folded(value)
    text = _quoted(shown, ids, hits) if shown or note is None else Text()
    for extract in _beyond(value, len(shown), ids, hits) if note else ():
        text.append(" … ", "dim").append_text(_quoted(extract, ids, hits))
    if note:
        text.append(f" … ⟨{note}⟩" if shown else f"⟨{note}⟩", "dim italic")
    return text


def _beyond(
    text: str, shown: int, ids: Collection[str], hits: re.Pattern[str] | None
) -> Iterator[str]:
    """Yield what is looked for in the folded part of a text, with what stands around it."""
    spans = [(text.find(one), text.find(one) + len(one)) for one in ids if one not in text[:shown]]
    if (folded(text)[1] or "").startswith("text"):
        found = ((start, min(end, start + FOLD_ABOVE)) for start, end, _ in hit_spans(text, hits))
        beyond = [(start, end) for start, end in found if end > shown]
        spans += beyond[:_MOST_AROUND]
    end = 0
    for first, last in sorted(spans):
        if last > end:
            extract, start = around(text, first, last, before=_BEFORE, after=_AFTER)
            end = start + len(extract)
            yield extract
