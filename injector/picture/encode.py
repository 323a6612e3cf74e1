"""A picture's pixels become a file for the model: JPEG or PNG, whichever suits what it shows.

A photograph becomes a JPEG, of as much quality as fits into `PHOTOGRAPH` bytes and no less than a
floor. What a machine has drawn becomes a PNG, exact to the pixel, or where that would be much
larger a JPEG of high quality without the coarser colours that blur red letters. No metadata: the
encoders are given bare pixels.
"""

import io

from PIL import Image

from contract.config.model import Resolution
from contract.errors import TooLarge

PHOTOGRAPH = 300_000
"""The bytes into which a photograph is to fit. They are sent with every turn that shows it."""

LARGEST = 15_000_000
"""The most bytes of any picture: OpenAI's limit for one has been 20 MB (docs/platforms.md), and
base64 makes four bytes of three."""

_QUALITIES = (90, 86, 82, 78, 74, 68, 62)
"""Of JPEG, the best first. Most photographs take the first; only one that is full of detail needs
the last, and detail hides what that costs."""

_ALL_PIXELS = (92, 84, 74, 60, 40)
"""The same where all pixels are kept, and the limit is what the API takes."""

_FINE = {"quality": 93, "subsampling": 0}
_COARSER_COLOURS = 2  # half as many on each side, as every camera stores them
_EXACT, _MOST_EXACT, _EXACT_TIMES = 300_000, 500_000, 1.5
"""A PNG is taken up to so many bytes; up to so many if that is not more than so many times those of
the JPEG."""


def encoded(image: Image.Image, *, drawn: bool, resolution: Resolution) -> tuple[str, bytes]:
    """Return the media type and the bytes of a picture in RGB.

    Raises:
        TooLarge: it cannot be made small enough for the API.
    """
    most = LARGEST if resolution == "original" else _MOST_EXACT
    if drawn and (found := _exact(image, most)) is not None:
        return found
    if resolution == "original":
        return "image/jpeg", _fitting(image, _ALL_PIXELS, LARGEST)
    return "image/jpeg", _fitting(image, _QUALITIES, PHOTOGRAPH)


def _exact(image: Image.Image, most: int) -> tuple[str, bytes] | None:
    """Return what a machine has drawn as PNG or fine JPEG, or None where both are too large."""
    exact = _saved(image, "PNG", compress_level=9)
    if len(exact) <= _EXACT:
        return "image/png", exact
    fine = _smaller(image, _saved(image, "JPEG", **_FINE), _FINE)
    if len(exact) <= min(_EXACT_TIMES * len(fine), most):
        return "image/png", exact
    return ("image/jpeg", fine) if len(fine) <= LARGEST else None


def _fitting(image: Image.Image, qualities: tuple[int, ...], limit: int) -> bytes:
    """Return a JPEG of the best quality that fits into a limit, or else of the least."""
    found, options = b"", {}
    for quality in qualities:
        options = {"quality": quality, "subsampling": _COARSER_COLOURS}
        found = _saved(image, "JPEG", **options)
        if len(found) <= limit:
            break
    if len(found) > LARGEST:
        raise TooLarge(
            f"the picture has {len(found):,} bytes even as a coarse JPEG, more than models take: "
            "send it smaller",
            param="image",
        )
    return _smaller(image, found, options)


def _smaller(image: Image.Image, found: bytes, options: dict[str, int]) -> bytes:
    """Return the same JPEG in the fewest bytes, with codes made for it.

    Pillow has room for one byte a pixel for that, and fails beyond; so few pictures are larger that
    they may stay as they are.
    """
    if len(found) >= image.width * image.height:
        return found
    return min(found, _saved(image, "JPEG", optimize=1, **options), key=len)


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
