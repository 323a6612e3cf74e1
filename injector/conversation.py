"""A request that is being served, as field paths look into it, and its ID as the log shows it."""

import re
from typing import Any

from aiohttp import web

from contract.exchange import parameters_of, segments_of


class Incoming:
    """A request that is being served, as a `contract.fieldpath.Readable`.

    Args:
        request: what aiohttp has received.
        value: the JSON value of its body.
    """

    def __init__(self, request: web.BaseRequest, value: Any) -> None:
        self._request = request
        self._value = value

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case."""
        return self._request.headers.get(name)

    def query(self, name: str) -> str | None:
        """Return the first query parameter of that name, percent-decoded."""
        parameters = parameters_of(self._request.raw_path)
        return next((value for key, value in parameters if key == name), None)

    def segment(self, number: int) -> str | None:
        """Return a path segment by its number, percent-decoded."""
        segments = segments_of(self._request.raw_path)
        return segments[number] if number < len(segments) else None

    def json(self) -> Any:
        """Return the JSON value of the body."""
        return self._value


LONGEST_ID = 512
"""Characters of a conversation's ID; platforms use 20 to 40."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def is_id(text: str) -> bool:
    """Tell whether pictures can be given to a conversation of this ID: one line, and no prompt."""
    return len(text) <= LONGEST_ID and not _CONTROL.search(text)


_SHOWN = 64


def shown(key: str | None) -> str:
    """Return an ID for the log: one line, and no whole prompt where a path is too wide."""
    if key is None:
        return "-"
    return repr(key) if len(key) <= _SHOWN else f"{key[:_SHOWN]!r}… ({len(key):,} characters)"
