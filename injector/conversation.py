"""A request that is being served, as field paths look into it, and its ID as the log shows it."""

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


_SHOWN = 64


def shown(key: str | None) -> str:
    """Return an ID for the log: one line, and no whole prompt where a path is too wide."""
    if key is None:
        return "-"
    return repr(key) if len(key) <= _SHOWN else f"{key[:_SHOWN]!r}… ({len(key):,} characters)"
