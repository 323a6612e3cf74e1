"""Every question to Redis, as the script that answers it. Reads its own files and nothing else.

`shared.lua` stands before each of them. A script begins its answer with what it was sent as its
first argument, so that nobody takes an answer for theirs that is somebody else's.
"""

import hashlib
from dataclasses import dataclass, field
from importlib.resources import files

_TEXTS = files(__name__)


@dataclass(frozen=True, slots=True)
class Script:
    """A script, and the SHA-1 under which Redis remembers it."""

    text: str = field(repr=False)
    sha: str


def _script(name: str) -> Script:
    text = "\n".join((_TEXTS / f"{one}.lua").read_text("utf-8") for one in ("shared", name))
    return Script(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


ANCHOR = _script("anchor")
ANNOUNCE = _script("announce")
ASSOCIATE = _script("associate")
CLAIM = _script("claim")
CLAIMED_BY = _script("claimed_by")
CONTEXT = _script("context")
DESCRIBE = _script("describe")
DROP = _script("drop")
FORGET = _script("forget")
KEEP = _script("keep")
OVERVIEW = _script("overview")
PART = _script("part")
PRESENT = _script("present")
REMOVE = _script("remove")
RIGHT = _script("right")
SWEEP = _script("sweep")
WAITING = _script("waiting")
WITHDRAW = _script("withdraw")
