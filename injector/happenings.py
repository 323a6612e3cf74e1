"""What has happened to conversations lately, and who watches: bounded memory without I/O.

Of each conversation the last events are kept, of so many conversations; the one that was heard of
least lately is forgotten first, unless somebody watches it. A turn pays an append. An event holds
numbers and a few fixed words: nothing that was said, no pixel, no secret.

A watcher is told only *that* something has happened, and reads at its own pace from where it is:
one that does not read keeps nothing but its place, and misses what has been pushed out meanwhile.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from contract.errors import Busy, TooMany
from injector.conversation import is_id

Kind: TypeAlias = Literal["associated", "announced", "turn", "answered", "removed", "forgotten"]

KEPT = 64
"""How many events of a conversation are kept."""

MOST = 1_000
"""How many conversations are known."""

WATCHERS = 8
"""How many watch one conversation: its page, open several times."""

ALL_WATCHERS = 400
"""How many watch all conversations together; each is a connection."""

_AGAIN = 5  # seconds after which one of them may have gone

Wake: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Event:
    """What has happened: when, in seconds since the epoch, and by numbers that grow."""

    number: int
    at: float
    kind: Kind
    data: Mapping[str, Any]


@dataclass(slots=True, eq=False)
class _Story:
    """A conversation, as far as it is known. `heard` is when, by the clock, it last was heard of.

    Its numbers begin with the time in milliseconds: those of the same conversation in an earlier
    process, or before it was forgotten, are smaller, so whoever comes back with one misses nothing.
    """

    heard: float
    last: int
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=KEPT))
    watchers: dict["Watch", Wake] = field(default_factory=dict)
    is_over: bool = False

    def add(self, kind: Kind, data: Mapping[str, Any], at: float) -> None:
        self.heard = at
        self.last += 1
        self.events.append(Event(self.last, at, kind, data))
        self.wake()

    def wake(self) -> None:
        for wake in self.watchers.values():
            wake()


class Watch:
    """One who watches a conversation, and how far it has read."""

    def __init__(self, story: _Story, after: int | None) -> None:
        self._story = story
        self._is_ended = False
        # A number that was never given out here is another process's: then all of it is news.
        self._read = -1 if after is None or after > story.last else after

    def news(self) -> list[Event]:
        """Return what has not been read yet, oldest first."""
        new = [event for event in self._story.events if event.number > self._read]
        if new:
            self._read = new[-1].number
        return new

    def end(self) -> None:
        """End it for this watcher alone."""
        self._is_ended = True

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come once what is there has been read."""
        return self._is_ended or self._story.is_over


class Happenings:
    """What has happened to the conversations of one application.

    Args:
        most: how many conversations are known.
        clock: seconds since the epoch; another one in tests.
    """

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.time) -> None:
        self._most = most
        self._clock = clock
        self._stories: OrderedDict[str, _Story] = OrderedDict()  # heard of lately: at the end
        self._watching = 0
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._stories)

    def tell(self, conversation_id: str, kind: Kind, **data: Any) -> None:
        """Tell what has happened to a conversation; `forgotten` is the last that is heard of it.

        An answer adds only to what is known: the end of a turn in progress shall not bring back a
        conversation that was forgotten meanwhile. What is no ID, such as a whole prompt where a
        path is too wide, is not remembered.
        """
        story = self._stories.get(conversation_id)
        if story is None:
            if kind in {"answered", "forgotten"} or not is_id(conversation_id):
                return
            story = self._new(conversation_id)
        else:
            self._stories.move_to_end(conversation_id)
        story.add(kind, data, self._clock())
        if kind == "forgotten":
            self._end(conversation_id)

    def knows(self, conversation_id: str) -> bool:
        """Tell whether anything has happened to a conversation here."""
        return conversation_id in self._stories

    def watch(self, conversation_id: str, wake: Wake, after: int | None = None) -> Watch:
        """Let somebody watch a conversation; `leave` must follow.

        Args:
            conversation_id: whose events.
            wake: is called when something has happened; it returns at once and raises nothing.
            after: the number of the last event that is known already, if any is.

        Raises:
            TooMany: the conversation has as many watchers as it may.
            Busy: the endpoint has.
        """
        story = self._stories.get(conversation_id)
        if story is not None and len(story.watchers) >= WATCHERS:
            raise TooMany(
                f"{WATCHERS} watch this conversation already; close one of its pages",
                retry_after=_AGAIN,
            )
        if self._watching >= ALL_WATCHERS:
            raise Busy(
                "too many conversations are watched at the moment; try again", retry_after=_AGAIN
            )
        story = story or self._new(conversation_id)
        watch = Watch(story, after)
        story.watchers[watch] = wake
        story.is_over = self._is_closed
        self._watching += 1
        return watch

    def leave(self, watch: Watch) -> None:
        """Let a watcher go, once."""
        if watch._story.watchers.pop(watch, None) is not None:  # noqa: SLF001 - of one house
            self._watching -= 1

    def let_go(self, seconds: float) -> None:
        """Forget every conversation that was not heard of for so long and that nobody watches."""
        before = self._clock() - seconds
        for conversation_id, story in list(self._stories.items()):
            if story.heard > before:
                return
            if not story.watchers:
                del self._stories[conversation_id]

    def close(self) -> None:
        """End every watch: the endpoint stops."""
        self._is_closed = True
        for story in self._stories.values():
            story.is_over = True
            story.wake()

    def _new(self, conversation_id: str) -> _Story:
        now = self._clock()
        story = self._stories[conversation_id] = _Story(now, int(now * 1000))
        for _ in range(self._watching + 1):
            if len(self._stories) <= self._most:
                break
            oldest = next(iter(self._stories))
            if self._stories[oldest].watchers:
                self._stories.move_to_end(oldest)
            else:
                del self._stories[oldest]
        return story

    def _end(self, conversation_id: str) -> None:
        story = self._stories.pop(conversation_id)
        story.is_over = True
        story.wake()
