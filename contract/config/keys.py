"""The keys of config.yaml: a table of what each one takes, and how it is written again.

A key takes one text, or a list of them (`many`); a list may also be given as one text, divided at
commas, because a variable of the environment holds no list. A field path is never divided. A key
that is there without a value means `empty`; where nothing cannot be meant, that is an error. A key
that is not there has its field's default, or what `otherwise` says, which may name a variable.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, TypeAlias

from contract import fieldpath
from contract.config import environment, model, texts, units
from contract.config.places import Address, Store
from contract.config.scalars import quoted, scalar
from contract.errors import ConfigError
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


def _value_yaml(value: object) -> str:
    return _yaml(str(value))


def _number_yaml(number: int) -> str:
    return str(number)


def _truth_yaml(value: bool) -> str:
    return "true" if value else "false"


def _optional_yaml(text: str | None) -> str:
    return "null" if text is None else _yaml(text)


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
    keys: Mapping[str, "Key | Section"]


Entry: TypeAlias = Key | Section


def _duration(example: str) -> Key:
    return Key(units.seconds, example, units.duration)


def _body_path(value: object) -> FieldPath:
    """Return a field path into a body; headers and URL parameters are redacted by other rules."""
    path = fieldpath.parse(value)
    if path.place != "body":
        raise ConfigError(f"expected a place in the body, $request.body#/a/b, not {path}")
    return path


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
_UPSTREAM: Mapping[str, Entry] = {
    "base_url": Key(texts.url, "https://api.openai.com/v1"),
    "api_key": _secret("OPENAI_API_KEY"),
    "model": Key(texts.filled_or_none, "gpt-4o", _optional_yaml, empty=None),
    "connect_timeout": _duration("2s"),
    "first_byte_timeout": _duration("3.5s"),
    "idle_timeout": _duration("20s"),
}
_IMAGES: Mapping[str, Entry] = {
    "store": Key(Store.parse, "sqlite:var/sightline.db"),
    "ttl": _duration("2h"),
    "max_upload": Key(units.byte_count, "20MiB", units.size),
    "max_per_conversation": Key(texts.count, "4", _number_yaml),
    "detail": Key(texts.one_of("low", "high", "auto"), "high"),
    "placement": Key(texts.one_of("last_user", "anchored"), "last_user"),
}
_INJECTOR: Mapping[str, Entry] = {
    "listen": Key(Address.parse, "127.0.0.1:8000"),
    "bearer": _secret("SIGHTLINE_BEARER"),
    "upstream": Section(model.Upstream, _UPSTREAM),
    "images": Section(model.Images, _IMAGES),
    "browser": Section(
        model.Browser,
        {"origins": Key(texts.origin, "[https://app.example.com]", many=True, empty=())},
    ),
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
