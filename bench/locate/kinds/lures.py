"""What is no ID, alone: several distinguishable conversations, and nothing to find: absent."""

from dataclasses import replace
from random import Random
from typing import Any

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import ABSENT, INSUFFICIENT, Setup, kind
from bench.locate.draft import Draft, Put, body, constant, fresh, header, only, own, prompt, segment
from bench.locate.platforms import elevenlabs
from bench.locate.talk import RETRY, TOOL, Plan, Turn


def _alone(dice: Random, *puts: Put, plan: Plan | None = None) -> Setup:
    plan = plan or Plan(calls=(3, 4))
    return Setup(elevenlabs(dice), puts, frozenset({ABSENT}), plan=plan)


@kind("lures")
def only_noise(dice: Random) -> Setup:
    """What ElevenLabs sends by default: no ID anywhere."""
    return _alone(dice, *lure.noise(dice))


@kind("lures")
def only_request_ids(dice: Random) -> Setup:
    """A request or correlation ID is no conversation's, though a gateway keeps it for a call."""
    return _alone(dice, *lure.request_ids(dice))


@kind("lures")
def only_trace_ids(dice: Random) -> Setup:
    """Trace IDs are never an ID by themselves, in whatever notation they come."""
    return _alone(dice, *lure.trace_ids(dice))


@kind("lures")
def only_connection_ids(dice: Random) -> Setup:
    """Connection IDs are never an ID by themselves: connections break and are pooled."""
    return _alone(dice, *lure.connection_ids(dice))


@kind("lures")
def only_addresses(dice: Random) -> Setup:
    """Client addresses, ports and forwarded chains are never an ID."""
    return _alone(dice, *lure.addresses(dice))


@kind("lures")
def only_caller_numbers(dice: Random) -> Setup:
    """A caller's number tells people apart, not their calls."""
    return _alone(dice, *lure.caller_numbers(dice))


@kind("lures")
def only_caller_numbers_misnamed(dice: Random) -> Setup:
    """A telephone number stays one, also where a header calls it a session."""
    return _alone(dice, *lure.caller_numbers_misnamed(dice))


@kind("lures")
def only_names(dice: Random) -> Setup:
    """Names and mail addresses are never an ID."""
    return _alone(dice, *lure.names(dice))


@kind("lures")
def only_names_misnamed(dice: Random) -> Setup:
    """A mail address or a person's name stays one under the name of a session."""
    return _alone(dice, *lure.names_misnamed(dice))


@kind("lures")
def only_accounts(dice: Random) -> Setup:
    """Accounts, customers and contracts outlive a conversation."""
    return _alone(dice, *lure.accounts(dice))


@kind("lures")
def only_users(dice: Random) -> Setup:
    """User IDs are constant within and distinct between only because each person called once."""
    return _alone(dice, *lure.users(dice))


@kind("lures")
def only_one_user(dice: Random) -> Setup:
    """One user with several conversations: the user's ID is the same in all."""
    plan = Plan(calls=(3, 4), one_person=True)
    return _alone(dice, *lure.users(dice), *lure.devices(dice), plan=plan)


@kind("lures")
def only_devices(dice: Random) -> Setup:
    """A device is a person's for years."""
    return _alone(dice, *lure.devices(dice))


@kind("lures")
def only_agents(dice: Random) -> Setup:
    """Agent, voice, workspace and tenant are the same in all calls."""
    return _alone(dice, *lure.agents(dice))


@kind("lures")
def only_tool_calls(dice: Random) -> Setup:
    """IDs of tool calls, in metadata and in the history, are never an ID."""
    plan = Plan(calls=(3, 4), events=frozenset({TOOL}))
    return _alone(dice, *lure.tool_calls(dice), plan=plan)


@kind("lures")
def only_times_written(dice: Random) -> Setup:
    """Start times are never an ID, as dates in any language and under any name."""
    return _alone(dice, *lure.times_written(dice))


@kind("lures")
def only_times_counted(dice: Random) -> Setup:
    """Start times are never an ID, counted from 1970 in any unit, under any name."""
    return _alone(dice, *lure.times_counted(dice))


@kind("lures")
def only_times_odd(dice: Random) -> Setup:
    """Start times are never an ID, in hexadecimal or base 36."""
    return _alone(dice, *lure.times_odd(dice))


@kind("lures")
def only_times_in_the_prompt(dice: Random) -> Setup:
    """When the call began, in the words of the prompt, is a start time all the same."""
    notation = dice.choice(("iso", "iso-z", "human", "german", "rfc2822", "seconds"))
    template = dice.choice(("Call started at {}.", "Session: {}", "Start: {}", "Today is {}"))
    return _alone(dice, prompt(template, lure.began(notation), dice.choice(("start", "end"))))


@kind("lures")
def only_the_caller_in_the_prompt(dice: Random) -> Setup:
    """Who calls, in the words of the prompt, is no conversation."""
    puts = (
        prompt("The caller is {}.", lambda turn: turn.call.person.name, "start"),
        prompt("Number: +{}", lambda turn: turn.call.person.phone, "middle"),
        prompt("user_id={}", lambda turn: turn.call.person.user, "end"),
        prompt("Account: {}", lambda turn: turn.call.person.account, "end"),
    )
    return _alone(dice, *dice.sample(puts, 2))


@kind("lures")
def only_counters(dice: Random) -> Setup:
    """Counters change with each request."""
    return _alone(dice, *lure.counters(dice))


@kind("lures")
def only_hashes(dice: Random) -> Setup:
    """Hashes of the history change with it; those of the prompt never do."""
    return _alone(dice, *lure.hashes(dice))


@kind("lures")
def only_cache_keys(dice: Random) -> Setup:
    """A cache key and a seed are meant for the model, and equal prompts may share one."""
    return _alone(dice, *lure.cache_keys(dice))


@kind("lures")
def only_echoes(dice: Random) -> Setup:
    """What was said is never an ID, also where metadata repeat it under a good name."""
    return _alone(dice, *lure.echoes(dice))


@kind("lures")
def only_random(dice: Random) -> Setup:
    """A good name whose value is new in each request holds a request's ID, not a conversation's."""
    plan = Plan(calls=(3, 4), events=frozenset({RETRY}))
    return _alone(dice, *lure.random_under_good_names(dice), plan=plan)


@kind("lures")
def only_constants(dice: Random) -> Setup:
    """A good name whose value is the same in all calls holds no conversation's ID."""
    return _alone(dice, *lure.constants_under_good_names(dice))


@kind("lures")
def only_zones_and_browsers(dice: Random) -> Setup:
    """Time zone, language, browser and page differ between these calls by chance."""
    return _alone(dice, *lure.zones(dice), *lure.browsers(dice))


@kind("lures")
def only_unfilled(dice: Random) -> Setup:
    """`{{system__conversation_id}}` was never filled in: no ID in any request."""
    put = prompt("Conversation ID: {}", lambda _: "{{system__conversation_id}}")
    return _alone(dice, *lure.unfilled(dice), put)


@kind("lures")
def only_secrets(dice: Random) -> Setup:
    """A token that was issued for a call is a secret; nobody associates a picture with it."""
    return _alone(dice, *lure.secrets(dice))


@kind("lures")
def only_in_some_requests(dice: Random) -> Setup:
    """An ID in some requests of each call, and no sign why not in the rest: not covered."""
    name = dice.choice(("X-Conversation-Id", "X-Session-Id"))
    put = only(lambda draft: draft.turn.number % 2 == 1, header(name, own(forms.conv)))
    return _alone(dice, put, plan=Plan(calls=(3, 4), turns=(4, 7)))


@kind("lures")
def only_in_later_requests(dice: Random) -> Setup:
    """An ID that comes with the second request leaves the first one without a picture."""
    put = only(
        lambda draft: draft.turn.number >= 1,
        body(["elevenlabs_extra_body", "conversation_id"], own(forms.uuid)),
    )
    return _alone(dice, put, plan=Plan(calls=(3, 4), turns=(4, 7)))


@kind("lures")
def only_null_and_empty(dice: Random) -> Setup:
    """Null, empty texts, objects, lists and booleans are no ID, whatever their name."""
    values: tuple[Any, ...] = (None, "", {}, [], True, {"id": None}, " ")

    def put(draft: Draft) -> None:
        draft.extra["conversation_id"] = values[draft.turn.call.number % len(values)]
        draft.extra["metadata"] = {"session_id": values[(draft.turn.call.number + 2) % len(values)]}

    return _alone(dice, put, header("X-Conversation-Id", lambda _: ""))


@kind("lures")
def only_in_what_was_said(dice: Random) -> Setup:
    """A caller reads out a ticket number; it stays in the history, and is what was said."""

    def put(draft: Draft) -> None:
        ticket = draft.turn.call.value("ticket", forms.uuid)
        words = {"role": "user", "content": f"My conversation ID is {ticket}."}
        answer = {"role": "assistant", "content": "Thank you, I have noted that."}
        if draft.history:
            draft.history = (draft.history[0], words, answer, *draft.history[1:])

    return _alone(dice, put)


@kind("lures")
def only_everything(dice: Random) -> Setup:
    """All lures at once are still no ID."""
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
        lure.connection_ids,
    )
    return _alone(dice, *(put for family in families for put in family(dice)))


@kind("lures")
def only_session_of_the_user(dice: Random) -> Setup:
    """A login's session lasts for several calls of one person: not distinct between calls."""
    login = f"login-{forms.hex32(dice)}"
    plan = Plan(calls=(3, 4), one_person=True)
    return _alone(
        dice,
        header("X-Session-Id", lambda _: login),
        header("X-Request-Id", fresh(forms.uuid)),
        plan=plan,
    )


@kind("lures")
def only_session_of_two_users(dice: Random) -> Setup:
    """Two people with two calls each: a login's session is one for two calls."""

    def login(turn: Turn) -> str:
        return f"login-{forms.hex32(Random(f'{turn.call.seed}/{turn.call.number // 2}'))}"

    return _alone(dice, header("X-Session-Id", login), plan=Plan(calls=(4, 4)))


@kind("lures")
def only_idempotency_keys(dice: Random) -> Setup:
    """An idempotency key is kept for retries, and new in each turn."""
    key = lambda turn: forms.uuid(Random(repr(turn.history) + turn.call.seed))  # noqa: E731
    plan = Plan(calls=(3, 4), events=frozenset({RETRY}))
    return _alone(
        dice, header("Idempotency-Key", key), body(["metadata", "turn_id"], key), plan=plan
    )


@kind("lures")
def only_an_unnamed_short_word(dice: Random) -> Setup:
    """A few letters under a name that says nothing, such as a queue's: it would be a guess."""
    names = ("X-Queue", "X-Shard", "X-Variant", "X-Node")
    word = constant("word", lambda d: f"{d.choice(('q', 'n', 's'))}{d.randint(1, 999)}")
    return _alone(dice, header(dice.choice(names), word))


@kind("lures")
def only_two_agents(dice: Random) -> Setup:
    """Each call goes to another agent, with its own voice, model, tenant and secret."""

    def agent(turn: Turn) -> str:
        return f"agent_{forms.ulid(Random(f'agent/{turn.call.number % 2}')).lower()}"

    def voice(turn: Turn) -> str:
        return forms.twenty(Random(f"voice/{turn.call.number % 2}"))

    puts = (
        header(dice.choice(("X-Agent-Id", "X-Agent")), agent),
        body(["elevenlabs_extra_body", dice.choice(("agent_id", "assistant_id"))], agent),
        body(["metadata", "voice_id"], voice),
    )
    return _alone(dice, *puts, plan=Plan(calls=(2, 2)))


@kind("lures")
def only_two_tenants(dice: Random) -> Setup:
    """The path names a tenant, and each of two calls is another tenant's."""

    def tenant(turn: Turn) -> str:
        return forms.uuid(Random(f"tenant/{turn.call.number % 2}"))

    puts = (segment(1, lambda _: dice_word), segment(2, tenant))
    dice_word = dice.choice(("tenants", "workspaces", "orgs"))
    return _alone(dice, *puts, plan=Plan(calls=(2, 2)))


@kind("lures")
def only_in_answers(dice: Random) -> Setup:
    """The endpoint's answers name a conversation, the requests do not: nothing to read it from."""
    setup = _alone(dice, *lure.noise(dice))
    return replace(setup, answer=(("x-conversation-id", constant("answer", forms.conv)),))


@kind("lures")
def only_the_previous_conversation(dice: Random) -> Setup:
    """The ID of the caller's previous conversation is another conversation's."""
    key = dice.choice(("previous_conversation_id", "last_conversation_id", "prev_session_id"))
    return _alone(dice, body(["elevenlabs_extra_body", key], constant("previous", forms.conv)))


@kind("lures")
def only_in_the_greeting(dice: Random) -> Setup:
    """The agent reads out a ticket in its greeting: what was said."""

    def put(draft: Draft) -> None:
        ticket = draft.turn.call.value("ticket", forms.whole)
        words = f"Hello {draft.turn.call.person.name}, your ticket has the number {ticket}."
        draft.history = ({"role": "assistant", "content": words}, *(draft.history or ())[1:])

    return _alone(dice, put)


@kind("lures")
def only_a_login_cookie(dice: Random) -> Setup:
    """A cookie's session is a login, of people who called several times."""

    def cookie(turn: Turn) -> str:
        return f"_ga=GA1.2.17.42; sessionid={forms.hex32(Random(turn.call.person.user))}"

    return _alone(dice, header("Cookie", cookie), plan=Plan(calls=(3, 4), one_person=True))


@kind("lures")
def only_a_shared_id(dice: Random) -> Setup:
    """A conversation's header, with one ID for two of the calls: they would share pictures."""

    def shared(turn: Turn) -> str:
        return forms.conv(Random(f"{turn.call.seed}/{max(1, turn.call.number)}"))

    return _alone(dice, header("X-Conversation-Id", shared), plan=Plan(calls=(4, 5)))


@kind("lures")
def only_words_for_nothing(dice: Random) -> Setup:
    """Some calls have an ID, others say `undefined` or `null` as a text: that is one ID for all of
    these calls, and no consumer filters it.
    """
    word = dice.choice(("undefined", "null", "None", "unknown", "n/a"))
    value = lambda turn: word if turn.call.number % 2 else turn.call.value("id", forms.conv)  # noqa: E731
    return _alone(dice, header("X-Conversation-Id", value), plan=Plan(calls=(4, 5)))


@kind("lures")
def only_pending_at_first(dice: Random) -> Setup:
    """The first request of each call has another value: a picture shared then goes astray."""

    def value(turn: Turn) -> str:
        return turn.call.value("id" if turn.number else "temporary", forms.conv)

    return _alone(dice, header("X-Conversation-Id", value), plan=Plan(calls=(3, 4), turns=(3, 6)))


@kind("lures")
def only_missing_once(dice: Random) -> Setup:
    """One request of a whole recording lacks the ID, and nothing says why."""

    def missing(draft: Draft) -> bool:
        return not (draft.turn.call.number == 1 and draft.turn.number == 1)

    put = only(missing, header("X-Conversation-Id", own(forms.conv)))
    return _alone(dice, put, plan=Plan(calls=(3, 4), turns=(3, 6)))


@kind("lures")
def only_identical_words(dice: Random) -> Setup:
    """All calls with the same words, and traces alone: whether these are two conversations nobody
    can tell, so insufficient is right as well.
    """
    puts = (*lure.trace_ids(dice), *lure.times_counted(dice))
    plan = Plan(calls=(2, 3), turns=(3, 3), same=99)
    return replace(_alone(dice, *puts, plan=plan), verdicts=frozenset({ABSENT, INSUFFICIENT}))


@kind("lures")
def only_single_requests(dice: Random) -> Setup:
    """Calls of one request each, with what is never an ID: absent, though all of it is distinct."""
    puts = (
        header("X-Request-Id", fresh(forms.uuid)),
        *lure.trace_ids(dice),
        *lure.times_counted(dice),
    )
    return _alone(dice, *puts, plan=Plan(calls=(3, 5), turns=(1, 1)))


@kind("lures")
def only_single_requests_with_good_names(dice: Random) -> Setup:
    """Calls of one request each cannot show that a value stays; where it is an attempt's or a
    turn's by its name, it is none.
    """
    name = dice.choice(("X-Turn-Id", "X-Message-Id", "X-Event-Id", "Idempotency-Key"))
    return _alone(dice, header(name, fresh(forms.uuid)), plan=Plan(calls=(3, 5), turns=(1, 1)))


@kind("lures")
def only_the_user_named_a_session(dice: Random) -> Setup:
    """A session's header holds what `user_id` holds: the user, under a better name."""
    name = dice.choice(("X-Session-Id", "X-Conversation-Id"))
    user = constant("user", dice.choice((forms.uuid, forms.dashed)))
    return _alone(dice, header(name, user), body(["user_id"], user))


@kind("lures")
def only_the_caller_named_a_session(dice: Random) -> Setup:
    """A session's header holds the caller's digits, which another field has as a number."""
    name = dice.choice(("X-Session-Id", "X-Call-Id"))
    puts = (
        header(name, lambda turn: turn.call.person.phone),
        body(["dynamic_variables", "system__caller_id"], lambda turn: f"+{turn.call.person.phone}"),
    )
    return _alone(dice, *puts)


@kind("lures")
def only_the_account_named_a_conversation(dice: Random) -> Setup:
    """A conversation's key holds what the account's holds."""
    account = lambda turn: turn.call.person.account  # noqa: E731
    puts = (
        body(["elevenlabs_extra_body", "conversation_id"], account),
        body(["elevenlabs_extra_body", dice.choice(("account_id", "customer_id"))], account),
    )
    return _alone(dice, *puts)


@kind("lures")
def only_pictures_in_band(dice: Random) -> Setup:
    """A temporaryId of Sightline names a picture; it is no ID of a conversation."""
    key = dice.choice(("temporaryId", "picture", "x", "key", "session_picture_id"))
    return _alone(dice, body(["elevenlabs_extra_body", key], own(forms.temporary_id)))
