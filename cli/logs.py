"""What a service writes to stderr while it runs: lines for people on a terminal, JSON otherwise.

A turn is one line, made from the record that comes with it (`injector.turnlog`). Whatever else is
logged, by us or by a library, comes out in the same form.
"""

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

from aiohttp import web
from aiohttp.http import HttpProcessingError

from contract.readable import readable
from injector.discreet import Discreet
from injector.turnlog import as_json, as_text

_encode = json.JSONEncoder(separators=(",", ":")).encode
_LONGEST = 2000  # characters of a message; a library may put a whole body into one


class Form(StrEnum):
    """How log lines look; `auto` is text on a terminal and JSON elsewhere."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


def set_up(form: Form, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send whatever is logged in this process to stderr, or to `stream`, in one form.

    Args:
        form: how the lines look.
        secrets: what must never be in them.
        stream: where they go; standard error by default.
    """
    out = sys.stderr if stream is None else stream
    text = form is Form.TEXT or (form is Form.AUTO and out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter((TextLines if text else JsonLines)(Discreet(secrets)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("httpx", "httpx2"):  # beneath OpenAI's client; they tell of every request
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(_is_fault_of_ours)  # the same is added once
    # No line tells of threads and processes, and to find them out takes a good part of its time
    # (Python's logging HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _is_fault_of_ours(record: logging.LogRecord) -> bool:
    """Tell whether aiohttp reports more than a request that is no HTTP.

    Such a one is answered with 400. To report it would repeat the bytes that came, which may be
    what somebody has said, and let anybody fill the log with tracebacks.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | web.RequestPayloadError)


class _Lines(logging.Formatter):
    """What both forms share: a message and a traceback that may be written down."""

    def __init__(self, discreet: Discreet) -> None:
        super().__init__()
        self._discreet = discreet

    def _message(self, record: logging.LogRecord) -> str:
        told = self._discreet(record.getMessage())
        return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}… ({len(told):,} characters)"

    def _error(self, record: logging.LogRecord) -> tuple[str, str] | None:
        """Return an error in one line, and its traceback, if the record is about one."""
        if not record.exc_info or record.exc_info[0] is None:
            return None
        kind, error, _ = record.exc_info
        traceback = self._discreet(self.formatException(record.exc_info))
        return self._discreet(f"{kind.__name__}: {error}")[:_LONGEST], traceback


class TextLines(_Lines):
    """Lines for people: the time of day, and what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line; an error has its traceback below."""
        clock = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        turn = getattr(record, "turn", None)
        if turn is not None:
            return f"{clock}  {as_text(turn, self._discreet)}"
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}  "
        error = self._error(record)
        lines = [f"{clock}  {level}{self._message(record)}", *([error[1]] if error else [])]
        return readable("\n".join(lines))


class JsonLines(_Lines):
    """Lines for machines: one JSON object each, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line of JSON."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        turn = getattr(record, "turn", None)
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower()}
        if turn is not None:
            line |= {"event": "turn", **as_json(turn, self._discreet)}
        else:
            line |= {"event": "log", "logger": record.name, "message": self._message(record)}
            if error := self._error(record):
                line |= {"error": error[0], "traceback": error[1]}
        return _encode(line)
