"""What the stand-in model says to one request, before it is put in an API's format. Values."""

from dataclasses import dataclass

from rehearsal.answer import Call, Say
from rehearsal.counting import Counted


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer, what it counts, and what identifies it.

    `created` is Unix time in seconds; `token` is what all IDs in the answer end with.
    """

    answer: Say | Call
    counted: Counted
    created: int
    token: str
