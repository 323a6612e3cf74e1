"""Uploads, conversations and waits: each until it expires, in so many bytes. Nothing but values.

What expires stands in the order in which it expires, so that a change looks only at what is over.
A clock that was set back breaks that order; a thorough look mends it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from contract.errors import StoreFailed
from injector.shared import Anchor, Picture
from injector.store import ANNOUNCED, Limits
from injector.store.memory.holding import Holding
from injector.store.secret import digest_of

_RECORD = 1024
"""Bytes that an upload, a conversation or a wait counts for, its name apart."""


@dataclass(slots=True)
class Waiting:
    """What was uploaded; it holds its picture only until a conversation claims it."""

    key: str
    digest: str
    source: str
    expires: float
    conversation_id: str | None = None


@dataclass(slots=True)
class Share:
    """What one conversation knows of a picture."""

    source: str
    anchor: Anchor | None = None


@dataclass(slots=True)
class Conversation:
    """Pictures by digest, in their order, and the keys of the uploads that were claimed."""

    token_digest: str
    expires: float = 0.0
    shares: dict[str, Share] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)


class Records:
    """All that a store in memory knows, never more than `limits.memory` bytes.

    Args:
        limits: how long and how many.
        clock: seconds since the epoch.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self.pictures = Holding()
        self.uploads: dict[str, Waiting] = {}
        self.conversations: dict[str, Conversation] = {}
        self._announced: dict[str, float] = {}
        self._names = 0  # bytes of the names of conversations

    def add(self, temporary_id: str, picture: Picture) -> Waiting:
        """Hold a picture under a temporaryId.

        Raises:
            StoreFailed: there is no room for it.
        """
        self._need_room(0 if picture.digest in self.pictures else len(picture.part))
        key, expires = digest_of(temporary_id), self._clock() + self._limits.ttl
        self.pictures.hold(picture)
        upload = self.uploads[key] = Waiting(key, picture.digest, picture.source, expires)
        return upload

    def upload(self, temporary_id: str) -> Waiting | None:
        """Return what was uploaded under a temporaryId, if that has not expired."""
        upload = self.uploads.get(digest_of(temporary_id))
        return upload if upload is not None and upload.expires > self._clock() else None

    def is_had(self, upload: Waiting) -> bool:
        """Tell whether an upload waits, or its conversation still has what was uploaded."""
        if upload.conversation_id is None:
            return True
        conversation = self.alive(upload.conversation_id)
        return conversation is not None and upload.digest in conversation.shares

    def alive(self, name: str) -> Conversation | None:
        """Return a conversation that has pictures."""
        conversation = self.conversations.get(name)
        alive = conversation is not None and conversation.expires > self._clock()
        return conversation if alive else None

    def begin(self, name: str, token_digest: str) -> Conversation:
        """Return a new conversation."""
        self.end(name)
        conversation = self.conversations[name] = Conversation(token_digest)
        self._names += _length(name)
        return conversation

    def renew(self, name: str) -> None:
        """Keep a conversation for its whole time again."""
        conversation = self.conversations.pop(name)
        conversation.expires = self._clock() + self._limits.ttl
        self.conversations[name] = conversation  # which is now the last to expire

    def give(self, name: str, upload: Waiting, *, replace: bool) -> None:
        """Give what waits to a conversation; what has to leave leaves."""
        conversation = self.conversations[name]
        upload.conversation_id = name
        conversation.claimed.add(upload.key)
        shares = conversation.shares
        # The upload held the picture so far, and the conversation does from here on.
        if upload.digest in shares:
            self.pictures.let_go(upload.digest)
        else:
            shares[upload.digest] = Share(upload.source)
        others = [digest for digest in shares if digest != upload.digest]
        too_many = max(0, len(shares) - self._limits.per_conversation)
        for digest in others if replace else others[:too_many]:
            del shares[digest]
            self.pictures.let_go(digest)

    def take(self, upload: Waiting) -> int:
        """Take away what was uploaded; return how many pictures its conversation still has.

        A conversation's upload stays as a trace of whose it was, so that it is given to nobody.
        """
        if upload.conversation_id is None:
            self._end_upload(upload.key)
            return 0
        shares = self.conversations[upload.conversation_id].shares
        del shares[upload.digest]
        self.pictures.let_go(upload.digest)
        return len(shares)

    def end(self, name: str) -> None:
        """Forget a conversation and what it has claimed, if it is there."""
        conversation = self.conversations.pop(name, None)
        if conversation is None:
            return
        self._names -= _length(name)
        for key in conversation.claimed:
            del self.uploads[key]
        for digest in conversation.shares:
            self.pictures.let_go(digest)

    def announce(self, name: str) -> None:
        """Begin a wait.

        Raises:
            StoreFailed: there is no room for it.
        """
        self.end_wait(name)
        self._need_room(_length(name))
        self._announced[name] = self._clock()
        self._names += _length(name)

    def is_awaited(self, name: str) -> bool:
        """Tell whether a conversation waits."""
        made = self._announced.get(name)
        return made is not None and made > self._clock() - ANNOUNCED

    def end_wait(self, name: str) -> None:
        """End a wait, if there is one."""
        if self._announced.pop(name, None) is not None:
            self._names -= _length(name)

    def expire(self, *, thorough: bool = False) -> None:
        """Forget what is over; if thorough, also where the order is broken."""
        look: Callable[[Callable[[str], bool], Iterable[str]], Iterable[str]]
        look, now = filter if thorough else takewhile, self._clock()
        for key in list(look(lambda key: self.uploads[key].expires <= now, self.uploads)):
            self._end_upload(key)
        over = look(lambda name: self.conversations[name].expires <= now, self.conversations)
        for name in list(over):
            self.end(name)
        waited = look(lambda name: self._announced[name] <= now - ANNOUNCED, self._announced)
        for name in list(waited):
            self.end_wait(name)

    def clear(self) -> None:
        """Forget everything."""
        for held in (self.uploads, self.conversations, self._announced):
            held.clear()
        self.pictures.clear()
        self._names = 0

    def _end_upload(self, key: str) -> None:
        upload = self.uploads.pop(key)
        if upload.conversation_id is None:
            self.pictures.let_go(upload.digest)
        else:
            self.conversations[upload.conversation_id].claimed.discard(key)

    def _need_room(self, size: int) -> None:
        records = len(self.uploads) + len(self.conversations) + len(self._announced)
        held = self.pictures.size + self._names + _RECORD * records
        if held + size + _RECORD > self._limits.memory:
            raise StoreFailed(
                f"the pictures in memory have {held:,} bytes, which is nearly all that they may "
                f"have ({self._limits.memory:,}); try again later, or keep them in sqlite:PATH"
            )


def _length(name: str) -> int:
    return len(name.encode("utf-8", "surrogatepass"))
