import io
import itertools

import pytest
from PIL import Image

from contract.errors import NotAPicture
from rehearsal.eyes import Seen, colour_word, describe

RED, GREEN, BLUE, WHITE = (220, 20, 20), (30, 150, 40), (30, 60, 210), (255, 255, 255)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def flag() -> Image.Image:
    image = Image.new("RGB", (80, 40), RED)
    image.paste(GREEN, (40, 0, 80, 20))
    image.paste(BLUE, (0, 20, 40, 40))
    image.paste(WHITE, (40, 20, 80, 40))
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_type_size_and_the_colour_of_each_quarter_come_from_the_pixels(
    flag: Image.Image, kind: str
) -> None:
    assert describe(saved(flag, kind)) == Seen(kind, 80, 40, ("red", "green", "blue", "white"))


def test_the_sentence_says_everything_in_order(flag: Image.Image) -> None:
    assert describe(saved(flag, "PNG")).sentence() == (
        "It is a PNG of 80 x 40 pixels; main colours: top left red, top right green, "
        "bottom left blue, bottom right white."
    )


def test_the_photographs_differ_from_each_other_by_colours_alone(photos: dict[str, bytes]) -> None:
    assert len({describe(data).quarters for data in photos.values()}) == len(photos)


@pytest.mark.parametrize("name", ["astronaut.jpg", "cat.webp", "coffee.png", "rocket.jpg"])
@pytest.mark.parametrize("scale", [0.1, 0.5, 0.768, 1.0, 1.5])
def test_the_colours_survive_jpeg_at_quality_85_and_scaling(
    photos: dict[str, bytes], name: str, scale: float
) -> None:
    with Image.open(io.BytesIO(photos[name])) as image:
        size = (round(image.width * scale), round(image.height * scale))
        again = saved(image.convert("RGB").resize(size), "JPEG", quality=85)
    assert describe(again).quarters == describe(photos[name]).quarters


def test_a_large_jpeg_keeps_its_own_size_though_it_is_decoded_smaller(flag: Image.Image) -> None:
    seen = describe(saved(flag.resize((4000, 3000)), "JPEG"))
    assert seen == Seen("JPEG", 4000, 3000, ("red", "green", "blue", "white"))


def test_a_photograph_held_sideways_is_seen_as_stored_unless_asked_upright(
    flag: Image.Image,
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(flag, "JPEG", exif=exif, quality=95)
    assert describe(data) == Seen("JPEG", 80, 40, ("red", "green", "blue", "white"))
    upright = Seen("JPEG", 40, 80, ("blue", "red", "white", "green"))
    assert describe(data, upright=True) == upright


def test_what_is_transparent_is_seen_on_white() -> None:
    assert (
        describe(saved(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG")).quarters == ("white",) * 4
    )


def test_a_picture_with_its_end_missing_is_refused(photos: dict[str, bytes]) -> None:
    for data in photos.values():
        with pytest.raises(NotAPicture, match="cannot be decoded"):
            describe(data[: len(data) // 2])


def test_bytes_that_are_no_picture_of_a_known_type_are_refused(flag: Image.Image) -> None:
    for data in (b"", b"hello", b"<svg/>", saved(flag, "BMP")):
        with pytest.raises(NotAPicture):
            describe(data)


def test_a_gif_that_moves_is_refused(flag: Image.Image) -> None:
    moving = saved(flag, "GIF", save_all=True, append_images=[Image.new("RGB", (80, 40), BLUE)])
    with pytest.raises(NotAPicture, match="several frames"):
        describe(moving)


def test_a_decompression_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(Image.new("1", (300, 300)), "PNG")
    for limit in (50_000, 10_000):  # Pillow warns above the limit and refuses above its double
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(NotAPicture):
            describe(data)


@pytest.mark.parametrize(
    ("rgb", "word"),
    [
        ((0, 0, 0), "black"),
        ((64, 64, 64), "dark grey"),
        ((128, 128, 128), "grey"),
        ((211, 211, 211), "light grey"),
        ((255, 255, 255), "white"),
        ((255, 0, 0), "red"),
        ((255, 165, 0), "orange"),
        ((139, 69, 19), "brown"),
        ((255, 255, 0), "yellow"),
        ((0, 128, 0), "green"),
        ((0, 255, 255), "cyan"),
        ((0, 0, 128), "blue"),
        ((135, 206, 235), "blue"),
        ((128, 0, 128), "purple"),
        ((255, 192, 203), "pink"),
    ],
)
def test_a_colour_has_the_word_that_people_use(rgb: tuple[int, int, int], word: str) -> None:
    assert colour_word(rgb) == word


def test_every_colour_has_a_word() -> None:
    steps = range(0, 256, 51)
    words = {colour_word((r, g, b)) for r, g, b in itertools.product(steps, steps, steps)}
    assert len(words) == 14
