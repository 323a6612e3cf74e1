"""What models refuse at the top level of a request: the rules as a table, and how they are applied.

A rule of `BUILT_IN` is data of the same kind as one in config.yaml (`contract.config.Rule`). Those
of the configuration come after them, so they can undo what these do.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contract.config import ANY, Below, Rule
from injector.body.turn import Api

REASONING = r"(?:.*/)?(?:\w+:)?(?:gpt-(?:[5-9]|1[0-9])|o[1-9])(?:[.:@-].*)?"
"""gpt-5 and later, and the o-series: dated names, fine-tuned ones (`ft:`) and those of a provider
(`openai/gpt-5`) too; not gpt-35, which is what Azure calls gpt-3.5."""

_NO_LIMIT = Below(1)

BUILT_IN = (
    # A limit of -1 means none to the platforms that send it, and is refused (S).
    Rule(
        drop=dict.fromkeys(("max_tokens", "max_completion_tokens", "max_output_tokens"), _NO_LIMIT)
    ),
    # `max_tokens` is deprecated for chat completions and refused by these models (S).
    Rule(REASONING, api="chat", rename={"max_tokens": "max_completion_tokens"}),
    # The Responses API has one name for the limit (D).
    Rule(
        api="responses",
        rename=dict.fromkeys(("max_tokens", "max_completion_tokens"), "max_output_tokens"),
    ),
    # They take the temperature 1 and no other (S); of others only 0 is what platforms send unasked.
    Rule(REASONING, drop={"temperature": 0}),
    # They take tools in chat completions only so (S). In the Responses API they take tools while
    # they reason, so nothing is set there: how long to think is for whoever wrote the request.
    Rule(REASONING, api="chat", when="tools", set={"reasoning_effort": "none"}),
)
"""S: seen by people who ran it; D: documented. See docs/bodies.md."""

_APIS = {None: frozenset(Api), "chat": {Api.CHAT}, "responses": {Api.RESPONSES}}


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule that is ready to be applied.

    `models` is None where the model is known and matches; `literals` are the values of `set` as
    JSON.
    """

    rule: Rule
    models: re.Pattern[str] | None
    literals: dict[str, bytes]


def ready(rules: Iterable[Rule], api: Api, model: str | None) -> tuple[Ready, ...]:
    """Return the rules for a form of the API; where the model is known, those for it alone."""
    found = []
    for rule in rules:
        models = re.compile(rule.models)
        if api in _APIS[rule.api] and (model is None or models.fullmatch(model)):
            literals = {name: literal(value) for name, value in rule.set.items()}
            found.append(Ready(rule, models if model is None else None, literals))
    return tuple(found)


def literal(value: Any) -> bytes:
    """Return a value of the configuration as JSON, in ASCII: a lone surrogate has no UTF-8."""
    return json.dumps(value).encode()


@dataclass(slots=True)
class Fields:
    """The top level while it is changed: names and values; nothing is written yet.

    `value` holds what is there now, `origin` from which member of the request it comes, `added`
    the JSON of what comes from none. `gone` are members that are left out.
    """

    value: dict[str, Any]
    origin: dict[str, str] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def drop(self, name: str) -> None:
        """Leave out a field that is there."""
        del self.value[name]
        if self.added.pop(name, None) is None:
            self.gone.add(self.origin.pop(name, name))

    def rename(self, name: str, new: str) -> None:
        """Give a field that is there another name, or drop it where there is one of that name."""
        if new == name:
            return
        if new in self.value:
            self.drop(name)
            return
        self.value[new] = self.value.pop(name)
        added = self.added.pop(name, None)
        if added is None:
            self.origin[new] = self.origin.pop(name, name)
        else:
            self.added[new] = added

    def add(self, name: str, value: Any, written: bytes) -> None:
        """Add a field that is not there; `written` is its value as JSON."""
        self.value[name], self.added[name] = value, written


def apply(rules: Iterable[Ready], fields: Fields, model: str) -> None:
    """Change the fields by the rules for a model: that of the request, if it is not set."""
    value = fields.value
    for it in rules:
        rule = it.rule
        if (it.models and not it.models.fullmatch(model)) or (
            rule.when and not value.get(rule.when)
        ):
            continue
        for name, new in rule.rename.items():
            if name in value:
                fields.rename(name, new)
        for name, dropped in rule.drop.items():
            if name in value and is_dropped(value[name], dropped):
                fields.drop(name)
        for name, given in rule.set.items():
            if name not in value:
                fields.add(name, given, it.literals[name])


def is_dropped(value: Any, dropped: Any) -> bool:
    """Tell whether a value is the one that a rule drops: equal, below a limit, or any."""
    if dropped is ANY:
        return True
    if isinstance(value, bool) or isinstance(dropped, bool):
        return value is dropped  # to Python, false is 0
    if isinstance(dropped, Below):
        return isinstance(value, int | float) and value < dropped.limit
    return bool(value == dropped)
