"""A recording as a list: an exchange a line, in columns that fit the terminal.

      #  time      code  request                 call        first  words
      7  08:28:19  200   POST …hat/completions   1 …4h3n     32 ms  cut short  Which colours …

A narrow terminal gets fewer and narrower columns. In a pipe and a file nothing is cut, and what is
too long for its column pushes the others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from capture.answer import Answer, answer_of
from capture.sessions import history_of
from capture.show.folding import byte_size, folded
from capture.show.marking import HIT, MARK, around, hit_spans, id_spans, marked
from capture.show.payload import ids_in
from capture.show.searching import texts_of
from contract.exchange import Exchange, Response
from contract.readable import in_one_line, readable_line

_STATUS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}
_BEFORE, _AFTER = 24, 200  # what is shown around what a person looks for
_SECOND = 10_000  # more milliseconds are said in seconds


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide the columns are, in cells; `width` is that of the terminal, or None."""

    width: int | None = None
    request: int = 25
    id: int = 33
    milliseconds: bool = True
    size: bool = True


NARROW = Layout(80, request=21, id=5, milliseconds=False, size=False)


def layout(width: int | None) -> Layout:
    """Return the columns for a terminal of that many cells, or for none."""
    if width is None:
        return Layout()
    if width < 100:  # noqa: PLR2004
        return Layout(width, NARROW.request, NARROW.id, milliseconds=False, size=False)
    if width < 140:  # noqa: PLR2004
        return Layout(width, request=25, id=12, milliseconds=False)
    return Layout(width, request=32)


def headings(columns: Layout) -> Text:
    """Return the names of the columns."""
    cells = [
        _cell(Text("#"), 4, right=True),
        _cell(Text("time"), 12 if columns.milliseconds else 8),
        _cell(Text("code"), 4),
        _cell(Text("request"), columns.request),
        _cell(Text("call"), 3 + columns.id),
        *([_cell(Text("size"), 9, right=True)] if columns.size else []),
        _cell(Text("first"), 7, right=True),
        Text("words"),
    ]
    line = Text("  ").join(cells)
    line.stylize("dim")
    return line


def render_line(
    number: int,
    exchange: Exchange,
    *,
    session: int | None = None,
    columns: Layout | None = None,
    ids: Sequence[str] | None = None,
    hits: re.Pattern[str] | None = None,
) -> Text:
    """Return an exchange on one line.

    Args:
        number: its number.
        exchange: what to show.
        session: the number of its conversation, where that is known.
        columns: how wide the columns are; without, nothing is cut.
        ids: what could be the ID of its conversation, the likeliest first.
        hits: what a person looks for; the words around it are shown.
    """
    columns = columns or Layout()
    clock = "%H:%M:%S.%f" if columns.milliseconds else "%H:%M:%S"
    started = format(exchange.started.astimezone(), clock)[: 12 if columns.milliseconds else 8]
    ids = list(dict.fromkeys(ids_in(exchange.request).values())) if ids is None else ids
    response = exchange.response
    cells = [
        _cell(Text(str(number), "bold"), 4, right=True),
        Text(started, "dim"),
        _cell(_status(exchange), 4),
        _request(exchange, columns),
        _call(session, ids, columns),
        *([_cell(Text(_size(response), "dim"), 9, right=True)] if columns.size else []),
        _cell(Text(_first_byte(response), "dim"), 7, right=True),
        Text(),
    ]
    line = Text("  ").join(cells)
    room = columns.width - line.cell_len if columns.width is not None else None
    line.append_text(_words(exchange, hits, room))
    line.rstrip()
    if columns.width is not None:
        line.truncate(columns.width, overflow="ellipsis")
    return line


def status_text(exchange: Exchange) -> Text:
    """Return the status of an answer, or that there is none, and whether it was cut short."""
    if exchange.response is None:
        return Text("no answer", "red")
    text = _status(exchange)
    return text if exchange.complete else text.append(" cut short", "red")


def _status(exchange: Exchange) -> Text:
    if exchange.response is None:
        return Text("none", "red")
    status = exchange.response.status
    return Text(str(status), _STATUS.get(status // 100, "red"))


def _request(exchange: Exchange, columns: Layout) -> Text:
    method = Text(f"{readable_line(exchange.request.method)} ", "bold")
    path = Text(readable_line(exchange.request.path))
    if columns.width is not None:
        path = _end_of(path, columns.request - method.cell_len)
    return _cell(Text.assemble(method, path), columns.request, cut=columns.width is not None)


def _call(session: int | None, ids: Sequence[str], columns: Layout) -> Text:
    """Return the number of a conversation, and the likeliest of what could be its ID."""
    if columns.width is None:
        shown = Text(" ").join(marked(one, id_spans(one, [one]), "", readable_line) for one in ids)
    else:
        shown = _end_of(Text(readable_line(ids[0]), MARK) if ids else Text(), columns.id)
    number = _cell(Text("" if session is None else str(session)), 2, right=True)
    return _cell(Text.assemble(number, " ", shown), 3 + columns.id, cut=False)


def _size(response: Response | None) -> str:
    return byte_size(len(response.body)) if response else ""


def _first_byte(response: Response | None) -> str:
    return milliseconds(response.arrivals[0][0]) if response and response.arrivals else ""


def milliseconds(value: float) -> str:
    """Return a time as a person says it."""
    return f"{value:.0f} ms" if value < _SECOND else f"{value / 1000:.1f} s"


def _words(exchange: Exchange, hits: re.Pattern[str] | None, room: int | None) -> Text:
    """Return what was said, or what stands around what a person looks for."""
    if hits:
        return _around_hit(exchange, hits, room)
    parts = _said(exchange)
    if not exchange.complete:
        parts.insert(0, Text("cut short", "red"))
    return Text("  ").join(part for part in parts if part)


def _said(exchange: Exchange) -> list[Text]:
    """Return an error, what the person said last, and what was answered."""
    answer = answer_of(exchange.response) if exchange.response else Answer()
    parts = [Text(in_one_line(answer.error), "red")] if answer.error else []
    history = history_of(exchange.request)
    role, said = history[-1] if history else ("", "")
    if role != "assistant" and said.strip():
        who = Text() if role == "user" else Text("tool ", "magenta")
        parts.append(Text.assemble(who, in_one_line(said)))
    if answer.text:
        parts.append(Text.assemble(("→ ", "dim"), (in_one_line(answer.text), "italic")))
    parts += [Text(f"→ calls {in_one_line(call.name)}", "magenta") for call in answer.calls]
    return parts or [_other(exchange.response)]


def _other(response: Response | None) -> Text:
    """Return the beginning of an answer that is none of a model's."""
    try:
        text = response.body.decode() if response else ""
    except UnicodeDecodeError:
        return Text()
    return Text(in_one_line(folded(text)[0]), "dim")


def _around_hit(exchange: Exchange, hits: re.Pattern[str], room: int | None) -> Text:
    """Return the last hit with what stands around it: in a history, the last is the newest.

    Where there is little room, less stands before it, so that it can be seen.
    """
    for text in reversed(list(texts_of(exchange))):
        for start, end, _ in hit_spans(text, hits):
            before = (
                _BEFORE if room is None else min(_BEFORE, max(0, room - 3 - (end - start)) // 2)
            )
            part, first = around(text, start, end, before=before, after=_AFTER)
            spans = [(start - first, min(end - first, len(part)), HIT)]
            shown = marked(part, spans, "", lambda it: readable_line(it.replace("\n", " ")))
            return Text.assemble("…" if first else "", shown)
    return Text()


def _end_of(text: Text, width: int) -> Text:
    """Return a text that is at most so wide: of a longer one the end, which tells it apart."""
    if text.cell_len <= width:
        return text
    at = len(text) - max(width - 1, 0)
    while at < len(text) and cell_len(text.plain[at:]) > width - 1:
        at += 1
    return Text.assemble(("…", "dim"), text[at:])


def _cell(text: Text, width: int, *, right: bool = False, cut: bool = True) -> Text:
    """Return a text that fills a column."""
    if cut and text.cell_len > width:
        text.truncate(width, overflow="ellipsis")
    blanks = Text(" " * max(width - text.cell_len, 0))
    return Text.assemble(blanks, text) if right else Text.assemble(text, blanks)
