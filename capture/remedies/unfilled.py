"""Template variables that arrived as they were written, and were meant to say the ID.

A platform that does not know a variable sends it on: `{{system__conversation_id}}` in a header or
in the prompt says that somebody has tried, and that it did not work there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from capture.locate.places import leaves
from contract.exchange import Request
from contract.fieldpath import FieldPath
from contract.roles import is_said

_VARIABLE = re.compile(r"\{\{-?\s*([\w.:-]{1,80}?)\s*-?\}\}")
_ABOUT = re.compile(r"conversation|session|call|chat", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A variable that was not filled in, where it stands, and in how many of the requests."""

    path: FieldPath
    variable: str
    requests: int

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "path": self.path.expression,
            "variable": self.variable,
            "requests": self.requests,
        }

    @property
    def name(self) -> str:
        """The variable's name, without the marks around it."""
        return self.variable.strip("{}- \t")

    @property
    def is_prompt(self) -> bool:
        """Whether it stands in the agent's prompt."""
        return self.path.place == "body" and self.path.keys[0] in {
            "messages",
            "input",
            "instructions",
        }


def unfilled(requests: Iterable[Request]) -> tuple[Unfilled, ...]:
    """Return the variables about a conversation that nobody filled in, the most frequent first."""
    counts = Counter(one for request in requests for one in set(_in(request)))
    return tuple(Unfilled(path, variable, met) for (path, variable), met in counts.most_common())


def _in(request: Request) -> Iterator[tuple[FieldPath, str]]:
    for path, text in _texts(request):
        for found in _VARIABLE.finditer(text):
            if _ABOUT.search(found[1]):
                yield path, found[0]


def _texts(request: Request) -> Iterator[tuple[FieldPath, str]]:
    """Yield the texts that nobody said."""
    for name, value in request.headers:
        yield FieldPath("header", (name.lower(),)), value
    for name, value in request.parameters:
        yield FieldPath("query", (name,)), value
    for number, segment in enumerate(request.segments):
        yield FieldPath("path", (str(number),)), segment
    if b"{{" not in request.body:  # most have none, and a long history is not walked for nothing
        return
    body = request.json()
    for steps, value in leaves(body):
        if isinstance(value, str) and steps and steps[0] != "tools" and not is_said(body, steps):
            yield FieldPath("body", steps), value
