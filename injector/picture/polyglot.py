"""Whether a picture is something else as well: one file that two kinds of readers would take.

Such files carry a page or an archive past whoever looks only at the beginning. What a model is sent
is made anew from the pixels, so none of it would reach anybody; but who sends one means no picture,
or does not know what the file holds. Pure.

What phones put behind or inside a picture is none of these and passes: a film (motion photos), a
second JPEG (Ultra HDR, depth), Samsung's trailer, XMP.
"""

import re
from struct import unpack_from

_PDF, _PDF_WITHIN = b"%PDF-", 1024
_PAGE = re.compile(rb"<(?:script|html|\?php|!doctype\s+html)[\s>/]", re.IGNORECASE)
_ARCHIVES = ((b"Rar!\x1a\x07", "a RAR archive"), (b"7z\xbc\xaf\x27\x1c", "a 7z archive"))

_ZIP_END, _ZIP_DIRECTORY, _ZIP_END_SIZE = b"PK\x05\x06", b"PK\x01\x02", 22
_MOST_ENDS = 1000


def second_nature(data: bytes) -> str | None:
    """Return what a picture's bytes are besides, or None for nothing."""
    if _PDF in data[:_PDF_WITHIN]:
        return "a PDF"
    if _PAGE.search(data) is not None:
        return "a web page or a script"
    for mark, name in _ARCHIVES:
        if mark in data:
            return name
    return "a ZIP archive" if _ends_a_zip(data) else None


def _ends_a_zip(data: bytes) -> bool:
    """Tell whether there is the end of a ZIP archive that a reader would follow.

    Its four letters alone may stand in any picture's data by chance; so its comment must end with
    the file, or its directory stand before it.
    """
    at = len(data)
    for _ in range(_MOST_ENDS):
        at = data.rfind(_ZIP_END, 0, at)
        if at < 0:
            return False
        if at + _ZIP_END_SIZE <= len(data):
            size, comment = unpack_from("<I4xH", data, at + 12)
            directory = max(0, at - size)
            if at + _ZIP_END_SIZE + comment == len(data):
                return True
            if data.startswith(_ZIP_DIRECTORY, directory):
                return True
    return True  # so many are no chance
