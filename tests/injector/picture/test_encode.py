"""A photograph becomes a small JPEG, and what a machine has drawn stays sharp."""

import io
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from contract.errors import TooLarge
from injector.picture import Aim, encode
from injector.picture.content import is_drawn, parts
from injector.picture.encode import PHOTOGRAPH, encoded
from tests.injector.picture.making import (
    RED,
    file_of,
    made,
    noise,
    opened,
    photograph,
    screenshot,
)
from tests.injector.picture.making import encoded as saved


def qr() -> Image.Image:
    cells = Image.effect_noise((33, 33), 90).point(lambda level: 255 * (level > 127))
    return cells.resize((330, 330), Image.Resampling.NEAREST).convert("RGB")


def chart() -> Image.Image:
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    for place, height in enumerate((120, 300, 210, 400)):
        draw.rectangle(
            (60 + 140 * place, 460 - height, 160 + 140 * place, 460), fill=(60, 120, 200)
        )
    draw.line((40, 20, 40, 460, 620, 460), fill="black", width=2)
    return image


DRAWN = {"a screenshot": screenshot, "a QR code": qr, "a chart": chart}


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_stays_exact(name: str) -> None:
    image = DRAWN[name]()
    picture = made(saved(image, "PNG")).picture
    assert picture.media_type == "image/png"
    assert opened(picture).convert("RGB").tobytes() == image.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_large_screenshot_stays_sharp_when_it_is_scaled(kind: str) -> None:
    image = screenshot(1170, 2532, 40)
    picture = made(saved(image, kind)).picture
    shown, lossless = opened(picture), image.resize((768, 1662), Image.Resampling.LANCZOS)
    assert shown.size == (768, 1662)
    if shown.format == "JPEG":
        assert b"\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01" in file_of(picture)  # 4:4:4
    off = ImageChops.difference(shown.convert("RGB"), lossless).convert("L").histogram()
    assert sum(off[48:]) < 0.001 * sum(off)
    assert picture.size < 500_000


def test_a_screenshot_of_a_photograph_is_not_sent_as_a_huge_png(photos: dict[str, bytes]) -> None:
    image = screenshot(768, 1660, 20)
    image.paste(photograph(photos["astronaut.jpg"], 768, 768), (0, 300))
    picture = made(saved(image, "PNG")).picture
    assert picture.size < 500_000


@pytest.mark.parametrize("name", ["astronaut.jpg", "cat.webp", "coffee.png", "rocket.jpg"])
@pytest.mark.parametrize("size", [(300, 200), (4000, 3000)])
def test_a_photograph_is_taken_for_one(
    photos: dict[str, bytes], name: str, size: tuple[int, int]
) -> None:
    image = photograph(photos[name], *size)
    assert not is_drawn(image)
    assert not is_drawn(image.filter(ImageFilter.GaussianBlur(3)))
    buffer = io.BytesIO(saved(image, "JPEG", quality=50))
    assert not is_drawn(Image.open(buffer).convert("RGB"))


def test_a_gradient_is_light_and_not_drawn() -> None:
    assert not is_drawn(Image.linear_gradient("L").resize((600, 600)).rotate(90).convert("RGB"))


def test_one_colour_is_drawn() -> None:
    assert is_drawn(Image.new("RGB", (50, 50), RED))
    assert is_drawn(Image.new("RGB", (1, 50), RED))


def test_neighbours_are_compared_by_their_steepest_channel() -> None:
    image = Image.new("RGB", (4, 1), (10, 10, 10))
    image.putpixel((2, 0), (10, 10, 90))
    assert parts(image) == (1 / 3, 1)


def test_a_photograph_takes_the_best_quality_that_fits() -> None:
    plain, busy = noise(80, 60).resize((1024, 768)), noise(1024, 768)
    for image in (plain, busy):
        kind, data = encoded(image, drawn=False, resolution="model")
        assert kind == "image/jpeg"
        assert len(data) <= PHOTOGRAPH or image is busy
    best = saved(plain, "JPEG", quality=90, subsampling=2, optimize=True)
    assert encoded(plain, drawn=False, resolution="model")[1] == best


@pytest.mark.parametrize("drawn", [True, False])
def test_an_original_is_no_larger_than_the_api_takes(
    drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = noise(400, 300)
    monkeypatch.setattr(encode, "LARGEST", 45_000)
    kind, data = encoded(image, drawn=drawn, resolution="original")
    assert kind == "image/jpeg"
    assert len(data) <= 45_000
    monkeypatch.setattr(encode, "LARGEST", 4_000)
    with pytest.raises(TooLarge, match="send it smaller"):
        encoded(image, drawn=drawn, resolution="original")


def test_the_busiest_pixels_there_can_be_are_encoded() -> None:
    """They have more bytes than Pillow has room for while it looks for the best codes."""
    harsh = noise(200, 200).point(lambda level: 255 * (level > 127))
    for drawn in (True, False):
        for resolution in ("model", "original"):
            assert encoded(harsh, drawn=drawn, resolution=resolution)[1]


@pytest.mark.parametrize("resolution", ["model", "original"])
def test_what_is_sent_twice_becomes_the_same_picture(resolution: Any) -> None:
    sent = saved(noise(900, 900), "PNG")
    aim = Aim(resolution=resolution)
    assert made(sent, aim) == made(sent, aim)
