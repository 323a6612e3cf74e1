"""A request and its answer as the page shows them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from capture.report.body import Home
from capture.report.exchanges import Exchanges, ExchangeView
from capture.report.marks import Marker
from capture.report.outcome import Outcome
from capture.report.pictures import Pictures
from capture.report.tree import Tree
from contract.exchange import Exchange, Request, Response
from contract.fieldpath import parse

ID = "conv_9801m4394evfexfsqb05pv6z39x3"
PLACES = ("$request.header.x-call", "$request.query.call", "$request.path.1")
EXCHANGE = Exchange(
    "one",
    datetime(2026, 11, 23, 6, 24, 6, 123456, tzinfo=UTC),
    Request("POST", "http://voice.example/v1/chat/completions", (("X-Call", ID), ("X-Copy", ID))),
    redacted=("$request.header.authorization",),
)
STREAM = Response(
    200, (("content-type", "text/event-stream"),), b"data: x\n\ndata: y\n\n", ((10, 9), (20, 9))
)


def show(exchange: Exchange, *, why: str = "") -> ExchangeView:
    marker = Marker(tuple(parse(place) for place in PLACES), sure=True)
    exchanges = Exchanges(Tree(Pictures()), marker)
    outcome = Outcome("done", why, 10.0, 20.0)
    return exchanges.show(exchange, Home("e1", "turn 1"), "exchange 1", outcome)


def test_headers_keep_their_order_and_spelling_and_the_id_is_marked_with_its_path() -> None:
    headers = show(EXCHANGE).request.headers
    assert [it.name for it in headers] == ["X-Call", "X-Copy"]
    assert headers[0].value == f"<mark>{ID}</mark>"
    assert "▲ $request.header.x-call" in headers[0].where
    assert (headers[1].value, headers[1].where) == (ID, "")


@pytest.mark.parametrize(
    ("url", "path"),
    [(f"/v1/chat/completions?call={ID}", "query.call"), (f"/a/{ID}/chat/completions", "path.1")],
)
def test_an_id_in_the_address_is_marked_with_its_path(url: str, path: str) -> None:
    request = show(replace(EXCHANGE, request=Request("POST", url))).request
    assert f"<mark>{ID}</mark>" in request.url
    assert f"▲ $request.{path}" in request.where


def test_what_was_replaced_is_named() -> None:
    assert show(EXCHANGE).request.redacted == ("$request.header.authorization",)


def test_a_stream_is_there_as_it_came_and_so_is_any_other_answer() -> None:
    answer = show(replace(EXCHANGE, response=STREAM)).answer
    assert answer
    assert (answer.status, answer.size, answer.count) == ("200 OK", "18 bytes", 2)
    assert "data: x" in answer.stream
    assert answer.body == ""
    answer = show(replace(EXCHANGE, response=Response(799, (), b'{"a": 1}'))).answer
    assert answer
    assert (answer.status, answer.stream) == ("799", "")
    assert "key" in answer.body


def test_without_an_answer_there_is_none() -> None:
    view = show(EXCHANGE, why="<the client left>")
    assert view.answer is None
    assert view.why == "&lt;the client left&gt;"
    assert view.time == "06:24:06.123"


def test_of_a_long_header_the_rest_is_counted() -> None:
    request = replace(EXCHANGE.request, headers=(("x-long", "y" * 5_000),))
    header = show(replace(EXCHANGE, request=request)).request.headers[0]
    assert header.value.startswith("y" * 4_000 + "<span")
    assert "⟨1,000 more characters are left out here⟩" in header.value
