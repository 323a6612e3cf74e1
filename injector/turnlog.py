"""A turn as a log line: short for people, an object for machines. Pure, but for `log_turn`.

A line says what became of a turn, never what was said in it: no text, no pixels, no secret. IDs and
models' names are a client's and may hold anything, so they are shortened.
"""

import logging
import re
from collections.abc import Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

from contract.readable import readable_line
from injector.conversation import shown
from injector.discreet import Discreet
from injector.record import UNEVENTFUL, TurnRecord
from injector.wire import log

_WITHOUT_PICTURE = ("store-error", "image-refused")
_HEAD, _TAIL = 5, 4  # characters of an ID that people see: `conv_…39x3`
_LONGEST = 64  # characters of a name that machines see
_ENOUGH = 1024  # characters of a name that are looked at; a secret in what is shown is within them
_INDENT = " " * 10
_WIDTH = 80  # columns of the narrowest terminal
_HAPPENED = 48  # of them, for whose turn it was and what became of it
NOTHING = "-"
_SECOND, _EXACT = 1000.0, 10.0  # milliseconds; from the one on seconds, below the other tenths
_SOON = 0.1  # seconds; from there on in seconds, so that the columns stand
_OK = 200


def log_turn(turn: TurnRecord) -> None:
    """Log a turn that is over; call it when the answer has gone."""
    level = logging.WARNING if is_trouble(turn) else logging.INFO
    if log.isEnabledFor(level):
        said = (shown(turn.conversation_id), turn.context, turn.outcome)
        log.log(level, "turn %s: %s, %s", *said, extra={"turn": turn})


def is_trouble(turn: TurnRecord) -> bool:
    """Return whether somebody should look: no answer of the model's, or one without the picture."""
    return turn.outcome not in UNEVENTFUL or turn.context.startswith(_WITHOUT_PICTURE)


def as_text(turn: TurnRecord, discreet: Discreet) -> str:
    """Return a turn as people read it: one line, and what was wrong below it."""
    key = _short(discreet((turn.conversation_id or "-")[:_ENOUGH]))
    if turn.conversation_id:
        key = f"{key:{_HEAD + 1 + _TAIL}}"
    status = "" if turn.status in (0, _OK) else f" {turn.status}"
    first = "" if turn.first_chunk is None else f"first {_time(turn.first_chunk * 1000)}"
    who, what = f"{key}  {turn.context or NOTHING}", f"{turn.outcome + status:8}"
    happened = f"{who:24}  {what}  {first:12}".rstrip()
    if len(happened) > _HAPPENED:
        happened = re.sub(" {2,}", " ", happened)
    columns = (
        f"{happened:{_HAPPENED}}",
        f"{f'added {_time(turn.added)}':12}",
        f"{turn.duration:.1f} s" if turn.duration >= _SOON else _time(turn.duration * 1000),
    )
    below = []
    if turn.retries:
        below.append(f"asked again after {counted(turn.retries)}")
    if turn.reason and is_trouble(turn):
        below.append(discreet(turn.reason))
    lines = [part for line in below for part in wrap(readable_line(line), _WIDTH - len(_INDENT))]
    return "\n".join(["  ".join(columns), *(_INDENT + line for line in lines)])


def counted(reasons: Sequence[str]) -> str:
    """Return reasons in their order, those that follow each other counted."""
    runs = ((reason, len(list(same))) for reason, same in groupby(reasons))
    return ", ".join(f"{reason}, {count} times" if count > 1 else reason for reason, count in runs)


def as_json(turn: TurnRecord, discreet: Discreet) -> dict[str, Any]:
    """Return a turn as machines read it. Times are milliseconds."""
    first = None if turn.first_chunk is None else round(turn.first_chunk * 1000, 1)
    usage = turn.usage
    return {
        "conversation_id": _cut(turn.conversation_id, discreet),
        "context": turn.context,
        "pictures": turn.pictures,
        "outcome": turn.outcome,
        "reason": turn.reason and discreet(turn.reason),
        "status": turn.status,
        "attempts": turn.attempts,
        "retries": turn.retries,
        "ms": {
            **{part: round(spent, 2) for part, spent in turn.parts.items()},
            "added": round(turn.added, 2),
            "first_chunk": first,
            "total": round(turn.duration * 1000, 1),
        },
        "usage": usage
        and {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
        },
        "model": _cut(turn.model, discreet),
        "api": turn.api,
        "stream": turn.stream,
        "bytes_out": turn.bytes_out,
    }


def _cut(name: str | None, discreet: Discreet) -> str | None:
    """Return a name that is not longer than any real one; what is cut off is counted."""
    if name is None:
        return None
    told = discreet(name[:_ENOUGH])
    if len(told) <= _LONGEST:
        return told
    return f"{told[:_LONGEST]}… ({len(name):,} characters)"


def _short(key: str) -> str:
    whole = len(key) <= _HEAD + 1 + _TAIL
    return readable_line(key if whole else f"{key[:_HEAD]}…{key[-_TAIL:]}")


def _time(spent: float) -> str:
    """Return milliseconds in as many digits as somebody looks at."""
    if spent >= _SECOND:
        return f"{spent / 1000:.1f} s"
    return f"{spent:.1f} ms" if spent < _EXACT else f"{spent:.0f} ms"
