"""How many tokens an answer has cost, as its last bytes say. Pure.

Only the end of an answer is looked at: of a stream the last pieces, whose beginning may be cut
anywhere. A chat completion says it in its last chunk (`stream_options.include_usage`), the
Responses API at the end of `response.completed`, an event that repeats the whole answer; so the
object after the last `"usage":` is read where it stands, and what is before it need not be whole.
Inside a text the quotation marks are escaped, so nothing that was said is taken for it.
"""

import json
from dataclasses import dataclass
from typing import Any

TAIL = 16 << 10
"""How many of an answer's last bytes are enough; usage and what follows it are a few hundred."""

_NAME = b'"usage"'
_LARGEST = 4 << 10  # bytes of the object; a real one has some hundreds
_BEFORE = b"{, \t\r\n"  # what stands before the name of a member
_MOST = 1 << 53  # more is no number of tokens, and a float would not hold it
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer; `cached_tokens` are those of the input that cost less, 0 if unsaid."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


def usage_in(tail: bytes) -> Usage | None:
    """Return the usage that the end of an answer tells, of a stream or of a JSON object.

    None where it is not there, cut, compressed, or of another shape than OpenAI's two.
    """
    at = tail.rfind(_NAME)
    while at > 0:
        rest = tail[at + len(_NAME) : at + _LARGEST]
        if tail[at - 1] in _BEFORE and (usage := _usage(rest)) is not None:
            return usage
        at = tail.rfind(_NAME, 0, at)
    return None


def _usage(rest: bytes) -> Usage | None:
    """Return the usage in what follows its name: a colon and an object."""
    before, _, value = rest.partition(b":")
    value = value.lstrip()
    if before.strip() or not value.startswith(b"{"):
        return None
    try:
        # Names and numbers are ASCII, and what else may stand there need not be UTF-8.
        told, _ = _decoder.raw_decode(value.decode("latin-1"))
    except (ValueError, RecursionError):
        return None
    return _of_form(told, "prompt", "completion") or _of_form(told, "input", "output")


def _of_form(told: dict[str, Any], asked: str, answered: str) -> Usage | None:
    """Return the usage by the names of one API: `prompt_tokens` or `input_tokens`, and so on."""
    into, out = _count(told.get(f"{asked}_tokens")), _count(told.get(f"{answered}_tokens"))
    if into is None or out is None:
        return None
    details = told.get(f"{asked}_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return Usage(into, out, _count(cached) or 0)


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= _MOST else None
