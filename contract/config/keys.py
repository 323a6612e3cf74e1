"""The keys of config.yaml: a table of what each one takes, and how it is written again.

A key takes one text, or a list of them (`many`); a list may also be given as one text, divided at
commas, because a variable of the environment holds no list. A field path is never divided. A key
that is there without a value means `empty`; where nothing cannot be meant, that is an error. A key
that is not there has its field's default, or what `otherwise` says, which may name a variable.

Two kinds of key hold more than texts: `Rows` a list of sections, `Pairs` JSON values under names
that are nobody's but the user's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, TypeAlias

from contract import fieldpath, jsontext
from contract.config import environment, model, rules, texts, units
from contract.config.places import Address, Network, Store
from contract.config.scalars import quoted, scalar
from contract.errors import ConfigError, FieldPathError
from contract.fieldpath import FieldPath


class Empty(Enum):
    """What a key without a value means, if that is no value of its own."""

    REFUSED = auto()


def _yaml(text: str) -> str:
    return scalar(environment.escape(text))


def path_yaml(path: FieldPath) -> str:
    """Return a field path as one line of YAML."""
    if path.match is None:
        return _yaml(path.expression)
    match = quoted(environment.escape(path.match))
    return f"{{from: {_yaml(path.expression)}, match: {match}}}"


def _path_or_off_yaml(path: FieldPath | None) -> str:
    return "off" if path is None else path_yaml(path)


def _value_yaml(value: object) -> str:
    return _yaml(str(value))


def _number_yaml(number: int) -> str:
    return str(number)


def _count_or_off_yaml(number: int) -> str:
    return str(number) if number else "off"


def _truth_yaml(value: bool) -> str:
    return "true" if value else "false"


def _optional_yaml(text: str | None) -> str:
    return "null" if text is None else _yaml(text)


def pairs_yaml(pairs: Mapping[str, Any]) -> str:
    """Return what a rule renames, drops or sets as one line of YAML, which reads as it was."""
    inner = ", ".join(f"{_yaml(name)}: {_json_yaml(value)}" for name, value in pairs.items())
    return f"{{{inner}}}"


def _json_yaml(value: Any) -> str:
    if isinstance(value, str):
        return quoted(environment.escape(value)) if value == "any" else _yaml(value)
    if isinstance(value, dict):
        return pairs_yaml(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_json_yaml, value))}]"
    if isinstance(value, rules.Below):
        return rules.below_text(value)
    return "any" if value is rules.ANY else jsontext.encode(value)


def _masked(secret: str) -> str:
    return quoted("***" if secret else "")


@dataclass(frozen=True, slots=True)
class Key:
    """One key that holds a value.

    `convert` takes a text (for a field path also a mapping) and raises ConfigError or
    FieldPathError; `yaml` returns one value as YAML on one line, secrets masked.
    """

    convert: Callable[[Any], object]
    example: str
    yaml: Callable[[Any], str] = _value_yaml
    many: bool = False
    takes_mapping: bool = False
    empty: object = Empty.REFUSED
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A key that holds keys, which are the fields of `kind`."""

    kind: type[Any]
    keys: Mapping[str, "Entry"]


@dataclass(frozen=True, slots=True)
class Rows:
    """A key that holds a list of sections, which may be empty."""

    section: Section


@dataclass(frozen=True, slots=True)
class Pairs:
    """A key that holds values under names of the user's choice.

    `name` checks a name. `plain` gives the value of a scalar without quotes; one in quotes is text,
    because nothing else tells `"1"` from 1. `value` checks the whole value. All raise ConfigError.
    """

    name: Callable[[str], str]
    plain: Callable[[str], Any]
    value: Callable[[Any], Any]


Entry: TypeAlias = Key | Section | Rows | Pairs


def _duration(example: str) -> Key:
    return Key(units.seconds, example, units.duration)


def _body_path(value: object) -> FieldPath:
    """Return a field path into a body; headers and URL parameters are redacted by other rules."""
    path = fieldpath.parse(value)
    if path.place != "body":
        raise ConfigError(f"expected a place in the body, $request.body#/a/b, not {path}")
    return path


def _path_or_off(value: object) -> FieldPath | None:
    """Return a field path, or None for `off`."""
    if value == "off":
        return None
    try:
        return fieldpath.parse(value)
    except FieldPathError as error:
        raise FieldPathError(f"{error}; or off") from None


def _paths(convert: Callable[[object], FieldPath] = fieldpath.parse) -> Key:
    return Key(
        convert,
        "[$request.header.x-conversation-id]",
        path_yaml,
        many=True,
        takes_mapping=True,
        empty=(),
    )


def _secret(variable: str) -> Key:
    otherwise = f"${{{variable}:-}}"
    return Key(texts.secret, otherwise, _masked, empty="", otherwise=otherwise)


_REDACT: Mapping[str, Entry] = {
    # Left empty by mistake, it would let every key of the platform through to the disk.
    "headers": Key(texts.header_name, "[authorization]", many=True),
    "body": _paths(_body_path),
    "text": Key(texts.truth, "false", _truth_yaml),
}
_CAPTURE: Mapping[str, Entry] = {
    "listen": Key(Address.parse, "127.0.0.1:8080"),
    "upstream": Key(texts.url, "http://127.0.0.1:8000"),
    "recordings": Key(lambda text: Path(texts.filled(text)), "recordings"),
    "redact": Section(model.Redact, _REDACT),
}
_RULE: Mapping[str, Entry] = {
    "models": Key(texts.expression, "'gpt-5.*'"),
    "api": Key(texts.one_of("chat", "responses"), "chat", _optional_yaml, empty=None),
    "when": Key(rules.field_name, "tools", _optional_yaml, empty=None),
    "rename": Pairs(rules.field_name, str, rules.renamed),
    "drop": Pairs(rules.field_name, rules.dropped_scalar, lambda value: value),
    "set": Pairs(rules.field_name, rules.json_scalar, lambda value: value),
}
_UPSTREAM: Mapping[str, Entry] = {
    "base_url": Key(texts.url, "https://api.openai.com/v1"),
    "api_key": _secret("OPENAI_API_KEY"),
    "model": Key(texts.filled_or_none, "gpt-4o", _optional_yaml, empty=None),
    "connect_timeout": _duration("2s"),
    "first_byte_timeout": _duration("3.5s"),
    "idle_timeout": _duration("20s"),
    "rules": Rows(Section(rules.Rule, _RULE)),
}
_IMAGES: Mapping[str, Entry] = {
    "store": Key(Store.parse, "sqlite:var/sightline.db"),
    "ttl": _duration("2h"),
    "max_upload": Key(units.byte_count, "20MiB", units.size),
    "max_per_conversation": Key(texts.count, "4", _number_yaml),
    "detail": Key(texts.one_of("low", "high", "auto"), "high"),
    "placement": Key(texts.one_of("last_user", "anchored"), "last_user"),
    "wait_for_picture": Key(units.seconds_or_off, "off", units.duration_or_off),
    "in_band": Key(_path_or_off, "off", _path_or_off_yaml, takes_mapping=True),
    "cache": Key(units.byte_count, "32MiB", units.size),
    "resolution": Key(texts.one_of("model", "original"), "model"),
    "describe": Key(texts.truth, "false", _truth_yaml),
}
_SAYS: Mapping[str, Entry] = {
    "failed": Key(texts.filled_or_none, "null", _optional_yaml, empty=None),
    "greeting": Key(texts.filled_or_none, "null", _optional_yaml, empty=None),
}
_BROWSER: Mapping[str, Entry] = {
    "origins": Key(texts.origin, "[https://app.example.com]", many=True, empty=()),
    "ticket_secret": _secret("SIGHTLINE_TICKET_SECRET"),
    "uploads": Key(texts.count_or_off, "30", _count_or_off_yaml),
    "associations": Key(texts.count_or_off, "60", _count_or_off_yaml),
}
_PAGE: Mapping[str, Entry] = {
    "enabled": Key(texts.truth, "true", _truth_yaml),
    "agent_id": Key(texts.word_or_none, "agent_0123", _optional_yaml, empty=None),
    "signed_url": Key(
        texts.service_or_none, "https://app.example.com/signed-url", _optional_yaml, empty=None
    ),
    "rehearsal": Key(texts.address_or_none, "http://127.0.0.1:8002", _optional_yaml, empty=None),
}
_INJECTOR: Mapping[str, Entry] = {
    "listen": Key(Address.parse, "127.0.0.1:8000"),
    "bearer": _secret("SIGHTLINE_BEARER"),
    "upstream": Section(model.Upstream, _UPSTREAM),
    "vendor_fields": Key(texts.vendor_field, "[session_id]", many=True),
    "images": Section(model.Images, _IMAGES),
    "says": Section(model.Says, _SAYS),
    "browser": Section(model.Browser, _BROWSER),
    "page": Section(model.Page, _PAGE),
    "webhooks": Section(model.Webhooks, {"elevenlabs": _secret("ELEVENLABS_WEBHOOK_SECRET")}),
    "trusted_proxies": Key(Network.parse, "[10.0.0.0/8]", many=True, empty=()),
}
CONFIG = Section(
    model.Config,
    {
        "conversation_id": _paths(),
        "capture": Section(model.Capture, _CAPTURE),
        "injector": Section(model.Injector, _INJECTOR),
    },
)
"""The whole file."""


def dotted(section: Section = CONFIG, above: str = "") -> Iterator[str]:
    """Yield each key with the keys above it, such as `injector.images.ttl`."""
    for name, entry in section.keys.items():
        yield above + name
        if isinstance(entry, Section):
            yield from dotted(entry, f"{above}{name}.")
