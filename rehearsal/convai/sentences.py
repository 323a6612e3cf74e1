"""An answer that is still being written, in pieces that can be spoken already. Pure.

The pieces, joined, are the answer: no character is lost or added.
"""

import re
from typing import Final

_END: Final = re.compile(r"[.!?…]+[\"')\]]*\s+|\n+")
_LONGEST: Final = 300  # characters; a voice must not wait for the end of a longer sentence


class Sentences:
    """Cuts a text behind its sentences, as it comes."""

    def __init__(self) -> None:
        self._open = ""

    def feed(self, text: str) -> list[str]:
        """Take more of the text and return the sentences that it completed."""
        self._open += text
        found = []
        while (end := self._next()) is not None:
            found.append(self._open[:end])
            self._open = self._open[end:]
        return found

    def rest(self) -> str:
        """Return what is left at the end of the text."""
        left, self._open = self._open, ""
        return left

    def _next(self) -> int | None:
        """Return where the next piece ends, if it is complete."""
        found = _END.search(self._open)
        if found is not None and found.end() <= _LONGEST:
            return found.end()
        if len(self._open) <= _LONGEST:
            return None
        blank = self._open.rfind(" ", 1, _LONGEST)
        return blank + 1 if blank > 0 else _LONGEST
