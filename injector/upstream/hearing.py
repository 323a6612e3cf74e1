"""Answers of HTTP/1.1 put together of bytes, wherever these are cut: head, framing, pieces. No I/O.

The only module that knows httptools. A piece is what was fed, freed of chunked coding (RFC 9112,
section 7.1); trailers and chunk extensions vanish.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import httptools

from injector.upstream.failure import Garbled

MAX_HEAD = 32 << 10
"""The most bytes of status line and headers; a server that never ends them is not waited for."""

NOT_HTTP: Final = (httptools.HttpParserError, httptools.HttpParserUpgrade)
"""What `Hearing.feed` raises where the bytes are no HTTP/1.1."""

_FIRST_FINAL = 200  # below are interim answers (RFC 9110, section 15.2), after which one more comes
_NOT_MODIFIED = 304
_CONTROLS = bytes([*range(32), 127])  # no server that we pass a reason on to may be given them


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers of an answer; names and values as they came."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the first header of a name that is given in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Hearing:
    """One answer after another, each as far as it has come.

    `feed` takes bytes, and raises one of `NOT_HTTP`. `head` is that of the final answer. `pieces`
    have come and `held` counts their bytes; whoever takes them sets it to 0. `is_over` tells that
    the answer has come to its end, and `goes_on` that another may come over the same connection.
    """

    __slots__ = (
        "_ends_with_connection",
        "_fields",
        "_head_size",
        "_is_too_long",
        "_parser",
        "_reason",
        "feed",
        "goes_on",
        "head",
        "held",
        "is_over",
        "pieces",
    )

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin with the next answer; nothing of the one before is left."""
        # A parser of its own each time: one that has met an error never gets over it.
        self._parser = httptools.HttpResponseParser(self)
        self.feed = self._parser.feed_data  # itself, since a call more for each piece would cost
        self._reason = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._head_size = 0
        self._is_too_long = False
        self._ends_with_connection = False
        self.head: Head | None = None
        self.pieces: deque[bytes] = deque()
        self.held = 0
        self.is_over = False
        self.goes_on = False

    def headless(self, more: int) -> Garbled | None:
        """Take note of bytes that have brought no head; return why it is not waited for, if so."""
        self._head_size += more
        if self._is_too_long:
            return Garbled("the headers of its answer are too long for any client")
        if self._head_size > MAX_HEAD:
            return Garbled("the headers of its answer do not end")
        return None

    def end(self) -> None:
        """Take the connection's end, which is that of a body without a length."""
        if self._ends_with_connection:
            self.is_over = True

    # What httptools tells.

    def on_message_begin(self) -> None:
        """Begin a message; after a final answer there must be none that nobody asked for."""
        if self.is_over:
            self.goes_on = False
        self._reason, self._fields = b"", []

    def on_status(self, status: bytes) -> None:
        """Take the reason, or a part of it."""
        self._reason += status

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """Take a header; trailers go nowhere."""
        if self.head is None:
            self._fields.append((name, value or b""))

    def on_headers_complete(self) -> None:
        """Make the head of a final answer."""
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL or self.is_over:
            return
        if sum(len(name) + len(value) for name, value in self._fields) > MAX_HEAD:
            self._is_too_long = True
            return
        fields = tuple((_text(name), _text(value)) for name, value in self._fields)
        self.head = Head(status, _text(self._reason.translate(None, _CONTROLS)), fields)
        coding = (self.head.get("transfer-encoding") or "").lower()
        # Only chunks say where a body ends (RFC 9112, section 6.3).
        framed = coding.endswith("chunked") if coding else self.head.get("content-length")
        self._ends_with_connection = not framed and status not in {204, _NOT_MODIFIED}

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body until it is taken."""
        if not self.is_over:
            self.pieces.append(body)
            self.held += len(body)

    def on_message_complete(self) -> None:
        """End the body of a final answer."""
        if self.head is not None and not self.is_over:
            self.is_over = True
            self.goes_on = self._parser.should_keep_alive()  # it forgets, once this has returned


def _text(value: bytes) -> str:
    """Return a header's text as aiohttp has it, so that it goes out again byte for byte."""
    return value.strip(b" \t").decode("utf-8", "surrogateescape")
