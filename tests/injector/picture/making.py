"""Pictures for the tests, and what became of them."""

import base64
import io
import json
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from pillow_heif import register_heif_opener

from injector.picture import Aim, prepare
from injector.shared import Picture, Prepared

register_heif_opener()

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (255, 255, 255)
SECRET = b"a name nobody should read"
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "TIFF", "BMP"]


def made(data: bytes, aim: Aim | None = None) -> Prepared:
    return prepare(data, aim or Aim())


def noise(width: int, height: int) -> Image.Image:
    """Return a picture of many colours."""
    channels = [Image.effect_noise((width, height), sigma) for sigma in (40, 80, 120)]
    return Image.merge("RGB", channels)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photograph(photo: bytes, width: int, height: int) -> Image.Image:
    """Return a photograph enlarged to as many pixels as a phone's camera makes."""
    image = Image.open(io.BytesIO(photo)).convert("RGB")
    return image.resize((width, height), Image.Resampling.BICUBIC)


def screenshot(width: int = 800, height: int = 600, letters: int = 18) -> Image.Image:
    """Return what a telephone's screen shows: a bar, and text with smooth letters."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(letters)
    draw.rectangle((0, 0, width, 3 * letters), fill=(30, 90, 200))
    draw.text((letters, letters), "Your order", fill="white", font=font)
    for line in range(4 * letters, height - 2 * letters, 4 * letters):
        text = f"Item {line}, 12,345.67 EUR, delivered on Tuesday"
        draw.text(
            (letters, line), text, fill=(200, 30, 30) if line % 3 else (20, 20, 20), font=font
        )
    return image


def file_of(picture: Picture) -> bytes:
    """Return the file that the model is shown."""
    head, _, data = str(json.loads(picture.part)).partition(",")
    assert head == f"data:{picture.media_type};base64"
    return base64.b64decode(data, validate=True)


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(file_of(picture)))
    image.load()
    return image


def seen(data: bytes, aim: Aim | None = None) -> Image.Image:
    """Return what the model sees of a file, in RGB."""
    return opened(made(data, aim).picture).convert("RGB")


def near(one: Any, other: tuple[int, int, int], by: int = 30) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def exif(orientation: int = 1) -> Image.Exif:
    """Return EXIF as a phone writes it: orientation, owner, and where the picture was taken."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = SECRET.decode()
    gps = tags.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.0)
    gps[3], gps[4] = "E", (13.0, 24.0, 18.0)
    return tags


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_png(width: int, height: int) -> bytes:
    """Return the head of a PNG that says it is as large as this; there are no pixels in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"")


def app(number: int, data: bytes) -> bytes:
    """Return a part of a JPEG that belongs to some application."""
    return bytes((0xFF, 0xE0 + number)) + struct.pack(">H", 2 + len(data)) + data
