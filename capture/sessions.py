"""Which requests belong to one conversation, without knowing any ID, and how sure that is.

A voice platform sends the whole history with every turn, so the turns of one conversation extend
each other. Allowed for: a turn that is sent again, a last utterance that was revised, an answer of
which only the beginning was spoken, a history that was corrected or lost its end, and requests
before anybody has spoken. `capture.links` has the rules.

Histories cannot tell two calls apart that say the very same words at the same time. They are taken
for one call whose turns are sent twice, and `certainty` says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from capture.histories import Line, history_of, prompt_of, spoken
from capture.links import (
    SENT_AGAIN,
    Certainty,
    Histories,
    Link,
    Open,
    Rank,
    View,
    link,
    opening,
)
from contract.exchange import Exchange

__all__ = [
    "Certainty",
    "Line",
    "Session",
    "certainty_of",
    "history_of",
    "prompt_of",
    "sessions",
    "spoken",
]

Follow: TypeAlias = Callable[[Open, View], Link | None]
"""How a turn follows a conversation, or None."""

_ORDER: Final[tuple[Certainty, ...]] = ("unsure", "likely", "sure")
_ALONE: Final = "no other turn continues it or comes before it"
_SAME_WORDS: Final = "begins with the same words as another call"


@dataclass(frozen=True, slots=True)
class Session:
    """The turns of one conversation, in the order in which they were sent; numbered from 1.

    `certainty` says how sure it is that these turns, and no others, are one conversation; `why`
    tells in a clause what that rests on, or what speaks against it.
    """

    number: int
    turns: tuple[Exchange, ...]
    certainty: Certainty = "sure"
    why: str = _ALONE


def sessions(exchanges: Iterable[Exchange], *, of_one_id: bool = False) -> tuple[Session, ...]:
    """Return the conversations to which the turns among `exchanges` belong.

    Args:
        exchanges: what was recorded; what is no turn is left out.
        of_one_id: whether they share an ID, so that they are parted only where histories cannot be
            of one conversation; prompts do not count then.
    """
    histories = Histories(it for it in exchanges if it.is_turn)
    found = _put_together(histories, prompts=not of_one_id, of_one_id=of_one_id)
    if any(_is_mixed(it) for it in found):
        # Into this agent's prompt the platform writes what it has looked up for each turn.
        found = _put_together(histories, prompts=False, of_one_id=of_one_id)
    found.sort(key=lambda it: it.views[0].position)
    begun = Counter(node for it in found for node in {opening(view) for view in it.views})
    return tuple(_closed(number, it, begun) for number, it in enumerate(found, start=1))


def _put_together(histories: Histories, *, prompts: bool, of_one_id: bool) -> list[Open]:
    found: list[Open] = []
    views = [it if prompts else replace(it, prompt="") for it in histories.in_order]
    for view in views:
        if view.spoken:
            _place(view, found, lambda one, it: link(one, it, histories, of_one_id=of_one_id))
    for view in views:
        if not view.spoken:
            _place_before_words(view, found)
    return found


def _is_mixed(conversation: Open) -> bool:
    return len({it.prompt for it in conversation.views} - {""}) > 1


def certainty_of(found: Sequence[Session]) -> tuple[Certainty, str]:
    """Return how sure a whole grouping is, and what that rests on."""
    if not found:
        return "sure", ""
    weakest = min(found, key=lambda it: _ORDER.index(it.certainty))
    if weakest.certainty == "sure":
        return "sure", weakest.why
    more = sum(it.certainty == weakest.certainty for it in found) - 1
    others = f"; {more} more like it" if more else ""
    return weakest.certainty, f"in conversation {weakest.number}, {weakest.why}{others}"


def _place(view: View, found: list[Open], follow: Follow) -> None:
    """Put a turn into the conversation that it follows best, or begin another one with it."""
    near = [it for it in found if _has_prompt(it, view)]
    fits = _fits(view, near, follow)
    if not fits and view.spoken > 1:
        # A prompt into which the platform writes what it has looked up changes from turn to turn.
        fits = _fits(view, [it for it in found if it not in near], follow)
    if not fits:
        found.append(_begun(view, found))
        return
    fit, _, conversation = max(fits, key=lambda it: (it[0].rank, it[0].shared, it[1]))
    rivals = [it for it, _, other in fits if other is not conversation]
    if any(it.rank >= Rank.AGAIN and it.shared == fit.shared for it in rivals):
        fit = Link(fit.rank, fit.shared, "unsure", "follows another conversation just as well")
    conversation.add(view, fit)
    found.append(found.pop(found.index(conversation)))  # the last one is the one that spoke last


def _fits(view: View, among: Sequence[Open], follow: Follow) -> list[tuple[Link, int, Open]]:
    made = ((follow(it, view), at, it) for at, it in enumerate(among))
    return [(fit, at, it) for fit, at, it in made if fit is not None]


def _has_prompt(conversation: Open, view: View) -> bool:
    return any(it.prompt in {view.prompt, ""} for it in conversation.views) or not view.prompt


def _begun(view: View, found: Sequence[Open]) -> Open:
    """Return a new conversation, with its first turn where another one has taken that for its own.

    Two calls that open with the same words look like one whose first turn was sent twice, until
    they part.
    """
    conversation = Open([view])
    for other in found:
        first = [it for it in other.views if it.node in view.path[:-1] and it.spoken]
        if len(first) > 1 and len({it.node for it in first}) == 1 and _has_prompt(other, view):
            taken = next((it for it in first[1:] if _answers(it, view)), first[-1])
            at = other.views.index(taken)
            del other.views[at], other.links[at - 1]
            conversation = Open([taken])
            conversation.add(view, Link(Rank.EXTENDS, len(taken.history), "likely", _SAME_WORDS))
            break
    return conversation


def _answers(first: View, second: View) -> bool:
    said = second.history[len(first.history)][1]
    return bool(said) and first.answer.startswith(" ".join(said.split()))


def _place_before_words(view: View, found: list[Open]) -> None:
    """Put a turn in which nobody has spoken yet before the conversation that begins next."""
    later = [it for it in found if _has_prompt(it, view) and _begins_later(it, view)]
    if not later:
        found.append(Open([view]))
        return
    # One that such a turn stands before already gets no other, unless it was sent again.
    conversation = min(later, key=lambda it: (not it.views[0].spoken, it.views[0].started))
    others = len(later) > 1
    why = "begins before anybody has spoken" + (", as others do" if others else "")
    first = Link(Rank.EXTENDS, 0, "unsure" if others else "likely", why)
    conversation.views.insert(0, view)
    conversation.links.insert(0, first)
    conversation.views.sort(key=lambda it: it.started)


def _begins_later(conversation: Open, view: View) -> bool:
    first = next((it for it in conversation.views if it.spoken), None)
    if first is None:
        return view.started - conversation.tip.started <= SENT_AGAIN
    return first.started >= view.started


def _closed(number: int, conversation: Open, begun: Counter[int | None]) -> Session:
    turns = tuple(view.turn for view in conversation.views)
    shared = any(begun[opening(view)] > 1 for view in conversation.views if view.spoken)
    if not conversation.links:
        if shared:
            return Session(number, turns, "likely", _SAME_WORDS)
        return Session(number, turns)
    at, weakest = min(
        enumerate(conversation.links, start=2), key=lambda it: _ORDER.index(it[1].certainty)
    )
    if shared and weakest.certainty == "likely" and weakest.rank == Rank.EXTENDS:
        return Session(number, turns, "unsure", _SAME_WORDS)
    if weakest.certainty == "sure":
        return Session(number, turns, "sure", "every turn holds what was said and answered before")
    return Session(number, turns, weakest.certainty, f"turn {at} {weakest.why}")
