"""What a picture shows, as far as pixels alone can tell: its type, its size, its main colours.

Pure: bytes in, a value out. The only module of this room that knows Pillow. It decodes the whole
picture, so that what it says proves that the pixels arrived and not only their header.

The main colour of a quarter is the average of its pixels, because an average survives another
compression and another size, which a count of the most frequent pixel does not. Its name is that of
the nearest anchor in OKLab, where distances follow the eye (Björn Ottosson, "A perceptual color
space for image processing", 2020).
"""

import io
import math
import warnings
from dataclasses import dataclass
from typing import Final, TypeAlias

from PIL import Image, ImageFile, ImageOps

from contract.errors import NotAPicture

Rgb: TypeAlias = tuple[int, int, int]
Lab: TypeAlias = tuple[float, float, float]

KINDS: Final = ("JPEG", "PNG", "WEBP", "GIF")
"""The types that OpenAI's vision models take."""

_ANCHORS: Final[dict[str, tuple[Rgb, ...]]] = {
    "black": ((12, 12, 12),),
    "dark grey": ((70, 70, 70),),
    "grey": ((128, 128, 128),),
    "light grey": ((190, 190, 190),),
    "white": ((248, 248, 248),),
    "red": ((205, 30, 30), (150, 20, 25)),
    "orange": ((240, 135, 30), (215, 135, 85), (182, 95, 62)),
    "brown": ((120, 70, 35), (70, 45, 30), (150, 110, 80)),
    "yellow": ((245, 220, 50),),
    "green": ((40, 150, 50), (20, 80, 35), (130, 200, 110)),
    "cyan": ((60, 205, 215), (20, 130, 140)),
    "blue": ((40, 80, 200), (30, 45, 80), (110, 160, 225), (135, 200, 238)),
    "purple": ((125, 50, 160), (75, 30, 100)),
    "pink": ((240, 150, 180), (235, 70, 150)),
}
_CORNERS: Final = ("top left", "top right", "bottom left", "bottom right")
_HUE_WEIGHT: Final = 2.0  # a small difference in hue tells more than the same in lightness
_LINEAR_BELOW: Final = 0.04045
_DRAFT: Final = (512, 512)  # a JPEG decoder scales by eighths on its way, down to no less than this


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture shows.

    `width` and `height` are pixels. `quarters` are colour words: top left, top right, bottom left,
    bottom right.
    """

    kind: str
    width: int
    height: int
    quarters: tuple[str, str, str, str]

    def colours(self) -> str:
        """Return the four colours in words; they stay when a picture is scaled or re-encoded."""
        return ", ".join(
            f"{corner} {colour}" for corner, colour in zip(_CORNERS, self.quarters, strict=True)
        )

    def sentence(self) -> str:
        """Return the whole description as one sentence."""
        return (
            f"It is a {self.kind} of {self.width} x {self.height} pixels; "
            f"main colours: {self.colours()}."
        )


def describe(data: bytes, *, upright: bool = False) -> Seen:
    """Return what a picture shows.

    Args:
        data: the bytes of the picture's file.
        upright: turn the picture first as its EXIF orientation says. A model is shown pixels and
            no EXIF, so this is for whoever asks what a model should have been shown.

    Raises:
        NotAPicture: the bytes cannot be decoded to the end, are of a type that is not in `KINDS`,
            or are a GIF of several frames.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _look(data, upright=upright)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise NotAPicture(f"these {len(data)} bytes cannot be decoded: {error}") from error
    except Image.DecompressionBombWarning as error:
        raise NotAPicture(f"these {len(data)} bytes hold too many pixels: {error}") from error


def _look(data: bytes, *, upright: bool) -> Seen:
    with Image.open(io.BytesIO(data), formats=KINDS) as image:
        kind = "JPEG" if image.format == "MPO" else str(image.format)  # several views, as phones do
        if kind == "GIF" and getattr(image, "n_frames", 1) > 1:
            raise ValueError("a GIF of several frames is no still picture")
        size = image.size
        image.draft("RGB", _DRAFT)
        turned = ImageOps.exif_transpose(image) if upright else image
        sideways = (turned.size[0] > turned.size[1]) != (image.size[0] > image.size[1])
        width, height = reversed(size) if sideways else size
        return Seen(kind, width, height, _quarters(turned))


def _quarters(image: ImageFile.ImageFile | Image.Image) -> tuple[str, str, str, str]:
    pixels = image.convert("RGBA")
    ground = Image.new("RGBA", pixels.size, "white")
    flat = Image.alpha_composite(ground, pixels).convert("RGB")
    small = flat.resize((2, 2), Image.Resampling.BOX)
    words = [_word_at(small, place) for place in ((0, 0), (1, 0), (0, 1), (1, 1))]
    return (words[0], words[1], words[2], words[3])


def _word_at(image: Image.Image, place: tuple[int, int]) -> str:
    pixel = image.getpixel(place)
    if not isinstance(pixel, tuple):  # pragma: no cover - the image is RGB
        raise TypeError(f"an RGB pixel is three numbers, not {pixel!r}")
    red, green, blue = pixel[:3]
    return colour_word((int(red), int(green), int(blue)))


def colour_word(rgb: Rgb) -> str:
    """Return the plain word for a colour of sRGB, each channel 0 to 255."""
    seen = _oklab(rgb)
    return min(_LAB_ANCHORS, key=lambda anchor: _distance(anchor[1], seen))[0]


def _distance(one: Lab, other: Lab) -> float:
    light, green_red, blue_yellow = (a - b for a, b in zip(one, other, strict=True))
    return math.hypot(light, _HUE_WEIGHT * green_red, _HUE_WEIGHT * blue_yellow)


def _oklab(rgb: Rgb) -> Lab:
    red, green, blue = (_linear(channel) for channel in rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(channel: int) -> float:
    """Undo the gamma of sRGB (IEC 61966-2-1)."""
    part = channel / 255
    return part / 12.92 if part <= _LINEAR_BELOW else float(((part + 0.055) / 1.055) ** 2.4)


_LAB_ANCHORS: Final = tuple(
    (word, _oklab(anchor)) for word, anchors in _ANCHORS.items() for anchor in anchors
)
