"""A conversation as the page shows it: its ID, its times, its turns and what each of them says."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from capture.report import timeline
from capture.report.axis import Axis, axis, clock, clocks, labels, ms
from capture.report.body import Home
from capture.report.exchanges import Exchanges, ExchangeView, said_in
from capture.report.outcome import outcome_of
from capture.report.sayings import Saying, saying
from capture.report.talk import new_in
from capture.report.text import shown
from capture.report.timeline import Bar
from capture.report.tree import Tree
from capture.sessions import Certainty, Session
from contract.exchange import Exchange

MOST = 200
"""The most messages of one turn that are told: a recording may begin in the middle of a call."""


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


class Conversations:
    """Show conversations; `places` has a place for the `id()` of each exchange."""

    def __init__(self, exchanges: Exchanges, tree: Tree, places: Mapping[int, Place]) -> None:
        self._exchanges = exchanges
        self._tree = tree
        self._places = places

    def show(self, session: Session) -> ConversationView:
        """Return a conversation with all its turns."""
        bars = _bars(session.turns)
        scale = axis(timeline.longest(bars))
        whole = axis(timeline.last(bars))
        turns = tuple(self._turn(session, at, bar, scale) for at, bar in enumerate(bars))
        return ConversationView(
            number=session.number,
            anchor=f"c{session.number}",
            ids=tuple(dict.fromkeys(one for turn in turns for one in turn.exchange.ids)),
            facts=tuple(_facts(session.turns, bars)),
            certainty=session.certainty,
            why=shown(session.why),
            began=session.turns[0].started,
            bars=bars,
            strip=timeline.strip(bars, whole),
            clocks=clocks(whole),
            labels=labels(scale, ms),
            turns=turns,
        )

    def _turn(self, session: Session, at: int, bar: Bar, scale: Axis) -> TurnView:
        turn, before = session.turns[at], session.turns[at - 1] if at else None
        talk = new_in(turn.request, before.request if before else None)
        marks = self._exchanges.marks(turn.request)
        words = [it.value for it in marks if it.path.place == "body"]
        answer = said_in(before).text if before else ""
        content = _first_content(turn)
        return TurnView(
            number=at + 1,
            offset=clock(bar.start),
            exchange=self._exchange(session, at, bar),
            sayings=tuple(saying(it, self._tree, words, answer) for it in talk.messages[-MOST:]),
            notes=(*talk.notes, *_left(len(talk.messages) - MOST)),
            content="" if content is None else ms(content),
            bar=timeline.line(bar, scale),
            lane=bar.lane,
            lanes=bar.lanes,
        )

    def _exchange(self, session: Session, at: int, bar: Bar) -> ExchangeView:
        turn = session.turns[at]
        place = self._places[id(turn)]
        home = Home(place.anchor, f"turn {at + 1} of conversation {session.number}")
        return self._exchanges.show(turn, home, place.name, bar.outcome)


def _bars(turns: Sequence[Exchange]) -> tuple[Bar, ...]:
    outcomes = [outcome_of(it, said_in(it)) for it in turns]
    starts = [(it.started - turns[0].started).total_seconds() * 1000 for it in turns]
    pieces = [[at for at, _ in it.response.arrivals] if it.response else [] for it in turns]
    return timeline.bars(starts, outcomes, pieces)


def _left(count: int) -> tuple[str, ...]:
    return (f"told only in the request: {count:,} more, before these",) if count > 0 else ()


def _first_content(turn: Exchange) -> float | None:
    """Return when an answer began to say something; an error says nothing."""
    said = said_in(turn)
    return said.first_content if said.text or said.tools else None


def _facts(turns: Sequence[Exchange], bars: Sequence[Bar]) -> Iterator[str]:
    """Yield what there is to say of a whole conversation."""
    yield f"{len(turns)} turn{'' if len(turns) == 1 else 's'}"
    lasted = clock(timeline.last(bars))
    yield f"began {turns[0].started.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, lasted {lasted}"
    content = [at for it in turns if (at := _first_content(it)) is not None]
    if content:
        usual, most = ms(statistics.median(content)), ms(max(content))
        yield f"first content after {usual} (median), at most {most}"
    for end, words in timeline.WORDS.items():
        count = sum(it.outcome.end == end for it in bars)
        if count and end != "done":
            yield f"{count} {words}"
