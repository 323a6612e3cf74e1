"""Which conversation a request belongs to, by the field paths of the configuration."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from contract.exchange import parameters_of, segments_of
from contract.fieldpath import FieldPath
from contract.roles import id_at


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


def conversation_id(paths: Sequence[FieldPath], incoming: Incoming) -> str | None:
    """Return the ID at the first field path that holds one, or None."""
    found = (id_at(path, incoming) for path in paths)
    return next((one for one in found if one is not None and is_unicode(one)), None)


def is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8.

    A header of other bytes and half of a surrogate pair cannot; no store could look for them.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_SHOWN = 64


def shown(key: str | None) -> str:
    """Return an ID for the log: one line, and no whole prompt where a path is too wide."""
    if key is None:
        return "-"
    return repr(key) if len(key) <= _SHOWN else f"{key[:_SHOWN]!r}… ({len(key):,} characters)"
