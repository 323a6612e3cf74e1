"""Histories that are not simply longer than before: prompts, greetings and windows that change."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import INSUFFICIENT, Setup, kind
from bench.locate.draft import Draft, Put, body, carrying, header, in_words, own, prompt
from bench.locate.kinds.places import HEADERS, KEYS
from bench.locate.platforms import elevenlabs, elevenlabs_responses
from bench.locate.talk import (
    BARE,
    CUT,
    EMPTY,
    GUESS,
    RECONNECT,
    RETRY,
    SILENCE,
    TOOL,
    Message,
    Plan,
)

_ONE = frozenset({INSUFFICIENT})
_LOOKED_UP = (
    "Article on returns: send parcels back within thirty days.",
    "Article on repairs: a mechanic comes to the house.",
    "Article on prices: members pay less.",
    "Article on opening hours: closed on Sundays.",
    "Article on invoices: they are sent by mail.",
)


def _looked_up(draft: Draft) -> None:
    """Write what was looked up for the last words into the prompt: other texts for other words."""
    words = [one["content"] for one in draft.history or () if one["role"] == "user"]
    found = " ".join(Random(f"{words[-1:]}").sample(_LOOKED_UP, 3))
    draft.prompt += f"\n\n{found}"


def _window(length: int) -> Put:
    def put(draft: Draft) -> None:
        if draft.history:
            draft.history = draft.history[-length:]

    return put


def _real(dice: Random, form: forms.Form) -> Put:
    places = (
        header(dice.choice(HEADERS), own(form)),
        body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form)),
    )
    return carrying(dice.choice(places))


def _answer_is_known(dice: Random) -> Setup:
    form = dice.choice((forms.conv, forms.uuid))
    return Setup(elevenlabs(dice), (_real(dice, form),), form=form, known=lambda ids: ids[:1])


@kind("histories")
def looked_up_one_call_with_tools(dice: Random) -> Setup:
    """One conversation, whose prompt changes with each turn; a tool's result continues it."""
    events = frozenset({TOOL, GUESS, SILENCE})
    put = carrying(header("X-Conversation-Id", own(forms.conv)))
    plan = Plan(calls=(1, 1), turns=(3, 6), events=events)
    return Setup(elevenlabs(dice), (_looked_up, put), _ONE, plan=plan)


@kind("histories")
def looked_up_many_events(dice: Random) -> Setup:
    """Prompts that change with each turn, with tools, guesses, retries and cuts, at the same
    time.
    """
    form = dice.choice((forms.conv, forms.uuid))
    events = frozenset({TOOL, GUESS, SILENCE, RETRY, CUT})
    plan = Plan(calls=(3, 4), turns=(3, 6), events=events, together=True)
    return Setup(elevenlabs(dice), (_looked_up, _real(dice, form)), form=form, plan=plan)


@kind("histories")
def looked_up_and_the_id_in_words(dice: Random) -> Setup:
    """As above, with the ID in that very prompt, behind what was looked up."""
    form = dice.choice((forms.conv, forms.uuid, forms.nanoid))
    puts = (_looked_up, in_words(prompt("Conversation ID: {}", own(form), "end")))
    plan = Plan(events=frozenset({TOOL, GUESS}), together=dice.random() < 0.5)
    return Setup(elevenlabs(dice), puts, form=form, plan=plan)


def _greeting_cut(draft: Draft) -> None:
    """Cut the greeting, as the person interrupts it: only its beginning was heard."""
    if draft.history and len(draft.history) > 2:
        draft.history = ({"role": "assistant", "content": "Hello! How"}, *draft.history[1:])


@kind("histories")
def greeting_interrupted_in_one_call(dice: Random) -> Setup:
    """One conversation, whose greeting is corrected to what was heard: still one."""
    put = carrying(header("X-Conversation-Id", own(forms.conv)))
    plan = Plan(calls=(1, 1), turns=(3, 6))
    return Setup(elevenlabs(dice), (_greeting_cut, put), _ONE, plan=plan)


@kind("histories")
def greeting_interrupted(dice: Random) -> Setup:
    """Several calls whose greeting is corrected to what was heard."""
    form = dice.choice((forms.conv, forms.uuid))
    plan = Plan(calls=(2, 4), together=dice.random() < 0.5)
    return Setup(elevenlabs(dice), (_greeting_cut, _real(dice, form)), form=form, plan=plan)


def _corrected(draft: Draft) -> None:
    """Correct the first utterance, once it has been answered: the transcript was revised."""
    if draft.history and len(draft.history) > 3:
        history: list[Message] = list(draft.history)
        history[1] = {"role": "user", "content": f"Well, {history[1]['content'].lower()}"}
        draft.history = tuple(history)


@kind("histories")
def first_words_corrected_in_one_call(dice: Random) -> Setup:
    """One conversation, whose first utterance is corrected after it was answered: still one."""
    put = carrying(header("X-Conversation-Id", own(forms.conv)))
    plan = Plan(calls=(1, 1), turns=(3, 6))
    return Setup(elevenlabs(dice), (_corrected, put), _ONE, plan=plan)


@kind("histories")
def first_words_corrected(dice: Random) -> Setup:
    """Several calls whose first utterance is corrected after it was answered."""
    form = dice.choice((forms.conv, forms.uuid))
    plan = Plan(calls=(2, 4), together=dice.random() < 0.5)
    return Setup(elevenlabs(dice), (_corrected, _real(dice, form)), form=form, plan=plan)


@kind("histories")
def last_messages_only(dice: Random) -> Setup:
    """A platform that sends the last messages only: they overlap from turn to turn, and the ID
    stays.
    """
    form = dice.choice((forms.conv, forms.uuid))
    plan = Plan(calls=(2, 4), turns=(5, 8))
    return Setup(elevenlabs(dice), (_window(5), _real(dice, form)), form=form, plan=plan)


@kind("histories")
def last_messages_only_in_one_call(dice: Random) -> Setup:
    """One conversation of which the last messages are sent: insufficient, whatever differs."""
    plan = Plan(calls=(1, 1), turns=(5, 8))
    puts = (_window(5), *lure.random_under_good_names(dice))
    return Setup(elevenlabs(dice), puts, _ONE, plan=plan)


@kind("histories")
def last_words_only_and_a_known_id(dice: Random) -> Setup:
    """Only the newest message is sent, so that nothing tells conversations apart but an ID that
    is known: a known ID wins over all other evidence.
    """
    one = _answer_is_known(dice)
    return replace(one, puts=(_window(1), *one.puts))


@kind("histories")
def last_words_only_in_one_call(dice: Random) -> Setup:
    """Each request of one conversation holds its newest message alone: nothing shows whether
    what is new in each request names a conversation or a request.
    """
    plan = Plan(calls=(1, 1), turns=(4, 7))
    puts = (_window(1), *lure.random_under_good_names(dice))
    return Setup(elevenlabs(dice), puts, _ONE, plan=plan)


@kind("histories")
def responses_newest_input_and_a_known_id(dice: Random) -> Setup:
    """The Responses API with the newest input alone, and a known ID that occurs."""
    one = _answer_is_known(dice)
    return replace(one, platform=elevenlabs_responses(dice, prompt_in="text"))


@kind("histories")
def prompt_only_first_at_the_same_time(dice: Random) -> Setup:
    """Several calls at once, each beginning with a prompt alone, or with no message at all."""
    form = dice.choice((forms.conv, forms.uuid))
    events = frozenset({dice.choice((BARE, EMPTY)), RETRY})
    plan = Plan(calls=(3, 4), events=events, together=True)
    return Setup(elevenlabs(dice), (_real(dice, form),), form=form, plan=plan)


@kind("histories")
def hung_up_before_speaking(dice: Random) -> Setup:
    """A third caller hangs up before speaking: a prompt alone, with an ID of its own."""
    form = dice.choice((forms.conv, forms.uuid))

    def silent(draft: Draft) -> None:
        if draft.turn.call.number == 1:
            draft.history = ()

    plan = Plan(calls=(3, 3), turns=(3, 4), events=frozenset({BARE}))
    return Setup(elevenlabs(dice), (silent, _real(dice, form)), form=form, plan=plan)


@kind("histories")
def same_words_to_the_end(dice: Random) -> Setup:
    """A test script says the same words in each call, and temperature 0 answers the same; calls
    overlap, and only the ID differs.
    """
    form = dice.choice((forms.conv, forms.uuid))
    plan = Plan(calls=(2, 3), turns=(4, 4), same=9, together=dice.random() < 0.5)
    return Setup(elevenlabs(dice), (_real(dice, form),), form=form, plan=plan)


@kind("histories")
def same_words_and_a_known_id(dice: Random) -> Setup:
    """As above, with an ID that is known."""
    one = _answer_is_known(dice)
    return replace(one, plan=Plan(calls=(2, 3), turns=(3, 3), same=9, together=True))


def _no_time(_: datetime) -> datetime:
    return datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def _whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


@kind("histories")
def no_times_and_one_call(dice: Random) -> Setup:
    """A tool that writes the same time for all requests, in their order, and one conversation, in
    the middle of which a session ends: the history goes on, so it is one.
    """
    plan = Plan(calls=(1, 1), turns=(4, 7), events=frozenset({RECONNECT}))
    put = header("X-Session-Id", lambda turn: turn.call.value(f"s{turn.connection}", forms.uuid))
    return Setup(elevenlabs(dice), (put,), _ONE, plan=plan, clock=_no_time)


@kind("histories")
def no_times(dice: Random) -> Setup:
    """Several calls, the same time for all requests, in their order."""
    form = dice.choice((forms.conv, forms.uuid))
    events = frozenset({dice.choice((TOOL, RETRY, GUESS, BARE))})
    plan = Plan(calls=(2, 4), events=events, together=dice.random() < 0.5)
    return Setup(elevenlabs(dice), (_real(dice, form),), form=form, plan=plan, clock=_no_time)


@kind("histories")
def times_of_whole_seconds(dice: Random) -> Setup:
    """Several calls at once, with times without milliseconds."""
    form = dice.choice((forms.conv, forms.uuid))
    plan = Plan(calls=(3, 5), events=frozenset({RETRY, GUESS, TOOL}), together=True)
    return Setup(elevenlabs(dice), (_real(dice, form),), form=form, plan=plan, clock=_whole_second)
