"""The text of config.yaml with other field paths in it, and every other byte as it was.

Comments beside and between the old values are kept too: the one on the line of the key stays there,
others come to stand above the new values. The result is read back before it is returned, so that a
file written in a way that was not thought of here is refused, not spoilt.
"""

import re
from collections.abc import Iterator, Sequence

from contract import fieldpath
from contract.config.document import end as end_of
from contract.config.document import start as start_of
from contract.config.keys import path_yaml
from contract.config.outline import KEY, Entry, Outline
from contract.errors import ConfigError, FieldPathError
from contract.fieldpath import FieldPath

_BREAKS = "\r\n\x85\u2028\u2029"  # where PyYAML ends a line, and so a comment
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_COMMENT = re.compile(f"#[^{_BREAKS}]*")
_LEADING = re.compile(
    f"(?:[ \t]*(?:\r\n|[{_BREAKS}]))*(?:[ \t]*#[^{_BREAKS}]*(?:\r\n|[{_BREAKS}]|\\Z))+"
)


def with_conversation_id(
    text: str, paths: Sequence[FieldPath], *, name: str = "config.yaml"
) -> str:
    """Return the text of config.yaml with these values of `conversation_id`, in this order.

    A text that already says so is returned as it is. Where the key is missing, it is put at the
    top, behind the leading comment. `name` is the file's name, for messages.

    Raises:
        ConfigError: the text is not YAML or no mapping, has the key twice, is written so that the
            value cannot be replaced in place, or a path is none that config.yaml can hold.
    """
    try:
        wanted = tuple(fieldpath.parse(path.as_config()) for path in paths)
    except FieldPathError as error:
        raise ConfigError(f"{name}: {error}") from None
    old = Outline(text, name)
    if old.says(wanted):
        return text
    new = _edited(old, wanted)
    if not _is_good(new, old, wanted):
        raise ConfigError(
            f"{name}: {KEY} cannot be replaced in place; write it by hand: {_flow(wanted)}"
        )
    return new


def _is_good(text: str, old: Outline, paths: tuple[FieldPath, ...]) -> bool:
    try:
        new = Outline(text, "")
    except ConfigError:
        return False
    return new.says(paths) and new.others == old.others


def _edited(outline: Outline, paths: tuple[FieldPath, ...]) -> str:
    if outline.own is None:
        return _inserted_in_flow(outline, paths) if outline.is_flow else _inserted(outline, paths)
    return (_replaced_in_flow if outline.is_flow else _replaced)(outline.text, outline.own, paths)


def _flow(paths: tuple[FieldPath, ...]) -> str:
    return f"[{', '.join(map(path_yaml, paths))}]"


def _block(paths: tuple[FieldPath, ...], indent: str) -> list[str]:
    return [f"{indent}- {path_yaml(path)}" for path in paths]


def _line_end(text: str, start: int) -> int:
    found = _BREAK.search(text, start)
    return found.start() if found else len(text)


def _newline(text: str) -> str:
    found = re.search(r"\r\n|[\r\n]", text)
    return found[0] if found else "\n"


def _span(text: str, entry: Entry) -> tuple[int, int, int]:
    """Return where the value's place begins, behind the colon, and where the value is."""
    colon = text.find(":", end_of(entry.key[-1])) + 1
    end = end_of(entry.content[-1])
    return colon, start_of(entry.value[0]).index, max(colon, len(text[:end].rstrip()))


def _replaced(text: str, entry: Entry, paths: tuple[FieldPath, ...]) -> str:
    colon, start, end = _span(text, entry)
    key_end, value_end = _line_end(text, colon), _line_end(text, end)
    beside = text[colon:key_end] if start > key_end else ""
    above = []
    for at, comment in _comments(text, colon, value_end, entry):
        margin = re.search(r"[ \t]*$", text[colon:at])
        if at >= key_end:
            is_alone = text[at - len(margin[0]) - 1] in _BREAKS if margin else False
            above.append((margin[0] if margin and is_alone else _indent(entry)) + comment)
        elif start <= key_end:
            beside = (margin[0] if margin else "") + comment
    lines = [("" if paths else " []") + beside, *above, *_block(paths, _indent(entry))]
    return text[:colon] + _newline(text).join(lines) + text[value_end:]


def _indent(entry: Entry) -> str:
    return " " * (start_of(entry.key[0]).column + 2)


def _comments(text: str, start: int, end: int, entry: Entry) -> Iterator[tuple[int, str]]:
    """Yield the comments around the value's events, where a `#` can be nothing else."""
    for event in entry.content:
        yield from (
            (c.start(), c[0]) for c in _COMMENT.finditer(text, start, start_of(event).index)
        )
        start = max(start, end_of(event))
    yield from ((c.start(), c[0]) for c in _COMMENT.finditer(text, start, end))


def _replaced_in_flow(text: str, entry: Entry, paths: tuple[FieldPath, ...]) -> str:
    _, start, end = _span(text, entry)
    space = "" if text[start - 1].isspace() else " "
    return text[:start] + space + _flow(paths) + text[end:]


def _inserted_in_flow(outline: Outline, paths: tuple[FieldPath, ...]) -> str:
    at = end_of(outline.root) if outline.root else 0
    comma = ", " if outline.entries else ""
    return f"{outline.text[:at]}{KEY}: {_flow(paths)}{comma}{outline.text[at:]}"


def _inserted(outline: Outline, paths: tuple[FieldPath, ...]) -> str:
    text, newline = outline.text, _newline(outline.text)
    at, last, margin = int(text.startswith("\ufeff")), len(text), ""
    if outline.start is not None and outline.start.explicit:
        at = _line_end(text, end_of(outline.start))
        at += len(newline) if at < len(text) else 0
    if outline.entries:
        first = start_of(outline.entries[0].key[0])
        last, margin = first.index - first.column, " " * first.column
    leading = _LEADING.match(text, at, last)
    at = leading.end() if leading else at
    before = newline if text[:at].strip("\ufeff") and text[at - 1] not in _BREAKS else ""
    head = f"{margin}{KEY}:{'' if paths else ' []'}"
    lines = newline.join([head, *_block(paths, f"{margin}  ")])
    return text[:at] + before + lines + newline + text[at:]
