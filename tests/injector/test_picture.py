import base64
import hashlib
import io
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, TiffImagePlugin
from pillow_heif import register_heif_opener

from contract.errors import NotAPicture, TooLarge
from injector.picture import MAX_PIXELS, prepare
from injector.shared import Picture

register_heif_opener()

RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (255, 255, 255)
SECRET = b"a name nobody should read"

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "TIFF", "BMP"]


def noise(width: int, height: int) -> Image.Image:
    """Return a picture of many colours."""
    channels = [Image.effect_noise((width, height), sigma) for sigma in (40, 80, 120)]
    return Image.merge("RGB", channels)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(picture: Picture) -> bytes:
    """Return the file that the model is shown."""
    head, _, data = str(json.loads(picture.part)).partition(",")
    assert head == f"data:{picture.media_type};base64"
    return base64.b64decode(data, validate=True)


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(pixels(picture)))
    image.load()
    return image


def near(one: Any, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= 30 for a, b in zip(one, other, strict=True))


def exif(orientation: int = 1) -> Image.Exif:
    """Return EXIF as a phone writes it: orientation, owner, and where the picture was taken."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = SECRET.decode()
    gps = tags.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.0)
    gps[3], gps[4] = "E", (13.0, 24.0, 18.0)
    return tags


@pytest.mark.parametrize("kind", FORMATS)
def test_what_peoples_devices_make_is_taken(kind: str) -> None:
    picture = prepare(encoded(Image.new("RGB", (40, 30), RED), kind))
    assert (picture.width, picture.height) == (40, 30)
    image = opened(picture)
    assert image.size == (40, 30)
    assert near(image.convert("RGB").getpixel((20, 15)), RED)
    assert picture.media_type in {"image/png", "image/jpeg"}


@pytest.mark.parametrize("name", ["astronaut.jpg", "cat.webp", "coffee.png", "rocket.jpg"])
def test_a_photograph_becomes_a_jpeg(photos: dict[str, bytes], name: str) -> None:
    picture = prepare(photos[name])
    assert picture.media_type == "image/jpeg"
    assert opened(picture).format == "JPEG"


def test_a_picture_says_what_the_model_is_shown() -> None:
    picture = prepare(encoded(noise(100, 60), "PNG"))
    data = pixels(picture)
    assert picture.size == len(data)
    assert picture.digest == hashlib.sha256(data).hexdigest()
    assert json.loads(picture.part).startswith(f"data:{picture.media_type};base64,")


def test_few_colours_are_kept_as_they_are() -> None:
    picture = prepare(encoded(Image.new("RGB", (50, 50), (1, 2, 3)), "PNG"))
    assert picture.media_type == "image/png"
    assert opened(picture).convert("RGB").getpixel((9, 9)) == (1, 2, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("few", [True, False])
def test_all_metadata_is_gone(kind: str, few: bool) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"exif": exif(), "icc_profile": profile}
    if kind == "JPEG":
        options |= {"comment": SECRET, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    sent = encoded(Image.new("RGB", (64, 64), RED) if few else noise(64, 64), kind, **options)
    assert SECRET in sent
    picture = prepare(sent)
    data, image = pixels(picture), opened(picture)
    assert SECRET not in data
    assert not image.getexif()
    assert {"icc_profile", "comment", "xmp", "exif"}.isdisjoint(image.info)
    assert b"Exif" not in data
    assert b"eXIf" not in data


def quarters(image: Image.Image) -> list[Any]:
    image = image.convert("RGB")
    wide, high = image.size
    places = [(1, 1), (3, 1), (1, 3), (3, 3)]
    return [image.getpixel((wide * x // 4, high * y // 4)) for x, y in places]


UPRIGHT = [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "undone_by"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
        (0, None),
        (9, None),
    ],
)
def test_a_picture_is_turned_upright(
    kind: str, orientation: int, undone_by: Image.Transpose | None
) -> None:
    upright = Image.new("RGB", (80, 40), WHITE)
    upright.paste(RED, (0, 0, 40, 20))
    upright.paste(GREEN, (40, 0, 80, 20))
    upright.paste(BLUE, (0, 20, 40, 40))
    lying = upright if undone_by is None else upright.transpose(undone_by)
    picture = prepare(encoded(lying, kind, exif=exif(orientation)))
    assert (picture.width, picture.height) == (80, 40)
    for seen, meant in zip(quarters(opened(picture)), UPRIGHT, strict=True):
        assert near(seen, meant)


@pytest.mark.parametrize("tag", [b"\x00\x09\x00\x00", b"\xff\xff\xff\xff", b"\x00\x02\xff\xff"])
def test_broken_metadata_does_not_cost_the_picture(tag: bytes) -> None:
    sent = encoded(Image.new("RGB", (40, 20), RED), "JPEG", exif=exif(6))
    at = sent.index(b"Exif\0\0") + 20
    for offset in range(at, at + 40, 3):
        broken = sent[:offset] + tag + sent[offset + len(tag) :]
        assert {prepare(broken).width, prepare(broken).height} == {40, 20}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((2048, 768), (2048, 768)),
        ((768, 768), (768, 768)),
        ((1000, 1000), (768, 768)),
        ((4000, 3000), (1024, 768)),
        ((3000, 4000), (768, 1024)),
        ((4096, 100), (2048, 50)),
        ((5000, 1), (2048, 1)),
        ((640, 480), (640, 480)),
        ((1, 1), (1, 1)),
    ],
)
def test_a_picture_is_no_larger_than_what_the_model_looks_at(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    picture = prepare(encoded(Image.new("RGB", size, RED), "BMP"))
    assert (picture.width, picture.height) == expected
    assert opened(picture).size == expected


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", (9, 9, 9, 0)), ("LA", (0, 0)), ("RGBA", (0, 0, 0, 0))]
)
def test_what_is_transparent_is_white(mode: str, colour: tuple[int, ...]) -> None:
    picture = prepare(encoded(Image.new(mode, (20, 20), colour), "PNG"))
    assert opened(picture).convert("RGB").getpixel((5, 5)) == WHITE


def test_a_transparent_palette_is_white_too() -> None:
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (0, 0, 10, 20))
    shown = opened(prepare(encoded(image, "GIF", transparency=0))).convert("RGB")
    assert shown.getpixel((15, 5)) == WHITE
    assert near(shown.getpixel((5, 5)), RED)


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "expected"),
    [
        ("L", "PNG", 100, (100, 100, 100)),
        ("1", "PNG", 1, WHITE),
        ("CMYK", "JPEG", (0, 0, 0, 255), (0, 0, 0)),
        ("CMYK", "TIFF", (0, 255, 255, 0), (255, 0, 0)),
        ("I;16", "PNG", 0x6400, (100, 100, 100)),
        ("I;16", "TIFF", 0x6400, (100, 100, 100)),
        ("I;16B", "TIFF", 0x6400, (100, 100, 100)),
    ],
)
def test_every_kind_of_pixel_becomes_its_colour(
    mode: str, kind: str, colour: Any, expected: tuple[int, int, int]
) -> None:
    shown = opened(prepare(encoded(Image.new(mode, (16, 16), colour), kind)))
    assert near(shown.convert("RGB").getpixel((3, 3)), expected)


def test_of_an_animation_the_first_picture_is_shown() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    sent = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert near(opened(prepare(sent)).convert("RGB").getpixel((5, 5)), RED)


def huge_png(width: int, height: int) -> bytes:
    """Return the head of a PNG that says it is as large as this; there are no pixels in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


@pytest.mark.parametrize("size", [(10_001, 10_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match="pixels") as caught:
        prepare(huge_png(*size))
    assert caught.value.param == "image"


def test_as_many_pixels_as_the_limit_are_decoded() -> None:
    assert MAX_PIXELS == 10_000 * 10_000
    with pytest.raises(NotAPicture, match="is it whole"):
        prepare(huge_png(10_000, 10_000))


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the picture is empty"),
        (b"hello", "no picture"),
        (b"\x00" * 4096, "no picture"),
        (SVG, "no picture"),
        (EPS, "no picture"),
        (b"%PDF-1.7\n1 0 obj\n", "no picture"),
        (b"\xff\xd8\xff", "no picture"),
        (b"GIF89a", "no picture"),
        (b"RIFF\x00\x00\x00\x00WEBP", "no picture"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotAPicture, match=message) as caught:
        prepare(data)
    assert caught.value.param == "image"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "TIFF", "BMP"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_picture_that_was_cut_short_is_refused(kind: str, part: float) -> None:
    whole = encoded(noise(200, 150), kind)
    with pytest.raises(NotAPicture):
        prepare(whole[: int(len(whole) * part)])


@pytest.mark.parametrize("box", [b"iloc", b"iinf", b"pitm", b"av01", b"meta", b"hdlr", b"iprp"])
@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_a_file_whose_parts_do_not_fit_is_refused(kind: str, box: bytes) -> None:
    sent = encoded(noise(24, 16), kind)
    with pytest.raises(NotAPicture):
        prepare(sent.replace(box if box in sent else b"hvc1", b"xxxx"))


@pytest.fixture(scope="module")
def small() -> Callable[[str], bytes]:
    image = noise(24, 16)
    files = {kind: encoded(image, kind) for kind in FORMATS}
    return files.__getitem__


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_broken_bytes_are_a_picture_or_refused_and_nothing_else(
    small: Callable[[str], bytes], kind: str, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(small(kind))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        picture = prepare(bytes(data))
    except (NotAPicture, TooLarge):
        return
    assert opened(picture).size == (picture.width, picture.height)


def test_a_tiff_whose_tags_are_odd_is_still_a_picture() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = SECRET.decode()
    sent = encoded(Image.new("RGB", (12, 8), RED), "TIFF", tiffinfo=tags)
    picture = prepare(sent)
    assert SECRET not in pixels(picture)
    assert (picture.width, picture.height) == (12, 8)
