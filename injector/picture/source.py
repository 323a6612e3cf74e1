"""A picture's file before it is decoded: its limits held, its metadata set aside. Pure.

What is not allowed is found here by the file's own header, before a decoder has reserved memory or
begun to work. Formats whose header only a decoder can read are checked again when it has.
"""

import re
from dataclasses import dataclass
from struct import error, unpack_from

from contract.errors import NotAPicture, TooLarge
from injector.picture import jpeg, png, tiff
from injector.picture.sniff import BMP, GIF, HEIC, HEIF, JPEG, PNG, TIFF, WEBP, Format

MAX_PIXELS = 100_000_000
"""The most pixels of a picture that is decoded; a phone's camera makes up to 50 million."""

MAX_SIDE = 20_000
"""The longest side in pixels; an iPhone's panorama has up to 16,384."""

MAX_SCANS = 100
"""The most passes of a progressive JPEG. Encoders make about ten; each costs a walk over all."""

MAX_SCANNED = 600_000_000
"""The most pixels times passes of a progressive JPEG: 50 million pixels in 12 passes."""

_MAX_BLOCKS = 4096  # of text before a GIF's first frame
_MAX_STRIPS = 65_536
_MAX_RUNS = 2_000_000  # bytes of a run-length BMP, which Pillow decodes slowly
_RUNS = {1, 2}
_MAX_BOXES = 64

_XMP = re.compile(rb"tiff:Orientation(?:\s*=\s*[\"']|>)\s*([1-8])")


@dataclass(frozen=True, slots=True)
class Source:
    """A picture's file for its decoder.

    `orientation` is that of its metadata, 1 to 8, or None where the decoder has to tell.
    """

    data: bytes
    orientation: int | None = None


def source(data: bytes, kind: Format) -> Source:
    """Return what a decoder is given of a file.

    Raises:
        NotAPicture: it is cut into so many parts that reading them would take long.
        TooLarge: it says that it has more pixels than is allowed, or asks for too much work.
    """
    try:
        return _READERS.get(kind, _as_it_is)(data)
    except error:  # it ends in the middle of its header, which the decoder will say
        return Source(data)


def check_size(width: int, height: int) -> None:
    """Refuse a picture that is too large.

    Raises:
        TooLarge: it has more than `MAX_PIXELS` pixels, or a side longer than `MAX_SIDE`.
    """
    if width * height > MAX_PIXELS:
        limit = f"{MAX_PIXELS:,} in all"
    elif max(width, height) > MAX_SIDE:
        limit = f"{MAX_SIDE:,} on a side"
    else:
        return
    raise TooLarge(
        f"the picture has {width} x {height} pixels; the limit is {limit}: send it smaller",
        param="image",
    )


def check_scans(found: jpeg.Jpeg) -> None:
    """Refuse a JPEG that asks for too many passes.

    Raises:
        TooLarge: it has more than `MAX_SCANS`, or more than `MAX_SCANNED` pixels in all of them.
    """
    work = found.scans * found.width * found.height
    if found.scans > MAX_SCANS or (found.progressive and work > MAX_SCANNED):
        raise TooLarge(
            f"this JPEG of {found.width} x {found.height} pixels is stored in {found.scans} "
            "passes, which take too long to decode: save it anew, not progressive",
            param="image",
        )


def _jpeg(data: bytes) -> Source:
    found = jpeg.read(data)
    check_size(found.width, found.height)
    check_scans(found)
    return Source(found.bare, _orientation(found.exif, found.xmp))


def _png(data: bytes) -> Source:
    found = png.read(data)
    check_size(found.width, found.height)
    return Source(found.bare, _orientation(found.exif, found.xmp))


def _orientation(exif: bytes, xmp: bytes) -> int:
    if tiff.ORIENTATION in tiff.tags(exif.removeprefix(b"Exif\0\0")):
        return tiff.orientation(exif)
    said = _XMP.search(xmp)
    return int(said[1]) if said is not None else 1


def _gif(data: bytes) -> Source:
    """Take out what stands before the first frame: comments, of which there may be megabytes."""
    check_size(*unpack_from("<HH", data, 6))
    at = head = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    control = b""
    for _ in range(_MAX_BLOCKS):
        if data[at : at + 1] != b"!":
            return Source(data[:head] + control + data[at:], 1)
        end = _after_blocks(data, at + 2)
        if data[at + 1 : at + 2] == b"\xf9":
            control = data[at:end]
        at = end
    raise NotAPicture("this GIF has more comments than pictures: save it anew", param="image")


def _after_blocks(data: bytes, at: int) -> int:
    for _ in range(_MAX_BLOCKS):
        (size,) = unpack_from("B", data, at)
        at += 1 + size
        if size == 0:
            return at
    raise NotAPicture("this GIF has more comments than pictures: save it anew", param="image")


def _webp(data: bytes) -> Source:
    """Hold the limits by the canvas, or by the only frame (RFC 9649)."""
    kind = data[12:16]
    if kind == b"VP8X":
        check_size(*(1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27)))
    elif kind == b"VP8L":
        (bits,) = unpack_from("<I", data, 21)
        check_size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    elif kind == b"VP8 ":
        width, height = unpack_from("<HH", data, 26)
        check_size(width & 0x3FFF, height & 0x3FFF)
    return Source(data)


def _tiff(data: bytes) -> Source:
    found = tiff.tags(data)
    if tiff.WIDTH in found and tiff.HEIGHT in found:
        check_size(found[tiff.WIDTH].value, found[tiff.HEIGHT].value)
    strips = max((found[it].count for it in (tiff.STRIPS, tiff.TILES) if it in found), default=0)
    if strips > _MAX_STRIPS or tiff.pointed_at(data) > 2 * len(data):
        raise NotAPicture(
            "this TIFF's parts overlap, or are too many to be a photograph's: save it anew",
            param="image",
        )
    return Source(data, 1)  # Pillow turns a TIFF upright itself


def _bmp(data: bytes) -> Source:
    (size,) = unpack_from("<I", data, 14)
    if size >= 40:  # noqa: PLR2004 - BITMAPINFOHEADER and those after it
        width, height, runs = unpack_from("<ii4xI", data, 18)
        check_size(abs(width), abs(height))
        if runs in _RUNS and len(data) > _MAX_RUNS:
            raise TooLarge(
                f"this BMP has runs, and more than {_MAX_RUNS:,} bytes of them: save it as PNG",
                param="image",
            )
    return Source(data, 1)


def _heif(data: bytes) -> Source:
    """Tell whether the file says itself how it is turned, which its decoder then undoes.

    By the standard nothing else counts (ISO 23008-12, 6.5.10). Where it says nothing, EXIF is the
    best that is known.
    """
    found = _meta(data)
    turned = 1 if b"irot" in found or b"imir" in found else None
    return Source(_without_film(data), turned)


def _without_film(data: bytes) -> bytes:
    """Return a file without the film of a motion photo behind it, which begins as another file.

    libheif takes a file that begins twice for none.
    """
    at = 0
    for _ in range(_MAX_BOXES):
        if at + 8 > len(data):
            return data
        size, name = unpack_from(">I4s", data, at)
        if at and name == b"ftyp":
            return data[:at]
        if size < 8:  # noqa: PLR2004 - to the end, or a size of 64 bits, as nothing small has
            return data
        at += size
    return data


def _meta(data: bytes) -> bytes:
    """Return the box of a file's metadata (ISO 14496-12); none where it is not among the first."""
    at = 0
    for _ in range(_MAX_BOXES):
        size, name = unpack_from(">I4s", data, at)
        if size == 1:
            (size,) = unpack_from(">Q", data, at + 8)
        if name == b"meta":
            return data[at : at + size]
        at += max(size, 8)
    return b""


def _as_it_is(data: bytes) -> Source:
    return Source(data)


_READERS = {
    JPEG: _jpeg,
    PNG: _png,
    GIF: _gif,
    WEBP: _webp,
    TIFF: _tiff,
    BMP: _bmp,
    HEIC: _heif,
    HEIF: _heif,
}
