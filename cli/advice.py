"""What to do where the conversation ID is nowhere, on the terminal.

Prose is wrapped and indented; what is to be pasted stands at the left edge, never wrapped and
without a frame, so that what is marked with the mouse is what was meant.
"""

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.text import Text

from capture.remedies.advice import VERIFY
from capture.remedies.generic import NEVER, UNVERIFIED
from capture.show.payload import readable

if TYPE_CHECKING:
    from rich.console import Console

    from capture.remedies.advice import Advice
    from capture.remedies.remedy import Paste, Remedy

_WIDEST: Final = 100  # in columns; longer lines of prose are hard to read
_INDENT: Final = "   "
_LABEL: Final = 12
_SURE: Final = {
    "sure": "This is {}",
    "likely": "This is probably {}",
    "perhaps": "This may be {}; it is a guess",
    "unknown": "What to do on any platform",
}
_BASIS_STYLE: Final = {"documented": "green", "seen": "yellow", "inferred": "magenta"}


def print_advice(screen: "Console", advice: "Advice") -> None:
    """Print who sent the recording, the remedies, how to see that they work, and what never does.

    Lines that must stay whole are longer than the screen where it is narrow; the terminal folds
    them.
    """
    blank = False
    for line in _lines(advice, max(40, min(screen.width, _WIDEST))):
        if line.plain or not blank:
            screen.print(line, soft_wrap=True)
        blank = not line.plain


def _lines(advice: "Advice", width: int) -> Iterator[Text]:
    for one in (advice, *advice.others):
        yield from _platform(one, width)
    yield Text()
    yield from _prose(UNVERIFIED, width)
    yield from _heading("Then see whether it works")
    yield from _prose("Record two short calls, and name an ID that the page knows:", width)
    yield from _whole("\n".join(VERIFY))
    yield from _heading("What never works")
    for never in NEVER:
        yield from _item(never, width)


def _platform(advice: "Advice", width: int) -> Iterator[Text]:
    yield from _heading(_SURE[advice.sureness].format(advice.platform), "bold underline")
    for mark in advice.marks:
        where = f"{mark.where}, in {mark.requests} of {advice.of} turns"
        tail = f"({mark.basis})" if advice.platform else "(several platforms send it)"
        yield from _item(f"{where} {tail}", width)
    for number, remedy in enumerate(advice.remedies, start=1):
        yield from _remedy(number, remedy, width)
    yield from _heading("The page")
    yield from _prose(advice.client, width)
    if advice.client_paste:
        yield from _paste(advice.client_paste, width)


def _remedy(number: int, remedy: "Remedy", width: int) -> Iterator[Text]:
    yield Text()
    yield Text.assemble((f"{number:<{len(_INDENT)}}", "dim"), (remedy.title, "bold"))
    yield from _prose(remedy.why, width)
    if remedy.here:
        yield from _prose(f"In this recording {readable(remedy.here)}.", width, "bold yellow")
    if not remedy.in_vain:
        yield from _way(remedy, width)


def _way(remedy: "Remedy", width: int) -> Iterator[Text]:
    for paste in remedy.paste:
        yield from _paste(paste, width)
    for limit in remedy.limits:
        yield from _item(limit, width)
    if remedy.path:
        yield _labelled("then at", str(remedy.path), "bold")
    style = _BASIS_STYLE[remedy.basis]
    yield from _prose(remedy.evidence, width, label=remedy.basis, label_style=style)
    if remedy.source:
        yield _labelled("read", remedy.source)


def _paste(paste: "Paste", width: int) -> Iterator[Text]:
    yield from _prose(f"{paste.into}:", width, label="paste into")
    yield from _whole(
        json.dumps(paste.content, indent=2) if paste.kind == "json" else paste.content
    )


def _whole(text: str) -> Iterator[Text]:
    """Yield the lines of what is to be pasted, as they are."""
    yield Text()
    yield from (Text(line, "cyan") for line in text.splitlines())
    yield Text()


def _heading(text: str, style: str = "bold") -> Iterator[Text]:
    yield Text()
    yield Text(text, style)


def _item(text: str, width: int) -> Iterator[Text]:
    yield from _prose(text, width, label="-", room=2)


def _prose(
    text: str,
    width: int,
    style: str = "",
    *,
    label: str = "",
    label_style: str = "dim",
    room: int = _LABEL,
) -> Iterator[Text]:
    """Yield the lines of a text below each other, with a label before the first of them."""
    room = room if label else 0
    lines = wrap(text, width - len(_INDENT) - room, break_long_words=False, break_on_hyphens=False)
    for at, line in enumerate(lines):
        before = f"{label if at == 0 else '':<{room}}"
        yield Text.assemble(_INDENT, (before, label_style), (line, style))


def _labelled(label: str, text: str, style: str = "") -> Text:
    """Return a line that stays whole."""
    return Text.assemble(_INDENT, (f"{label:<{_LABEL}}", "dim"), (text, style))
