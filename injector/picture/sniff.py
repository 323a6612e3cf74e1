"""What bytes are, by the bytes alone: a format that is taken, or what they are instead.

Pure, without a decoder. A declared type says nothing, and neither does a name.
"""

from dataclasses import dataclass

from contract.errors import NotAPicture
from injector.picture.instead import instead, raw_inside
from injector.picture.polyglot import second_nature


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is taken: its name for people, its media type, and Pillow's name of it."""

    name: str
    media_type: str
    decoder: str


JPEG = Format("JPEG", "image/jpeg", "JPEG")
PNG = Format("PNG", "image/png", "PNG")
WEBP = Format("WebP", "image/webp", "WEBP")
GIF = Format("GIF", "image/gif", "GIF")
HEIC = Format("HEIC", "image/heic", "HEIF")
HEIF = Format("HEIF", "image/heif", "HEIF")
AVIF = Format("AVIF", "image/avif", "AVIF")
TIFF = Format("TIFF", "image/tiff", "TIFF")
BMP = Format("BMP", "image/bmp", "BMP")

TAKEN = "JPEG, PNG, WebP, GIF, HEIC, AVIF, TIFF or BMP"

_BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
)
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF = {b"avif", b"avis"}
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}
_MOST_BRANDS = 64


def sniff(data: bytes) -> Format:
    """Return the format of a picture.

    Raises:
        NotAPicture: there are no bytes; they are something else, and the message says what and what
            to send in its place; or they are a picture and a document or an archive as well.
    """
    if not data:
        raise NotAPicture("the picture is empty: send its bytes", param="image")
    found = _format(data)
    other = instead(data) if found is None else raw_inside(data) if found is TIFF else None
    if other is not None:
        raise NotAPicture(f"these bytes are no picture, but {other}", param="image")
    if found is None:
        raise NotAPicture(f"these bytes are no picture: send a {TAKEN}", param="image")
    if (also := second_nature(data)) is not None:
        raise NotAPicture(
            f"this {found.name} is {also} as well, and files of two kinds are not taken: open it "
            "in a picture viewer and save it anew",
            param="image",
        )
    return found


def _format(data: bytes) -> Format | None:
    for beginning, taken in _BEGINNINGS:
        if data.startswith(beginning):
            return taken
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return BMP
    return _boxed(brands(data))


def brands(data: bytes) -> tuple[bytes, ...]:
    """Return the brands of a file made of boxes (ISO 14496-12), the major one first."""
    if data[4:8] != b"ftyp":
        return ()
    end = min(int.from_bytes(data[:4]), len(data), 4 * _MOST_BRANDS)
    return (data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4)))


def _boxed(said: tuple[bytes, ...]) -> Format | None:
    """Return the format by the brands: a HEIF may call itself so, and say in others what it is."""
    for kinds, taken in ((_HEIC, HEIC), (_AVIF, AVIF)):
        if said[:1] and said[0] in kinds:
            return taken
    for kinds, taken in ((_AVIF, AVIF), (_HEIC, HEIC), ({b"mif1", b"msf1", b"mif2"}, HEIF)):
        if kinds.intersection(said):
            return taken
    return None
