"""What the platform remembers beside its conversations: seats, passes and files. Memory, bounded.

A pass is what a signed URL or a token stands for: it admits to one agent for a quarter of an hour.
One that was made together with a conversation ID serves once.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rehearsal.convai.agents import Refused
from rehearsal.payload import new_conversation_id

SEATS: Final = 100
"""Conversations at the same time."""

MAX_FILE: Final = 20 * 1024 * 1024
"""The largest file, in bytes."""

_ALL_FILES: Final = 256 * 1024 * 1024  # bytes, of all conversations together
_PASSES: Final = 1000
_PASS_LASTS: Final = 15 * 60.0  # seconds


@dataclass(frozen=True, slots=True)
class File:
    """A picture that the client has uploaded."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pass:
    """The right to talk to an agent until `ends`; with a conversation ID it serves once."""

    agent_id: str
    ends: float
    conversation_id: str | None


class Desk:
    """Where conversations are let in, and their files kept until they are over."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, File]] = {}
        self._passes: OrderedDict[str, Pass] = OrderedDict()

    @contextmanager
    def seat(self, conversation_id: str) -> Iterator[None]:
        """Hold a seat for a conversation; its files go with it.

        Raises:
            Refused: all seats are taken.
        """
        if len(self._files) >= SEATS:
            raise Refused(f"This rehearsal holds {SEATS} conversations at once, and all are taken")
        self._files[conversation_id] = {}
        try:
            yield
        finally:
            del self._files[conversation_id]

    def sign(self, agent_id: str, *, with_conversation: bool) -> tuple[str, str | None]:
        """Return a new pass for an agent, and the conversation ID that it was made with."""
        name = f"cvtkn_{secrets.token_hex(16)}"
        identity = new_conversation_id() if with_conversation else None
        self._passes[name] = Pass(agent_id, time.monotonic() + _PASS_LASTS, identity)
        if len(self._passes) > _PASSES:
            self._passes.popitem(last=False)
        return name, identity

    def admit(self, name: str | None, agent_id: str) -> str:
        """Return the conversation ID for somebody who shows a pass, or none.

        Raises:
            Refused: the pass is unknown, over, used, or another agent's.
        """
        if name is None:
            return new_conversation_id()
        found = self._passes.get(name)
        if found is None or found.ends < time.monotonic():
            raise Refused("The signed URL or token is unknown, used or over: ask for a new one")
        if found.agent_id != agent_id:
            raise Refused("The signed URL or token is for another agent")
        if found.conversation_id is None:
            return new_conversation_id()
        del self._passes[name]
        return found.conversation_id

    def is_on(self, conversation_id: str) -> bool:
        """Return whether that conversation is being held."""
        return conversation_id in self._files

    def has_room(self, size: int) -> bool:
        """Return whether a file of that many bytes can be kept."""
        kept = (one for files in self._files.values() for one in files.values())
        return sum(len(one.data) for one in kept) + size <= _ALL_FILES

    def keep(self, conversation_id: str, file: File) -> str:
        """Keep a file of a conversation that is on; return its ID."""
        name = f"file_{secrets.token_hex(12)}"
        self._files[conversation_id][name] = file
        return name

    def file(self, conversation_id: str, name: str) -> File | None:
        """Return a file of this conversation, or None."""
        return self._files.get(conversation_id, {}).get(name)
