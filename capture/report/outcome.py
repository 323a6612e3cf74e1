"""How an exchange ended, and when: as a word, a sentence and a form on the time axis."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from capture.answer import Answer
from contract.exchange import Exchange

End: TypeAlias = Literal["done", "cancelled", "cut", "failed"]
"""`cancelled` by whoever asked, `cut` by anything else, `failed` by what the answer itself says."""

_CLIENT = re.compile(r"(?i)\bclient\b|\bcancel|\babort|ERR_ABORTED")
_REFUSED = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended; `why` is empty where all is well. Times are in milliseconds.

    `first` is the first byte, None where none came; `last` is the end, None where nobody noted it.
    """

    end: End
    why: str
    first: float | None
    last: float | None

    @property
    def until(self) -> float:
        """Until when it lasted, for all that is known."""
        return self.last or 0.0


def outcome_of(exchange: Exchange, said: Answer) -> Outcome:
    """Return how an exchange ended, by what was recorded of it and by what its answer says."""
    response = exchange.response
    arrivals = response.arrivals if response else ()
    first = arrivals[0][0] if arrivals else None
    known = [at for at, _ in arrivals[-1:]]
    known += [exchange.duration] if exchange.duration is not None else []
    end, why = _judged(exchange, said)
    return Outcome(end, why, first, max(known, default=None))


def _judged(exchange: Exchange, said: Answer) -> tuple[End, str]:
    response = exchange.response
    if not exchange.complete:
        reason = exchange.reason or "nothing says why"
        return "cancelled" if _CLIENT.search(reason) else "cut", reason
    if response is None:
        return "cut", exchange.reason or "there was no answer"
    if response.status >= _REFUSED:
        return "failed", said.error or f"status {response.status}"
    if said.error:
        return "failed", said.error
    if exchange.is_turn and response.is_event_stream and not said.done:
        return "cut", "the stream ended without [DONE]"
    if exchange.is_turn and not said.text and not said.tools:
        return "failed", "the answer says nothing"
    return "done", ""
