"""Whatever is done to a file, it is a picture or it is refused; nothing else comes out.

Real files of every format, small enough to be many, and changed as the world and attackers change
them: bits, cuts, pieces of other files in the middle, lengths that lie.
"""

import io
import struct
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import rehearsal
from contract.errors import NotAPicture, TooLarge
from injector.picture import Aim
from tests.injector.picture.making import (
    FORMATS,
    encoded,
    exif,
    made,
    noise,
    opened,
    photograph,
    screenshot,
)

PHOTOS = Path(rehearsal.__path__[0]) / "photos"

EXAMPLES = 500
"""For each test; there are five of them."""

LENGTHS = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


@cache
def corpus() -> list[bytes]:
    photo = photograph((PHOTOS / "cat.webp").read_bytes(), 90, 60)
    made_of: list[tuple[Image.Image, str, dict[str, Any]]] = [
        *((photo, kind, {}) for kind in FORMATS),
        *((photo, kind, {"exif": exif(6)}) for kind in FORMATS if kind not in {"GIF", "BMP"}),
        (photo, "JPEG", {"progressive": True}),
        (photo.convert("CMYK"), "JPEG", {}),
        (photo.convert("L"), "JPEG", {}),
        (photo.convert("I;16"), "PNG", {}),
        (photo.quantize(16), "PNG", {"transparency": 3}),
        (photo.convert("RGBA"), "WEBP", {"lossless": True}),
        (photo.convert("1"), "TIFF", {"compression": "group4"}),
        (photo, "TIFF", {"compression": "tiff_lzw"}),
        (photo, "TIFF", {"compression": "jpeg"}),
        (photo.quantize(16), "BMP", {}),
        (screenshot(90, 60, 9), "PNG", {}),
        (noise(9, 9), "GIF", {"save_all": True, "append_images": [noise(9, 9)]}),
        (noise(9, 9), "PNG", {"save_all": True, "append_images": [noise(9, 9)]}),
    ]
    return [encoded(image, kind, **options) for image, kind, options in made_of]


def check(data: bytes) -> None:
    """Hold that bytes are a picture that can be shown, or refused with a sentence."""
    refused: NotAPicture | TooLarge | None = None
    try:
        picture = made(data, Aim()).picture
    except (NotAPicture, TooLarge) as error:
        refused = error
    if refused is not None:
        assert len(str(refused)) > 20
        assert refused.http_status in {413, 415}
        assert refused.param == "image"
        assert "0x" not in str(refused)  # a decoder's own objects say nothing to anybody
        return
    image = opened(picture)
    assert image.size == (picture.width, picture.height)
    assert image.mode in {"RGB", "L", "P"}


often = settings(
    max_examples=EXAMPLES,
    deadline=None,
)
which = st.integers(0, 10_000)
where = st.floats(0, 1, exclude_max=True)


def file(number: int) -> bytearray:
    return bytearray(corpus()[number % len(corpus())])


@often
@given(which, st.lists(st.tuples(st.integers(0, 900), st.integers(0, 255)), min_size=1, max_size=6))
def test_bytes_near_the_beginning_are_others(number: int, changes: list[tuple[int, int]]) -> None:
    data = file(number)
    for place, value in changes:
        data[place % len(data)] = value
    check(bytes(data))


@often
@given(which, st.lists(st.tuples(where, st.integers(0, 7)), min_size=1, max_size=40))
def test_bits_anywhere_are_flipped(number: int, flips: list[tuple[float, int]]) -> None:
    data = file(number)
    for place, bit in flips:
        data[int(place * len(data))] ^= 1 << bit
    check(bytes(data))


@often
@given(which, where, where, st.booleans())
def test_a_piece_is_missing(number: int, one: float, other: float, at_end: bool) -> None:
    data = file(number)
    first, last = sorted((int(one * len(data)), int(other * len(data))))
    check(bytes(data[:first]) + (b"" if at_end else bytes(data[last:])))


@often
@given(which, which, where, where)
def test_a_piece_of_another_file_is_in_the_middle(
    number: int, other: int, one: float, two: float
) -> None:
    data, foreign = file(number), file(other)
    place = int(one * len(data))
    check(bytes(data[:place] + foreign[int(two * len(foreign)) :] + data[place:]))


@often
@given(which, where, st.sampled_from(LENGTHS), st.sampled_from(["<H", ">H", "<I", ">I"]))
def test_a_length_lies(number: int, place: float, value: int, form: str) -> None:
    data = file(number)
    size = struct.calcsize(form)
    at = int(place * place * (len(data) - size))  # lengths stand near the beginning
    data[at : at + size] = struct.pack(form, value & (1 << 8 * size) - 1)
    check(bytes(data))


@pytest.mark.parametrize("ending", [b"", b"\0", b"\xff" * 3, b"\xff\xd9"])
def test_every_beginning_of_a_file_is_refused_or_a_picture(ending: bytes) -> None:
    for data in corpus():
        for end in range(0, min(len(data), 240), 7):
            check(data[:end] + ending)


def test_the_files_themselves_are_pictures() -> None:
    for data in corpus():
        assert made(data).picture.size
        assert Image.open(io.BytesIO(data)).format
