"""The trouble table: what a turn can meet before the first word, and whether it is tried again.

A row says what the model's side does (`act`, by the form of the API), whether another attempt may
mend it (`again`), and whether a turn that is not streamed meets it as an answer too (`status`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from tests.injector.trouble import scripted
from tests.injector.trouble.forms import (
    BEGUN,
    CHAT,
    DONE,
    FAILED,
    FORMS,
    RESPONSES,
    Form,
    delta,
    event,
    happened,
    response,
)
from tests.injector.trouble.scripted import (
    EVENT_STREAM,
    Act,
    Then,
    answer,
    chunk,
    error,
    head,
    raw,
    stream,
)

Makes: TypeAlias = Callable[[Form], Act]


@dataclass(frozen=True, slots=True)
class Row:
    """One trouble. `status` is that of an error answer, or None; `forms` are those that can be."""

    name: str
    act: Makes
    again: bool = True
    status: int | None = None
    forms: tuple[Form, ...] = FORMS


def _always(act: Act) -> Makes:
    return lambda _: act


def _status(status: int, *, again: bool, name: str = "", **headers: str) -> Row:
    told = {key.replace("_", "-"): value for key, value in headers.items()}
    return Row(name or str(status), _always(error(status, headers=told)), again, status)


QUOTA = error(429, "You exceeded your current quota", type="insufficient_quota", code="x")
QUOTA_BY_CODE = error(429, "You exceeded your current quota", code="insufficient_quota")

STATUSES = [
    *(_status(status, again=True) for status in (408, 409, 429, 500, 502, 503, 504, 520, 529)),
    *(_status(status, again=False) for status in (400, 401, 402, 403, 404, 413, 415, 422)),
    _status(503, again=False, name="503 that forbids another", x_should_retry="false"),
    Row("429 of an empty account, by type", _always(QUOTA), again=False, status=429),
    Row("429 of an empty account, by code", _always(QUOTA_BY_CODE), again=False, status=429),
    Row("503 that is HTML", _always(answer(503, b"<html>busy</html>")), status=503),
    Row("500 without a body", _always(answer(500)), status=500),
    Row("502 in HTTP/1.0", _always(raw(b"HTTP/1.0 502 Bad Gateway\r\n\r\nx")), status=502),
]

HTML = b"<!doctype html><title>Sign in</title>\n\n<p>to this network</p>\n\n"
CHUNKED = EVENT_STREAM | {"Transfer-Encoding": "chunked"}
TWO_LENGTHS = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456"
HUGE = {"X-Huge": "x" * 65_536}

LINES = [
    Row("reset at once", _always(raw(then=Then.RESET))),
    Row("closed at once", _always(raw())),
    Row("half a status line", _always(raw(b"HTTP/1.1 200"))),
    Row("half the headers", _always(raw(head(200, EVENT_STREAM)[:-4]))),
    Row("another protocol", _always(raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"))),
    Row("zeros", _always(raw(bytes(4096)))),
    Row("two lengths", _always(raw(TWO_LENGTHS))),
    Row("a length below zero", _always(raw(head(200, {"Content-Length": "-1"})))),
    Row("a header of 64 KB", _always(answer(200, b"{}", HUGE | EVENT_STREAM))),
    Row("reset after the headers", _always(raw(head(200, CHUNKED), 0.02, then=Then.RESET))),
    Row("closed after the headers", _always(raw(head(200, CHUNKED)))),
    Row("no chunk where one should be", _always(raw(head(200, CHUNKED), b"no size\r\nx\r\n"))),
]

STREAMS = [
    Row("a length of 0", _always(answer(200, b"", EVENT_STREAM))),
    Row("204", _always(raw(head(204), then=Then.KEEP))),
    Row("no chunk at all", _always(stream())),
    Row("closed without a byte", _always(raw(head(200, EVENT_STREAM)))),
    Row("only blank lines", _always(stream(b"\n\n\n\n"))),
    Row("only comments", _always(stream(b": ping\n\n", b": ping\n\n"))),
    Row("only [DONE]", _always(stream(DONE)), forms=(CHAT,)),
    Row("only a role", _always(stream(delta({"role": "assistant", "content": ""})))),
    Row("whole, and says nothing", lambda form: stream(form.nothing)),
    Row("only the beginning", lambda form: stream(form.opening)),
    Row("reset before a word", lambda form: stream(form.opening, 0.02, then=Then.RESET)),
    Row("closed before a word", lambda form: raw(stream(form.opening, ends=False).steps[0])),
    Row("cut inside a word", lambda form: _cut(form.opening + form.word("It")[:-9])),
    Row("HTML", _always(stream(HTML, headers={"Content-Type": "text/html"}))),
    Row("HTML that says it is a stream", _always(stream(HTML))),
    Row("bytes that are no events", _always(stream(b"\x00\xff\xfe" * 99, b"\n\nhm\n\n"))),
    Row("events that are no JSON", _always(stream(b"data: oops\n\n", b"data: {'no'}\n\n"))),
    Row("JSON cut short", _always(stream(b'data: {"choices": [{"delta": {"content": "It\n\n'))),
    Row("an error event", lambda form: stream(form.error)),
    Row("an error event after the beginning", lambda form: stream(form.opening, form.error)),
    Row("an error event, then [DONE]", lambda form: stream(form.error, DONE), forms=(CHAT,)),
    Row("response.failed", _always(stream(BEGUN, FAILED)), forms=(RESPONSES,)),
    Row("an error that is a text", _always(stream(event({"error": "busy"}))), forms=(CHAT,)),
    Row(
        "an empty response.incomplete",
        _always(stream(BEGUN, happened("response.incomplete", response=response("incomplete")))),
        forms=(RESPONSES,),
    ),
]


def _cut(data: bytes) -> Act:
    return raw(head(200, CHUNKED), chunk(data))


ROWS = [*STATUSES, *LINES, *STREAMS]

_LIKELY_IN_BOTH = {"503", "500", "401", "reset at once", "only the beginning", "an error event"}


def rows(*among: Row, central: bool = False) -> pytest.MarkDecorator:
    """Run a test with each row and form; in the second form only with the likely, if `central`."""
    cases = [
        pytest.param(row, form, id=f"{form.name}, {row.name}".replace(" ", "-"))
        for row in among
        for form in row.forms
        if form is row.forms[0] or row.name in _LIKELY_IN_BOTH or not central
    ]
    return pytest.mark.parametrize(("row", "form"), cases)


def lasting(row: Row, form: Form) -> tuple[scripted.Act, ...]:
    """Return a script in which a trouble stays. An error answer that is met again asks for more
    patience than there is, so that nothing depends on when exactly the time is over."""
    act = row.act(form)
    if row.status is None or not row.again:
        return (act,)
    return (act, error(row.status, headers={"Retry-After": "60"}))
