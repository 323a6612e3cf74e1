"""The labels of the metrics: few values each, whatever a client sends. Pure.

Every new value of a label is a time series that is kept for ever, so a name that a request has
chosen becomes a label only if the model's side has answered to it, and only so many do.
"""

from collections.abc import Iterable

from injector.record import TurnRecord

OTHER = "_OTHER"
"""What stands for a value that has no label of its own (OpenTelemetry's word, of `error.type`)."""

_LONGEST = 64
_AZURE = ".openai.azure.com"


class Names:
    """Values that a label may have: those known from the start, and the first few others.

    Args:
        known: the values that are known.
        most: how many there may be in all.
    """

    def __init__(self, known: Iterable[str] = (), *, most: int = 32) -> None:
        self._names = {"", *known}
        self._most = most + 1

    def label(self, name: str, *, learn: bool = True) -> str:
        """Return the name if it is one of them, or becomes one; else `OTHER`."""
        if name in self._names:
            return name
        fit = len(name) <= _LONGEST and name.isascii() and name.isprintable()
        if not learn or not fit or len(self._names) >= self._most:
            return OTHER
        self._names.add(name)
        return name


def provider(host: str | None) -> str:
    """Return `gen_ai.provider.name` for the host of the model's side.

    By OpenTelemetry's rule it names the form of the API, which is OpenAI's here, whoever serves it;
    only Azure's has a name of its own.
    """
    return "azure.ai.openai" if (host or "").lower().endswith(_AZURE) else "openai"


def context_word(context: str) -> str:
    """Return the first word of `x-sightline-context`: `attached` for `attached;n=2`."""
    return context.partition(";")[0].strip()


def error_type(turn: TurnRecord) -> str:
    """Return `error.type` of a turn: how the model's side failed; empty where it did not.

    A status by its number, else `timeout`, `connect refused`, `empty`, `garbage` and so on;
    `broken` after content; `client left`.
    """
    if turn.outcome in ("answered", "greeted"):
        return ""
    if turn.outcome == "left":
        return "client left"
    if turn.outcome == "refused" and not turn.failure:
        return str(turn.status)
    last = turn.retries[-1] if turn.retries else OTHER
    failure = turn.failure or ("broken" if turn.outcome == "broken" else last)
    return failure.removeprefix("status ")
