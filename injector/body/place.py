"""Which of the person's messages a picture belongs to.

    last_user  the last one, whatever came before
    anchored   the one in which it was shared, so that what stands before the newest words is the
               same from turn to turn, and the model's side has it in its cache

A message is known again by its ordinal and its content. Histories shrink and are corrected: an
interruption cuts what was said, a transcript is revised. So an anchor that is not where it was is
looked for, and what is found nowhere goes to the first message, where it stays.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from injector.shared import Anchor


def content_digest(content: Any) -> str:
    """Return the SHA-256 of a message's content, in hexadecimal, however the JSON was written."""
    return sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def placed(anchor: Anchor | None, contents: Sequence[Any]) -> tuple[int, Anchor | None]:
    """Return at which message a picture belongs, and the anchor that is new or changed.

    Args:
        anchor: where it stood, or None the first time.
        contents: the contents of the person's messages; at least one.
    """
    last = len(contents) - 1
    if anchor is None:
        return last, Anchor(last, content_digest(contents[last]))
    found = _found(anchor, contents)
    if found is not None:
        return found, None
    if anchor.ordinal == last:  # the same turn again, in other words
        return last, Anchor(last, content_digest(contents[last]))
    return 0, None


def _found(anchor: Anchor, contents: Sequence[Any]) -> int | None:
    """Return the message with the anchor's content that is nearest to where it stood."""
    nearest = sorted(range(len(contents)), key=lambda at: abs(at - anchor.ordinal))
    return next((at for at in nearest if content_digest(contents[at]) == anchor.digest), None)
