"""One text as a YAML scalar that stays on one line, and which scalars stand for nothing.

The scalar is good in block and flow style, and for readers of YAML 1.1 and 1.2 alike: whatever
could be taken for something else (`off`, `1:30`, `null`) is quoted.
"""

import re

NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""The plain scalars that stand for null (YAML 1.2.2, section 10.3.2)."""

_PLAIN = re.compile(r"(?:[A-Za-z$/]|(?:\d+\.){3})[\w.:/#~$-]*(?<![:.])", re.ASCII)
_WORDS = NOTHING | {"true", "false", "yes", "no", "on", "off", "y", "n"}  # YAML 1.1 has them all
_ESCAPES = {'"': '\\"', "\\": "\\\\"}


def scalar(text: str) -> str:
    """Return the text plain where that is safe, or else in quotes."""
    is_plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if is_plain else quoted(text)


def quoted(text: str) -> str:
    """Return the text in single quotes, or in double quotes where it needs escapes."""
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_ESCAPES.get(character) or _seen(character) for character in text) + '"'


def _seen(character: str) -> str:
    return character if character.isprintable() else f"\\U{ord(character):08x}"
