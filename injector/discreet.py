"""Text that may be logged: without the secrets that are known, and without pictures. Pure.

Nothing here is meant to be needed: log lines are made of what is nobody's secret. But a library
puts what it was given into its errors, a model's side repeats the key that it refuses, and a path
may hold a temporaryId.
"""

import re
from collections.abc import Iterable

from contract.secret import Known, cover

_BASE64 = re.compile(
    r"(?:data:[\w/+.-]*;base64,)?[A-Za-z0-9+/]{160,}={0,2}|data:[\w/+.-]*;base64,\S*"
)
_OURS = re.compile(
    r"\b(?P<start>(?:tmp|ctx)_[0-9a-f]{4})[0-9a-f]+"
    r"|\bv1\.[0-9]+\.[A-Za-z0-9_-]+\.[0-9a-f]{8,}"
)
_SHORTEST = 40  # characters of a text that may hold a picture, the shortest data URI
_SHORTEST_SECRET = 4
"""Characters of a secret. A server that asks for no key is given `x`: that hides nothing, and a
line without any x, conversation IDs among them, could not be read."""
_LONGEST = 1 << 16  # characters that are looked at; what follows is left out


class Discreet:
    """A way to write text down that says no secret.

    Args:
        secrets: what must not be written: the bearer, the key for the model's side. One of fewer
            than four characters is none.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = Known(one for one in secrets if len(one) >= _SHORTEST_SECRET)

    def __call__(self, text: str) -> str:
        """Return the text with `[secret]` for each secret and `[base64]` for each picture.

        Temporary IDs, tokens and tickets are shortened too (`shortened`).
        """
        text = text[:_LONGEST]
        data = text.encode("utf-8", "surrogatepass")
        if spans := self._known.spans(data):
            told, _ = cover(data, (), spans, lambda _: "[secret]")
            text = told.decode("utf-8", "surrogatepass")
        text = shortened(text)
        return _BASE64.sub("[base64]", text) if len(text) >= _SHORTEST else text


def shortened(text: str) -> str:
    """Return the text with what claims a picture or a conversation made useless.

    Of a temporaryId or a token the first 16 bits stay, to be found again by; of a ticket nothing.
    """
    return _OURS.sub(lambda found: f"{found['start']}…" if found["start"] else "[ticket]", text)
