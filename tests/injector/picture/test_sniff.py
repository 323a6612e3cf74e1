"""Bytes are what they are: a picture, something else that is named, or two things at once."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image

from contract.errors import NotAPicture
from injector.picture.sniff import sniff
from tests.injector.picture.making import FORMATS, RED, app, chunk, encoded, made, noise

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("x.class", b"x" * 100)
    return buffer.getvalue()


def raw_tiff(*tags: tuple[int, int]) -> bytes:
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + b"\0" * 64


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the picture is empty"),
        (b"hello", "but text"),
        ("schön".encode()[:-1], "but text"),
        (b"\x00" * 4096, "these bytes are no picture: send a JPEG"),
        (b"\xff\xd8", "these bytes are no picture: send a JPEG"),
        (SVG, "an SVG, .* send it as PNG or JPEG"),
        (b"\xef\xbb\xbf \n<!-- x --><!DOCTYPE svg>\n<svg>", "an SVG"),
        (b"<svg" + b" " * 9000, "an SVG"),
        (b"<!doctype html><html>", "a web page"),
        (b"<HTML><body>", "a web page"),
        (b"<?xml version='1.0'?><feed/>", "a web page or XML"),
        (PDF, "a PDF, .* send the page as a picture"),
        (b"\n\n junk" + PDF, "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
        (MP4, "a video: send one still picture"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a video"),
        (b"\0\0\0\x14ftyp3gp5\0\0\0\0", "a video"),
        (b"\0\0\0\x14ftypM4A \0\0\0\0", "a sound file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx ", "a camera's raw file"),
        (b"\x1aE\xdf\xa3\x9fB\x86", "a video"),
        (b"RIFF\0\0\0\0AVI LIST", "a video"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a sound file"),
        (b"ID3\x04", "a sound file"),
        (archive(), "a ZIP archive"),
        (b"\x1f\x8b\x08\0", "an archive"),
        (raw_tiff((0xC612, 1)), "a camera's raw file"),
        (raw_tiff((0xFE, 1), (0x14A, 9)), "a camera's raw file"),
        (b"II*\0\x10\0\0\0CR\x02\0", "a camera's raw file"),
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw file"),
        (b"8BPS\0\1", "a Photoshop document"),
        (b"\xff\x0a\xfa\x1f", "a JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000"),
        (b"\0\0\1\0\1\0\x10\x10", "an icon"),
        (b"MZ\x90\0", "a program"),
        (b"https://example.com/cat.jpg", "an address, and addresses are not fetched"),
        (b"  HTTP://example.com/cat.jpg\n", "an address"),
        (b"data:image/png;base64,iVBORw0KGgo=", "a data URI: send it as JSON"),
        (b"RIFF\0\0\0\0XXXX", "these bytes are no picture: send a JPEG"),
        (b"BM" + b"\0" * 60, "these bytes are no picture: send a JPEG"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_name(data: bytes, message: str) -> None:
    with pytest.raises(NotAPicture, match=message) as caught:
        made(data)
    assert caught.value.param == "image"
    assert caught.value.http_status == 415


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", "HEIF"),
        (b"\0\0\0\x14ftypheix\0\0\0\0mif1", "HEIC"),
    ],
)
def test_a_beginning_alone_is_known_and_then_refused(data: bytes, name: str) -> None:
    assert sniff(data).name == name
    with pytest.raises(NotAPicture, match=f"this {name} cannot be decoded .* is it whole"):
        made(data)


JPEG, PNG = encoded(noise(64, 48), "JPEG"), encoded(noise(64, 48), "PNG")

POLYGLOTS: dict[str, tuple[bytes, str]] = {
    "a PDF in a comment": (JPEG[:2] + b"\xff\xfe\0\x0b%PDF-1.4\n" + JPEG[2:], "a PDF"),
    "a PDF in a GIF": (encoded(noise(9, 9), "GIF", comment=b"%PDF-1.4\n1 0 obj"), "a PDF"),
    "an archive behind": (JPEG + archive(), "a ZIP archive"),
    "an empty archive behind": (JPEG + b"PK\5\6" + b"\0" * 18, "a ZIP archive"),
    "an archive behind, and then more": (JPEG + archive() + b"\0" * 70_000, "a ZIP archive"),
    "an archive in a chunk": (PNG[:-12] + chunk(b"zipA", archive()) + PNG[-12:], "a ZIP archive"),
    "a RAR behind": (PNG + b"Rar!\x1a\x07\x01\0", "a RAR archive"),
    "a 7z behind": (PNG + b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
    "a script in a comment": (encoded(noise(9, 9), "GIF", comment=b"<script>x"), "a web page"),
    "a page in EXIF": (JPEG[:2] + app(1, b"Exif\0\0<HTML><b>") + JPEG[2:], "a web page"),
    "PHP behind": (JPEG + b"<?php system($_GET[0]);", "a web page or a script"),
    "a doctype": (PNG + b"<!DOCTYPE  html>", "a web page"),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_of_two_kinds_is_refused(name: str) -> None:
    data, what = POLYGLOTS[name]
    with pytest.raises(NotAPicture, match=f"is {what}.* as well") as caught:
        made(data)
    assert "save it anew" in str(caught.value)


def mpf() -> bytes:
    """Return what tells of further pictures behind the first, as phones write it."""
    buffer = io.BytesIO()
    first, second = Image.new("RGB", (64, 48), RED), Image.new("RGB", (32, 24), "white")
    first.save(buffer, "MPO", save_all=True, append_images=[second])
    return buffer.getvalue()


XMP = b"http://ns.adobe.com/xap/1.0/\0<?xpacket begin=''?><x:xmpmeta><rdf:RDF/></x:xmpmeta>"
PHONES: dict[str, Callable[[], bytes]] = {
    "a motion photo": lambda: JPEG + MP4 + b"\0\0\1\0mdat" + bytes(range(256)) * 40,
    "a motion photo of HEIC": lambda: (
        encoded(Image.new("RGB", (64, 48), RED), "HEIF") + MP4 + b"\0\0\0\x74moov" + bytes(108)
    ),
    "Samsung's trailer": lambda: (
        JPEG + b"\0\0\1\x0a\x0e\0\0\0Image_UTC_Data1700000000000SEFHk\0\0\0\1\0\0\0SEFT"
    ),
    "an Ultra HDR": lambda: JPEG[:2] + app(1, XMP) + JPEG[2:] + JPEG,
    "two pictures by MPF": mpf,
    "XMP in a JPEG": lambda: JPEG[:2] + app(1, XMP) + JPEG[2:],
    "XMP in a PNG": lambda: (
        PNG[:33] + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP[29:]) + PNG[33:]
    ),
    "four letters of an archive by chance": lambda: JPEG + b"xxPK\5\6" + b"\x55" * 99,
    "a photograph in many parts": lambda: JPEG[:2] + app(2, b"x" * 60_000) * 40 + JPEG[2:],
}


@pytest.mark.parametrize("name", PHONES)
def test_what_phones_put_beside_a_picture_is_passed_over(name: str) -> None:
    picture = made(PHONES[name]()).picture
    assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_known_by_its_bytes(kind: str) -> None:
    assert sniff(encoded(noise(20, 20), kind)).decoder == kind
