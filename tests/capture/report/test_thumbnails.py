"""Hostile bytes become a small picture or a note, and nothing else."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from capture.report import thumbnails
from capture.report.thumbnails import LONGEST, Thumbnail, thumbnail

PHOTOS = sorted((Path(__file__).parents[3] / "rehearsal" / "photos").glob("*.*g*"))
Save = Callable[..., bytes]


@pytest.fixture
def saved() -> Save:
    """Return a new picture's bytes."""

    def saved(mode: str, size: tuple[int, int], kind: str, colour: Any = 0, **more: Any) -> bytes:
        out = io.BytesIO()
        Image.new(mode, size, colour).save(out, kind, **more)
        return out.getvalue()

    return saved


def opened(made: Thumbnail | str) -> Image.Image:
    assert isinstance(made, Thumbnail)
    return Image.open(io.BytesIO(made.jpeg))


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.name)
def test_a_photo_becomes_a_small_jpeg(path: Path) -> None:
    made = thumbnail(path.read_bytes())
    image = opened(made)
    assert isinstance(made, Thumbnail)
    assert image.format == "JPEG"
    assert max(image.size) == LONGEST
    assert image.size == (made.width, made.height)
    assert made.whole == Image.open(io.BytesIO(path.read_bytes())).size
    assert len(made.jpeg) < 20_000


def test_a_picture_is_turned_upright(saved: Save) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    made = thumbnail(saved("RGB", (40, 20), "JPEG", exif=turned))
    assert opened(made).size == (20, 40)


def test_nothing_of_the_metadata_stays(saved: Save) -> None:
    where = Image.Exif()
    where[0x010E] = "at home"
    assert b"at home" not in opened(thumbnail(saved("RGB", (8, 8), "JPEG", exif=where))).tobytes()
    made = thumbnail(saved("RGB", (8, 8), "JPEG", exif=where))
    assert isinstance(made, Thumbnail)
    assert b"at home" not in made.jpeg


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "CMYK"])
def test_every_kind_of_pixel_can_be_shown(saved: Save, mode: str) -> None:
    made = thumbnail(saved(mode, (300, 100), "TIFF" if mode == "CMYK" else "PNG"))
    assert opened(made).size == (200, 67)


def test_what_is_transparent_is_white(saved: Save) -> None:
    image = opened(thumbnail(saved("RGBA", (10, 10), "PNG", (0, 0, 0, 0))))
    assert image.convert("L").getpixel((5, 5)) == 255


def test_more_pixels_than_the_limit_are_not_decoded(
    saved: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "MAX_PIXELS", 99)
    assert thumbnail(saved("RGB", (10, 10), "PNG")) == "too large to be shown: 10 x 10 pixels"


def test_a_bomb_is_no_more_than_a_note(monkeypatch: pytest.MonkeyPatch, saved: Save) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert thumbnail(saved("RGB", (100, 100), "PNG")) == "no picture that can be decoded"


@given(st.binary(max_size=200), st.sampled_from(PHOTOS), st.integers(0, 3_000))
def test_broken_bytes_are_a_note(data: bytes, path: Path, end: int) -> None:
    for broken in (data, path.read_bytes()[:end], path.read_bytes()[:end] + data):
        assert isinstance(thumbnail(broken), str | Thumbnail)


def test_a_picture_that_ends_too_early_is_a_note() -> None:
    assert thumbnail(PHOTOS[0].read_bytes()[:900]) == "no picture that can be decoded"


def test_a_drawing_that_could_hold_a_script_is_no_picture() -> None:
    assert isinstance(thumbnail(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), str)
