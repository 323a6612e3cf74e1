"""An exchange as a person reads it: what was asked, what came back, and when.

Everything captured goes through `contract.readable`, so nothing in it can command the terminal.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from capture.answer import Answer, answer_of
from capture.show.folding import byte_size, folded
from capture.show.listing import render_line, status_text
from capture.show.marking import found_line, hit_spans, id_spans, marked
from capture.show.payload import ids_in, mark_line, render
from capture.show.screen import Screen, Trimmed
from contract.exchange import Exchange, Headers, Request, Response
from contract.fieldpath import FieldPath
from contract.jsontext import decode
from contract.readable import readable_line

__all__ = ["Screen", "print_exchange", "render_exchange", "render_line"]


@dataclass(frozen=True, slots=True)
class _Look:
    """How to look at an exchange: the IDs in it, what a person looks for, what is only counted."""

    ids: Mapping[FieldPath, str] = field(default_factory=dict)
    hits: re.Pattern[str] | None = None
    fold: Collection[str] = ()

    def text(self, text: str, style: str = "") -> Text:
        """Return a text with what a person looks for marked."""
        return marked(text, hit_spans(text, self.hits), style)

    def line(self, text: str, style: str = "", ids: Iterable[str] = ()) -> Text:
        """Return a text of one line with what is looked for marked."""
        spans = [*id_spans(text, ids), *hit_spans(text, self.hits)]
        return marked(text, spans, style, readable_line)

    def found(self, *texts: str) -> Iterator[Text]:
        """Yield the line that says what was found, if anything was."""
        yield from filter(None, (found_line(texts, self.hits),))


def print_exchange(number: int, exchange: Exchange) -> None:
    """Print an exchange on standard output."""
    Screen().print(render_exchange(number, exchange))


def render_exchange(
    number: int,
    exchange: Exchange,
    *,
    fold: Collection[str] = (),
    session: int | None = None,
    hits: re.Pattern[str] | None = None,
) -> RenderableType:
    """Return a whole exchange: request line, headers, body, answer.

    Args:
        number: its number.
        exchange: what to show.
        fold: members of the body that are only counted.
        session: the number of its conversation, where that is known.
        hits: what a person looks for, to be marked.
    """
    request = exchange.request
    look = _Look(ids_in(request), hits, fold)
    parts: list[RenderableType] = [
        Rule(_title(number, exchange, session), align="left", style="dim"),
        *_request_line(request, look),
        _header_lines(request.headers, look, request),
    ]
    if request.body:
        parts += ["", *_body(request.body, look)]
    parts += ["", *_answer(exchange, _Look(hits=hits)), ""]
    return Trimmed(Group(*parts))


def _title(number: int, exchange: Exchange, session: int | None) -> Text:
    title = Text.assemble(
        (f"{number} ", "bold"), f"{exchange.started.astimezone():%H:%M:%S.%f}"[:-3]
    )
    title.append("  ")
    title.append_text(status_text(exchange))
    return title.append(f"  call {session}") if session else title


def _request_line(request: Request, look: _Look) -> Iterator[Text]:
    parts = (look.line(request.method, "bold"), look.line(request.url))
    yield Text(" ").join((*parts, look.line(request.http_version, "dim")))
    yield from look.found(request.method, request.url, request.http_version)


def _header_lines(headers: Headers, look: _Look, request: Request | None = None) -> RenderableType:
    """Return headers, and below those of a request the IDs that stand in its URL."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in headers:
        here = _ids_in_header(look.ids, name, value)
        table.add_row(look.line(name, "cyan"), look.line(value, ids=here.values()))
        lines = [*map(mark_line, here), *_found_in_header(look, name, value)]
        for line in lines:
            table.add_row("", line)
    for path, one in look.ids.items() if request else ():
        if path.place in {"query", "path"}:
            table.add_row("", look.line(one, ids=[one]))
            table.add_row("", mark_line(path))
    return table


def _ids_in_header(ids: Mapping[FieldPath, str], name: str, value: str) -> dict[FieldPath, str]:
    return {
        path: one
        for path, one in ids.items()
        if path.place == "header" and path.keys == (name.lower(),) and one in value
    }


def _found_in_header(look: _Look, name: str, value: str) -> Iterator[Text]:
    """Yield what was found in a header's name or value, or in both as they stand in a line."""
    apart = list(look.found(name, value))
    yield from apart or look.found(f"{name}: {value}")


def _body(body: bytes, look: _Look) -> Iterator[RenderableType]:
    try:
        value = decode(body)
    except ValueError:
        value = None
    if isinstance(value, dict | list):
        with suppress(RecursionError):
            yield render(value, look.ids, look.fold, look.hits)
            return
    try:
        text = body.decode()
    except UnicodeDecodeError:
        yield Text(f"⟨{byte_size(len(body))} of bytes⟩", "dim italic")
        return
    shown, note = folded(text)
    yield Text.assemble(look.text(shown), (f" … ⟨{note}⟩" if note else "", "dim italic"))
    yield from look.found(text)


def _answer(exchange: Exchange, look: _Look) -> Iterator[RenderableType]:
    if exchange.reason:
        yield Text.assemble(("cut short: ", "red"), look.line(exchange.reason, "red"))
        yield from look.found(exchange.reason)
    response = exchange.response
    if response is None:
        return
    head = Text.assemble(("answer  ", "bold"), status_text(exchange))
    yield head.append("  " + _timing(response), "dim")
    if response.headers:
        yield _indented(_header_lines(response.headers, look))
        yield ""
    yield from map(_indented, _said(answer_of(response), look) or _body(response.body, look))


def _said(said: Answer, look: _Look) -> list[Text]:
    """Return what an answer says, line by line; nothing where it cannot be read as an answer."""
    lines: list[Text] = []
    for text, style in ((said.error, "red"), (said.text, "")):
        if text:
            lines += [look.text(text, style), *look.found(text)]
    for call in said.calls:
        text = f"{call.name} {call.arguments}".rstrip()
        lines += [
            Text.assemble(("calls ", "magenta"), look.text(text, "magenta")),
            *look.found(text),
        ]
    return lines


def _indented(shown: RenderableType) -> RenderableType:
    return Padding(shown, (0, 0, 0, 2), expand=False)


def _timing(response: Response) -> str:
    """Return what there is to say of an answer's pieces: how many, and when."""
    if not response.arrivals:
        return "no body"
    first, last = response.arrivals[0][0], response.arrivals[-1][0]
    size = byte_size(len(response.body))
    count = len(response.arrivals)
    if count == 1:
        return f"{size} after {first:.0f} ms"
    return f"{size} in {count} pieces, first after {first:.0f} ms, last after {last:.0f} ms"
