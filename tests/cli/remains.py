"""What remains of a picture: slices of it, looked for in a process's memory and in files.

Slices are told by their own bytes: of a picture made of noise, none is anywhere by chance.
"""

import io
import os
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

SLICE = 64
"""Bytes of a slice: few, so that it is found in the rest of a copy too, and none by chance; and
more than stay in a processor's registers, and so on a stack, after a copy."""

_MAP = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)")
_AT_ONCE = 1 << 24


def photograph(width: int, height: int, seed: int) -> bytes:
    """Return a JPEG that looks like nothing, of details as large as a photograph's."""
    rough = (width // 8, height // 8)
    noise = random.Random(seed).randbytes(rough[0] * rough[1] * 3)
    image = Image.frombytes("RGB", rough, noise).resize((width, height), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def slices(data: bytes, count: int = 25) -> list[bytes]:
    """Return slices from all over; not of the first bytes, which all JPEG files share."""
    start = 1000
    step = max(1, (len(data) - start - SLICE) // count)
    return [data[at : at + SLICE] for at in range(start, len(data) - SLICE, step)]


def found(needles: Sequence[bytes], haystacks: Iterator[bytes]) -> int:
    """Return how many slices are somewhere."""
    missing = set(needles)
    for hay in haystacks:
        if not hay.strip(b"\0"):
            continue  # memory that was asked for, and never written
        missing = {needle for needle in missing if needle not in hay}
    return len(set(needles)) - len(missing)


def memory_of(pid: int | str) -> Iterator[bytes]:
    """Yield what a process has in memory, region by region; nothing of one that has just ended."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
        held = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    except (FileNotFoundError, ProcessLookupError):
        return
    with os.fdopen(held, "rb", 0) as memory:
        for line in maps.splitlines():
            low, high, access, name = _MAP.fullmatch(line).groups()  # type: ignore[union-attr]
            if (
                access.startswith("r")
                and not name.startswith(("[v", "/dev/"))
                and "/lib/" not in name
            ):
                yield from _region(memory, int(low, 16), int(high, 16))


def _region(memory: io.RawIOBase | io.FileIO, low: int, high: int) -> Iterator[bytes]:
    """Yield a region in pieces that overlap by a slice."""
    for start in range(low, high, _AT_ONCE):
        try:
            memory.seek(start)
            yield memory.read(min(_AT_ONCE + SLICE, high - start)) or b""
        except OSError:
            return  # it is gone, or none of its pages may be read


def family(pid: int) -> list[int]:
    """Return a process and its children, and theirs."""
    found, tasks = [pid], Path(f"/proc/{pid}/task")
    for task in tasks.iterdir() if tasks.exists() else ():
        try:
            children = (task / "children").read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that has just ended
        found += [one for child in children for one in family(int(child))]
    return found
