"""config.yaml becomes a `Config`, or one error that lists every problem with file and line.

The table of `contract.config.keys` decides what a key takes; here the tree of nodes is walked along
it. Problems are gathered, never met one at a time: who mends a file wants to mend it once.

Where YAML surprises, this is the rule: a scalar is its text, so `off`, `010` and `1:30` are no
boolean, octal or sexagesimal number, and quotes make no difference except that only a plain `null`,
`~` or nothing is empty; a key that stands twice is a problem; anchors and aliases are followed;
merge keys (`<<`) and tags of one's own (`!env`) are problems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from contract.config import document, environment, keys
from contract.config.model import Config
from contract.config.scalars import NOTHING
from contract.errors import ConfigError, FieldPathError

DEFAULT_NAME = "config.yaml"
_OWN_TAGS = "tag:yaml.org,2002:"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration from a file; None means config.yaml here, or else the defaults.

    Raises:
        ConfigError: the file is named but missing, cannot be read, is not UTF-8, or has problems.
    """
    file = path or Path(DEFAULT_NAME)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        if path is not None:
            raise ConfigError(f"{file}: no such file; name the configuration's file") from None
        data = b""
    except IsADirectoryError:
        raise ConfigError(f"{file}: a directory; name the file in it") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    return read(decoded(data, name=str(file)), name=str(file), environ=environ, folder=file.parent)


def decoded(data: bytes, *, name: str) -> str:
    """Return the text of a file; a byte order mark and line ends stay as they are.

    Raises:
        ConfigError: it is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{data[error.start]:02x}"
        raise ConfigError(f"{name}:{line}: not UTF-8 ({found}); save it as UTF-8") from None


def read(text: str, *, name: str, environ: Mapping[str, str], folder: Path) -> Config:
    """Return the configuration that a text holds.

    Args:
        text: YAML; nothing in it means the defaults.
        name: the file's name, for messages.
        environ: where variables come from.
        folder: what relative paths are relative to.

    Raises:
        ConfigError: the text has problems; a line for each.
    """
    root = document.compose(text, name=name)
    reader = _Reader(environ)
    config: Config = reader.section(keys.CONFIG, root, "")
    if reader.problems:
        lines = (
            f"{name}{f':{line}' if line else ''}: {problem}"
            for line, problem in sorted(reader.problems, key=lambda problem: problem[0])
        )
        raise ConfigError("\n".join(lines))
    return _relative_to(folder, config)


def _relative_to(folder: Path, config: Config) -> Config:
    capture = replace(config.capture, recordings=folder / config.capture.recordings)
    images = config.injector.images
    images = replace(images, store=images.store.within(folder))
    return replace(config, capture=capture, injector=replace(config.injector, images=images))


def read_paths(node: yaml.Node) -> Any:
    """Return the field paths of a node that stands at `conversation_id`, in an empty environment.

    Raises:
        ConfigError: what stands there are no field paths.
    """
    reader = _Reader({})
    section = keys.Section(dict, {"paths": keys.CONFIG.keys["conversation_id"]})
    value = reader.section(section, _mapping("paths", node), "")
    if reader.problems:
        raise ConfigError("\n".join(problem for _, problem in reader.problems))
    return value["paths"]


def _mapping(key: str, node: yaml.Node) -> yaml.MappingNode:
    name = yaml.ScalarNode(f"{_OWN_TAGS}str", key, node.start_mark, node.start_mark)
    return yaml.MappingNode(f"{_OWN_TAGS}map", [(name, node)], node.start_mark, node.end_mark)


class _Reader:
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
                elif entry.otherwise:
                    values[name] = self._converted(entry, entry.otherwise)
            except (ConfigError, FieldPathError) as error:
                self._note(given.get(name), path, str(error))
        return section.kind(**values)

    def _given(
        self, section: keys.Section, node: yaml.Node | None, where: str
    ) -> dict[str, yaml.Node]:
        """Return the values of the known keys, and note the others."""
        if node is None or _is_nothing(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            expected = f"expected keys with values ({', '.join(section.keys)})"
            self._note(node, where or "the file", f"{expected}, not {_described(node)}")
            return {}
        given: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = _name(key)
            if name in given:
                first = _line(given[name])
                self._note(key, _below(where, name), f"stands twice; the first is on line {first}")
            elif name in section.keys:
                given[name] = value
            else:
                self._note(key, _below(where, name), _unknown(section, name))
        return given

    def _value(self, key: keys.Key, node: yaml.Node, where: str) -> object:
        if _is_nothing(node):
            if key.empty is keys.Empty.REFUSED:
                nothing = "[] for none" if key.many else key.example
                raise ConfigError(f"has no value; write {nothing}, or leave the key out")
            return key.empty
        if not key.many:
            return self._converted(key, self._plain(key, node))
        return tuple(self._items(key, node, where))

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
        if not node.tag.startswith(_OWN_TAGS):
            raise ConfigError(f"tags such as {node.tag} are not read; variables are ${{NAME}}")
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if key.takes_mapping and isinstance(node, yaml.MappingNode):
            names = [_name(name) for name, _ in node.value]
            if len(set(names)) == len(names):
                texts = (
                    isinstance(value, yaml.ScalarNode) and value.value for _, value in node.value
                )
                return dict(zip(names, texts, strict=True))
            raise ConfigError("`from` and `match` stand once each")
        raise ConfigError(f"expected a text such as {key.example}, not {_described(node)}")

    def _note(self, node: yaml.Node | None, where: str, problem: str) -> None:
        one_line = " ".join(f"{where}: {problem}".splitlines())
        self.problems.append((_line(node) if node else 0, one_line))


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line + 1
    return line


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in NOTHING


def _name(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else _described(node)


def _described(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "keys with values" if isinstance(node, yaml.MappingNode) else "a single text"


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
