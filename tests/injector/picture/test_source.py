"""Limits are held before anything is decoded, and what only costs time never reaches a decoder."""

import io
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from contract.errors import NotAPicture, RequestError, TooLarge
from injector.picture import jpeg, source
from injector.picture.sniff import JPEG, sniff
from injector.picture.source import MAX_PIXELS, MAX_SIDE
from tests.injector.picture.making import (
    RED,
    SECRET,
    app,
    chunk,
    encoded,
    exif,
    huge_png,
    made,
    near,
    noise,
    seen,
)

SMALL = encoded(noise(64, 48), "JPEG")


@pytest.mark.parametrize(
    "size", [(10_001, 10_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1), (30_000, 1), (1, 30_000)]
)
def test_too_many_pixels_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge, match=f"{size[0]} x {size[1]} pixels; the limit is") as caught:
        made(huge_png(*size))
    assert caught.value.param == "image"
    assert caught.value.http_status == 413


def test_as_many_pixels_as_the_limit_are_decoded() -> None:
    assert MAX_PIXELS == 10_000 * 10_000
    with pytest.raises(NotAPicture, match="is it whole"):
        made(huge_png(10_000, 10_000))


def test_a_panorama_of_a_telephone_is_taken() -> None:
    assert 16_384 < MAX_SIDE < 30_000
    prepared = made(encoded(Image.new("RGB", (16_384, 3_000), RED), "JPEG", quality=30))
    assert (prepared.picture.width, prepared.picture.height) == (2048, 375)


def said(kind: str, width: int, height: int) -> bytes:
    """Return a file whose header says that it is so large."""
    if kind == "GIF":
        return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b","
    if kind == "BMP":
        return (
            b"BM" + b"\0" * 12 + struct.pack("<IiiHHI", 40, width, -height, 1, 24, 0) + b"\0" * 40
        )
    if kind == "JPEG":
        return SMALL.replace(struct.pack(">HH", 48, 64), struct.pack(">HH", height, width))
    if kind == "TIFF":
        tags = [(256, width), (257, height), (258, 8), (262, 1), (273, 8), (279, 1)]
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + b"\0\0\0\0"
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size


@pytest.mark.parametrize("kind", ["GIF", "BMP", "JPEG", "TIFF", "WEBP"])
def test_every_header_is_read_before_a_decoder_is_asked(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: Any, **__: Any) -> None:
        raise AssertionError("a decoder was asked")

    monkeypatch.setattr(Image, "open", asked)
    with pytest.raises(TooLarge, match="40000 x 41000 pixels"):
        made(said(kind, 40_000, 41_000))


def bomb() -> bytes:
    """Return a PNG of few bytes and as many pixels as are allowed."""
    head = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * 10_001) for _ in range(10_000)) + packer.flush()
    data = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def text_bomb(name: bytes) -> bytes:
    """Return a PNG with a text, or a profile, that unpacks to 200 MB."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    png = encoded(Image.new("RGB", (8, 8), RED), "PNG")
    return png[:33] + chunk(name, b"x\0\0" + packed) + png[33:]


def passes(count: int, size: int = 4000) -> bytes:
    """Return a progressive JPEG whose last pass is there again and again."""
    whole = encoded(Image.new("RGB", (size, size), RED), "JPEG", progressive=True)
    at = whole.rindex(b"\xff\xda")
    return whole[:at] + whole[at:-2] * count + whole[-2:]


def overlapping() -> bytes:
    """Return a TIFF of 1 MB, 10,000 tags of which point to all of it."""
    count = 10_000
    tags = (struct.pack("<HHII", 40_000 + it, 1, 900_000, 8) for it in range(count))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", count) + b"".join(tags) + b"\0" * 900_000


COSTLY: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "a bomb": (bomb, None),
    "a text that unpacks": (lambda: text_bomb(b"zTXt"), None),
    "a profile that unpacks": (lambda: text_bomb(b"iCCP"), "is it whole"),
    "a thousand passes": (lambda: passes(1000, 64), "passes"),
    "passes over many pixels": (lambda: passes(50), "passes"),
    "a JPEG in a million parts": (
        lambda: SMALL[:2] + app(5, b"") * 1_000_000 + SMALL[2:],
        "cut into more than",
    ),
    "a JPEG of fill bytes": (lambda: b"\xff\xd8" + b"\xff" * 5_000_000, "is it whole"),
    "a JPEG and the ends of a million archives": (
        lambda: SMALL + b"PK\5\6" * 1_000_000,
        "a ZIP archive",
    ),
    "a PNG in a million chunks": (
        lambda: huge_png(9, 9) + chunk(b"IDAT", b"") * 1_000_000,
        "cut into more than",
    ),
    "a GIF of comments": (
        lambda: b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe" + b"\x01x" * 5_000_000 + b"\0",
        "more comments than pictures",
    ),
    "a GIF of many comments": (
        lambda: b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe\x01x\0" * 1_000_000,
        "more comments than pictures",
    ),
    "a TIFF whose tags overlap": (overlapping, "parts overlap"),
    "EXIF whose tags overlap": (
        lambda: SMALL[:2] + app(1, b"Exif\0\0" + overlapping()[:60_000]) * 200 + SMALL[2:],
        None,
    ),
    "a BMP of runs": (
        lambda: (
            b"BM"
            + b"\0" * 12
            + struct.pack("<IiiHHIIiiII", 40, 9000, 9000, 1, 8, 1, 0, 0, 0, 256, 0)
            + b"\0" * 1024
            + b"\1\0" * 2_000_000
        ),
        "save it as PNG",
    ),
}


@pytest.mark.parametrize("name", COSTLY)
def test_what_would_cost_much_is_refused_or_passed_over_in_bounded_time_and_memory(
    name: str,
) -> None:
    make, message = COSTLY[name]
    data = make()
    tracemalloc.start()
    began = time.process_time()
    try:
        if message is None:
            made(data)
        else:
            with pytest.raises(RequestError, match=message) as caught:
                made(data)
            assert caught.value.http_status in {413, 415}
        took, (_, most) = time.process_time() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 10  # no measurement of speed: without the limit these take minutes
    assert most < 4 * len(data) + 50_000_000


def test_a_progressive_photograph_is_taken() -> None:
    sent = encoded(noise(64, 48).resize((4000, 3000)), "JPEG", progressive=True)
    assert 6 <= jpeg.read(sent).scans <= 12
    assert made(sent).picture.width == 1024


def test_the_decoder_of_a_jpeg_sees_no_metadata() -> None:
    sent = encoded(noise(64, 48), "JPEG", exif=exif(6), comment=SECRET, icc_profile=b"x" * 200)
    bare = source.source(sent + SECRET, JPEG)
    assert bare.orientation == 6
    assert SECRET not in bare.data
    assert b"ICC_PROFILE" in bare.data
    assert Image.open(io.BytesIO(bare.data)).tobytes() == Image.open(io.BytesIO(sent)).tobytes()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 2}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_without_its_metadata_is_the_same_picture(mode: str, options: Any) -> None:
    sent = encoded(noise(70, 50).convert(mode), "JPEG", **options)
    bare = source.source(sent, JPEG).data
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(sent)).tobytes()


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_only_the_first_frame_reaches_the_decoder(kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), it) for it in (RED, "blue", "white")]
    sent = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    if kind == "PNG":
        assert b"fdAT" not in source.source(sent, sniff(sent)).data
    broken = sent[: len(sent) * 3 // 4] if kind == "GIF" else sent.replace(b"fdAT", b"fdAx")
    assert near(seen(broken).getpixel((5, 5)), RED)
