"""A PNG's chunks, read without decoding: the picture's own, and what is only metadata. Pure.

The decoder is given what pixels and their colours need. Texts, which may unpack to gigabytes,
dates, EXIF and the further frames of an animation never reach it (PNG, third edition, section 11).
"""

from dataclasses import dataclass, field
from struct import error, unpack_from

from contract.errors import NotAPicture

MAX_CHUNKS = 32_768
"""The most chunks. A picture of 20 MB in the smallest that encoders make, 8 KiB, has 2,560."""

_HEAD = b"\x89PNG\r\n\x1a\n"
_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"})
_XMP = b"XML:com.adobe.xmp\0"


@dataclass(slots=True)
class Png:
    """What a PNG's chunks say; `kept` are those that its decoder needs, in order."""

    width: int = 0
    height: int = 0
    exif: bytes = b""
    xmp: bytes = b""
    kept: list[bytes] = field(default_factory=lambda: [_HEAD])

    @property
    def bare(self) -> bytes:
        """The picture alone."""
        return b"".join(self.kept)


def read(data: bytes) -> Png:
    """Return a PNG's chunks, as far as there are any.

    Raises:
        NotAPicture: there are more than `MAX_CHUNKS`.
    """
    found, at = Png(), len(_HEAD)
    for _ in range(MAX_CHUNKS):
        try:
            length, name = unpack_from(">I4s", data, at)
        except error:  # it ends here; the decoder will say whether too early
            return found
        end = at + 12 + length
        _chunk(name, data, at, end, found)
        if name == b"IEND":
            return found
        at = end
    raise NotAPicture(
        f"this PNG is cut into more than {MAX_CHUNKS:,} chunks, as no program does: save it anew",
        param="image",
    )


def _chunk(name: bytes, data: bytes, at: int, end: int, found: Png) -> None:
    if name in _NEEDED:
        found.kept.append(data[at:end])
    elif name == b"eXIf" and not found.exif:
        found.exif = data[at + 8 : end - 4]
    elif name == b"iTXt" and data.startswith(_XMP, at + 8) and not found.xmp:
        found.xmp = data[at + 8 : end - 4]
    if name == b"IHDR" and len(data) >= at + 16:
        found.width, found.height = unpack_from(">II", data, at + 8)
