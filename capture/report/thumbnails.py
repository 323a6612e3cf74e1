"""Bytes that may be a picture become a small one. This is the report's one door to Pillow.

The bytes are hostile until proven otherwise: they decide what they are, only formats that people's
devices make are tried, and nothing is decoded before its number of pixels is known.
"""

import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

register_heif_opener()

LONGEST = 200
"""The longest side of a thumbnail, in pixels."""

MAX_PIXELS = 50_000_000
"""A picture of more pixels is not decoded: it is only there to be recognised."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "TIFF", "BMP")
_QUALITY = 75
_WHITE = (255, 255, 255)
_BROKEN = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
)
"""What decoders raise for broken bytes; which, is up to each of them."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture made small: its JPEG, its own size in pixels, and what the whole picture is."""

    jpeg: bytes
    width: int
    height: int
    format: str
    whole: tuple[int, int]


def thumbnail(data: bytes) -> Thumbnail | str:
    """Return a picture made small, or why there is none, as half a sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata; the number of pixels is checked here
            image: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
            whole = image.size
            if image.width * image.height > MAX_PIXELS:
                return f"too large to be shown: {image.width:,} x {image.height:,} pixels"
            kind = image.format or "picture"
            image.draft(
                "RGB", (LONGEST * 2, LONGEST * 2)
            )  # a JPEG is decoded at a part of its size
            small = _flat(ImageOps.exif_transpose(_scaled(image)))
            out = io.BytesIO()
            small.save(out, "JPEG", quality=_QUALITY, optimize=True)
    except _BROKEN:
        return "no picture that can be decoded"
    return Thumbnail(out.getvalue(), small.width, small.height, kind, whole)


def _scaled(image: Image.Image) -> Image.Image:
    image.thumbnail((LONGEST, LONGEST))
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, on white where it was transparent."""
    if image.mode == "RGB":
        return image
    layer = image.convert("RGBA")
    ground = Image.new("RGB", image.size, _WHITE)
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground
