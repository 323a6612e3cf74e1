"""What stands inside a bearer JWT, or another text in base64: readable, but by no field path.

Pure. A claim that tells conversations apart is worth knowing: whoever issues the token knows the
conversation, and can send its ID in a header too.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from capture.locate.places import leaves
from contract import jsontext
from contract.exchange import Request
from contract.fieldpath import pointer, text_of


def claims_of(request: Request) -> Iterator[tuple[str, str, str]]:
    """Yield header, claim and value for each claim that a header holds in base64."""
    for name, value in request.headers:
        for part in value.replace(" ", ".").split("."):
            if part.startswith("eyJ"):  # what `{"` is in base64
                for steps, leaf in leaves(_decoded(part)):
                    text = text_of(leaf)
                    if text and steps:
                        yield name.lower(), pointer(steps)[1:], text


def _decoded(part: str) -> Any:
    """Return the JSON value of a text in base64url or base64 (RFC 7515, section 2), or None."""
    try:
        data = base64.b64decode(part.translate(_URL_SAFE) + "===")
        return jsontext.decode(data)
    except (ValueError, binascii.Error):
        return None


_URL_SAFE = str.maketrans("-_", "+/")
