"""Whether anything was committed to a file since, without asking SQLite.

In WAL mode every commit, of whichever process, ends by writing a new header of 48 bytes into the
shared memory beside the database (`FILE-shm`), twice. A reader of SQLite's own compares it with the
one that it saw last, and keeps its cache where they are equal. Here the same comparison is made:
equal headers mean that SQLite would give the same answers, also if a writer dies in the middle,
for what it wrote counts only from the header on. (https://sqlite.org/walformat.html, 2.1)
"""

import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

_HEADER = 48
_VERSION = 3007000  # of the header's form; the only one there has been since WAL exists
_BEGINNING = struct.Struct("=IIIB")  # version, unused, transactions, whether all this is valid


@dataclass(slots=True)
class _Mapping:
    memory: mmap.mmap
    descriptor: int
    users: int = 0


# Closing any descriptor of a file drops all locks that the process has on it, SQLite's as well
# (https://sqlite.org/howtocorrupt.html, 2.2). So each file is opened once in this process, and
# closed when the last store here has let go of it.
_mapped: dict[tuple[int, int], _Mapping] = {}
_lock = Lock()


class Changes:
    """The header of a database in WAL mode.

    Args:
        file: the database. A connection to it must have read from it, and must stay open for as
            long as this is used: it keeps the shared memory in its place.
    """

    def __init__(self, file: Path) -> None:
        self._key: tuple[int, int] | None = None
        shared = Path(f"{file}-shm")
        with _lock:
            try:
                status = shared.stat()
                key = (status.st_dev, status.st_ino)
                if status.st_size >= 2 * _HEADER:
                    mapping = _mapped.get(key) or _map(shared)
                    mapping.users += 1
                    _mapped[key] = mapping
                    self._key, self._memory = key, mapping.memory
            except OSError:
                pass  # another journal mode, or a disk without shared memory: nothing is known

    def mark(self) -> bytes | None:
        """Return what differs after every commit; None where that is not known at the moment."""
        if self._key is None:
            return None
        both = self._memory[: 2 * _HEADER]
        first = both[:_HEADER]
        if first != both[_HEADER:]:
            return None  # somebody is just committing
        version, _, _, valid = _BEGINNING.unpack_from(first)
        return first if version == _VERSION and valid else None

    def close(self) -> None:
        """Let go of the shared memory, after all connections of the same store are closed."""
        with _lock:
            if self._key is None:
                return
            mapping, key, self._key = _mapped[self._key], self._key, None
            mapping.users -= 1
            if mapping.users == 0:
                del _mapped[key]
                mapping.memory.close()
                os.close(mapping.descriptor)


def _map(shared: Path) -> _Mapping:
    descriptor = os.open(shared, os.O_RDONLY)
    return _Mapping(mmap.mmap(descriptor, 2 * _HEADER, access=mmap.ACCESS_READ), descriptor)
