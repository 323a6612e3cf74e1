"""The ID beside lures: found, and at the right place; a lure is the wrong place."""

from random import Random

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import Setup, kind
from bench.locate.draft import Put, body, carrying, constant, header, in_words, own, prompt, query
from bench.locate.kinds.places import HEADERS, KEYS
from bench.locate.platforms import elevenlabs, vapi
from bench.locate.talk import RECONNECT, Plan, Turn


def _real(dice: Random, form: forms.Form) -> Put:
    key = dice.choice(("conversation_id", "conversationId"))
    return dice.choice(
        (
            carrying(header(dice.choice(HEADERS[:2]), own(form))),
            carrying(body(["elevenlabs_extra_body", key], own(form))),
            carrying(query(key, own(form))),
            in_words(prompt("Conversation ID: {}", own(form), "end")),
        )
    )


def _beside(dice: Random, *families: lure.Lure, plan: Plan | None = None) -> Setup:
    form = dice.choice((forms.conv, forms.uuid))
    puts = [put for family in families for put in family(dice)]
    return Setup(elevenlabs(dice), (*puts, _real(dice, form)), form=form, plan=plan or Plan())


@kind("together")
def beside_request_ids(dice: Random) -> Setup:
    """The conversation's ID beside a request's that lasts as long."""
    return _beside(dice, lure.request_ids)


@kind("together")
def beside_trace_and_connection(dice: Random) -> Setup:
    """The conversation's ID beside trace and connection IDs."""
    return _beside(dice, lure.trace_ids, lure.connection_ids)


@kind("together")
def beside_addresses(dice: Random) -> Setup:
    """The conversation's ID beside client addresses."""
    return _beside(dice, lure.addresses)


@kind("together")
def beside_caller_numbers(dice: Random) -> Setup:
    """The conversation's ID beside the caller's number."""
    return _beside(dice, lure.caller_numbers)


@kind("together")
def beside_misnamed_caller_numbers(dice: Random) -> Setup:
    """The conversation's ID beside a caller's number that is called a session."""
    return _beside(dice, lure.caller_numbers_misnamed)


@kind("together")
def beside_people(dice: Random) -> Setup:
    """The conversation's ID beside names, accounts, users and devices."""
    return _beside(dice, lure.names, lure.accounts, lure.users, lure.devices)


@kind("together")
def beside_times(dice: Random) -> Setup:
    """The conversation's ID beside start times in many notations."""
    return _beside(dice, lure.times_written, lure.times_odd)


@kind("together")
def beside_counted_times(dice: Random) -> Setup:
    """The conversation's ID beside start times as numbers."""
    return _beside(dice, lure.times_counted)


@kind("together")
def beside_tools_and_echoes(dice: Random) -> Setup:
    """The conversation's ID beside tool calls and what was said."""
    return _beside(dice, lure.tool_calls, lure.echoes)


@kind("together")
def beside_hashes_and_counters(dice: Random) -> Setup:
    """The conversation's ID beside hashes, counters and cache keys."""
    return _beside(dice, lure.hashes, lure.counters, lure.cache_keys)


@kind("together")
def beside_constants(dice: Random) -> Setup:
    """A better name whose value never changes is no rival."""
    value = dice.choice((lure.constants_under_good_names, lure.agents))
    form = dice.choice((forms.conv, forms.uuid))
    real = carrying(query(dice.choice(("conversation_id", "call_id")), own(form)))
    return Setup(elevenlabs(dice), (*value(dice), real), form=form)


@kind("together")
def beside_random(dice: Random) -> Setup:
    """A header that is called a session's and is new in each request is no rival."""
    form = dice.choice((forms.conv, forms.uuid))
    real = carrying(body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs(dice), (*lure.random_under_good_names(dice), real), form=form)


@kind("together")
def beside_unfilled(dice: Random) -> Setup:
    """A header with an unfilled variable is no rival to a place that holds the ID."""
    form = dice.choice((forms.conv, forms.uuid))
    real = dice.choice(
        (
            carrying(query("conversation_id", own(form))),
            in_words(prompt("Conversation ID: {}", own(form), "end")),
            carrying(header("X-Call-Id", own(form))),
        )
    )
    return Setup(elevenlabs(dice), (*lure.unfilled(dice), real), form=form)


@kind("together")
def beside_secrets(dice: Random) -> Setup:
    """The conversation's ID beside a token that was issued for the call."""
    return _beside(dice, lure.secrets)


@kind("together")
def beside_everything(dice: Random) -> Setup:
    """The conversation's ID among all lures at once."""
    families = (
        lure.trace_ids,
        lure.addresses,
        lure.caller_numbers,
        lure.users,
        lure.times_counted,
        lure.counters,
        lure.agents,
        lure.echoes,
        lure.zones,
        lure.hashes,
        lure.browsers,
    )
    return _beside(dice, *families, plan=Plan(calls=(3, 5), together=True))


@kind("together")
def beside_dates_in_the_prompt(dice: Random) -> Setup:
    """The ID in the prompt, between a start time and the caller's number."""
    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        prompt("Call started: {}", lure.began(dice.choice(("iso", "human", "german"))), "start"),
        in_words(prompt("Session ID: {}", own(form), "middle")),
        prompt("Caller: +{}", lambda turn: turn.call.person.phone, "end"),
        prompt("Now: {}", lambda turn: turn.at.isoformat(), "end"),
    )
    return Setup(elevenlabs(dice), puts, form=form)


@kind("together")
def beside_one_user(dice: Random) -> Setup:
    """One user with several conversations: the user stays, the conversation's ID does not."""
    plan = Plan(calls=(3, 4), one_person=True)
    return _beside(dice, lure.users, lure.devices, lure.caller_numbers, plan=plan)


@kind("together")
def vapi_among_people(dice: Random) -> Setup:
    """Vapi's `call.id` beside users and start times of every kind."""
    puts = (*lure.users(dice), *lure.times_written(dice), *lure.counters(dice))
    real = carrying(body(["call", "id"], own(forms.uuid)))
    return Setup(vapi(dice), (*puts, real), form=forms.uuid)


@kind("together")
def beside_the_previous_conversation(dice: Random) -> Setup:
    """The previous conversation's ID, in the same form and a better place, is another one's."""
    previous = header("X-Previous-Conversation-Id", constant("previous", forms.conv))
    real = carrying(body(["elevenlabs_extra_body", "conversation_id"], own(forms.conv)))
    return Setup(elevenlabs(dice), (previous, real))


@kind("together")
def beside_a_login_session(dice: Random) -> Setup:
    """A session that lasts for all calls of a person, beside the conversation's ID."""
    login = header("X-Session-Id", lambda turn: f"login-{turn.call.person.user}")
    real = carrying(body(["elevenlabs_extra_body", "conversation_id"], own(forms.uuid)))
    plan = Plan(calls=(3, 4), one_person=True)
    return Setup(elevenlabs(dice), (login, real), form=forms.uuid, plan=plan)


@kind("together")
def beside_a_session_that_lasted(dice: Random) -> Setup:
    """Session and conversation both lasted for each recorded call; later a reconnect ends the
    session, which a name that says conversation makes one expect.
    """

    def session(turn: Turn) -> str:
        return turn.call.value(f"session{turn.connection}", forms.uuid)

    puts = (
        header("X-Session-Id", session),
        carrying(header("X-Conversation-Id", own(forms.conv))),
    )
    later = Plan(calls=(3, 4), turns=(4, 7), events=frozenset({RECONNECT}))
    return Setup(elevenlabs(dice), puts, later=later)


@kind("together")
def beside_two_agents(dice: Random) -> Setup:
    """Each call with another agent: its ID is as constant and distinct as the conversation's."""

    def agent(turn: Turn) -> str:
        return f"agent_{forms.ulid(Random(f'agent/{turn.call.number}')).lower()}"

    puts = (header("X-Agent-Id", agent), body(["metadata", "agent_id"], agent))
    return Setup(elevenlabs(dice), (*puts, _real(dice, forms.conv)), plan=Plan(calls=(2, 2)))
