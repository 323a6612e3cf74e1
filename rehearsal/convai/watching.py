"""Who is told what happens in the conversations, such as the command line. A protocol."""

from typing import Protocol

from rehearsal.call import Turn


class Watcher(Protocol):
    """Is told of each conversation and each turn as it happens."""

    def started(self, conversation_id: str, agent_id: str, *, is_voice: bool) -> None:
        """A conversation has begun."""

    def turned(self, conversation_id: str, turn: Turn) -> None:
        """A turn is over: its whole answer is known."""

    def unanswered(self, conversation_id: str, said: str) -> None:
        """A turn had no whole answer: it was interrupted, failed, or nobody was left to hear it."""

    def interrupted(self, conversation_id: str, spoken: str) -> None:
        """An answer was cut off after `spoken`."""

    def ended(self, conversation_id: str, code: int | None, reason: str) -> None:
        """A conversation is over; `code` is the close code, `reason` ours if we closed."""


class Unwatched:
    """Lets everything pass."""

    def started(self, conversation_id: str, agent_id: str, *, is_voice: bool) -> None:
        """Do nothing."""

    def turned(self, conversation_id: str, turn: Turn) -> None:
        """Do nothing."""

    def unanswered(self, conversation_id: str, said: str) -> None:
        """Do nothing."""

    def interrupted(self, conversation_id: str, spoken: str) -> None:
        """Do nothing."""

    def ended(self, conversation_id: str, code: int | None, reason: str) -> None:
        """Do nothing."""
