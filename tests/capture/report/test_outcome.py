"""How an exchange ended."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from capture.answer import answer_of
from capture.report.outcome import End, Outcome, outcome_of
from contract.exchange import Exchange, Headers, Request, Response

SSE = (("content-type", "text/event-stream"),)
SAID = b'data: {"choices": [{"delta": {"content": "Hi"}}]}\n\n'
DONE = b"data: [DONE]\n\n"
ERROR = b'data: {"error": {"message": "overloaded"}}\n\n'
TURN = Exchange(
    "one",
    datetime(2026, 11, 23, tzinfo=UTC),
    Request("POST", "http://voice.example/v1/chat/completions"),
    Response(200, SSE, SAID + DONE, ((300.0, len(SAID)), (450.0, len(DONE)))),
    duration=460.0,
)


def outcome(exchange: Exchange) -> Outcome:
    response = exchange.response
    return outcome_of(exchange, answer_of(response) if response else answer_of(Response(0)))


def test_all_is_well_where_the_answer_says_something_and_ends() -> None:
    assert outcome(TURN) == Outcome("done", "", 300.0, 460.0)


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("Client disconnected.", "cancelled"),
        ("net::ERR_ABORTED", "cancelled"),
        ("the client left", "cancelled"),
        ("server closed connection", "cut"),
        ("the recorder was stopped", "cut"),
    ],
)
def test_a_cut_is_told_from_a_caller_who_leaves(reason: str, end: End) -> None:
    found = outcome(replace(TURN, complete=False, reason=reason))
    assert (found.end, found.why) == (end, reason)


def whole(status: int, headers: Headers, body: bytes) -> Response:
    return Response(status, headers, body, ((300.0, len(body)),))


ANSWERS: dict[str, tuple[Response | None, End, str]] = {
    "an error": (whole(500, (), b'{"error": {"message": "boom"}}'), "failed", "boom"),
    "a status": (whole(404, (), b"no"), "failed", "status 404"),
    "an error in a stream": (whole(200, SSE, SAID + ERROR), "failed", "overloaded"),
    "no end": (whole(200, SSE, SAID), "cut", "the stream ended without [DONE]"),
    "nothing said": (whole(200, SSE, DONE), "failed", "the answer says nothing"),
    "nothing": (None, "cut", "there was no answer"),
}


@pytest.mark.parametrize(("response", "end", "why"), ANSWERS.values(), ids=ANSWERS)
def test_what_an_answer_lacks_is_said(response: Response | None, end: End, why: str) -> None:
    found = outcome(replace(TURN, response=response))
    assert (found.end, found.why) == (end, why)


def test_what_is_no_turn_need_not_say_anything() -> None:
    health = replace(TURN, request=Request("GET", "/healthz"), response=Response(204))
    assert outcome(health).end == "done"


def test_an_end_that_nobody_noted_is_unknown() -> None:
    found = outcome(replace(TURN, response=None, duration=None))
    assert (found.first, found.last, found.until) == (None, None, 0.0)
