"""How calls go: interleaved, repeated, cut, alike, one alone. The rules need two that differ."""

from random import Random

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import FOUND, INSUFFICIENT, Setup, kind
from bench.locate.draft import Put, body, carrying, constant, header, in_words, own, prompt
from bench.locate.kinds.places import HEADERS, KEYS
from bench.locate.platforms import elevenlabs
from bench.locate.talk import BARE, CUT, EMPTY, GUESS, RECONNECT, RETRY, SILENCE, TOOL, Plan, Turn


def _real(dice: Random, form: forms.Form) -> Put:
    return dice.choice(
        (
            carrying(header(dice.choice(HEADERS), own(form))),
            carrying(body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form))),
            in_words(prompt("Conversation ID: {}", own(form), "end")),
        )
    )


def _calls(dice: Random, plan: Plan, *more: Put) -> Setup:
    form = dice.choice((forms.conv, forms.uuid, forms.dashed))
    return Setup(
        elevenlabs(dice), (*lure.noise(dice), *more, _real(dice, form)), form=form, plan=plan
    )


@kind("sessions")
def interleaved(dice: Random) -> Setup:
    """Several calls at once, turn by turn between each other."""
    return _calls(dice, Plan(calls=(3, 6), turns=(3, 7), together=True))


@kind("sessions")
def retried(dice: Random) -> Setup:
    """The same turn several times: the histories are equal, and so is the ID."""
    return _calls(dice, Plan(events=frozenset({RETRY}), together=dice.random() < 0.5))


@kind("sessions")
def speculative_and_revised(dice: Random) -> Setup:
    """A turn is sent before the person has finished, then with the whole sentence."""
    return _calls(dice, Plan(events=frozenset({GUESS, RETRY}), together=dice.random() < 0.5))


@kind("sessions")
def interrupted_and_shrunken(dice: Random) -> Setup:
    """After an interruption the history holds what was heard, which is less than before."""
    return _calls(dice, Plan(turns=(4, 8), events=frozenset({CUT}), together=dice.random() < 0.5))


@kind("sessions")
def tools_and_silence(dice: Random) -> Setup:
    """Tool calls in the history, and turns in which the person says nothing."""
    return _calls(dice, Plan(turns=(4, 7), events=frozenset({TOOL, SILENCE})))


@kind("sessions")
def all_of_it_at_once(dice: Random) -> Setup:
    """Interleaved, retried, revised, cut and silent: still constant within and distinct between."""
    events = frozenset({RETRY, GUESS, CUT, TOOL, SILENCE, BARE})
    return _calls(dice, Plan(calls=(3, 5), turns=(4, 8), events=events, together=True))


@kind("sessions")
def same_opening_words(dice: Random) -> Setup:
    """Two calls that open with the same words and part later."""
    same = dice.randint(1, 2)
    return _calls(dice, Plan(calls=(2, 3), turns=(4, 6), same=same, together=dice.random() < 0.5))


@kind("sessions")
def identical_words(dice: Random) -> Setup:
    """All calls with the same words throughout; the well-named place alone tells them apart, and
    each group that it makes is one whole conversation.
    """
    form = dice.choice((forms.conv, forms.uuid))
    put = dice.choice(
        (
            header("X-Conversation-Id", own(form)),
            body(["elevenlabs_extra_body", "conversation_id"], own(form)),
        )
    )
    plan = Plan(calls=(3, 4), turns=(3, 3), same=99, together=dice.random() < 0.5)
    return Setup(elevenlabs(dice), (carrying(put),), form=form, plan=plan)


@kind("sessions")
def one_user_several_conversations(dice: Random) -> Setup:
    """One person calls again and again: the person is the same, the conversation is not."""
    plan = Plan(calls=(3, 5), one_person=True)
    return _calls(dice, plan, *lure.users(dice), *lure.devices(dice))


@kind("sessions")
def several_users(dice: Random) -> Setup:
    """Each person calls once, so that user IDs are as constant and distinct as the ID is."""
    return _calls(dice, Plan(calls=(3, 4)), *lure.users(dice))


@kind("sessions")
def two_single_requests(dice: Random) -> Setup:
    """Two calls of one request each: enough, since a well-named place is the only difference."""
    form = dice.choice((forms.conv, forms.uuid))
    put = carrying(header(dice.choice(("X-Conversation-Id", "Conversation-Id")), own(form)))
    return Setup(elevenlabs(dice), (put,), form=form, plan=Plan(calls=(2, 2), turns=(1, 1)))


@kind("sessions")
def two_single_requests_with_rivals(dice: Random) -> Setup:
    """As above with a second, unexplained difference: the rules do not call it enough, nor forbid
    the well-named place.
    """
    puts = (
        header("X-Thing", constant("thing", forms.uuid)),
        carrying(header("X-Conversation-Id", own(forms.uuid))),
    )
    plan = Plan(calls=(2, 2), turns=(1, 1))
    verdicts = frozenset({FOUND, INSUFFICIENT})
    return Setup(elevenlabs(dice), puts, verdicts, form=forms.uuid, plan=plan)


@kind("sessions")
def one_conversation_named(dice: Random) -> Setup:
    """One conversation without a known ID is insufficient, also with `X-Conversation-Id`."""
    put = dice.choice(
        (
            carrying(header("X-Conversation-Id", own(forms.conv))),
            carrying(body(["elevenlabs_extra_body", "conversation_id"], own(forms.conv))),
            in_words(prompt("Conversation ID: {}", own(forms.conv), "end")),
        )
    )
    plan = Plan(calls=(1, 1), turns=(1, 6))
    return Setup(elevenlabs(dice), (put,), frozenset({INSUFFICIENT}), plan=plan)


@kind("sessions")
def one_conversation_unnamed(dice: Random) -> Setup:
    """One conversation without a known ID is insufficient, also when nothing in it is named."""
    puts = lure.noise(dice) if dice.random() < 0.5 else lure.users(dice)
    plan = Plan(calls=(1, 1), turns=(2, 6))
    return Setup(elevenlabs(dice), tuple(puts), frozenset({INSUFFICIENT}), plan=plan)


@kind("sessions")
def one_conversation_with_repeats(dice: Random) -> Setup:
    """One conversation that is retried, revised and cut does not become two."""
    put = carrying(header("X-Conversation-Id", own(forms.uuid)))
    events = frozenset({RETRY, GUESS, CUT, SILENCE, BARE})
    plan = Plan(calls=(1, 1), turns=(4, 8), events=events)
    return Setup(elevenlabs(dice), (put,), frozenset({INSUFFICIENT}), form=forms.uuid, plan=plan)


@kind("sessions")
def one_conversation_with_a_request_id(dice: Random) -> Setup:
    """One conversation whose requests each have a new ID under a good name is one all the same."""
    plan = Plan(calls=(1, 1), turns=(3, 6))
    puts = lure.random_under_good_names(dice)
    return Setup(elevenlabs(dice), puts, frozenset({INSUFFICIENT}), plan=plan)


@kind("sessions")
def first_request_empty(dice: Random) -> Setup:
    """`messages: []` comes first; a header is there in it already."""
    put = carrying(header(dice.choice(HEADERS), own(forms.conv)))
    plan = Plan(calls=(2, 4), events=frozenset({EMPTY}), together=dice.random() < 0.5)
    return Setup(elevenlabs(dice), (put,), plan=plan)


@kind("sessions")
def first_request_empty_id_in_the_prompt(dice: Random) -> Setup:
    """`messages: []` cannot carry an ID that stands in the prompt; the rest does."""
    put = in_words(prompt("Conversation ID: {}", own(forms.conv), dice.choice(("start", "end"))))
    plan = Plan(calls=(2, 4), events=frozenset({EMPTY}))
    return Setup(elevenlabs(dice), (put,), plan=plan)


@kind("sessions")
def first_request_prompt_only(dice: Random) -> Setup:
    """A request with a prompt and nothing said is a turn, and belongs to the call that follows."""
    return _calls(dice, Plan(calls=(2, 4), events=frozenset({BARE})))


@kind("sessions")
def session_lost_at_a_reconnect(dice: Random) -> Setup:
    """The session's ID changes when the connection is made again; the conversation's survives."""

    def session(turn: Turn) -> str:
        return turn.call.value(f"session{turn.connection}", forms.uuid)

    form = dice.choice((forms.conv, forms.uuid))
    puts: tuple[Put, ...] = (
        header("X-Session-Id", session),
        carrying(
            dice.choice(
                (
                    header("X-Conversation-Id", own(form)),
                    body(["elevenlabs_extra_body", "conversation_id"], own(form)),
                )
            )
        ),
    )
    plan = Plan(calls=(3, 4), turns=(4, 7), events=frozenset({RECONNECT}))
    return Setup(elevenlabs(dice), puts, form=form, plan=plan)


@kind("sessions")
def many_calls(dice: Random) -> Setup:
    """A dozen calls with users who come back, and the ID among what they share."""
    plan = Plan(calls=(9, 12), turns=(2, 4), together=True)
    return _calls(dice, plan, *lure.caller_numbers(dice))


@kind("sessions")
def calls_in_two_files(dice: Random) -> Setup:
    """The calls are in two files, one after the other; together they are enough."""
    form = dice.choice((forms.conv, forms.uuid))
    plan = Plan(calls=(2, 4))
    return Setup(elevenlabs(dice), (_real(dice, form),), form=form, plan=plan, files=2)


@kind("sessions")
def one_conversation_with_a_reconnect(dice: Random) -> Setup:
    """A session's ID that changes in the middle does not make two conversations of one: the
    history goes on.
    """

    def session(turn: Turn) -> str:
        return turn.call.value(f"session{turn.connection}", forms.uuid)

    plan = Plan(calls=(1, 1), turns=(4, 7), events=frozenset({RECONNECT}))
    put = header("X-Session-Id", session)
    return Setup(elevenlabs(dice), (put,), frozenset({INSUFFICIENT}), plan=plan)


@kind("sessions")
def one_long_call_and_one_request(dice: Random) -> Setup:
    """One long call and one that was over after a request are two that can be told apart."""
    form = dice.choice((forms.conv, forms.uuid))
    put = carrying(header("X-Conversation-Id", own(form)))
    return Setup(elevenlabs(dice), (put,), form=form, plan=Plan(calls=(2, 2), turns=(1, 5)))
