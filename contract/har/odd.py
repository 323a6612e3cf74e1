"""What HAR files are made of, read in any of the shapes that tools write, or refused in words."""

from collections.abc import Iterable
from typing import Any

from contract.exchange import Headers


class Odd(ValueError):
    """What is wrong with an entry."""


def mapping(value: Any, what: str) -> dict[str, Any]:
    """Return an object; nothing is an empty one.

    Raises:
        Odd: it is something else.
    """
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise Odd(f"{what} is no object")
    return value


def named(value: Any, what: str) -> Headers:
    """Return names and values: of objects with both, as the format has it, pairs, or one object.

    Raises:
        Odd: it is something else.
    """
    try:
        raw = value.items() if isinstance(value, dict) else map(_pair, value or ())
        return tuple((str(name), "" if text is None else str(text)) for name, text in _flat(raw))
    except (ValueError, TypeError, LookupError):
        raise Odd(f"`{what}` is no list of names and values") from None


def _pair(item: Any) -> Any:
    if not isinstance(item, dict):
        name, value = item
        return name, value
    return item["name"] if "name" in item else item["key"], item.get("value")


def _flat(raw: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, Any]]:
    """Yield one pair for each value of a name that has several."""
    for name, value in raw:
        if isinstance(value, list):
            yield from ((name, one) for one in value)
        else:
            yield name, value
