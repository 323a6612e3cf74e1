"""The tools of a turn by their names: what they take, without the words that describe it."""

from typing import Any

_WORDS = frozenset({"description", "title", "examples", "example", "$comment", "$id", "$schema"})
_SETS = frozenset({"required", "enum"})  # lists of which the order says nothing
_BY_NAME = frozenset({"properties", "$defs", "definitions", "patternProperties"})


def by_name(tools: list[Any]) -> dict[str, Any]:
    """Return each tool's definition by its name; a tool without one goes by its type."""
    found: dict[str, Any] = {}
    for tool in tools:
        if isinstance(tool, dict):
            inner = tool.get("function")
            # The Responses API has in the tool itself what chat completions have in `function`.
            definition = inner if isinstance(inner, dict) else tool
            name = definition.get("name", tool.get("type"))
            found[str(name)] = {
                key: schema(item)
                for key, item in definition.items()
                if key not in _WORDS and key not in {"name", "type"}
            }
    return found


def schema(value: Any) -> Any:
    """Return a JSON Schema without words, its sets as objects, so that no order shows."""
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, item in value.items():
        if key in _BY_NAME and isinstance(item, dict):
            kept[key] = {name: schema(it) for name, it in item.items()}
        elif key in _SETS and isinstance(item, list):
            kept[key] = {str(it): True for it in item}
        elif key not in _WORDS:
            kept[key] = [schema(it) for it in item] if isinstance(item, list) else schema(item)
    return kept


def descriptions(tools: list[Any]) -> dict[str, str]:
    """Return the words that describe each tool."""
    found: dict[str, str] = {}
    for tool in tools:
        inner = tool.get("function") if isinstance(tool, dict) else None
        definition = inner if isinstance(inner, dict) else tool
        if isinstance(definition, dict) and isinstance(definition.get("description"), str):
            found[str(definition.get("name"))] = definition["description"]
    return found
