"""A bounded number of bytes in memory, by name. Nothing but values; several threads may use it."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock


class Cache:
    """Values by name, never more bytes in all than `bound`.

    The least recently used leave first. A value that alone is larger than `bound` is not kept, and
    drives nothing out.
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._size = 0
        self._drops = 0
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    @property
    def size(self) -> int:
        """The bytes of all values that are held."""
        return self._size

    @property
    def drops(self) -> int:
        """How often `drop` was called."""
        return self._drops

    def __len__(self) -> int:
        return len(self._held)

    def names(self) -> set[str]:
        """Return under which names something is held."""
        with self._lock:
            return set(self._held)

    def get(self, name: str) -> bytes | None:
        """Return what is held under `name`, and count that as a use."""
        with self._lock:
            value = self._held.get(name)
            if value is not None:
                self._held.move_to_end(name)
            return value

    def put(self, name: str, value: bytes, *, drops: int | None = None) -> None:
        """Hold a value under `name`, in the place of what was there.

        With `drops`, only if nothing was dropped since there were so many: whoever looks a value up
        on one thread does not bring back what another has dropped meanwhile.
        """
        with self._lock:
            if drops is not None and drops != self._drops:
                return
            self._size -= len(self._held.pop(name, b""))
            if len(value) > self._bound:
                return
            self._held[name] = value
            self._size += len(value)
            while self._size > self._bound:
                self._size -= len(self._held.popitem(last=False)[1])

    def drop(self, names: Iterable[str]) -> None:
        """Let go of values, where they are held."""
        with self._lock:
            self._drops += 1
            for name in names:
                self._size -= len(self._held.pop(name, b""))
