"""Bytes that somebody sent become a picture that the model can see.

What is sent is decided by the bytes, never by the declared type. A picture is decoded once, when it
is uploaded: turned upright by its EXIF orientation, freed of all metadata (GPS first of all), put
on white where it was transparent, scaled to what the model looks at, and encoded. Its content part
is quoted as JSON at the same time, so that a turn only copies bytes.

This is the only module of the endpoint that knows Pillow.
"""

import base64
import hashlib
import io
import struct
import warnings

from PIL import ExifTags, Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from contract.errors import NotAPicture, TooLarge
from injector.shared import Picture

register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "TIFF", "BMP")
"""The formats that people's devices make, by Pillow's names; nothing else is tried."""

MAX_PIXELS = 100_000_000
"""The most pixels of a picture that is decoded; a phone's camera makes up to 50 million."""

LONGEST, SHORTEST = 2048, 768
"""What gpt-4o looks at with detail high, in pixels (OpenAI, "Images and vision"): inside a square
of 2048, then the shortest side 768. More is paid for in time and seen by nobody."""

_QUALITY = 88  # JPEG, below which edges begin to show at this size
_FEW_COLOURS = 256  # a drawing or a screenshot, which JPEG would blur

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation (EXIF 2.32, tag 274). Pillow's own function encodes the metadata
again as well, and fails where that is broken."""

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
)
"""What decoders raise for broken bytes; which, is up to each of them."""


def prepare(data: bytes) -> Picture:
    """Return the picture that `data` holds, ready for the model. Takes tens of milliseconds.

    Raises:
        NotAPicture: no decoder takes the bytes, or they end too early.
        TooLarge: the picture has more than `MAX_PIXELS` pixels.
    """
    if not data:
        raise NotAPicture("the picture is empty: send its bytes", param="image")
    image = _scaled(_flattened(_decoded(data)))
    media_type, encoded = _encoded(image)
    uri = f'"data:{media_type};base64,{base64.b64encode(encoded).decode()}"'
    digest, source = hashlib.sha256(encoded).hexdigest(), hashlib.sha256(data).hexdigest()
    size = len(encoded)
    return Picture(digest, media_type, image.width, image.height, size, uri.encode(), source)


def _decoded(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata, which is dropped; size is checked below
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise TooLarge(
                    f"the picture has {image.width} x {image.height} pixels; "
                    f"the limit is {MAX_PIXELS:,}",
                    param="image",
                )
            image.load()
            return _upright(image)
    except UnidentifiedImageError:
        raise NotAPicture(
            "these bytes are no picture; send a JPEG, PNG, WebP, GIF, HEIC, AVIF, TIFF or BMP",
            param="image",
        ) from None
    except _BROKEN as error:
        raise NotAPicture(
            f"the picture cannot be decoded ({error}); is it whole?", param="image"
        ) from None
    except Image.DecompressionBombError as error:
        raise TooLarge(f"the picture is too large: {error}", param="image") from None


def _upright(image: Image.Image) -> Image.Image:
    try:
        turn = _UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:  # the picture itself is whole
        return image
    return image if turn is None else image.transpose(turn)


def _flattened(image: Image.Image) -> Image.Image:
    """Return the picture in plain RGB and nothing else, on white where it was transparent."""
    image = _in_rgb(image)
    image.info = {}  # comments and colour profiles, which some encoders would write again
    return image


def _in_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # Pillow would cut all levels above 255 off, which leaves white.
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _scaled(image: Image.Image) -> Image.Image:
    factor = min(1.0, LONGEST / max(image.size), SHORTEST / min(image.size))
    if factor == 1.0:
        return image
    width, height = (max(1, round(side * factor)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(image: Image.Image) -> tuple[str, bytes]:
    buffer = io.BytesIO()
    if image.getcolors(_FEW_COLOURS) is not None:
        image.save(buffer, "PNG", optimize=True)
        return "image/png", buffer.getvalue()
    image.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return "image/jpeg", buffer.getvalue()
