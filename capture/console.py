"""An exchange as a person reads it: what was asked, what came back, and when.

Everything captured goes through `payload.readable`, so nothing in it can command the terminal.
"""

from collections.abc import Collection
from contextlib import suppress
from typing import NoReturn

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from capture.answer import answer_of
from capture.payload import MARK, byte_size, folded, ids_in, mark_line, readable, render
from contract.exchange import Exchange, Request, Response
from contract.fieldpath import FieldPath
from contract.jsontext import decode

_STATUS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


class Screen(Console):
    """A console that prints words as they are; one whose reader leaves raises `BrokenPipeError`."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> NoReturn:
        """Let the caller end in order, where rich would exit from the middle of it."""
        raise BrokenPipeError


def print_exchange(number: int, exchange: Exchange) -> None:
    """Print an exchange on standard output."""
    Screen().print(render_exchange(number, exchange))


def render_exchange(
    number: int, exchange: Exchange, *, fold: Collection[str] = ()
) -> RenderableType:
    """Return a whole exchange: request line, headers, body, answer.

    `fold` names members of the body that are only counted.
    """
    marks = ids_in(exchange.request)
    parts: list[RenderableType] = [
        Rule(_title(number, exchange), align="left", style="dim"),
        _request_line(exchange.request),
        _header_lines(exchange.request, marks),
    ]
    if exchange.request.body:
        parts += ["", _body(exchange.request, marks, fold)]
    parts += ["", *_answer(exchange), ""]
    return Group(*parts)


def render_line(number: int, exchange: Exchange) -> Text:
    """Return an exchange on one line."""
    line = Text()
    line.append(f"{number:>4}  ", "dim")
    line.append(f"{exchange.started.astimezone():%H:%M:%S}  ", "dim")
    line.append_text(_status(exchange))
    line.append(f"  {readable(exchange.request.method)} ", "bold")
    line.append(readable(exchange.request.path))
    for value in dict.fromkeys(ids_in(exchange.request).values()):
        line.append("  ")
        line.append(readable(value), MARK)
    if exchange.response:
        line.append(f"  {_timing(exchange.response)}", "dim")
    return line


def _title(number: int, exchange: Exchange) -> Text:
    title = Text.assemble(
        (f"{number} ", "bold"), f"{exchange.started.astimezone():%H:%M:%S.%f}"[:-3]
    )
    title.append("  ")
    title.append_text(_status(exchange))
    return title


def _status(exchange: Exchange) -> Text:
    if exchange.response is None:
        return Text("no answer", "red")
    status = exchange.response.status
    text = Text(str(status), _STATUS.get(status // 100, "red"))
    if not exchange.complete:
        text.append(" cut short", "red")
    return text


def _request_line(request: Request) -> Text:
    line = Text.assemble((f"{readable(request.method)} ", "bold"), readable(request.url))
    line.append(f" {readable(request.http_version)}", "dim")
    return line


def _header_lines(request: Request, marks: dict[FieldPath, str]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in request.headers:
        here = {
            path: one
            for path, one in marks.items()
            if path.place == "header" and path.keys == (name.lower(),) and one in value
        }
        text = Text(readable(value))
        text.highlight_words([readable(one) for one in here.values()], MARK)
        table.add_row(readable(name), text)
        for path in here:
            table.add_row("", mark_line(path))
    for path, one in marks.items():
        if path.place in {"query", "path"}:
            table.add_row("", Text(readable(one), MARK))
            table.add_row("", mark_line(path))
    return table


def _body(request: Request, marks: dict[FieldPath, str], fold: Collection[str]) -> RenderableType:
    try:
        value = decode(request.body)
    except ValueError:
        return _bytes(request.body)
    if isinstance(value, dict | list):
        with suppress(RecursionError):
            return render(value, marks, fold)
    return _bytes(request.body)


def _bytes(body: bytes) -> Text:
    try:
        shown, note = folded(body.decode())
    except UnicodeDecodeError:
        return Text(f"⟨{byte_size(len(body))} of bytes⟩", "dim italic")
    return Text.assemble(readable(shown), (f" … ⟨{note}⟩" if note else "", "dim italic"))


def _answer(exchange: Exchange) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if exchange.reason:
        lines.append(Text(f"cut short: {readable(exchange.reason)}", "red"))
    response = exchange.response
    if response is None:
        return lines
    head = Text.assemble(("answer  ", "bold"), _status(exchange), ("  " + _timing(response), "dim"))
    lines.append(head)
    said = answer_of(response)
    if said.error:
        lines.append(_indented(readable(said.error), "red"))
    if said.text:
        lines.append(_indented(readable(said.text), ""))
    lines += [_indented(f"calls {readable(tool)}", "magenta") for tool in said.tools]
    if response.body and not (said.error or said.text or said.tools):
        lines.append(Padding(_bytes(response.body), (0, 0, 0, 2), expand=False))
    return lines


def _indented(text: str, style: str) -> RenderableType:
    return Padding(Text(text, style), (0, 0, 0, 2), expand=False)


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
