"""A picture's file becomes pixels: its first frame, no more of it than is needed, or an error.

The decoders are Pillow's and libheif's (pillow-heif). They are given a picture whose limits have
been held (`source`), and what they raise for broken bytes becomes one error here.
"""

import io
import re
import warnings
from dataclasses import dataclass

from PIL import (  # loaded by name, or the first WebP would load the decoders of forty formats
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from pillow_heif import register_heif_opener

from contract.errors import NotAPicture, RequestError, TooLarge
from injector.picture import tiff
from injector.picture.looks import Size
from injector.picture.sniff import JPEG, Format
from injector.picture.source import MAX_PIXELS, Source, check_size

register_heif_opener()

DECODERS = (
    AvifImagePlugin.AvifImageFile,
    BmpImagePlugin.BmpImageFile,
    GifImagePlugin.GifImageFile,
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
)
"""Pillow's decoders that are used, beside that of pillow-heif."""

_NO_MEMORY = re.compile(r"out of memory|memory allocation|allocat", re.IGNORECASE)

_CUT_GREY = (128, 128)
"""What libjpeg fills in where a JPEG's data end too early, least and most of each channel."""

_CUT_ROWS = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture whose header has been read; `size` is its own, which decoding may halve."""

    image: Image.Image
    size: Size
    orientation: int


def opened(source: Source, kind: Format) -> Opened:
    """Return a picture whose header has been read, and nothing decoded.

    Raises:
        NotAPicture: its decoder does not take it.
        TooLarge: it has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata, which is dropped; size is checked here
            image = Image.open(io.BytesIO(source.data), formats=(kind.decoder,))
    except Exception as error:  # noqa: BLE001 - what decoders raise for broken bytes is up to them
        raise _refused(error, kind) from None
    check_size(image.width, image.height)
    turned = source.orientation
    return Opened(image, image.size, _orientation(image) if turned is None else turned)


def _orientation(image: Image.Image) -> int:
    """Return the orientation that the decoder tells of: pillow-heif in a place of its own."""
    own = image.info.get("original_orientation")
    if isinstance(own, int) and 1 <= own <= 8:  # noqa: PLR2004 - those of EXIF
        return own
    return tiff.orientation(image.info.get("exif") or b"")


def decode(it: Opened, kind: Format, wanted: Size) -> Image.Image:
    """Decode a picture, and return it with at least twice the pixels that are wanted on each side.

    A JPEG is decoded at a half, a quarter or an eighth where that is enough: the rest of its pixels
    never exist. Others are decoded whole.

    Raises:
        NotAPicture: the bytes end too early, or are broken.
        TooLarge: there is not enough memory for it.
    """
    image = it.image
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kind is JPEG:
                image.draft(None, (2 * wanted[0], 2 * wanted[1]))
            image.load()
    except Exception as error:  # noqa: BLE001 - as above
        raise _refused(error, kind) from None
    if kind is JPEG and _is_cut(image):
        raise _refused(OSError("its data end in the middle"), kind)
    return image


def _is_cut(image: Image.Image) -> bool:
    """Tell whether a JPEG's data have ended early although an end was there, as after a bad splice.

    libjpeg passes over that in silence and leaves the rest in a grey that it says of nothing else.
    """
    if image.mode not in {"RGB", "L"} or image.height < 2 * _CUT_ROWS:
        return False
    below = image.crop((0, image.height - _CUT_ROWS, image.width, image.height))
    above = image.crop((0, 0, image.width, _CUT_ROWS))
    return _is_grey(below) and not _is_grey(above)


def _is_grey(image: Image.Image) -> bool:
    return all(it.getextrema() == _CUT_GREY for it in image.split())


def _refused(error: Exception, kind: Format) -> RequestError:
    if isinstance(error, RequestError):
        return error
    if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
        return TooLarge(
            f"decoding this {kind.name} takes more memory than there is for one: send it smaller",
            param="image",
        )
    if isinstance(error, Image.DecompressionBombError):
        return TooLarge(
            f"the picture has more than {MAX_PIXELS:,} pixels: send it smaller", param="image"
        )
    why = str(error).partition("<_io.")[0].strip() or type(error).__name__
    return NotAPicture(f"this {kind.name} cannot be decoded ({why}): is it whole?", param="image")
