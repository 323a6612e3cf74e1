"""Field paths: where in a request a value stands, and the value that stands there.

A field path is an OpenAPI 3 runtime expression (OpenAPI Specification 3.1, "Runtime Expressions")
with one extension for path segments:

    $request.header.<name>          a header, its name in any case; of repeated ones the first
    $request.query.<name>           a query parameter, percent-decoded; of several the first
    $request.path.<n>               the n-th segment after the first slash, from 0, percent-decoded
    $request.body#<JSON pointer>    a value in a JSON body (RFC 6901)

Where the value is inside a longer text, a mapping says how to cut it out, by `re.search` without
flags; the first group counts, or else the whole match:

    {from: $request.body#/messages/0/content, match: 'conversation: (conv_[a-z0-9]+)'}

Passes                                      Fails, and why
`$request.header.X-Conversation-Id`         `request.header.x`        no dollar sign
`$request.query.session`                    `$request.header.`        no name
`$request.path.2`                           `$request.path.-1`        not a segment number
`$request.body#/call/id`                    `$request.body/call/id`   no `#`
`$request.body#/a~1b`                       `$request.body#/a~2b`     `~` is followed by 0 or 1 only

A field path is how one conversation is told from another, so what cannot tell them apart is no ID:
null, an empty text, an object, a list, a boolean, a placeholder that nobody filled in (`{{…}}`) and
the words that stand for nothing (`undefined`, `null`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeAlias

from contract.errors import FieldPathError
from contract.jsontext import number_text

Place: TypeAlias = Literal["header", "query", "path", "body"]


class Readable(Protocol):
    """A request that a field path can look into."""

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case."""

    def query(self, name: str) -> str | None:
        """Return the first query parameter of that name, percent-decoded."""

    def segment(self, number: int) -> str | None:
        """Return a path segment by its number, percent-decoded."""

    def json(self) -> Any:
        """Return the JSON value of the body, or None where the body is no JSON."""


@dataclass(frozen=True, slots=True)
class FieldPath:
    """Where a value stands in a request.

    `keys` holds the one name of a header or query parameter, the one number of a segment, or the
    unescaped steps of a JSON pointer.
    """

    place: Place
    keys: tuple[str, ...]
    match: str | None = None

    @property
    def expression(self) -> str:
        """The runtime expression, without `match`."""
        if self.place == "body":
            return "$request.body#" + pointer(self.keys)
        return f"$request.{self.place}.{self.keys[0]}"

    def __str__(self) -> str:
        return f"{self.expression} match {self.match}" if self.match else self.expression

    def as_config(self) -> str | dict[str, str]:
        """Return the path as config.yaml holds it."""
        return {"from": self.expression, "match": self.match} if self.match else self.expression

    def find(self, request: Readable) -> str | None:
        """Return the ID that stands here in `request`, or None where there is none."""
        text = text_of(self.value(request))
        if text is not None and self.match is not None:
            text = cut(self.match, text)
        return text if text is not None and tells_apart(text) else None

    def value(self, request: Readable) -> Any:
        """Return whatever stands here, before `match`: any JSON value, or None."""
        if self.place == "body":
            return resolve(request.json(), self.keys)
        if self.place == "header":
            return request.header(self.keys[0])
        if self.place == "query":
            return request.query(self.keys[0])
        return request.segment(int(self.keys[0]))


_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2
_POINTER = re.compile(r"(?:/(?:[^/~]|~[01])*)+")  # RFC 6901, section 3; the whole body is no ID
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")  # Python refuses to convert thousands of digits
_GRAMMAR = (
    "expected $request.header.<name>, $request.query.<name>, $request.path.<n> "
    "or $request.body#/<JSON pointer>"
)


def parse(value: object) -> FieldPath:
    """Return the field path that a text, or a mapping with `from` and `match`, stands for.

    Raises:
        FieldPathError: the text does not follow the grammar, the mapping has other keys, or `match`
            is no regular expression.
    """
    if isinstance(value, str):
        return _parse_expression(value)
    if isinstance(value, Mapping):
        return _parse_mapping(value)
    raise FieldPathError(f"a field path is a text, not {value!r}; {_GRAMMAR}")


def _parse_mapping(value: Mapping[object, object]) -> FieldPath:
    odd = [str(key) for key in value if key not in {"from", "match"}]
    expression, match = value.get("from"), value.get("match")
    if odd or not isinstance(expression, str) or not isinstance(match, str) or not match:
        raise FieldPathError("a field path with a match has exactly two texts, `from` and `match`")
    try:
        re.compile(match)
    except (re.error, OverflowError, RecursionError) as error:
        raise FieldPathError(f"`match: {match}` is no regular expression: {error}") from None
    path = _parse_expression(expression)
    return FieldPath(path.place, path.keys, match)


def _parse_expression(text: str) -> FieldPath:
    wrong = f"{text!r} is no field path"
    if not text.startswith("$request."):
        raise FieldPathError(f"{wrong}: {_GRAMMAR}")
    rest = text.removeprefix("$request.")
    if rest.startswith("body"):
        steps = rest.removeprefix("body")
        if not steps.startswith("#/"):
            raise FieldPathError(f"{wrong}: a place in the body is written $request.body#/a/b")
        if not _POINTER.fullmatch(steps[1:]):
            raise FieldPathError(f"{wrong}: in a JSON pointer `~` stands only before 0 or 1")
        return FieldPath("body", steps_of(steps[1:]))
    place, dot, name = rest.partition(".")
    if not dot or not name:
        raise FieldPathError(f"{wrong}: {_GRAMMAR}")
    if place == "header":
        if not _TOKEN.fullmatch(name):
            raise FieldPathError(f"{wrong}: {name!r} is no header name")
        return FieldPath("header", (name.lower(),))
    if place == "query":
        return FieldPath("query", (name,))
    if place == "path":
        if not _INDEX.fullmatch(name):
            raise FieldPathError(f"{wrong}: segments are numbered from 0, as in $request.path.0")
        return FieldPath("path", (name,))
    raise FieldPathError(f"{wrong}: {_GRAMMAR}")


def pointer(steps: tuple[str, ...]) -> str:
    """Return the JSON pointer for unescaped steps (RFC 6901, section 3)."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def steps_of(text: str) -> tuple[str, ...]:
    """Return the unescaped steps of a JSON pointer (RFC 6901, section 4)."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def resolve(value: Any, steps: tuple[str, ...]) -> Any:
    """Return what stands at a JSON pointer's steps in `value`, or None."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)
"""A template variable as it is written; where it arrives so, nobody has filled it in."""

_NOTHING = frozenset({"", "null", "undefined", "none", "nil", "nan", "[object object]"})


def text_of(value: Any) -> str | None:
    """Return a text as it is and a number as it was written; anything else is None."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return number_text(value)


def cut(match: str, text: str) -> str | None:
    """Return what `match` cuts out of `text`: its first group, or else the whole match."""
    found = finder(match)(text)
    if found is None:
        return None
    return found.group(1) if found.re.groups else found.group(0)


_FIRST_WORD = re.compile(r"(?:\\b)?([\w'\u2019-]+)([?*+{]?)")


@lru_cache(maxsize=256)
def finder(match: str) -> Callable[[str], re.Match[str] | None]:
    """Return a function that finds what `re.search` finds, quickly in a long text.

    A prompt has thousands of places at which a word begins, and `re` tries each. Where the
    expression begins with a word, that word is looked for first, which leads to the same.
    """
    pattern = re.compile(match)
    first = _FIRST_WORD.match(match)
    # A quantifier is about the last character only; with a bar, other words may begin.
    word = first[1][: -1 if first[2] else None] if first and "|" not in match else ""
    if not word:
        return pattern.search

    def find(text: str) -> re.Match[str] | None:
        at = text.find(word)
        while at >= 0:
            if found := pattern.match(text, at):
                return found
            at = text.find(word, at + 1)
        return None

    return find


def is_placeholder(text: str) -> bool:
    """Tell whether a template variable was left as it is, as in `{{system__conversation_id}}`."""
    return PLACEHOLDER.search(text) is not None


def tells_apart(text: str) -> bool:
    """Tell whether a text can be the ID of one conversation and no other.

    U+FFFD stands for bytes that were no UTF-8, whichever they were.
    """
    if not is_unicode(text):
        return False
    return (
        text.strip().lower() not in _NOTHING and "\ufffd" not in text and not is_placeholder(text)
    )


def is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8.

    A header of other bytes and half of a surrogate pair cannot; no store could look for them.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
