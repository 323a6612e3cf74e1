"""Every orientation, in every format that can tell of one, is undone once and only once."""

from typing import Any

import pytest
from PIL import Image

from injector.picture import Aim
from tests.injector.picture.making import (
    BLUE,
    GREEN,
    RED,
    SECRET,
    WHITE,
    app,
    encoded,
    exif,
    made,
    near,
    opened,
)

UPRIGHT = [RED, GREEN, BLUE, WHITE]
UNDONE_BY = [
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
]


def quarters(image: Image.Image) -> list[Any]:
    image = image.convert("RGB")
    wide, high = image.size
    places = [(1, 1), (3, 1), (1, 3), (3, 3)]
    return [image.getpixel((wide * x // 4, high * y // 4)) for x, y in places]


def coloured(width: int = 80, height: int = 40) -> Image.Image:
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def lying(undone_by: Image.Transpose | None, **size: int) -> Image.Image:
    return coloured(**size) if undone_by is None else coloured(**size).transpose(undone_by)


def check(data: bytes, size: tuple[int, int] = (80, 40)) -> None:
    picture = made(data).picture
    assert (picture.width, picture.height) == size
    for seen, meant in zip(quarters(opened(picture)), UPRIGHT, strict=True):
        assert near(seen, meant)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize(("orientation", "undone_by"), UNDONE_BY)
def test_a_picture_is_turned_upright(
    kind: str, orientation: int, undone_by: Image.Transpose | None
) -> None:
    check(encoded(lying(undone_by), kind, exif=exif(orientation)))


@pytest.mark.parametrize(("orientation", "undone_by"), UNDONE_BY[:8])
def test_a_heic_that_says_itself_how_it_is_turned_is_not_turned_twice(
    orientation: int, undone_by: Image.Transpose | None
) -> None:
    image = lying(undone_by)
    image.info["exif"] = exif(orientation).tobytes()  # pillow-heif then writes both
    sent = encoded(image, "HEIF")
    assert (b"irot" in sent or b"imir" in sent) == (orientation != 1)
    assert sent.count(SECRET) == 1
    check(sent)


@pytest.mark.parametrize(("orientation", "undone_by"), UNDONE_BY[:8])
def test_a_large_picture_is_turned_upright_too(
    orientation: int, undone_by: Image.Transpose | None
) -> None:
    sent = encoded(lying(undone_by, width=4000, height=2000), "JPEG", exif=exif(orientation))
    check(sent, (1536, 768))


def test_the_orientation_of_xmp_counts_where_there_is_no_other() -> None:
    xmp = b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="6"/>'
    plain = encoded(lying(Image.Transpose.ROTATE_90), "JPEG")
    check(plain[:2] + app(1, xmp) + plain[2:])
    both = encoded(lying(None), "JPEG", exif=exif(1))
    check(both[:2] + app(1, xmp) + both[2:])


@pytest.mark.parametrize("tag", [b"\x00\x09\x00\x00", b"\xff\xff\xff\xff", b"\x00\x02\xff\xff"])
def test_broken_metadata_does_not_cost_the_picture(tag: bytes) -> None:
    sent = encoded(Image.new("RGB", (40, 20), RED), "JPEG", exif=exif(6))
    at = sent.index(b"Exif\0\0") + 20
    for offset in range(at, at + 40, 3):
        broken = sent[:offset] + tag + sent[offset + len(tag) :]
        picture = made(broken, Aim()).picture
        assert {picture.width, picture.height} == {40, 20}
