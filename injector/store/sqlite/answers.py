"""What the file said, for as long as nothing was committed to it since."""

from collections.abc import Callable

from injector.store.sqlite.reading import Found

MOST = 4096
"""The most conversations that are remembered; none of them with its pixels."""


class Answers:
    """What was found for conversations, all of it at the same state of the file.

    For one thread. A commit of whichever process makes all of it void, and so does its being
    unknown whether there was one.

    Args:
        mark: gives what differs after every commit, or None where that is not known.
    """

    def __init__(self, mark: Callable[[], bytes | None]) -> None:
        self.mark = mark
        self._state: bytes | None = None
        self._found: dict[str, Found] = {}

    def get(self, conversation_id: str) -> Found | None:
        """Return what the file would say now, where that is known."""
        state = self.mark()
        if state is None or state != self._state:
            self._found.clear()
            self._state = state
            return None
        return self._found.get(conversation_id)

    def put(self, conversation_id: str, found: Found, asked_at: bytes | None) -> None:
        """Remember what was found; `asked_at` is the mark of before the file was asked."""
        if asked_at is None or asked_at != self._state:
            return  # older or newer than the rest; the next question will tell
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[conversation_id] = found

    def clear(self) -> None:
        """Forget everything."""
        self._found.clear()
        self._state = None
