"""One exchange: a request and what was answered, as values.

Bodies are the bytes that were sent, without transfer and content coding. Times are milliseconds
since the request was complete, which is when the person has finished speaking and begins to wait.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from contract import jsontext

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Name and value pairs, in the order and the spelling in which they came."""

Arrival: TypeAlias = tuple[float, int]
"""When a piece of the answer came, in milliseconds, and how many bytes it had."""

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to one connection and are not passed on (RFC 9110, section 7.6.1)."""


def first_header(headers: Headers, name: str) -> str | None:
    """Return the first header of that name, in any case, or None."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def media_type(headers: Headers) -> str:
    """Return the media type without parameters, in lower case; empty where none is declared."""
    return (first_header(headers, "content-type") or "").partition(";")[0].strip().lower()


_URL = re.compile(r"(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)(?:\?([^#]*))?")  # RFC 3986, appendix B


def split_url(url: str) -> tuple[str, str]:
    """Return the path and the query of any text: what was recorded must be readable.

    `urllib.parse.urlsplit` refuses some URLs, such as those with a single bracket in the host.
    """
    found = _URL.match(url)
    return (found.group(1), found.group(2) or "") if found else ("", "")


def parameters_of(url: str) -> tuple[tuple[str, str], ...]:
    """Return the query parameters of a URL in order, percent-decoded."""
    return tuple(parse_qsl(split_url(url)[1], keep_blank_values=True))


def segments_of(url: str) -> tuple[str, ...]:
    """Return the path segments of a URL after the first slash, percent-decoded."""
    return tuple(unquote(part) for part in split_url(url)[0].split("/")[1:])


@dataclass(frozen=True)
class Request:
    """A request as it was sent. It is a `contract.fieldpath.Readable`."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    http_version: str = "HTTP/1.1"

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case."""
        return first_header(self.headers, name)

    def query(self, name: str) -> str | None:
        """Return the first query parameter of that name, percent-decoded."""
        return next((value for key, value in self.parameters if key == name), None)

    def segment(self, number: int) -> str | None:
        """Return a path segment by its number, percent-decoded."""
        return self.segments[number] if number < len(self.segments) else None

    def json(self) -> Any:
        """Return the JSON value of the body, or None where the body is no JSON."""
        return self._json

    @cached_property
    def path(self) -> str:
        """The path of the URL, as it was sent."""
        return split_url(self.url)[0]

    @cached_property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The query parameters in order, percent-decoded."""
        return parameters_of(self.url)

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The path segments after the first slash, percent-decoded."""
        return segments_of(self.url)

    @cached_property
    def _json(self) -> Any:
        try:
            return jsontext.decode(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, or as much of it as arrived."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    arrivals: tuple[Arrival, ...] = ()

    @property
    def is_event_stream(self) -> bool:
        """Whether the answer is a stream of server-sent events."""
        return media_type(self.headers) == "text/event-stream"

    @property
    def chunks(self) -> tuple[tuple[float, bytes], ...]:
        """The body in the pieces in which it arrived."""
        pieces, start = [], 0
        for at, size in self.arrivals:
            pieces.append((at, self.body[start : start + size]))
            start += size
        return tuple(pieces)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, its answer if there was one, and how it ended.

    `complete` is False where either side cut the exchange short; `reason` then says how. `redacted`
    names the places where a secret was replaced. `duration` is in milliseconds.
    """

    id: str
    started: datetime
    request: Request
    response: Response | None = None
    complete: bool = True
    reason: str | None = None
    duration: float | None = None
    redacted: tuple[str, ...] = field(default=())

    @property
    def is_turn(self) -> bool:
        """Whether a voice platform asks the model here for what to say next."""
        return self.request.method == "POST" and is_turn_path(self.request.path)


_TURN_PATH = re.compile(r"/(?:chat/completions|responses)/*\Z")


def is_turn_path(path: str) -> bool:
    """Tell whether turns are sent to this path, under whatever prefix."""
    return _TURN_PATH.search(path) is not None
