"""The door to PyYAML: text becomes nodes and events that know where they stand.

Only the syntax is YAML's. What a scalar means is decided by the key that it belongs to, so PyYAML's
guesses (`off` is false, `1:30` is ninety) never come into play. Positions are those of the text.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import yaml
from yaml.reader import ReaderError

from contract.errors import ConfigError

_PLAIN_WORDS = {
    "mapping values are not allowed here": (
        "a second `: ` where none can be; put the value in quotes, or mend the indentation"
    ),
    "found character '\\t' that cannot start any token": "a tab; indent with spaces",
    "could not find expected ':'": "a key without `:`",
    "expected ',' or '}', but got '{'": "a brace inside braces; put ${NAME} in quotes there",
    "expected the node content, but found '<stream end>'": "the file ends inside brackets",
    "found unexpected end of stream": "the file ends inside quotes or brackets",
    "but found another document": "a second document begins; only one can be read",
}


def compose(text: str, *, name: str) -> yaml.Node | None:
    """Return the document's tree, or None where the text holds no document.

    Raises:
        ConfigError: the text is not YAML; one line, beginning with `name`, line and column.
    """
    with _one_line(text, name):
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
        return root


def events(text: str, *, name: str) -> list[yaml.Event]:
    """Return the document as PyYAML's events, which unlike nodes tell an alias from its anchor.

    Raises:
        ConfigError: as `compose`.
    """
    with _one_line(text, name):
        return list(yaml.parse(text, Loader=yaml.SafeLoader))


def start(event: yaml.Event) -> yaml.Mark:
    """Return where an event of a text begins; every event that was read from a text has it."""
    return cast("yaml.Mark", event.start_mark)


def end(event: yaml.Event) -> int:
    """Return the position in the text behind an event."""
    return cast("yaml.Mark", event.end_mark).index


@contextmanager
def _one_line(text: str, name: str) -> Iterator[None]:
    try:
        yield
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        character = f"U+{ord(text[error.position]):04X}"
        raise ConfigError(
            f"{name}:{line}: the character {character} cannot stand in YAML"
        ) from None
    except yaml.MarkedYAMLError as error:
        raise ConfigError(f"{name}:{_where(error)}: not YAML: {_what(error)}") from None
    except RecursionError:
        raise ConfigError(f"{name}: nested too deep") from None
    except (
        ValueError,
        OverflowError,
    ):  # PyYAML: an escape such as "\Uffffffff", which is no character
        raise ConfigError(f"{name}: not YAML: an escape in double quotes is no character") from None


def _where(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f"{mark.line + 1}:{mark.column + 1}" if mark else "1"


def _what(error: yaml.MarkedYAMLError) -> str:
    problem = " ".join((error.problem or "unreadable").split())
    if problem in _PLAIN_WORDS:
        return _PLAIN_WORDS[problem]
    if problem.endswith("cannot start any token"):
        return f"{problem}; put the value in quotes"
    context = " ".join((error.context or "").split())
    return f"{context}: {problem}" if context else problem
