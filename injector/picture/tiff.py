"""The tags of a TIFF, which are also those of EXIF: read without following them. Pure.

A decoder's own reader loads whatever a tag points to, as often as tags point there; a few kilobytes
can ask for gigabytes so. Here only the table itself is read.
"""

from dataclasses import dataclass
from struct import error, unpack_from

WIDTH, HEIGHT, ORIENTATION, STRIPS, TILES = 0x100, 0x101, 0x112, 0x111, 0x144
REDUCED, PARTS, DNG = 0xFE, 0x14A, 0xC612  # a preview; more pictures inside; a DNG
EXIF, GPS, INTEROP = 0x8769, 0x8825, 0xA005

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_INLINE = 4


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as its table says: how many values, their bytes together, and a first whole number."""

    count: int
    size: int
    value: int


def tags(data: bytes, at: int | None = None) -> dict[int, Tag]:
    """Return the tags of a directory, of the first one for no `at`; none where it is broken."""
    order = _ORDERS.get(data[:4])
    if order is None:
        return {}
    found: dict[int, Tag] = {}
    try:
        (start,) = unpack_from(f"{order}I", data, 4) if at is None else (at,)
        (count,) = unpack_from(f"{order}H", data, start)
        for place in range(start + 2, start + 2 + 12 * count, 12):
            name, kind, many = unpack_from(f"{order}HHI", data, place)
            (value,) = unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, place + 8)  # noqa: PLR2004 - a SHORT
            found[name] = Tag(many, many * _SIZES.get(kind, 1), value)
    except error:  # the table ends here
        pass
    return found


def orientation(exif: bytes) -> int:
    """Return the orientation that EXIF tells of, 1 to 8; 1 where it tells none."""
    tag = tags(exif.removeprefix(b"Exif\0\0")).get(ORIENTATION)
    return tag.value if tag is not None and tag.value in range(1, 9) else 1


def pointed_at(data: bytes) -> int:
    """Return how many bytes all tags that a decoder loads point to, together."""
    first = tags(data)
    groups = [first, *(tags(data, first[it].value) for it in (EXIF, GPS, INTEROP) if it in first)]
    return sum(tag.size for group in groups for tag in group.values() if tag.size > _INLINE)
