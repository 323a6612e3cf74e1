"""How a turn can follow what one conversation has said so far, and how sure that is.

Pure. A history is a path of numbers, one for each beginning of it, so that two histories share just
the beginnings whose numbers are equal. Whether a wording was abandoned, or whether somebody went on
from it, only later turns show: `Histories` knows them all before the first one is placed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property
from typing import Literal, TypeAlias

from capture.answer import answer_of
from capture.histories import (
    Line,
    identities_of,
    is_begun,
    is_cut_short,
    is_revised,
    prompt_of,
)
from contract.exchange import Exchange

Certainty: TypeAlias = Literal["sure", "likely", "unsure"]

SENT_AGAIN = timedelta(seconds=60)
"""Later than this, somebody else begins with the same words: a platform waits 15 s for content."""

_REVISED = timedelta(seconds=20)  # later than this, nobody corrects what the ear has heard
_ANSWERED = timedelta(seconds=3)  # the same, where the earlier wording was answered to the end


class Rank(IntEnum):
    """How well a turn follows a conversation; the best wins."""

    SHRUNK = 1
    REVISED = 2
    AGAIN = 3
    EXTENDS = 4
    AGAIN_AFTER_FAILURE = 5


@dataclass(frozen=True)
class View:
    """A turn, with what is needed to place it; `path[n]` stands for the first n lines."""

    turn: Exchange
    prompt: str
    history: tuple[Line, ...]
    path: tuple[int, ...]
    people: tuple[int, ...]
    """How often a person has spoken in the first n lines."""
    position: int = 0
    """Where it stands in the order of all turns."""

    @property
    def node(self) -> int:
        """The number of the whole history."""
        return self.path[-1]

    @property
    def spoken(self) -> int:
        """How often a person has spoken."""
        return self.people[-1]

    @property
    def started(self) -> datetime:
        """When the turn was sent."""
        return self.turn.started

    @property
    def failed(self) -> bool:
        """Whether nothing usable was answered, as far as was recorded."""
        response = self.turn.response
        return not self.turn.complete or (response is not None and response.status >= 400)  # noqa: PLR2004

    @cached_property
    def answer(self) -> str:
        """The words that were answered; empty where none were recorded."""
        return " ".join(answer_of(self.turn.response).text.split()) if self.turn.response else ""


class Histories:
    """The histories of all turns, with numbers for their beginnings."""

    def __init__(self, turns: Iterable[Exchange]) -> None:
        self._numbers: dict[tuple[int, Line], int] = {}
        views = [self._view(turn) for turn in turns]
        # Turns of one moment, as of a file without times, stand in the order of their histories.
        order = sorted(range(len(views)), key=lambda at: (views[at].started, len(views[at].path)))
        positions = {at: position for position, at in enumerate(order)}
        self.views = [replace(view, position=positions[at]) for at, view in enumerate(views)]
        self.in_order = [self.views[at] for at in order]
        self._last = {node: view.position for view in self.in_order for node in view.path[:-1]}

    def _view(self, turn: Exchange) -> View:
        history, path, people = identities_of(turn.request), [0], [0]
        for line in history:
            path.append(self._numbers.setdefault((path[-1], line), len(self._numbers) + 1))
            people.append(people[-1] + (line[0] == "user"))
        return View(turn, prompt_of(turn.request), history, tuple(path), tuple(people))

    def goes_on(self, node: int, after: View) -> bool:
        """Tell whether a later turn says more than this, so that it was not abandoned."""
        return self._last.get(node, -1) > after.position


@dataclass(frozen=True, slots=True)
class Link:
    """Why a turn belongs to a conversation; `shared` counts the lines that both know."""

    rank: Rank
    shared: int
    certainty: Certainty
    why: str


@dataclass(slots=True)
class Open:
    """A conversation that is still being put together."""

    views: list[View]
    links: list[Link] = field(default_factory=list)
    nodes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for view in self.views:
            self.nodes.update(view.path)

    def add(self, view: View, link: Link) -> None:
        """Take a turn in."""
        self.views.append(view)
        self.links.append(link)
        self.nodes.update(view.path)

    @property
    def tip(self) -> View:
        """The turn that was sent last."""
        return self.views[-1]

    def at(self, node: int) -> list[View]:
        """Return the turns with exactly this history."""
        return [view for view in self.views if view.node == node]


def link(
    conversation: Open, view: View, histories: Histories, *, of_one_id: bool = False
) -> Link | None:
    """Return how a turn in which somebody speaks follows a conversation, or None if it does not.

    Args:
        conversation: what was said so far.
        view: the turn.
        histories: those of all turns.
        of_one_id: whether something else says that both are of one conversation, so that it is
            enough if nothing speaks against it.
    """
    shared = max(at for at, node in enumerate(view.path) if node in conversation.nodes)
    if shared == len(view.history):
        return _again(conversation, view)
    tip = conversation.tip
    if len(tip.history) <= shared and tip.path[-1] == view.path[len(tip.history)]:
        return _extends(conversation, view, shared)
    parted = _parts(conversation, view, shared, histories, of_one_id=of_one_id)
    if parted is None and (slid := _slides(tip.history, view.history)):
        return Link(Rank.EXTENDS, slid, "likely", "repeats the last messages only, and says more")
    return parted


def _again(conversation: Open, view: View) -> Link | None:
    """Return the link of a turn that says nothing new."""
    shared = len(view.history)
    same = conversation.at(view.node)
    if view.spoken == 1:
        if conversation.tip.spoken > 1 or not same:
            return None  # somebody else begins with the same words
        if view.started - same[-1].started > SENT_AGAIN:
            return None
    if same and conversation.tip.node == view.node:
        if same[-1].failed:
            return Link(Rank.AGAIN_AFTER_FAILURE, shared, "sure", "was sent again after a failure")
        certainty: Certainty = "likely" if view.spoken > 1 else "unsure"
        return Link(Rank.AGAIN, shared, certainty, "repeats the turn before it")
    return Link(Rank.SHRUNK, shared, "likely", "goes back to what was said before")


def _extends(conversation: Open, view: View, shared: int) -> Link | None:
    """Return the link of a turn that says more than the last one of the conversation."""
    people = view.people[shared]
    if people == 0:
        return None
    if people > 1:
        return Link(Rank.EXTENDS, shared, "sure", f"repeats {people} utterances and says more")
    if _is_answered(conversation, view, shared):
        why = "holds the answer to the turn before it"
        return Link(Rank.EXTENDS, shared, "sure", why)
    return Link(Rank.EXTENDS, shared, "likely", "repeats the first words and says more")


def _slides(before: Sequence[Line], after: Sequence[Line]) -> int:
    """Return how many lines at the end of a history another one begins with, at least two."""
    if after[0] not in before[1:]:
        return 0
    for size in range(min(len(before), len(after) - 1), 1, -1):
        lines = after[:size]
        if before[-size:] == lines and any(role == "user" for role, _ in lines):
            return size
    return 0


def _is_answered(conversation: Open, view: View, shared: int, tip: View | None = None) -> bool:
    """Tell whether the answer that was recorded stands in the history that follows it."""
    at = shared if tip is None else shared + 1
    if at >= len(view.history):
        return False
    role, said = view.history[at]
    said = " ".join(said.split()).rstrip(" .…-")
    asked = [tip] if tip else conversation.at(view.path[shared])
    return role == "assistant" and bool(said) and any(it.answer.startswith(said) for it in asked)


def _parts(
    conversation: Open, view: View, shared: int, histories: Histories, *, of_one_id: bool
) -> Link | None:
    """Return the link of a turn that parts from what the conversation said last."""
    tip = conversation.tip
    if shared >= len(tip.history):
        return None
    before, after = tip.history[shared], view.history[shared]
    people = view.people[shared]
    if histories.goes_on(tip.node, view):
        return None  # the other wording was not abandoned, so there are two calls
    later = tip.history[shared + 1 :]
    same = later == view.history[shared + 1 : len(tip.history)] and before[0] == after[0]
    if same and later and (people or any(role == "user" for role, _ in later)):
        return Link(Rank.REVISED, shared, "likely", "corrects something said earlier")
    soon = view.started - tip.started <= SENT_AGAIN
    if of_one_id and soon and tip.spoken == 1 < view.spoken:
        return Link(Rank.REVISED, shared, "unsure", "says the first words differently")
    if before[0] == after[0] == "user":
        return _revises(conversation, view, shared)
    if people and before[0] == after[0] == "assistant":
        cut = is_cut_short(before, after)
        if cut or (people > 1 and shared >= len(tip.history) - 2):
            why = "holds only the beginning of the last answer" if cut else "corrects an answer"
            return Link(Rank.REVISED, shared, "likely", why)
    if people > 1 and tip.spoken - people <= 1:
        return Link(Rank.REVISED, shared, "likely", "goes on from an earlier utterance")
    return None


def _revises(conversation: Open, view: View, shared: int) -> Link | None:
    """Return the link of a turn whose last utterance replaces that of the turn before it."""
    tip, people = conversation.tip, view.people[shared]
    if shared < len(tip.history) - 1:
        return None
    before, after = tip.history[shared], view.history[shared]
    answered = tip.turn.response is not None and not tip.failed
    gap = view.started - tip.started
    if is_begun(before, after) or is_begun(after, before):
        if people == 0 and gap > SENT_AGAIN:
            return None
        why = "hears more of the last utterance"
        return Link(Rank.REVISED, shared, "likely", why)
    soon = gap <= (_ANSWERED if answered else _REVISED)
    if view.spoken > tip.spoken and (
        _is_answered(conversation, view, shared, tip) or is_revised(before, after)
    ):
        return Link(Rank.REVISED, shared, "likely", "corrects an utterance that was answered")
    many = people == 1 and len(conversation.at(view.path[_first(view)])) > 1
    if people > 1 or (people == 1 and not many) or (is_revised(before, after) and soon):
        certainty: Certainty = "likely" if people else "unsure"
        return Link(Rank.REVISED, shared, certainty, "words the last utterance differently")
    return None


def _first(view: View) -> int:
    """Return the number of lines up to the first utterance."""
    return view.people.index(1)


def opening(view: View) -> int | None:
    """Return the number of a history up to its first utterance, or None where nobody spoke."""
    return view.path[_first(view)] if view.spoken else None
