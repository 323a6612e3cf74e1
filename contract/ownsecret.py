"""Sightline's own secrets by their form: what gives a picture to a conversation, or adds to one's.

Whoever has a temporaryId or a context token has the picture or the conversation (docs/security.md).
A page's requests pass a capture proxy too, and turns carry temporaryIds where
`injector.images.in_band` says so, so that both can stand anywhere. Pure.
"""

import re
from collections.abc import Iterator

TEMPORARY_ID, CONTEXT_TOKEN = "tmp_", "ctx_"
"""How each starts; 128 bits in lower-case hexadecimal follow."""

_NAMES = {TEMPORARY_ID: "temporaryId", CONTEXT_TOKEN: "contextToken"}
_FORM = re.compile(rf"({TEMPORARY_ID}|{CONTEXT_TOKEN})([0-9a-f]{{32}})(?![0-9a-f])".encode())


def own_secrets(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield each that stands in bytes: what it is called in the API, and its secret digits.

    Its start is no secret; it stays, and tells what was replaced.
    """
    for found in _FORM.finditer(data):
        yield _NAMES[found[1].decode()], found[2].decode()
