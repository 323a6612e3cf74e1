"""The tree of nodes is walked along the table of keys, and every problem is gathered.

The table of `contract.config.keys` decides what a key takes. Problems are never met one at a time:
who mends a file wants to mend it once.

Where YAML surprises, this is the rule: a scalar is its text, so `off`, `010` and `1:30` are no
boolean, octal or sexagesimal number, and quotes make no difference except that only a plain `null`,
`~` or nothing is empty, and that a JSON value in quotes is a text; a key that stands twice is a
problem; anchors and aliases are followed; merge keys (`<<`) and tags of one's own (`!env`) are
problems.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import yaml

from contract.config import environment, keys, nodes
from contract.errors import ConfigError, FieldPathError


class Walker:
    """Walk the tree along the table and gather the problems, each with its line (0: nowhere)."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[tuple[int, str]] = []

    def section(self, section: keys.Section, node: yaml.Node | None, where: str) -> Any:
        """Return the section's value; what is wrong or missing has its default."""
        given = self._given(section, node, where)
        values = {}
        for name, entry in section.keys.items():
            path = _below(where, name)
            if isinstance(entry, keys.Section):
                values[name] = self.section(entry, given.get(name), path)
                continue
            try:
                if name in given:
                    values[name] = self._value(entry, given[name], path)
                elif isinstance(entry, keys.Key) and entry.otherwise:
                    values[name] = self._converted(entry, entry.otherwise)
            except (ConfigError, FieldPathError) as error:
                self._note(given.get(name), path, str(error))
        return section.kind(**values)

    def _given(
        self, section: keys.Section, node: yaml.Node | None, where: str
    ) -> dict[str, yaml.Node]:
        """Return the values of the known keys, and note the others."""
        if node is None or nodes.is_nothing(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            expected = f"expected keys with values ({', '.join(section.keys)})"
            self._note(node, where or "the file", f"{expected}, not {nodes.described(node)}")
            return {}
        given: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = nodes.name(key)
            if name in given:
                self._note_twice(key, _below(where, name), given[name])
            elif name in section.keys:
                given[name] = value
            else:
                self._note(key, _below(where, name), _unknown(section, name))
        return given

    def _value(
        self, entry: keys.Key | keys.Rows | keys.Pairs, node: yaml.Node, where: str
    ) -> object:
        if isinstance(entry, keys.Rows):
            return tuple(self._rows(entry, node, where))
        if isinstance(entry, keys.Pairs):
            return dict(self._pairs(entry, node, where))
        if nodes.is_nothing(node):
            if entry.empty is keys.Empty.REFUSED:
                nothing = "[] for none" if entry.many else entry.example
                raise ConfigError(f"has no value; write {nothing}, or leave the key out")
            return entry.empty
        if not entry.many:
            return self._converted(entry, self._plain(entry, node))
        return tuple(self._items(entry, node, where))

    def _rows(self, rows: keys.Rows, node: yaml.Node, where: str) -> Iterator[object]:
        if nodes.is_nothing(node):
            return
        if not isinstance(node, yaml.SequenceNode):
            inside = ", ".join(rows.section.keys)
            found = nodes.described(node)
            raise ConfigError(f"expected a list of keys with values ({inside}), not {found}")
        for number, item in enumerate(node.value):
            yield self.section(rows.section, item, f"{where}[{number}]")

    def _pairs(self, pairs: keys.Pairs, node: yaml.Node, where: str) -> Iterator[tuple[str, Any]]:
        if nodes.is_nothing(node):
            return
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(f"expected names with values, not {nodes.described(node)}")
        seen: dict[str, yaml.Node] = {}
        for key, inner in node.value:
            name = nodes.name(key)
            if name in seen:
                self._note_twice(key, _below(where, name), seen[name])
                continue
            seen[name] = inner
            try:
                value = nodes.value(inner, self._expanded, pairs.plain)
                yield pairs.name(self._expanded(name)), pairs.value(value)
            except ConfigError as error:
                self._note(inner, _below(where, name), str(error))

    def _items(self, key: keys.Key, node: yaml.Node, where: str) -> Iterator[object]:
        if not isinstance(node, yaml.SequenceNode):
            value = self._plain(key, node)
            divide = isinstance(value, str) and not key.takes_mapping
            for item in _divided(self._expanded(value)) if divide else [value]:
                yield key.convert(item) if divide else self._converted(key, item)
            return
        for number, item in enumerate(node.value):
            try:
                yield self._converted(key, self._plain(key, item))
            except (ConfigError, FieldPathError) as error:
                self._note(item, f"{where}[{number}]", str(error))

    def _converted(self, key: keys.Key, value: Any) -> object:
        return key.convert(self._expanded(value))

    def _expanded(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._expanded(inner) for name, inner in value.items()}
        return environment.expand(value, self._environ) if isinstance(value, str) else value

    def _plain(self, key: keys.Key, node: yaml.Node) -> Any:
        """Return the text of a scalar, or for a field path the mapping, before the environment."""
        nodes.check_tag(node)
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if key.takes_mapping and isinstance(node, yaml.MappingNode):
            names = [nodes.name(name) for name, _ in node.value]
            if len(set(names)) == len(names):
                texts = (
                    isinstance(value, yaml.ScalarNode) and value.value for _, value in node.value
                )
                return dict(zip(names, texts, strict=True))
            raise ConfigError("`from` and `match` stand once each")
        raise ConfigError(f"expected a text such as {key.example}, not {nodes.described(node)}")

    def _note_twice(self, key: yaml.Node, where: str, first: yaml.Node) -> None:
        self._note(key, where, f"stands twice; the first is on line {nodes.line(first)}")

    def _note(self, node: yaml.Node | None, where: str, problem: str) -> None:
        one_line = " ".join(f"{where}: {problem}".splitlines())
        self.problems.append((nodes.line(node) if node else 0, one_line))


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _divided(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _unknown(section: keys.Section, name: str) -> str:
    if name == "<<":
        return "merge keys are not read; write the keys out"
    near = get_close_matches(name.lower(), section.keys, n=1)
    elsewhere = [key for key in keys.dotted() if key.rpartition(".")[2] == name]
    known = " or ".join(near or elsewhere)
    guess = f"did you mean {known}?" if known else f"expected one of {', '.join(section.keys)}"
    return f"unknown key; {guess}"
