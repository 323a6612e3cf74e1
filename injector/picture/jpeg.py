"""A JPEG's parts, read without decoding: how large, how many passes, and what is only metadata.

Pure (ITU-T T.81, annex B). The decoder is given the picture alone: no EXIF, no XMP, no comments,
and nothing from behind the end of the first picture, where phones put films, depth and gain maps.
"""

import re
from dataclasses import dataclass, field
from struct import error, unpack_from

from contract.errors import NotAPicture

MAX_PARTS = 4096
"""The most parts before and between passes. Cameras make dozens; a reader's time is for each."""

_MARKER = re.compile(rb"\xff([^\x00\xff])")  # of several FF the last one counts
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # neither data nor a restart
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_SCAN, _END, _ALONE = 0xDA, 0xD9, frozenset({0x01, *range(0xD0, 0xD9)})
_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_EXIF, _XMP, _ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_KEPT, _NEVER = {_APP0: b"JFIF\0", _APP2: _ICC, _APP14: b"Adobe"}, b"\0" * 13


@dataclass(slots=True)
class Jpeg:
    """What a JPEG's parts say; `kept` are those that its decoder needs, in order."""

    width: int = 0
    height: int = 0
    progressive: bool = False
    scans: int = 0
    exif: bytes = b""
    xmp: bytes = b""
    kept: list[bytes] = field(default_factory=lambda: [b"\xff\xd8"])

    @property
    def bare(self) -> bytes:
        """The picture alone."""
        return b"".join(self.kept)


def read(data: bytes) -> Jpeg:
    """Return a JPEG's parts, as far as there are any.

    Raises:
        NotAPicture: there are more than `MAX_PARTS`.
    """
    found, at = Jpeg(), 2
    for _ in range(MAX_PARTS):
        marker = _MARKER.search(data, at)
        if marker is None:
            return found
        kind, at = marker[1][0], marker.end()
        if kind == _END:
            found.kept.append(b"\xff\xd9")
            return found
        if kind not in _ALONE:
            at = _part(data, kind, at, found)
    raise NotAPicture(
        f"this JPEG is cut into more than {MAX_PARTS:,} parts, as no camera does: save it anew",
        param="image",
    )


def _part(data: bytes, kind: int, at: int, found: Jpeg) -> int:
    """Take one part, and return where the next one may begin."""
    try:
        length = int(unpack_from(">H", data, at)[0])
        if kind in _FRAMES:
            found.height, found.width = unpack_from(">HH", data, at + 3)
            found.progressive = kind in _PROGRESSIVE
    except error:  # it ends here
        found.kept.append(data[at - 2 :])
        return len(data)
    end = at + length
    if kind == _SCAN:
        found.scans += 1
        after = _AFTER_SCAN.search(data, end)
        end = len(data) if after is None else after.start()
    if _is_needed(kind, data[at + 2 : at + 2 + len(_ICC)]):
        found.kept.append(b"\xff" + bytes((kind,)) + data[at:end])
    elif kind == _APP1:
        _noted(data[at + 2 : end], found)
    return end


def _is_needed(kind: int, begins: bytes) -> bool:
    """Tell whether a part is more than metadata: of those of applications, profile and colours."""
    if 0xE0 <= kind <= 0xEF:  # noqa: PLR2004 - APP0 to APP15
        return begins.startswith(_KEPT.get(kind, _NEVER))
    return kind != _COMMENT


def _noted(part: bytes, found: Jpeg) -> None:
    if part.startswith(_EXIF) and not found.exif:
        found.exif = part
    elif part.startswith(_XMP) and not found.xmp:
        found.xmp = part
