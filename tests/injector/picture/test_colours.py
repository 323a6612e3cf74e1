"""Whatever the pixels are made of, the model sees the colours that were meant."""

from typing import Any

import pytest
from PIL import Image, ImageCms, TiffImagePlugin

from tests.injector.picture.making import (
    RED,
    SECRET,
    WHITE,
    chunk,
    encoded,
    file_of,
    made,
    near,
    noise,
    opened,
    seen,
)


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", (9, 9, 9, 0)), ("LA", (0, 0)), ("RGBA", (0, 0, 0, 0))]
)
@pytest.mark.parametrize("size", [20, 3000])
def test_what_is_transparent_is_white(mode: str, colour: tuple[int, ...], size: int) -> None:
    assert seen(encoded(Image.new(mode, (size, size), colour), "PNG")).getpixel((5, 5)) == WHITE


def test_what_is_half_transparent_is_half_white() -> None:
    sent = encoded(Image.new("RGBA", (20, 20), (200, 0, 0, 128)), "PNG")
    assert near(seen(sent).getpixel((5, 5)), (227, 127, 127), by=2)


def test_a_transparent_palette_is_white_too() -> None:
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (0, 0, 10, 20))
    for kind in ("GIF", "PNG"):
        shown = seen(encoded(image, kind, transparency=0))
        assert shown.getpixel((15, 5)) == WHITE
        assert near(shown.getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "expected"),
    [
        ("L", "PNG", 100, (100, 100, 100)),
        ("L", "JPEG", 100, (100, 100, 100)),
        ("1", "PNG", 1, WHITE),
        ("1", "TIFF", 0, (0, 0, 0)),
        ("CMYK", "JPEG", (0, 0, 0, 255), (0, 0, 0)),
        ("CMYK", "JPEG", (0, 255, 255, 0), (255, 0, 0)),
        ("CMYK", "TIFF", (0, 255, 255, 0), (255, 0, 0)),
        ("I;16", "PNG", 0x6400, (100, 100, 100)),
        ("I;16", "TIFF", 0x6400, (100, 100, 100)),
        ("I;16B", "TIFF", 0x6400, (100, 100, 100)),
        ("I", "TIFF", 100, (100, 100, 100)),
        ("F", "TIFF", 100.0, (100, 100, 100)),
        ("F", "TIFF", 0.5, (127, 127, 127)),
        ("LAB", "TIFF", (137, 128, 128), (128, 128, 128)),
        ("YCbCr", "TIFF", (76, 85, 255), (254, 0, 0)),
    ],
)
@pytest.mark.parametrize("size", [(16, 16), (2400, 1600)])
def test_every_kind_of_pixel_becomes_its_colour(
    mode: str, kind: str, colour: Any, expected: tuple[int, int, int], size: tuple[int, int]
) -> None:
    shown = seen(encoded(Image.new(mode, size, colour), kind))
    assert near(shown.getpixel((3, 3)), expected, by=3)


def sixteen_bits(colour_type: int, pixel: bytes) -> bytes:
    """Return a PNG of 8 x 8 pixels of 16 bits a channel, which Pillow itself does not write."""
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", 8, 8, 16, colour_type, 0, 0, 0)
    rows = (b"\0" + pixel * 8) * 8
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


@pytest.mark.parametrize(
    ("colour_type", "pixel", "expected"),
    [
        (0, b"\x64\x00", (100, 100, 100)),
        (2, b"\xc8\x00\x64\x00\x0a\x00", (200, 100, 10)),
        (4, b"\x64\x00\xff\xff", (100, 100, 100)),
        (4, b"\x64\x00\x00\x00", WHITE),
        (6, b"\xc8\x00\x64\x00\x0a\x00\xff\xff", (200, 100, 10)),
        (6, b"\xc8\x00\x64\x00\x0a\x00\x00\x00", WHITE),
    ],
)
def test_a_png_of_sixteen_bits_keeps_its_colours(
    colour_type: int, pixel: bytes, expected: tuple[int, int, int]
) -> None:
    assert near(seen(sixteen_bits(colour_type, pixel)).getpixel((3, 3)), expected, by=2)


def wide_gamut(name: str = "mine") -> bytes:
    """Return a profile whose primaries lie outside those of sRGB: red and green are swapped.

    LittleCMS makes no Display P3 by itself; what a profile does shows best where it does much.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace("sRGB".encode("utf-16-be"), name.encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_a_profile_is_applied_and_then_gone(kind: str) -> None:
    sent = encoded(Image.new("RGB", (32, 32), (200, 40, 20)), kind, icc_profile=wide_gamut())
    picture = made(sent).picture
    assert near(opened(picture).convert("RGB").getpixel((5, 5)), (40, 200, 20), by=8)
    assert b"ICC_PROFILE" not in file_of(picture)
    assert b"iCCP" not in file_of(picture)


def test_a_profile_is_applied_where_there_is_transparency() -> None:
    image = Image.new("RGBA", (32, 32), (200, 40, 20, 255))
    image.paste((0, 0, 0, 0), (0, 0, 16, 32))
    shown = seen(encoded(image, "PNG", icc_profile=wide_gamut()))
    assert near(shown.getpixel((25, 5)), (40, 200, 20), by=3)
    assert shown.getpixel((5, 5)) == WHITE


@pytest.mark.parametrize("profile", [b"", b"x", b"\0" * 128, wide_gamut()[:300], b"\xff" * 4096])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    for mode, colour, expected in (("RGB", RED, RED), ("CMYK", (0, 255, 255, 0), (255, 0, 0))):
        sent = encoded(Image.new(mode, (32, 32), colour), "JPEG", icc_profile=profile)
        assert near(seen(sent).getpixel((5, 5)), expected, by=3)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_profile_for_other_pixels_is_ignored(mode: str) -> None:
    image = Image.new(mode, (32, 32), 100 if mode == "L" else (0, 255, 255, 0))
    shown = seen(encoded(image, "JPEG", icc_profile=wide_gamut()))
    assert near(shown.getpixel((5, 5)), (100, 100, 100) if mode == "L" else (255, 0, 0), by=3)


def test_srgb_by_its_name_changes_no_pixel() -> None:
    image = noise(40, 40).quantize(40).convert("RGB")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert seen(encoded(image, "PNG")) == seen(encoded(image, "PNG", icc_profile=profile))
    named = encoded(image, "PNG", icc_profile=wide_gamut("sRGB"))
    assert seen(named) == seen(encoded(image, "PNG"))


def test_a_tiff_whose_tags_are_odd_is_still_a_picture() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = SECRET.decode()
    sent = encoded(Image.new("RGB", (12, 8), RED), "TIFF", tiffinfo=tags)
    picture = made(sent).picture
    assert SECRET not in file_of(picture)
    assert (picture.width, picture.height) == (12, 8)
