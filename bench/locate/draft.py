"""A request that is being made: parts are put into it one after the other. Nothing is judged here.

A `Put` changes a draft. `what` is a `Value`: a function from a turn to a text, None where the turn
has none. A put that carries the conversation's own ID says so, and from that the truth is known.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard
from urllib.parse import quote, urlencode

from bench.locate.forms import Form
from bench.locate.talk import Turn

Value: TypeAlias = Callable[[Turn], str | None]
Put: TypeAlias = Callable[["Draft"], None]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent, and the ID that it carries: None where it cannot carry one.

    `answer` are headers of its answer.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    truth: str | None = None
    answer: tuple[tuple[str, str], ...] = ()


@dataclass
class Draft:
    """A turn's request. `extra` stands in the body beside the messages."""

    turn: Turn
    prompt: str
    form: Form
    host: str = "llm.example.com"
    path: list[str] = field(default_factory=lambda: ["v1", "chat", "completions"])
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    second: str | None = None
    carries: bool = False

    def __post_init__(self) -> None:
        self.history = self.turn.history

    @property
    def id(self) -> str:
        """The conversation's own ID."""
        return self.turn.call.value("id", self.form)

    @property
    def silent(self) -> bool:
        """Whether the platform sends no message, and so no prompt."""
        return self.turn.history is None

    def finished(self, body: dict[str, Any], *, indent: int | None = None) -> Request:
        """Return the request, with this body."""
        text = json.dumps(body, ensure_ascii=False, indent=indent)
        url = f"https://{self.host}/" + "/".join(
            quote(part, safe=":@!$&'()*+,;=") for part in self.path
        )
        url += f"?{urlencode(self.query)}" if self.query else ""
        headers = (("Host", self.host), *self.headers, ("Content-Length", str(len(text.encode()))))
        return Request("POST", url, headers, text, self.id if self.carries else None)


def own(form: Form) -> Value:
    """Return the value that is the conversation's own ID."""
    return lambda turn: turn.call.value("id", form)


def constant(name: str, form: Form) -> Value:
    """Return a value that is constant within a call and new in each."""
    return lambda turn: turn.call.value(name, form)


def fresh(form: Form) -> Value:
    """Return a value that is new in every request."""
    return lambda turn: form(turn.dice)


def fixed(text: str) -> Value:
    """Return a value that is the same in all requests."""
    return lambda _: text


def header(name: str, value: Value, *, first: bool = False) -> Put:
    """Put a header."""

    def put(draft: Draft) -> None:
        text = value(draft.turn)
        if text is not None:
            draft.headers.insert(0 if first else len(draft.headers), (name, text))

    return put


def query(name: str, value: Value) -> Put:
    """Put a query parameter."""

    def put(draft: Draft) -> None:
        text = value(draft.turn)
        if text is not None:
            draft.query.append((name, text))

    return put


def segment(index: int, value: Value) -> Put:
    """Put a path segment before the one that stands at that index."""

    def put(draft: Draft) -> None:
        draft.path.insert(index, value(draft.turn) or "-")

    return put


def body(keys: Sequence[str | int], value: Callable[[Turn], Any]) -> Put:
    """Put a leaf into the body; an int is an index of a list, filled up to it with constants."""

    def put(draft: Draft) -> None:
        leaf = value(draft.turn)
        if leaf is not None:
            _set(draft.extra, list(keys), leaf)

    return put


def _set(node: Any, keys: list[str | int], leaf: Any) -> None:
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        new = leaf if following is None else ["note"] * following if _number(following) else {}
        if isinstance(key, int):
            node.append(new)  # the list has been filled up to here
            node = new
        else:
            node[key] = new if following is None else node.get(key, new)
            node = node[key]


def _number(key: str | int) -> TypeGuard[int]:
    return isinstance(key, int)


def prompt(template: str, value: Value, where: str = "end") -> Put:
    """Write a line with `{}` into the agent's prompt: at its start, its middle, or its end."""

    def put(draft: Draft) -> None:
        text = value(draft.turn)
        if text is None or draft.silent:
            return
        line = template.replace("{}", text)
        parts = draft.prompt.split("\n\n")
        at = {"start": 0, "middle": len(parts) // 2, "end": len(parts)}[where]
        draft.prompt = "\n\n".join([*parts[:at], line, *parts[at:]])

    return put


def second_system(template: str, value: Value) -> Put:
    """Write a second system message."""

    def put(draft: Draft) -> None:
        text = value(draft.turn)
        if text is not None and not draft.silent:
            draft.second = template.replace("{}", text)

    return put


def carrying(put: Put, *, when: Callable[[Draft], bool] = lambda _: True) -> Put:
    """Return a put that carries the ID, where the draft can take it."""

    def carry(draft: Draft) -> None:
        if when(draft):
            put(draft)
            draft.carries = True

    return carry


def in_words(put: Put) -> Put:
    """Return a put that carries the ID in the prompt, which a silent request does not have."""
    return carrying(put, when=lambda draft: not draft.silent)


def only(when: Callable[[Draft], bool], put: Put) -> Put:
    """Return a put that is made in some drafts only."""

    def sometimes(draft: Draft) -> None:
        if when(draft):
            put(draft)

    return sometimes
