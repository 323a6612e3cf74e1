"""Bytes that somebody sent become a picture that the model can see: the way through this room.

Importing this loads Pillow and libheif; a process that only counts tokens takes `families`.
"""

import base64
import hashlib

from PIL import Image

from contract.errors import TooLarge
from injector.picture.aim import Aim
from injector.picture.colours import in_srgb
from injector.picture.content import is_drawn, rows_of
from injector.picture.decode import decode, opened
from injector.picture.encode import encoded
from injector.picture.families import fitted
from injector.picture.looks import Size
from injector.picture.plain import plain
from injector.picture.sniff import sniff
from injector.picture.source import source
from injector.picture.upright import upright
from injector.shared import Picture, Prepared, Received


def prepare(data: bytes, aim: Aim) -> Prepared:
    """Return the picture that `data` holds, ready for the model, and what was received.

    It takes tens of milliseconds for what a page sends and up to seconds for the largest that are
    allowed, so not on an event loop.

    Raises:
        NotAPicture: the bytes are something else, or end too early, or are broken.
        TooLarge: the picture has too many pixels, or asks for more work or memory than is allowed.
    """
    kind = sniff(data)
    try:
        it = opened(source(data, kind), kind)
        received = Received(kind.name, kind.media_type, *it.size, len(data))
        wanted = fitted(*it.size, aim)
        pixels = decode(it, kind, wanted)
        drawn = _is_drawn(pixels)
        seen = _seen(pixels, wanted, it.orientation)
        del it, pixels  # all pixels that were sent, before the encoder asks for its own
        media_type, file = encoded(seen, drawn=drawn, resolution=aim.resolution)
    except MemoryError:
        raise TooLarge(
            f"preparing this {kind.name} takes more memory than there is for one: send it smaller",
            param="image",
        ) from None
    return Prepared(_picture(seen, media_type, file, data), received)


def _is_drawn(pixels: Image.Image) -> bool:
    return is_drawn(in_srgb(plain(rows_of(pixels), pixels.size), None))


def _seen(pixels: Image.Image, wanted: Size, orientation: int) -> Image.Image:
    """Return what the model is to see, upright and in RGB."""
    profile = pixels.info.get("icc_profile")
    image = plain(pixels, wanted)
    if image.size != wanted:
        image = image.resize(wanted, Image.Resampling.LANCZOS)
    return upright(in_srgb(image, profile), orientation)


def _picture(seen: Image.Image, media_type: str, file: bytes, data: bytes) -> Picture:
    return Picture(
        digest=hashlib.sha256(file).hexdigest(),
        media_type=media_type,
        width=seen.width,
        height=seen.height,
        size=len(file),
        part=b'"data:%b;base64,%b"' % (media_type.encode(), base64.b64encode(file)),
        source=hashlib.sha256(data).hexdigest(),
    )
