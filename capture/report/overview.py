"""All conversations on one time axis: which of them went on at the same time."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from capture.report import timeline
from capture.report.axis import axis, clocks
from capture.report.conversations import ConversationView


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation and its strip on the common axis."""

    conversation: ConversationView
    strip: Markup


@dataclass(frozen=True, slots=True)
class Overview:
    """The strips of all conversations, and the numbers below them."""

    rows: tuple[Row, ...]
    clocks: Markup


def overview(conversations: Sequence[ConversationView]) -> Overview | None:
    """Return all conversations on one axis; of a single one there is none."""
    if len(conversations) <= 1:
        return None
    began = min(it.began for it in conversations)
    since = [(it.began - began).total_seconds() * 1000 for it in conversations]
    ends = [at + timeline.last(it.bars) for at, it in zip(since, conversations, strict=True)]
    scale = axis(max(ends))
    rows = (
        Row(it, timeline.strip(it.bars, scale, at))
        for at, it in zip(since, conversations, strict=True)
    )
    return Overview(tuple(rows), clocks(scale))
