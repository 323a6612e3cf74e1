"""A picture's address as OpenAI takes it: the file itself, as a data URI in base64.

Pure. Both APIs word their refusals alike; only where the address stands differs.
"""

import base64
import binascii
import re
from typing import Any, Final

from rehearsal.refusal import RefusalError, unsupported

_DATA_URI: Final = re.compile(r"data:(?P<type>[^;,]*)(?P<coding>;base64)?,", re.IGNORECASE)


def check_detail(detail: Any, where: str) -> None:
    """Check how closely a picture shall be looked at.

    Raises:
        RefusalError: it is none of OpenAI's words for it; `where` names the place.
    """
    if detail not in ("auto", "low", "high", "original"):
        raise unsupported(where, detail, ("low", "high", "auto"))


def picture(url: str, where: str) -> bytes:
    """Return the file that an address holds.

    Raises:
        RefusalError: it is no data URI of a picture in base64; `where` names the place.
    """
    if re.match(r"https?:", url, re.IGNORECASE):
        raise RefusalError(
            f"Error while downloading {url}. (The stand-in model has no network: send a data URI.)",
            param=where,
            code="invalid_image_url",
        )
    head = _DATA_URI.match(url)
    if head is None or not head["coding"]:
        raise RefusalError(
            "Invalid image URL: expected a URL, or base64 data as "
            "data:image/jpeg;base64,<base64 data>.",
            param=where,
            code="invalid_image_url",
        )
    if not head["type"].lower().startswith("image/"):
        raise RefusalError(
            f"Invalid MIME type: {head['type'] or 'none'}. Only image types are supported.",
            param=where,
            code="invalid_image_format",
        )
    try:
        return base64.b64decode(url[head.end() :], validate=True)
    except binascii.Error:
        raise RefusalError(
            "Invalid base64 image_url.", param=where, code="invalid_base64"
        ) from None
