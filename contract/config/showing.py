"""The configuration in force as the text of a config.yaml, with secrets masked."""

from collections.abc import Iterable, Iterator
from typing import Any

from contract.config.keys import CONFIG, Key, Pairs, Rows, Section, pairs_yaml
from contract.config.model import Config


def show(config: Config) -> str:
    """Return the configuration as YAML in which each secret that is set is `***`.

    `read` makes the same configuration of it, but for the secrets.
    """
    return "".join(f"{line}\n" for line in _section(CONFIG, config, ""))


def _section(section: Section, value: Any, indent: str) -> Iterator[str]:
    for name, entry in section.keys.items():
        inner = getattr(value, name)
        if isinstance(entry, Section):
            yield f"{indent}{name}:"
            yield from _section(entry, inner, f"{indent}  ")
        elif isinstance(entry, Rows):
            yield f"{indent}{name}:{'' if inner else ' []'}"
            yield from _rows(entry, inner, f"{indent}  ")
        elif isinstance(entry, Pairs):
            yield f"{indent}{name}: {pairs_yaml(inner)}"
        else:
            yield from _key(name, entry, inner, indent)


def _rows(rows: Rows, values: Iterable[Any], indent: str) -> Iterator[str]:
    for value in values:
        first, *others = _section(rows.section, value, f"{indent}  ")
        yield f"{indent}- {first.lstrip()}"
        yield from others


def _key(name: str, key: Key, value: Any, indent: str) -> Iterator[str]:
    if not key.many:
        yield f"{indent}{name}: {key.yaml(value)}"
        return
    yield f"{indent}{name}:{'' if value else ' []'}"
    for item in value:
        yield f"{indent}  - {key.yaml(item)}"
