"""Text that may be logged: without the secrets that are known, and without pictures. Pure.

Nothing here is meant to be needed: log lines are made of what is nobody's secret. But a library
puts what it was given into its errors, and a model's side repeats the key that it refuses.
"""

import re
from collections.abc import Iterable

from contract.secret import Known, cover

_BASE64 = re.compile(
    r"(?:data:[\w/+.-]*;base64,)?[A-Za-z0-9+/]{160,}={0,2}|data:[\w/+.-]*;base64,\S*"
)
_SHORTEST = 40  # characters of a text that may hold a picture, the shortest data URI
_LONGEST = 1 << 16  # characters that are looked at; what follows is left out


class Discreet:
    """A way to write text down that says no secret.

    Args:
        secrets: what must not be written: the bearer, the key for the model's side.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = Known(secret for secret in secrets if secret)

    def __call__(self, text: str) -> str:
        """Return the text with `[secret]` for each secret and `[base64]` for each picture."""
        text = text[:_LONGEST]
        data = text.encode("utf-8", "surrogatepass")
        if spans := self._known.spans(data):
            told, _ = cover(data, (), spans, lambda _: "[secret]")
            text = told.decode("utf-8", "surrogatepass")
        return _BASE64.sub("[base64]", text) if len(text) >= _SHORTEST else text
