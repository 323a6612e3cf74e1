"""How often a minute: uploads and associations, by client address and by ticket, in this process.

In any 60 seconds one client may ask so often as the configuration says. What is refused is not
counted, so `Retry-After` is true for whoever keeps to it. So many clients are remembered; where
there are more, the one that was heard of least lately is forgotten first. Who can speak from ten
thousand addresses is not held up by a limit for each of them, and nobody else is refused for it.

Own code, since the library for it (`limits` 5.8) keeps each client that it has ever seen, and walks
through all of them in a thread of its own, beside the turns.
"""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Literal, TypeAlias

from contract.config import Browser
from contract.errors import TooMany

Kind: TypeAlias = Literal["upload", "association"]

WINDOW = 60.0
"""Seconds in which requests are counted."""

MOST = 10_000
"""How many clients are remembered for each kind of request; a ticket is a client too."""


class Window:
    """The moments of requests, by client, in the last `WINDOW` seconds.

    Args:
        limit: how many one client may make.
        most: how many clients are remembered.
    """

    def __init__(self, limit: int, most: int = MOST) -> None:
        self._limit = limit
        self._most = most
        self._moments: OrderedDict[str, deque[float]] = OrderedDict()  # heard of lately: at the end

    def __len__(self) -> int:
        return len(self._moments)

    def wait(self, client: str, now: float) -> float:
        """Return the seconds until a client may ask; 0 where it may now."""
        moments = self._moments.get(client)
        if moments is None or len(moments) < self._limit:
            return 0.0
        return max(0.0, moments[-self._limit] + WINDOW - now)

    def note(self, client: str, now: float) -> None:
        """Note that a client has asked, and forget whoever has not for so long."""
        moments = self._moments.setdefault(client, deque())
        moments.append(now)
        if len(moments) > self._limit:
            moments.popleft()
        self._moments.move_to_end(client)
        while len(self._moments) > self._most or self._is_over(now):
            self._moments.popitem(last=False)

    def _is_over(self, now: float) -> bool:
        oldest = next(iter(self._moments.values()))
        return oldest[-1] + WINDOW <= now


class Rates:
    """How often clients ask, for each kind of request.

    Args:
        browser: how often they may; 0 for any number.
        clock: seconds, from anywhere; another one in tests.
    """

    def __init__(self, browser: Browser, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Kind, tuple[str, int, Window]] = {
            "upload": ("uploads", browser.uploads, Window(browser.uploads)),
            "association": ("associations", browser.associations, Window(browser.associations)),
        }

    def count(self, kind: Kind, address: str, holder: str = "") -> None:
        """Count a request for a client address, and for a ticket's holder where there is one.

        Raises:
            TooMany: either has made as many in the last minute as it may; it counts for neither.
        """
        setting, limit, window = self._kept[kind]
        if not limit:
            return
        clients = [f"address {address}", *([f"ticket {holder}"] if holder else [])]
        now = self._clock()
        for client in clients:
            if wait := window.wait(client, now):
                raise _too_many(setting, limit, client, wait)
        for client in clients:
            window.note(client, now)


def _too_many(setting: str, limit: int, client: str, wait: float) -> TooMany:
    who = "this address" if client.startswith("address ") else "the holder of this ticket"
    seconds = max(1, math.ceil(wait))
    return TooMany(
        f"{who} has made as many {setting} in the last minute as injector.browser.{setting} "
        f"allows ({limit}); try again in {seconds} s",
        retry_after=seconds,
    )
