"""What in one request could be a conversation ID, for somebody who only looks.

Pure. One request proves nothing; what is marked is what a person should look at first.
"""

import re

from capture.locate.names import name_of, standing
from capture.locate.places import Table
from capture.locate.shapes import CONVERSATION
from capture.locate.vocabulary import Standing
from contract.exchange import Request
from contract.fieldpath import FieldPath

_SHORTEST_WORD = 4  # characters; a number in a sentence is no ID


def possible_ids(request: Request) -> dict[FieldPath, str]:
    """Return what could be a conversation ID, by name or by form, and where it stands."""
    table = Table([request])
    # A word that one path cuts out of a text is not shown twice because another cuts it too.
    found: dict[tuple[str, tuple[str, ...], str], FieldPath] = {}
    for path, (value,) in table.columns.items():
        named = standing(name_of(path, table.contexts.get(path))) != Standing.NONE
        least = _SHORTEST_WORD if path.match else 1
        if value and _is_like_id(value, least) and (named or CONVERSATION.fullmatch(value)):
            found.setdefault((path.place, path.keys, value), path)
    return {path: value for (_, _, value), path in found.items()}


def _is_like_id(value: str, least: int) -> bool:
    """Tell whether a value is one word with a digit in it, and not too short."""
    return len(value) >= least and any(map(str.isdigit, value)) and not re.search(r"\s", value)
