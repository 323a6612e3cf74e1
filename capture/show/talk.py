"""A conversation as a person reads it: who said what, turn by turn, how fast, and what failed."""

import re
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from capture.answer import Answer
from capture.show.choosing import Numbered
from capture.show.folding import folded
from capture.show.listing import milliseconds, status_text
from capture.show.marking import MARK, hit_spans, marked
from capture.show.screen import Trimmed
from capture.show.transcript import Turn, Utterance
from contract.exchange import Exchange, first_header
from contract.readable import readable, readable_line

_WHO = {"user": ("person", "bold cyan"), "assistant": ("agent", "bold green")}
_OTHERS = "magenta"
_GUTTER = 7


def render_opening(
    number: int, turns: Sequence[Numbered], ids: Sequence[str], certainty: str = "", why: str = ""
) -> RenderableType:
    """Return what stands above a conversation.

    Args:
        number: the number of the conversation.
        turns: all its turns.
        ids: what could be its ID, the likeliest first.
        certainty: how sure it is that these turns belong together: sure, likely or unsure.
        why: the reason for that, as a sentence.
    """
    title = Text.assemble((f"call {number}", "bold"))
    for one in ids[:1]:
        title.append("  ").append(readable_line(one), MARK)
    parts: list[RenderableType] = [Rule(title, align="left", style="dim"), _about(turns)]
    if len(ids) > 1:
        others = ", ".join(map(readable_line, ids[1:]))
        parts.append(Text(f"other IDs in it: {others}", "dim"))
    if certainty:
        style = "dim" if certainty == "sure" else "yellow"
        parts.append(Text(readable(f"{certainty}: {why}" if why else certainty), style))
    return Trimmed(Group(*parts, ""))


def render_turn(turn: Turn, hits: re.Pattern[str] | None = None) -> RenderableType:
    """Return one turn: what is new in it, and what was answered."""
    table = Table.grid(padding=(0, 2))
    table.add_column(width=_GUTTER, no_wrap=True)
    table.add_column(overflow="fold")
    for note in turn.notes:
        table.add_row("", Text(readable(note), "yellow"))
    if turn.prompt:
        table.add_row(Text("prompt", "dim"), _folded(turn.prompt, hits))
    for one in turn.new:
        name, style = _WHO.get(one.role, (one.role, _OTHERS))
        table.add_row(Text(readable_line(name), style), _uttered(one, hits))
    if answered := list(_answered(turn, hits)):
        table.add_row(Text("agent", "bold green"), Text("\n").join(answered))
    return Trimmed(Group(_head(turn), table, ""))


def _about(turns: Sequence[Numbered]) -> Text:
    first, last = turns[0].exchange.started, turns[-1].exchange.started
    count = f"{len(turns)} turn{'' if len(turns) == 1 else 's'}"
    seconds = (last - first).total_seconds()
    span = f" in {seconds:.1f} s" if len(turns) > 1 else ""
    return Text(f"{first.astimezone():%Y-%m-%d %H:%M:%S}  {count}{span}", "dim")


def _head(turn: Turn) -> Text:
    exchange = turn.numbered.exchange
    line = Text.assemble(
        (f"{turn.numbered.number:<{_GUTTER}}", "bold"),
        (f"  {exchange.started.astimezone():%H:%M:%S.%f}"[:-3], "dim"),
    )
    line.append("  ").append_text(status_text(exchange))
    for word in _measured(turn, exchange):
        line.append(f"  {word}", "dim")
    return line


def _measured(turn: Turn, exchange: Exchange) -> Iterator[str]:
    """Yield the time to the first content, and what our endpoint did with the turn."""
    if turn.answer and turn.answer.first_content is not None and not turn.answer.error:
        yield f"first content {milliseconds(turn.answer.first_content)}"
    if exchange.response:
        context = first_header(exchange.response.headers, "x-sightline-context")
        yield from map(readable_line, filter(None, (context,)))


def _uttered(one: Utterance, hits: re.Pattern[str] | None) -> Text:
    """Return what somebody said; where nothing was said, that."""
    parts = [marked(one.text, hit_spans(one.text, hits))] if one.text.strip() else []
    if one.pictures:
        some = f"{one.pictures} picture{'' if one.pictures == 1 else 's'}"
        parts.append(Text(f"⟨{some}⟩", "dim italic"))
    parts += [_called(call.name, call.arguments, hits) for call in one.calls]
    return Text("\n").join(parts) if parts else Text("⟨nothing⟩", "dim italic")


def _folded(text: str, hits: re.Pattern[str] | None) -> Text:
    shown, note = folded(text)
    line = marked(shown, hit_spans(shown, hits), "dim")
    return line.append(f" … ⟨{note}⟩", "dim italic") if note else line


def _answered(turn: Turn, hits: re.Pattern[str] | None) -> Iterator[Text]:
    exchange, answer = turn.numbered.exchange, turn.answer
    if answer and answer.text:
        yield marked(answer.text, hit_spans(answer.text, hits))
    for call in answer.calls if answer else ():
        yield _called(call.name, call.arguments, hits)
    if answer and answer.error:
        yield marked(answer.error, hit_spans(answer.error, hits), "red")
    if ending := _ending(exchange, answer):
        yield Text(f"⟨{readable(ending)}⟩", "red")


def _ending(exchange: Exchange, answer: Answer | None) -> str:
    """Return how an answer ended, where that was not well."""
    reason = f": {exchange.reason.rstrip('.')}" if exchange.reason else ""
    if answer is None:
        return f"no answer{reason}"
    if not exchange.complete:
        return f"cut short{reason}"
    if answer.error:
        return ""
    if not answer.text and not answer.calls:
        return "the answer says nothing"
    return "" if answer.done else "the answer breaks off"


def _called(name: str, arguments: str, hits: re.Pattern[str] | None) -> Text:
    text = f"{name} {arguments}".rstrip()
    return Text.assemble(("calls ", "magenta"), marked(text, hit_spans(text, hits), "magenta"))
