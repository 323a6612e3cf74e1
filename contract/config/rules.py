"""Model rules as values: what a request's top level must look like for a model to take it.

A rule is data; `injector.body.rules` has those that are built in, and applies them. Texts become
values here, so that `drop: {seed: any, temperature: 0, max_tokens: below 1}` can be written.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from math import isfinite
from typing import Any, Final, Literal, TypeAlias

from contract.errors import ConfigError

RuleApi: TypeAlias = Literal["chat", "responses"]


class Whatever(Enum):
    """Any value at all."""

    ANY = auto()


ANY: Final = Whatever.ANY


@dataclass(frozen=True, slots=True)
class Below:
    """Any number that is smaller than `limit`."""

    limit: float


@dataclass(frozen=True, slots=True)
class Rule:
    """What is changed at the top level of a request, in this order: rename, drop, set.

    `models` is a regular expression that must match the whole name of the model that is asked in
    the end; `api` limits the rule to one form of the API; `when` names a field that must be there
    and hold something. `rename` gives fields another name, or drops them where one of that name is
    there already. `drop` removes a field that holds this value: a JSON value, `Below`, or `ANY`.
    `set` gives a JSON value to a field that is not there; to put it in the place of another, drop
    the field too.
    """

    models: str = ".*"
    api: RuleApi | None = None
    when: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    drop: Mapping[str, Any] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)


FIXED = frozenset({"messages", "input", "model"})
"""The fields that are changed by other settings, or not at all."""


def renamed(value: Any) -> str:
    """Return the new name of a field."""
    if not isinstance(value, str):
        raise ConfigError("expected the new name of the field, such as max_completion_tokens")
    return field_name(value)


_JSON_SCALAR = re.compile(r"-?[0-9].*|true|false|null|~|", re.DOTALL)
_BELOW = re.compile(r"below +(-?[0-9]+(?:\.[0-9]+)?)")


def field_name(text: str) -> str:
    """Return the name of a field that a rule may change."""
    if not text or text in FIXED:
        raise ConfigError(
            f"expected the name of a field other than {', '.join(sorted(FIXED))}, not {text!r}"
        )
    return text


def json_scalar(text: str) -> Any:
    """Return the JSON value of a plain scalar: a number, true, false, null, or else the text."""
    if not _JSON_SCALAR.fullmatch(text):
        return text
    try:
        value = json.loads({"": "null", "~": "null"}.get(text, text))
    except ValueError:
        return text
    if isinstance(value, float) and not isfinite(value):
        raise ConfigError(f"expected a number that a computer can hold, not {text}")
    return value


def dropped_scalar(text: str) -> Any:
    """Return what a plain scalar of `drop` stands for: `any`, `below N`, or a JSON value."""
    below = _BELOW.fullmatch(text)
    if below:
        return Below(float(below[1]))
    return ANY if text == "any" else json_scalar(text)


def below_text(below: Below) -> str:
    """Return the text that `dropped_scalar` reads as this."""
    return f"below {Decimal(repr(below.limit)):f}".removesuffix(".0")
