"""The top level of config.yaml as the parser's events: which keys stand there, and where.

Nodes cannot say it: an alias is to them the node that it stands for, at the place of its anchor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from contract.config import document, environment
from contract.config.reading import read_paths
from contract.config.scalars import NOTHING
from contract.errors import ConfigError
from contract.fieldpath import FieldPath

KEY = "conversation_id"
Events: TypeAlias = list[yaml.Event]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value, each as the events that make it up."""

    key: Events
    value: Events

    @property
    def content(self) -> Events:
        """The value's events but for the ends of blocks, which stand where the next key begins."""
        return [event for event in self.value if not _is_block_end(event)]


class Outline:
    """The top level of a configuration's text.

    `own` is the entry of `conversation_id`, if there is one; `others` is what all others say.

    Raises:
        ConfigError: the text is not YAML, is no mapping, or has the key twice.
    """

    def __init__(self, text: str, name: str) -> None:
        self.text, self._name = text, name
        self._root = document.compose(text, name=name)
        events = iter(document.events(text, name=name))
        self.start = next((e for e in events if isinstance(e, yaml.DocumentStartEvent)), None)
        self.root = next(events, None)
        self.entries = list(self._entries(events))
        own = [entry for entry in self.entries if _said(entry.key) == [KEY]]
        if len(own) > 1:
            lines = " and ".join(str(document.start(entry.key[0]).line + 1) for entry in own)
            raise ConfigError(f"{name}: {KEY} stands twice, on lines {lines}; remove one")
        self.own = own[0] if own else None
        self.others = [_said(e.key + e.value) for e in self.entries if e is not self.own]

    def _entries(self, events: Iterator[yaml.Event]) -> Iterator[Entry]:
        if isinstance(self.root, yaml.MappingStartEvent):
            nodes = _nodes(events)
            for key in nodes:
                yield Entry(key, next(nodes))
        elif isinstance(self._root, yaml.SequenceNode) or (
            self._root is not None and self._root.value not in NOTHING
        ):
            raise ConfigError(f"{self._name}: expected keys at the top, such as {KEY}")

    @property
    def is_flow(self) -> bool:
        """Whether the top level is written in braces."""
        return isinstance(self.root, yaml.MappingStartEvent) and bool(self.root.flow_style)

    def says(self, paths: tuple[FieldPath, ...]) -> bool:
        """Tell whether exactly these paths stand there, whatever the environment holds."""
        if self.own is None or not isinstance(self._root, yaml.MappingNode):
            return False
        if any(environment.has_variable(text) for text in _said(self.own.value)):
            return False
        value = next(value for key, value in self._root.value if key.value == KEY)
        try:
            return bool(read_paths(value) == paths)
        except ConfigError:
            return False


def _nodes(events: Iterator[yaml.Event]) -> Iterator[Events]:
    """Yield the events of each node up to the end of the collection that the events are in."""
    node: Events = []
    depth = 0
    for event in events:
        starts = isinstance(event, yaml.CollectionStartEvent)
        ends = isinstance(event, yaml.CollectionEndEvent)
        depth += starts - ends
        if depth < 0:
            return
        node.append(event)
        if depth == 0:
            yield node
            node = []


def _is_block_end(event: yaml.Event) -> bool:
    ends = isinstance(event, yaml.CollectionEndEvent)
    return ends and document.start(event).index == document.end(event)


def _said(events: Events) -> list[str]:
    return [_word(event) for event in events]


def _word(event: yaml.Event) -> str:
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    return f"*{event.anchor}" if isinstance(event, yaml.AliasEvent) else type(event).__name__
