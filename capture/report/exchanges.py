"""A request and its answer as the page shows them; all text in a view is HTML already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from http.client import responses

from markupsafe import Markup

from capture.answer import Answer, answer_of
from capture.report.axis import ms
from capture.report.body import Bodies, Home
from capture.report.folds import where
from capture.report.marks import Mark, Marker
from capture.report.outcome import End, Outcome
from capture.report.pieces import pieces
from capture.report.text import shortened, shown
from capture.report.timeline import WORDS
from capture.report.tree import Tree
from capture.show.payload import byte_size
from contract.exchange import Exchange, Headers, Request, Response, media_type

_NAME = 200
_LONGEST_HEADER = 4_000
_LONGEST_STREAM = 2_000  # of a stream as it came; its pieces tell what it says


@dataclass(frozen=True, slots=True)
class HeaderView:
    """A header, and the places of what is marked in it."""

    name: Markup
    value: Markup
    where: Markup


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What came back; `count` is in how many pieces, of which `pieces` tells."""

    status: str
    size: str
    headers: tuple[HeaderView, ...]
    said: Markup
    tools: tuple[Markup, ...]
    count: int
    pieces: Markup
    body: Markup
    stream: Markup


@dataclass(frozen=True, slots=True)
class RequestView:
    """What was asked, with the IDs in it and where they stand."""

    method: Markup
    path: Markup
    url: Markup
    version: Markup
    where: Markup
    headers: tuple[HeaderView, ...]
    redacted: tuple[Markup, ...]
    size: str
    body: Markup


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """A request, its answer, and how it ended."""

    anchor: str
    name: str
    time: str
    ids: tuple[Markup, ...]
    request: RequestView
    answer: AnswerView | None
    end: End
    ended: str
    why: Markup
    first: str
    last: str


def said_in(exchange: Exchange) -> Answer:
    """Return what the answer to an exchange says; where there is none, nothing."""
    return answer_of(exchange.response) if exchange.response else Answer()


class Exchanges:
    """Show exchanges; one for a page, as it knows what stands on it already."""

    def __init__(self, tree: Tree, marker: Marker) -> None:
        self._tree = tree
        self._bodies = Bodies(tree)
        self._marker = marker

    def marks(self, request: Request) -> tuple[Mark, ...]:
        """Return what is marked in a request."""
        return self._marker(request)

    def show(self, exchange: Exchange, home: Home, name: str, outcome: Outcome) -> ExchangeView:
        """Return an exchange as the page shows it.

        Args:
            exchange: what was recorded.
            home: where it stands on the page, and what other places of the page call it.
            name: what it is called in its own file.
            outcome: how it ended.
        """
        marks = self._marker(exchange.request)
        return ExchangeView(
            anchor=home.anchor,
            name=name,
            time=f"{exchange.started.astimezone(UTC):%H:%M:%S.%f}"[:-3],
            ids=tuple(shown(value) for value in dict.fromkeys(it.value for it in marks)),
            request=self._request(exchange, marks, home),
            answer=self._answer(exchange.response, home) if exchange.response else None,
            end=outcome.end,
            ended=WORDS[outcome.end],
            why=shortened(outcome.why),
            first="" if outcome.first is None else ms(outcome.first),
            last="" if outcome.last is None else ms(outcome.last),
        )

    def _request(self, exchange: Exchange, marks: Sequence[Mark], home: Home) -> RequestView:
        request = exchange.request
        in_url = [it for it in marks if it.path.place in {"query", "path"}]
        return RequestView(
            method=shortened(request.method, most=_NAME),
            path=shortened(request.path),
            url=shortened(request.url, [it.value for it in in_url]),
            version=shortened(request.http_version, most=_NAME),
            where=where(in_url),
            headers=_headers(request.headers, marks),
            redacted=tuple(shortened(place) for place in exchange.redacted),
            size=byte_size(len(request.body)) if request.body else "",
            body=self._body(request.body, request.headers, marks, home),
        )

    def _body(self, body: bytes, headers: Headers, marks: Sequence[Mark], home: Home) -> Markup:
        return self._bodies.html(body, media_type(headers), marks, home) if body else Markup()

    def _answer(self, response: Response, home: Home) -> AnswerView:
        said = answer_of(response)
        body = stream = Markup()
        if response.is_event_stream and response.body:
            stream = self._tree.raw(response.body.decode("utf-8", "replace"), _LONGEST_STREAM)
        else:
            body = self._body(response.body, response.headers, (), home)
        return AnswerView(
            status=f"{response.status} {responses.get(response.status, '')}".strip(),
            size=byte_size(len(response.body)) if response.body else "no body",
            headers=_headers(response.headers, ()),
            said=self._tree.prose(said.text) if said.text else Markup(),
            tools=tuple(shortened(name, most=_NAME) for name in said.tools),
            count=len(response.arrivals),
            pieces=pieces(response),
            body=body,
            stream=stream,
        )


def _headers(headers: Headers, marks: Sequence[Mark]) -> tuple[HeaderView, ...]:
    return tuple(_header(name, value, marks) for name, value in headers)


def _header(name: str, value: str, marks: Sequence[Mark]) -> HeaderView:
    here = [
        it
        for it in marks
        if it.path.place == "header" and it.path.keys == (name.lower(),) and it.value in value
    ]
    text = shortened(value, [it.value for it in here], most=_LONGEST_HEADER)
    return HeaderView(shortened(name, most=_NAME), text, where(here))
