"""Every place of the recorded requests at which an ID could stand, and what stands there.

A table of values: a column for each field path, a row for each request. It is filled by one walk
over each request; what is the same object in every body (tools, settings) is not walked again.
Values are read as the endpoint reads them, so what is counted here is what will happen there.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, Final, TypeAlias

from capture.locate.cuts import CONTEXT, label_of
from capture.locate.names import about, name_of, standing, words
from capture.locate.phrases import phrases
from capture.locate.shapes import CONVERSATION
from capture.locate.vocabulary import About, Standing
from contract.exchange import Request
from contract.fieldpath import FieldPath, Place, finder, is_placeholder, tells_apart, text_of
from contract.roles import is_said

CANNOT: Final = ""
"""Stands for the value of a turn that cannot carry the ID at this place: `messages: []` has no
prompt to say it in, and a template variable that was left as it is was meant to say it."""

Value: TypeAlias = str | None
Column: TypeAlias = tuple[Value, ...]
"""What stands at one place: for each request a text, None, or `CANNOT`."""

_LONGEST_VALUE: Final = 256
_LONG_TEXT: Final = 2_000
_LONGEST_TEXT: Final = 200_000
_NAMING_KEYS: Final = ("name", "key", "k", "field")
_VALUE_KEYS: Final = frozenset({"value", "val", "v"})
_LARGE: Final = frozenset({"tools", "functions", "response_format", "text"})


_COLLECTION = re.compile(r"[A-Za-z]+s|[A-Za-z]{1,4}|session|conversation|thread|chat|room|call")
_ROUTE = re.compile(r"v\d+|chat|completions|responses|api|openai|")  # what every such URL has
_SAID = frozenset({"messages", "input"})  # members of a body that hold what was said, and prompts
_PROMPTS = frozenset({"messages", "input", "instructions"})
_MARKS = re.compile(r"[^A-Za-z0-9_.~-]")  # what holds none of these is one word


class Table:
    """What stands at every place of some requests.

    Args:
        requests: turns whose body is a JSON object.
        known_ids: IDs that are looked for inside texts wherever they stand.
    """

    def __init__(self, requests: Sequence[Request], known_ids: Sequence[str] = ()) -> None:
        self._requests = requests
        self._size = len(requests)
        self._raw: dict[tuple[Place, tuple[str, ...]], list[Any]] = {}
        self.contexts: dict[FieldPath, str] = {}
        """What names a place better than its key."""
        self.columns: dict[FieldPath, Column] = {}
        self.texts: dict[FieldPath, Sequence[Value]] = {}
        """The texts in which an ID may be one word among others."""
        self.constant = 0
        """How many values of the bodies are the same in every request, and were not walked."""
        self._fill(known_ids)
        self._read(known_ids)

    def _fill(self, known_ids: Sequence[str]) -> None:
        same = self._same_members(known_ids)
        for row, request in enumerate(self._requests):
            for name, value in reversed(request.headers):  # of repeated ones the first counts
                self._put(row, "header", (name.lower(),), value)
            for name, value in reversed(request.parameters):
                self._put(row, "query", (name,), value)
            for number, value in enumerate(request.segments):
                if not _ROUTE.fullmatch(value):
                    self._put(row, "path", (str(number),), value)
                    before = request.segments[number - 1] if number else ""
                    before = before if _COLLECTION.fullmatch(before) else ""
                    self.contexts.setdefault(FieldPath("path", (str(number),)), before)
            body = _object(request.json())
            for key, member in body.items():
                if key not in same:
                    for keys, value in _leaves(body, key, member):
                        self._put(row, "body", keys, value)
            if row == 0:
                self._name_pairs(body)

    def _same_members(self, known_ids: Sequence[str]) -> set[str]:
        """Return the large members that are equal in every body: they tell no calls apart."""
        first, *rest = (_object(request.json()) for request in self._requests)
        if known_ids:
            return set()
        same = {
            key for key in _LARGE & first.keys() if all(it.get(key) == first[key] for it in rest)
        }
        self.constant = sum(sum(1 for _ in leaves(first[key], (key,))) for key in same)
        return same

    def _put(self, row: int, place: Place, keys: tuple[str, ...], value: Any) -> None:
        column = self._raw.get((place, keys))
        if column is None:
            column = self._raw[place, keys] = [None] * self._size
        column[row] = value

    def _name_pairs(self, body: Any) -> None:
        """Note what a `value` is called by the `name` beside it."""
        for keys, name in (it for key in body for it in _leaves(body, key, body[key])):
            if keys[-1] in _NAMING_KEYS and isinstance(name, str):
                for key in _VALUE_KEYS:
                    self.contexts[FieldPath("body", (*keys[:-1], key))] = name

    def _read(self, known_ids: Sequence[str]) -> None:
        for (place, keys), raw in self._raw.items():
            path = FieldPath(place, keys)
            read = tuple(map(text_of, raw))
            lists = place == "body" and keys[0] == "messages"
            texts = [text for text in dict.fromkeys(read) if text]
            if any(len(text) <= _LONGEST_VALUE for text in texts):
                self.columns[path] = tuple(
                    self._value(row, text, lists=lists) for row, text in enumerate(read)
                )
            if any(map(_MARKS.search, texts)) or _hold(texts, known_ids) or _enclose(texts):
                self.texts[path] = read
                self._read_words(path, read, texts, known_ids)

    def _value(self, row: int, text: Value, *, lists: bool) -> Value:
        if text is None:
            return CANNOT if lists and self._is_empty(row) else None
        if len(text) > _LONGEST_VALUE:
            return None
        if is_placeholder(text):
            return CANNOT
        return text if tells_apart(text) else None

    def _is_empty(self, row: int) -> bool:
        return _object(self._requests[row].json()).get("messages") == []

    def _read_words(
        self, path: FieldPath, read: Sequence[Value], texts: list[str], known_ids: Sequence[str]
    ) -> None:
        texts = [text for text in texts if len(text) <= _LONGEST_TEXT]
        lists = path.place == "body" and path.keys[0] == "messages"
        named = path.keys[0] in _PROMPTS or max(map(len, texts), default=0) > _LONG_TEXT
        for match in phrases(texts, known_ids, named=named):
            here = FieldPath(path.place, path.keys, match)
            find = finder(match)
            found = {text: find(text) for text in texts}
            cuts = {text: it.group(1) for text, it in found.items() if it}
            column = tuple(
                self._word(row, text, cuts, lists=lists) for row, text in enumerate(read)
            )
            if column == self.columns.get(path):
                continue  # it is the whole value
            self.columns[here] = column
            labels = [
                label_of(text[max(0, it.start(1) - CONTEXT) : it.start(1)])
                for text, it in found.items()
                if it
            ]
            self.contexts[here] = self._name(path, labels)

    def _name(self, path: FieldPath, labels: Sequence[str]) -> str:
        """Return what names the words that a match cuts out: what stands before them, or the place.

        What one text says against them counts more than what the others say for them.
        """
        shared = _common_words(labels)
        other = (it for it in labels if about(words(it)) == About.OTHER_CALL)
        if path.keys[0] in _PROMPTS:
            return next(other, shared)
        own = name_of(path, self.contexts.get(path))
        name = words(shared)
        silent = standing(name) == Standing.NONE and about(name) in {None, About.THING}
        return next(other, own if silent else shared)

    def _word(self, row: int, text: Value, cuts: dict[str, Value], *, lists: bool) -> Value:
        if text is None:
            return CANNOT if lists and self._is_empty(row) else None
        value = cuts.get(text)
        if value is None:
            return CANNOT if is_placeholder(text) else None
        return value if tells_apart(value) else None


def _object(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def _enclose(texts: Sequence[str]) -> bool:
    """Tell whether a text is a conversation's ID and more, such as the number of a turn."""
    return any(CONVERSATION.search(text) and not CONVERSATION.fullmatch(text) for text in texts)


def _hold(texts: Sequence[str], known_ids: Sequence[str]) -> bool:
    return any(known in text and known != text for known in known_ids for text in texts)


def _common_words(labels: Sequence[str]) -> str:
    """Return the words at the end that all labels share."""
    columns = zip(*(reversed(label.split()) for label in labels), strict=False)
    shared = takewhile(lambda column: len(set(column)) == 1, columns)
    return " ".join(reversed([column[0] for column in shared]))


def leaves(value: Any, steps: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value that is no object and no list, with the steps of its JSON pointer."""
    waiting = [(steps, value)]
    while waiting:  # not by recursion: a body may be nested deeper than Python goes
        here, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*here, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*here, str(at)), it) for at, it in reversed(list(enumerate(value)))]
        else:
            yield here, value


def _leaves(body: Any, key: str, member: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the leaves of a member of a body that nobody said."""
    if key in _SAID and isinstance(member, list):
        for at, message in enumerate(member):
            if not is_said(body, (key, str(at))):
                yield from leaves(message, (key, str(at)))
    else:
        found = leaves(member, (key,))
        yield from (it for it in found if not is_said(body, it[0])) if key in _SAID else found
