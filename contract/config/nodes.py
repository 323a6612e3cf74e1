"""What a node of the YAML tree says about itself: its line, its name, its text, its value.

A scalar is its text; what that means is for the key that it belongs to. Where no key can know it,
because any JSON value may stand there, quotes make the difference, as they do in JSON.
"""

from collections.abc import Callable
from typing import Any

import yaml

from contract.config.scalars import NOTHING
from contract.errors import ConfigError

OWN_TAGS = "tag:yaml.org,2002:"
"""What the tags begin with that PyYAML gives by itself."""


def line(node: yaml.Node) -> int:
    """Return the line on which a node begins, counted from 1."""
    number: int = node.start_mark.line + 1
    return number


def is_nothing(node: yaml.Node) -> bool:
    """Tell whether a node is a key's missing value: nothing, `~` or `null` without quotes."""
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in NOTHING


def name(node: yaml.Node) -> str:
    """Return the text of a key, or what stands there instead."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else described(node)


def described(node: yaml.Node) -> str:
    """Return what a node is, for a sentence."""
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "keys with values" if isinstance(node, yaml.MappingNode) else "a single text"


def check_tag(node: yaml.Node) -> None:
    """Refuse a tag of one's own.

    Raises:
        ConfigError: the node has one.
    """
    if not node.tag.startswith(OWN_TAGS):
        raise ConfigError(f"tags such as {node.tag} are not read; variables are ${{NAME}}")


def mapping(key: str, node: yaml.Node) -> yaml.MappingNode:
    """Return the mapping in which a node stands under a key."""
    scalar = yaml.ScalarNode(f"{OWN_TAGS}str", key, node.start_mark, node.start_mark)
    return yaml.MappingNode(f"{OWN_TAGS}map", [(scalar, node)], node.start_mark, node.end_mark)


def value(node: yaml.Node, expand: Callable[[str], str], plain: Callable[[str], Any]) -> Any:
    """Return the JSON value of a node.

    Args:
        node: a scalar, a list or a mapping.
        expand: puts the environment's variables into a text.
        plain: gives the value of a scalar without quotes; one in quotes is text.

    Raises:
        ConfigError: there are tags, a key stands twice, or the nesting has no end.
    """
    try:
        return _value(node, expand, plain)
    except RecursionError:
        raise ConfigError("nested too deep") from None


def _value(node: yaml.Node, expand: Callable[[str], str], plain: Callable[[str], Any]) -> Any:
    check_tag(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, expand, plain) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        pairs = {name(key): _value(inner, expand, plain) for key, inner in node.value}
        if len(pairs) < len(node.value):
            raise ConfigError("a key stands twice in it")
        return pairs
    text = expand(str(node.value))
    is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return plain(text) if is_plain else text
