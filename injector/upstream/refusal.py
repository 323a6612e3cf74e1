"""What an attempt that failed was: an error answer, a stream without an answer, or no connection.

Pure: what came in, a `Failure` out. Which errors may pass, and for how long to wait, is told as
OpenAI's own client understands it: by status, by `x-should-retry`, `retry-after-ms` and
`retry-after`, and by the error's code.
"""

import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

import orjson

from contract.answer import codes_of, error_of
from contract.coding import plain
from contract.config import Upstream as UpstreamConfig
from contract.errors import RequestError, UpstreamFailed, UpstreamTimeout
from injector.upstream.failure import ConnectionFailed, ErrorAnswer, Failure
from injector.upstream.opening import NoStream, NothingSaid, Refused

_PASSING = frozenset({408, 409, 425, 429})  # and all from 500
_ABOUT_THE_BODY = frozenset({400, 413, 415, 422})
_FIRST_SERVER_ERROR = 500
_IMAGE = re.compile(r"image|picture|vision|multi-?modal|mmproj", re.IGNORECASE)
_FOR_GOOD = frozenset(
    {
        "authentication_error",
        "content_policy_violation",
        "insufficient_quota",
        "invalid_api_key",
        "invalid_request_error",
        "model_not_found",
        "permission_error",
    }
)
"""Types and codes of errors that no repeat mends (OpenAI, "Error codes")."""


_HINTS = {
    401: "check injector.upstream.api_key",
    403: "check injector.upstream.api_key",
    404: "check injector.upstream.model, and whether injector.upstream.base_url ends in /v1",
}
_LOOKED_AT = 64 << 10  # bytes of a coded body, before and after; an error is shorter
_SHOWN = 200  # characters of what the model's side says of an error


def from_answer(config: UpstreamConfig, answer: ErrorAnswer, now: float) -> Failure:
    """Return the failure that an error answer is; `now` is seconds since the epoch."""
    coding = _header(answer.headers, "content-encoding") or ""
    text = looked_at(answer.body, coding)
    _, codes = error_in(text)
    return Failure(
        "status",
        f"upstream answered {answer.status}",
        UpstreamFailed(f"the model's side at {config.base_url} answered {answer.status}"),
        detail=", ".join(filter(None, (_coded(config, codes), _HINTS.get(answer.status)))),
        status=answer.status,
        answer=answer,
        wait=_asked_wait(answer.headers, now),
        may_pass=_may_pass(answer.status, answer.headers, codes),
        about_picture=_is_about_picture(answer.status, text),
    )


def from_stream(config: UpstreamConfig, error: NothingSaid | NoStream | Refused) -> Failure:
    """Return the failure that a stream without an answer is."""
    if isinstance(error, NothingSaid):
        return Failure("empty", says := "upstream sent an empty stream", _told(config, says))
    if isinstance(error, NoStream):
        says, detail = "upstream sent no event stream", str(error)
        return Failure("garbage", says, _told(config, says, detail), detail=detail)
    says = "upstream sent an error in its stream"
    text = " ".join((str(error), *error.codes))
    return Failure(
        "error event",
        says,
        _told(config, says, _shown(config, str(error))),
        detail=_coded(config, error.codes),
        may_pass=not _FOR_GOOD & set(error.codes),
        about_picture=bool(_IMAGE.search(text)) or "invalid_request_error" in error.codes,
    )


def from_connection(config: UpstreamConfig, error: ConnectionFailed) -> Failure:
    """Return the failure of an attempt to which nobody answered, or not to the end."""
    side, detail = f"the model's side at {config.base_url}", str(error)
    told: RequestError
    match error.kind:
        case "connect refused":
            says, detail = "upstream cannot be reached", detail.removeprefix("cannot be reached ")
            told = UpstreamFailed(f"{side} {error}; check injector.upstream.base_url")
        case "connect timeout":
            says = "no connection to upstream in time"
            told = UpstreamTimeout(f"{side}: {error} (injector.upstream.connect_timeout)")
            detail = f"within {config.connect_timeout:g} s (injector.upstream.connect_timeout)"
        case "timeout":
            says = "upstream said nothing in time"
            told = UpstreamTimeout(f"{side}: {error}")
            detail = detail.removeprefix("it said nothing ")
        case _:
            says = "upstream broke off" if error.kind == "broken" else "upstream spoke no HTTP"
            told = UpstreamFailed(f"{side} broke off before its answer: {error}")
    return Failure(error.kind, says, told, detail=detail)


def looked_at(body: bytes, coding: str) -> str:
    """Return the text of a body, or its beginning: a small one may be packed from gigabytes."""
    start = body if not coding else plain(body[:_LOOKED_AT], coding)[:_LOOKED_AT]
    return start.decode(errors="replace")


def error_in(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the sentence of an error answer, and its type and code; empty where there is none."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text, ()
    return error_of(value) or "", codes_of(value)


def _told(config: UpstreamConfig, says: str, detail: str = "") -> UpstreamFailed:
    side = config.base_url
    return UpstreamFailed(f"{says} (the model's side at {side}){': ' if detail else ''}{detail}")


def _coded(config: UpstreamConfig, codes: Sequence[str]) -> str:
    """Return an error's type, code and parameter, for the log.

    Its sentence is left out: it may repeat what somebody said.
    """
    return _shown(config, ", ".join(codes))


def _shown(config: UpstreamConfig, message: str) -> str:
    """Return a text of the model's side in one line, without our key."""
    line = " ".join(message.split())
    return (line.replace(config.api_key, "***") if config.api_key else line)[:_SHOWN]


def _may_pass(status: int, headers: Sequence[tuple[str, str]], codes: Sequence[str]) -> bool:
    """Tell whether an error answer is one that a repeat can mend."""
    wanted = _header(headers, "x-should-retry")
    if wanted in {"true", "false"}:
        return wanted == "true"
    return not _FOR_GOOD & set(codes) and (status in _PASSING or status >= _FIRST_SERVER_ERROR)


def _is_about_picture(status: int, text: str) -> bool:
    """Tell whether an error may be the fault of a picture.

    An error about the body may be, whatever its words: servers word it in many ways. One of the
    server's own must speak of an image.
    """
    return status in _ABOUT_THE_BODY or (
        status >= _FIRST_SERVER_ERROR and _IMAGE.search(text) is not None
    )


def _asked_wait(headers: Sequence[tuple[str, str]], now: float) -> float:
    """Return the seconds for which an error answer asks (RFC 9110, section 10.2.3); 0 for none.

    `retry-after-ms` is OpenAI's own and counts before `retry-after`, a number or an HTTP date;
    `now` is seconds since the epoch.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = _header(headers, name)
        if value is None:
            continue
        try:
            return max(0.0, float(value) * unit)
        except ValueError:
            pass
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - now)
        except (ValueError, OverflowError):
            continue
    return 0.0


def _header(headers: Sequence[tuple[str, str]], name: str) -> str | None:
    return next((value.strip().lower() for key, value in headers if key.lower() == name), None)
