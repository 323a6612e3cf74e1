"""What the form of a value or of a key says: that nobody chose it, so that the next one differs.

Another question than whether it can be a conversation's ID (`capture.locate.shapes`): the key
`tool_call_id` and the value `user-agent` can be no IDs, and are names all the same.
"""

import re
from functools import lru_cache
from typing import Final

from capture.locate.shapes import CONVERSATION, UUID, is_address

_SHORTEST: Final = 6

_UNIQUE: Final = re.compile(
    r"[^@\s]+@[^@\s]+\.[a-zA-Z]+"  # a mail address
    r"|\d{1,2}:\d\d(?: ?[ap]m| ?h)?"  # a time of day; longer ones are unique by their length
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)

_ID_KEY: Final = re.compile(
    r"[^A-Za-z]*\d[^A-Za-z]*"  # no letters: a number, a date, a telephone number
    r"|.*\d{5}.*|\d{4}-\d\d-\d\d.*"
    # letters and digits in one piece that is longer than a word with a number, or mixed
    r"|(?:.*[^A-Za-z0-9])?(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}(?:[^A-Za-z0-9].*)?"
    r"|(?:.*[^A-Za-z0-9])?(?=[A-Za-z]*\d+[A-Za-z]+\d)[A-Za-z0-9]{10,}(?:[^A-Za-z0-9].*)?"
    r"|[^@\s]+@[^@\s]+\.[a-zA-Z]+"
)


def is_unique(value: str) -> bool:
    """Tell whether a value is nobody's choice: an ID, a time, an address, a long number."""
    if len(value) >= _SHORTEST and any(map(str.isdigit, value)):
        return True
    return form_of(value) is not None or _UNIQUE.fullmatch(value) is not None or is_address(value)


def form_of(value: str) -> str | None:
    """Return how IDs of a value's form are called, or None where it has no known one."""
    if CONVERSATION.fullmatch(value):
        return "conv_… IDs"
    return "UUIDs" if UUID.fullmatch(value) else None


@lru_cache(maxsize=4096)
def is_id_like(text: str) -> bool:
    """Tell whether a key, or a segment of a path, is an ID rather than a name.

    `sha256` and `gpt-4o-mini` are names, as is every word, however long.
    """
    return _ID_KEY.fullmatch(text) is not None or form_of(text) is not None or is_address(text)
