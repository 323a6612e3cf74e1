"""A conversation as the page shows it: its ID, its times, its turns and what each of them says."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from capture.report import timeline
from capture.report.body import Home
from capture.report.exchanges import Exchanges, ExchangeView, said_in
from capture.report.outcome import Outcome, outcome_of
from capture.report.sayings import Saying, saying
from capture.report.talk import new_in
from capture.report.text import shown
from capture.report.timeline import Bar
from capture.report.tree import Tree
from capture.sessions import Certainty, Session
from contract.exchange import Exchange


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn: the exchange, what is new in it, and its line on the time axis."""

    number: int
    offset: str
    exchange: ExchangeView
    sayings: tuple[Saying, ...]
    notes: tuple[str, ...]
    content: str
    bar: Markup
    lane: int
    lanes: int


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation; `certainty` is how sure it is that its turns belong together, and `why`."""

    number: int
    anchor: str
    ids: tuple[Markup, ...]
    facts: tuple[str, ...]
    certainty: Certainty
    why: Markup
    began: datetime
    bars: tuple[Bar, ...]
    strip: Markup
    clocks: Markup
    labels: Markup
    turns: tuple[TurnView, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exchange stands on the page, and what it is called in its own file."""

    anchor: str
    name: str


def conversation(
    session: Session, exchanges: Exchanges, tree: Tree, places: Mapping[int, Place]
) -> ConversationView:
    """Return a conversation with all its turns; `places` has a place for each exchange's `id()`."""
    turns = session.turns
    outcomes = [outcome_of(it, said_in(it)) for it in turns]
    bars = _bars(turns, outcomes)
    scale, whole = (timeline.axis(it) for it in (timeline.longest(bars), timeline.last(bars)))
    views = []
    for at, bar in enumerate(bars):
        place = places[id(turns[at])]
        home = Home(place.anchor, f"turn {at + 1} of conversation {session.number}")
        exchange = exchanges.show(turns[at], home, place.name, bar.outcome)
        before = turns[at - 1] if at else None
        views.append(_turn(at + 1, turns[at], before, exchange, bar, scale, exchanges, tree))
    return ConversationView(
        number=session.number,
        began=turns[0].started,
        anchor=f"c{session.number}",
        ids=tuple(dict.fromkeys(one for view in views for one in view.exchange.ids)),
        facts=tuple(_facts(turns, bars)),
        certainty=session.certainty,
        why=shown(session.why),
        bars=bars,
        strip=timeline.strip(bars, whole),
        clocks=timeline.clocks(whole),
        labels=timeline.labels(scale, timeline.ms),
        turns=tuple(views),
    )


def _bars(turns: Sequence[Exchange], outcomes: Sequence[Outcome]) -> tuple[Bar, ...]:
    starts = [(it.started - turns[0].started).total_seconds() * 1000 for it in turns]
    pieces = [[at for at, _ in it.response.arrivals] if it.response else [] for it in turns]
    return timeline.bars(starts, outcomes, pieces)


def _turn(
    number: int,
    turn: Exchange,
    before: Exchange | None,
    exchange: ExchangeView,
    bar: Bar,
    scale: timeline.Axis,
    exchanges: Exchanges,
    tree: Tree,
) -> TurnView:
    talk = new_in(turn.request, before.request if before else None)
    words = [it.value for it in exchanges.marks(turn.request) if it.path.place == "body"]
    answer = said_in(before).text if before else ""
    content = _first_content(turn)
    return TurnView(
        number=number,
        offset=timeline.clock(bar.start),
        exchange=exchange,
        sayings=tuple(saying(it, tree, words, answer) for it in talk.messages),
        notes=talk.notes,
        content="" if content is None else timeline.ms(content),
        bar=timeline.line(bar, scale),
        lane=bar.lane,
        lanes=bar.lanes,
    )


def _first_content(turn: Exchange) -> float | None:
    """Return when an answer began to say something; an error says nothing."""
    said = said_in(turn)
    return said.first_content if said.text or said.tools else None


def _facts(turns: Sequence[Exchange], bars: Sequence[Bar]) -> Iterator[str]:
    """Yield what there is to say of a whole conversation."""
    yield f"{len(turns)} turn{'' if len(turns) == 1 else 's'}"
    lasted = timeline.clock(timeline.last(bars))
    yield f"began {turns[0].started.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, lasted {lasted}"
    content = [at for it in turns if (at := _first_content(it)) is not None]
    if content:
        usual, most = timeline.ms(statistics.median(content)), timeline.ms(max(content))
        yield f"first content after {usual} (median), at most {most}"
    for end, words in timeline.WORDS.items():
        count = sum(it.outcome.end == end for it in bars)
        if count and end != "done":
            yield f"{count} {words}"
