"""What people send in the place of a picture, and what each of them should do. Pure.

A sentence for each kind, since "not a picture" helps nobody who believes that it is one.
"""

import re

from injector.picture.tiff import DNG, PARTS, REDUCED, tags

_AS_JPEG = "convert it to JPEG or PNG and send that"
_RAW = f"a camera's raw file, which is not a picture yet: {_AS_JPEG}"
_VIDEO = "a video: send one still picture of it, as JPEG or PNG"
_ZIP = "a ZIP archive, or a document that is one inside (docx, xlsx, epub): send the picture itself"
_ARCHIVE = "an archive: send the picture itself, unpacked"
_AUDIO = "a sound file: send a picture"
_ADDRESS = (
    "an address, and addresses are not fetched: what is behind one can change, and whoever "
    "names one could make this service reach into its own network. Send the picture's bytes"
)
_SVG = (
    "an SVG, a drawing made of instructions, which are not carried out here: send it as PNG or JPEG"
)

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%!PS", f"PostScript, a document: {_AS_JPEG}"),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", _ZIP),
    (b"\x1f\x8b", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\0", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"\x1aE\xdf\xa3", _VIDEO),  # Matroska and WebM
    (b"FLV\x01", _VIDEO),
    (b"\0\0\x01\xba", _VIDEO),
    (b"\0\0\x01\xb3", _VIDEO),
    (b"OggS", _AUDIO),
    (b"ID3", _AUDIO),
    (b"fLaC", _AUDIO),
    (b"FUJIFILMCCD-RAW", _RAW),
    (b"IIU\0", _RAW),
    (b"IIRO", _RAW),
    (b"IIRS", _RAW),
    (b"MMOR", _RAW),
    (b"FOVb", _RAW),
    (b"8BPS", f"a Photoshop document: {_AS_JPEG}"),
    (b"\xff\x0a", f"a JPEG XL, which models do not take yet: {_AS_JPEG}"),
    (b"\0\0\0\x0cJXL ", f"a JPEG XL, which models do not take yet: {_AS_JPEG}"),
    (b"\0\0\0\x0cjP  ", f"a JPEG 2000: {_AS_JPEG}"),
    (b"\xff\x4f\xff\x51", f"a JPEG 2000: {_AS_JPEG}"),
    (b"\0\0\x01\0", f"an icon file: {_AS_JPEG}"),
    (b"\xd0\xcf\x11\xe0", f"an Office document: {_AS_JPEG}"),
    (b"\x7fELF", "a program: send a picture"),
    (b"MZ", "a program: send a picture"),
    (b"SQLite format 3\0", "a database: send a picture"),
)
_FILMS = re.compile(
    rb"isom|iso\d|mp[47]\d|avc\d|qt  |M4V.|f4v |dash|mmp4|MSNV|NDSC|XAVC|3g[p2].|cmf."
)
_SOUNDS = re.compile(rb"M4A |M4B |F4A ")
_RIFFS = {b"AVI ": _VIDEO, b"WAVE": _AUDIO}

_FIRST_TAG = re.compile(
    rb"(?:<\?.*?\?>|<!--.*?-->|<!doctype[^>]*>|\s)*<([a-z][\w:-]*)", re.IGNORECASE | re.DOTALL
)
_LOOKED_AT = 4096
_PDF_WITHIN = 1024  # readers of PDF look for its beginning this far (ISO 32000, annex H)


def instead(data: bytes) -> str | None:
    """Return what the bytes are and what to send, as the end of a sentence, or None for no idea."""
    for beginning, said in _BEGINNINGS:
        if data.startswith(beginning):
            return said
    if data[4:8] == b"ftyp":
        return _boxed(data[8:12])
    if data[:4] == b"RIFF":
        return _RIFFS.get(data[8:12])
    head = data[:_LOOKED_AT]
    return _written(head) if _is_text(head) else _pdf(head)


def _boxed(brand: bytes) -> str | None:
    if brand == b"crx ":
        return _RAW
    if _SOUNDS.match(brand):
        return _AUDIO
    return _VIDEO if _FILMS.match(brand) else None


def _written(head: bytes) -> str:
    """Return what a text is: an address, markup, a data URI, or just text."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"(?:https?|ftp|file|blob)://?", text, re.IGNORECASE):
        return _ADDRESS
    if text[:5].lower() == b"data:":
        return 'this is a data URI: send it as JSON, {"image": "data:…"}, or its bytes decoded'
    if (pdf := _pdf(text)) is not None:
        return pdf
    tag = _FIRST_TAG.match(text)
    if tag is None:
        return "text: send a picture's bytes"
    if tag[1].lower() in {b"svg", b"svg:svg"}:
        return _SVG
    return "a web page or XML: send the picture itself, or a screenshot of the page"


def _pdf(head: bytes) -> str | None:
    if b"%PDF-" not in head[:_PDF_WITHIN]:
        return None
    return "a PDF, a document: send the page as a picture, JPEG or PNG (a screenshot will do)"


def _is_text(head: bytes) -> bool:
    """Tell whether this is text in UTF-8 without control characters; its last letter may be cut."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return False
        text = head[: error.start].decode()
    return all(it.isprintable() or it in "\t\n\r\f\ufeff" for it in text)


def raw_inside(data: bytes) -> str | None:
    """Return the same of a TIFF that is a camera's raw file, or None for one that is a picture.

    Such a file is a DNG, or begins with a preview and has the rest behind that.
    """
    found = tags(data)
    preview = PARTS in found and REDUCED in found and found[REDUCED].value & 1 == 1
    return _RAW if data[8:10] == b"CR" or DNG in found or preview else None
