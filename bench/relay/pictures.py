"""Pictures of a wanted size: noise, which a JPEG cannot make much smaller.

The size that counts is that of the data URI which the model gets. An endpoint encodes again what
was uploaded, so that size can only be aimed at; the real one is read from what the model received.
"""

import io
from functools import cache

from PIL import Image, ImageDraw

SIZES = {"p100k": 100_000, "p450k": 450_000, "p2m": 2_000_000}
"""Bytes of the data URI that is aimed at, by mark."""

_QUALITY = 92  # what the endpoint encodes with, and so where the noise is tuned
_UPLOADED = 95
_STRONGEST = 400.0  # all grains black or white


@cache
def _noise(width: int, height: int, wanted: int) -> Image.Image:
    """Return noise of as much contrast as makes `wanted` bytes of data URI."""
    low, high = 0.0, _STRONGEST
    for _ in range(10):
        middle = (low + high) / 2
        image = _grain(width, height, middle)
        if _size_in_the_end(image) < wanted:
            low = middle
        else:
            high = middle
    return _grain(width, height, high)


def _size_in_the_end(image: Image.Image) -> float:
    """Return about how many bytes of data URI become of an upload, which is encoded once more.

    The endpoint has codes made for the picture, which are a tenth shorter.
    """
    uploaded = Image.open(io.BytesIO(_jpeg(image, _UPLOADED)))
    return len(_jpeg(uploaded, _QUALITY)) * 4 / 3 * 0.92


def _grain(width: int, height: int, contrast: float) -> Image.Image:
    """Return noise whose colours are as coarse as a JPEG keeps them, else it would drop half."""
    half = (width // 2, height // 2)
    colours = [
        Image.effect_noise(half, contrast).resize((width, height), Image.Resampling.NEAREST)
        for _ in range(2)
    ]
    return Image.merge("YCbCr", [Image.effect_noise((width, height), contrast), *colours])


def picture(mark: str) -> bytes:
    """Return a JPEG, as a page would upload it, for one of the marks in `SIZES`."""
    wanted = SIZES[mark]
    width = 2048 if wanted > 1_000_000 else 1024
    return _jpeg(_noise(width, 768, wanted), _UPLOADED)


def numbered(number: int) -> bytes:
    """Return a JPEG of about 450 KB of data URI that differs from every other number's."""
    image = _noise(1024, 768, SIZES["p450k"]).convert("RGB")
    draw = ImageDraw.Draw(image)
    for bit in range(16):
        colour = "white" if number >> bit & 1 else "black"
        draw.rectangle((bit * 16, 0, bit * 16 + 15, 15), fill=colour)
    return _jpeg(image, _UPLOADED)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
