"""The way through: what devices make becomes small, upright, bare, and of the right kind."""

import hashlib
import json
import subprocess
import sys
from array import array
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageMath

from contract.errors import NotAPicture, TooLarge
from injector.picture import Aim, prepare
from tests.injector.picture.making import (
    BLUE,
    FORMATS,
    RED,
    SECRET,
    encoded,
    exif,
    file_of,
    made,
    near,
    noise,
    opened,
    photograph,
    screenshot,
    seen,
)

NAMES = {"WEBP": "WebP", "HEIF": "HEIC"}


@pytest.mark.parametrize("kind", FORMATS)
def test_what_peoples_devices_make_is_taken(kind: str) -> None:
    sent = encoded(Image.new("RGB", (40, 30), RED), kind)
    prepared = made(sent)
    picture, received = prepared.picture, prepared.received
    assert (received.format, received.size) == (NAMES.get(kind, kind), len(sent))
    assert (received.width, received.height) == (40, 30)
    assert received.media_type == f"image/{NAMES.get(kind, kind).lower()}"
    assert (picture.width, picture.height) == (40, 30)
    image = opened(picture)
    assert image.size == (40, 30)
    assert near(image.convert("RGB").getpixel((20, 15)), RED)
    assert picture.media_type in {"image/png", "image/jpeg"}


@pytest.mark.parametrize("name", ["astronaut.jpg", "cat.webp", "coffee.png", "rocket.jpg"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_photograph_becomes_a_jpeg_however_it_is_sent(
    photos: dict[str, bytes], name: str, kind: str
) -> None:
    sent = encoded(photograph(photos[name], 480, 360), kind)
    if kind == "GIF":  # 256 colours make it coarser, and no drawing
        sent = encoded(photograph(photos[name], 480, 360).quantize(256), kind)
    picture = made(sent).picture
    assert picture.media_type == "image/jpeg"
    assert opened(picture).format == "JPEG"


def test_a_picture_says_what_the_model_is_shown() -> None:
    sent = encoded(noise(100, 60), "PNG")
    picture = made(sent).picture
    data = file_of(picture)
    assert picture.size == len(data)
    assert picture.digest == hashlib.sha256(data).hexdigest()
    assert picture.source == hashlib.sha256(sent).hexdigest()
    assert json.loads(picture.part).startswith(f"data:{picture.media_type};base64,")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("drawn", [True, False])
@pytest.mark.parametrize("resolution", ["model", "original"])
def test_all_metadata_is_gone(kind: str, drawn: bool, resolution: Any) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"exif": exif(), "icc_profile": profile}
    if kind == "JPEG":
        options |= {"comment": SECRET, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    sent = encoded(Image.new("RGB", (64, 64), RED) if drawn else noise(64, 64), kind, **options)
    assert SECRET in sent
    picture = made(sent, Aim(resolution=resolution)).picture
    data, image = file_of(picture), opened(picture)
    assert not image.getexif()
    assert {"icc_profile", "comment", "xmp", "exif"}.isdisjoint(image.info)
    for trace in (SECRET, b"Exif", b"eXIf", b"iCCP", b"tEXt", b"xmpmeta", b"ICC_PROFILE", b"8BIM"):
        assert trace not in data


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
        ((1, 5000), (1, 2048)),
        ((640, 480), (640, 480)),
        ((1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["BMP", "JPEG"])
def test_a_picture_is_no_larger_than_what_the_model_looks_at(
    size: tuple[int, int], expected: tuple[int, int], kind: str
) -> None:
    prepared = made(encoded(Image.new("RGB", size, RED), kind))
    assert (prepared.received.width, prepared.received.height) == size
    assert (prepared.picture.width, prepared.picture.height) == expected
    assert opened(prepared.picture).size == expected


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_original_keeps_all_pixels(photos: dict[str, bytes], kind: str) -> None:
    image = photograph(photos["coffee.png"], 2400, 1600)
    picture = made(encoded(image, kind), Aim(resolution="original")).picture
    assert (picture.width, picture.height) == (2400, 1600)
    assert likeness(opened(picture), image) > 0.97


def means(image: Image.Image) -> list[float]:
    blocks = (image.width // 8, image.height // 8)
    box = (0, 0, 8 * blocks[0], 8 * blocks[1])
    small = image.resize(blocks, Image.Resampling.BOX, box)
    return array("f", small.tobytes()).tolist()


def times(one: Image.Image, other: Image.Image) -> Image.Image:
    product = ImageMath.lambda_eval(lambda it: it["a"] * it["b"], a=one, b=other)
    assert isinstance(product, Image.Image)
    return product


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Return the structural similarity of two pictures' brightness, over blocks of 8 x 8 pixels.

    Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004.
    """
    x, y = one.convert("L").convert("F"), other.convert("L").convert("F")
    moments = (means(it) for it in (x, y, times(x, x), times(y, y), times(x, y)))
    total, count = 0.0, 0
    for mx, my, mxx, myy, mxy in zip(*moments, strict=True):
        near_ = (2 * mx * my + 6.5025) / (mx * mx + my * my + 6.5025)
        spread = (mxx - mx * mx) + (myy - my * my)
        total += near_ * (2 * (mxy - mx * my) + 58.5225) / (spread + 58.5225)
        count += 1
    return total / count


@pytest.mark.parametrize(
    ("name", "kind", "model"),
    [
        ("astronaut.jpg", "JPEG", "gpt-4o"),
        ("coffee.png", "JPEG", "gpt-4o"),
        ("rocket.jpg", "JPEG", "gpt-4o"),
        ("cat.webp", "JPEG", "gpt-6-luna"),
        ("coffee.png", "JPEG", "gpt-6-luna"),
        ("astronaut.jpg", "HEIF", "gpt-4o"),
    ],
)
def test_a_phones_photograph_is_small_and_looks_the_same(
    photos: dict[str, bytes], name: str, kind: str, model: str
) -> None:
    aim = Aim(model)
    image = photograph(photos[name], 4032, 3024)
    sent = encoded(image, kind, quality=90)
    picture = made(sent, aim).picture
    assert picture.size <= 300_000
    there = seen(sent, aim)
    lossless = image.resize(there.size, Image.Resampling.LANCZOS)
    assert likeness(there, lossless) > 0.97
    off = ImageChops.difference(there, lossless).convert("L").histogram()
    assert sum(level * many for level, many in enumerate(off)) / sum(off) < 3


def test_a_photograph_full_of_detail_is_small_too() -> None:
    sent = encoded(noise(1000, 750).resize((4032, 3024), Image.Resampling.BICUBIC), "JPEG")
    picture = made(sent).picture
    assert picture.media_type == "image/jpeg"
    assert picture.size <= 300_000


@pytest.mark.parametrize("kind", FORMATS)
def test_of_an_animation_the_first_picture_is_shown(kind: str) -> None:
    if kind in {"JPEG", "BMP", "HEIF"}:
        pytest.skip("holds one picture")
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    sent = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert near(seen(sent).getpixel((5, 5)), RED)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_picture_that_was_cut_short_is_refused(kind: str, part: float) -> None:
    whole = encoded(noise(200, 150), kind)
    with pytest.raises(NotAPicture) as caught:
        made(whole[: int(len(whole) * part)])
    assert caught.value.param == "image"


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("progressive", [True, False])
def test_a_jpeg_that_was_cut_and_closed_is_refused_and_never_half_grey(
    photos: dict[str, bytes], part: float, progressive: bool
) -> None:
    whole = encoded(photograph(photos["coffee.png"], 640, 480), "JPEG", progressive=progressive)
    if progressive:
        part = min(part, 0.05)  # a later cut costs sharpness only, all over the picture
    with pytest.raises(NotAPicture, match="is it whole"):
        made(whole[: int(len(whole) * part)] + b"\xff\xd9")


@pytest.mark.parametrize("box", [b"iloc", b"iinf", b"pitm", b"av01", b"meta", b"hdlr", b"iprp"])
@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_a_file_whose_parts_do_not_fit_is_refused(kind: str, box: bytes) -> None:
    sent = encoded(noise(24, 16), kind)
    with pytest.raises(NotAPicture):
        made(sent.replace(box if box in sent else b"hvc1", b"xxxx"))


def test_too_little_memory_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = encoded(noise(24, 16), "PNG")
    for place in ("decode.Image.Image.load", "preparation.encoded", "preparation.plain"):
        with monkeypatch.context() as patch:

            def fails(*_: Any, **__: Any) -> None:
                raise MemoryError

            target = "PIL.ImageFile.ImageFile.load" if place.startswith("decode") else place
            patch.setattr(
                target if target.startswith("PIL") else f"injector.picture.{target}", fails
            )
            with pytest.raises(TooLarge, match="memory"):
                made(sent)


def test_what_a_picture_costs_is_known_without_a_decoder() -> None:
    code = (
        "import sys; from injector.picture import Aim, fitted, prepare, tokens\n"
        "tokens(*fitted(4032, 3024, Aim()), 'gpt-4o', 'high')\n"
        "sys.exit('PIL' in sys.modules or 'pillow_heif' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_screenshot_stays_exact() -> None:
    image = screenshot()
    picture = prepare(encoded(image, "PNG"), Aim()).picture
    assert picture.media_type == "image/png"
    assert opened(picture).convert("RGB").tobytes() == image.tobytes()
