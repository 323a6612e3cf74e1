"""JSON that is read as it comes, of which little is kept: its long strings are left out. Pure.

A platform sends the sound of a whole call as one string of many megabytes beside the few words that
count here. None of it is held, so that whoever sends such bodies takes none of our memory.
"""

import re
from typing import Any

from contract import jsontext

LONGEST = 4096
"""The most bytes of a string that is kept; a longer one is read as an empty string."""

# Possessive, so that no byte is looked at twice.
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)


class Skimmed:
    """The JSON of a body that comes in pieces, without its long strings."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._string: int | None = None  # where the string begins that is being read
        self._is_long = False
        self._is_escape = False  # whether the last byte was a backslash that escapes the next

    @property
    def size(self) -> int:
        """The bytes that are held."""
        return len(self._kept)

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        at = 0
        while at < len(piece):
            at = self._between(piece, at) if self._string is None else self._inside(piece, at)

    def value(self) -> Any:
        """Return the value, once all has come.

        Raises:
            ValueError: it is not JSON.
        """
        return jsontext.decode(bytes(self._kept))

    def _between(self, piece: bytes, at: int) -> int:
        """Keep what stands between two strings; return where that ends in the piece."""
        end = piece.find(b'"', at) + 1
        self._kept += piece[at : end or len(piece)]
        if end:
            self._string = len(self._kept)
        return end or len(piece)

    def _inside(self, piece: bytes, at: int) -> int:
        """Keep what is in a string, unless it is long; return where that ends in the piece."""
        begin = at
        if self._is_escape:
            self._is_escape, at = False, at + 1
        found = _STRING.match(piece, at)
        end = at if found is None else found.end()
        closes = piece[end : end + 1] == b'"'
        if not closes and end < len(piece):
            self._is_escape, end = True, len(piece)  # nothing but a backslash stands at the end
        self._keep(piece[begin:end])
        if closes:
            self._kept += b'"'
            self._string, self._is_long = None, False
        return end + closes

    def _keep(self, part: bytes) -> None:
        start = self._string or 0
        if self._is_long or len(self._kept) - start + len(part) > LONGEST:
            self._is_long = True
            del self._kept[start:]
        else:
            self._kept += part
