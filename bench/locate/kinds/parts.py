"""The ID in some of the requests, in several places, or beside another ID of the same call."""

from random import Random

from bench.locate import forms
from bench.locate.case import ABSENT, Setup, kind
from bench.locate.draft import (
    Draft,
    Put,
    body,
    carrying,
    constant,
    header,
    in_words,
    only,
    own,
    prompt,
    query,
)
from bench.locate.lures import noise
from bench.locate.platforms import elevenlabs
from bench.locate.talk import EMPTY, Plan

_PLACEHOLDER = "{{system__conversation_id}}"


def _even(draft: Draft) -> bool:
    return draft.turn.call.number % 2 == 0


def _odd(draft: Draft) -> bool:
    return not _even(draft)


def _first(draft: Draft) -> bool:
    return draft.turn.number == 0


def _rest(draft: Draft) -> bool:
    return draft.turn.number > 0


@kind("parts")
def same_id_in_header_and_body(dice: Random) -> Setup:
    """The same ID in a header and in the body: the header comes first, the other is listed."""
    form = dice.choice((forms.conv, forms.uuid))
    key = "conversation_id"
    puts: list[Put] = [
        body(["elevenlabs_extra_body", key], own(form)),
        carrying(header("X-Conversation-Id", own(form))),
    ]
    listed = ("$request.header.x-conversation-id", f"$request.body#/elevenlabs_extra_body/{key}")
    return Setup(
        elevenlabs(dice), (*noise(dice), *puts), form=form, prefer=listed[:1], listed=listed
    )


@kind("parts")
def same_id_in_header_and_prompt(dice: Random) -> Setup:
    """The same ID in a header and in the prompt: the header comes first, the text is listed."""
    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        prompt("Conversation ID: {}", own(form), dice.choice(("start", "end"))),
        carrying(header("X-Conversation-Id", own(form))),
    )
    listed = ("$request.header.x-conversation-id", "$request.body#/messages/0/content")
    return Setup(elevenlabs(dice), puts, form=form, prefer=listed[:1], listed=listed)


@kind("parts")
def same_id_in_body_and_prompt(dice: Random) -> Setup:
    """The same ID as a value of the body and in the prompt: the value comes before the text."""
    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        prompt("Conversation ID: {}", own(form), dice.choice(("start", "end"))),
        carrying(body(["metadata", "conversation_id"], own(form))),
    )
    listed = ("$request.body#/metadata/conversation_id", "$request.body#/messages/0/content")
    return Setup(elevenlabs(dice), puts, form=form, prefer=listed[:1], listed=listed)


@kind("parts")
def same_id_everywhere(dice: Random) -> Setup:
    """Header, query, body, and prompt with the same ID: the header comes first."""
    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        prompt("Conversation ID: {}", own(form), "end"),
        body(["user_id"], own(form)),
        body(["elevenlabs_extra_body", "session", "id"], own(form)),
        query("conversation_id", own(form)),
        carrying(header("X-Conversation-Id", own(form))),
    )
    listed = (
        "$request.header.x-conversation-id",
        "$request.query.conversation_id",
        "$request.body#/elevenlabs_extra_body/session/id",
    )
    return Setup(elevenlabs(dice), puts, form=form, prefer=listed[:1], listed=listed)


@kind("parts")
def same_id_in_two_headers(dice: Random) -> Setup:
    """Two headers with the same ID are equals: either may come first, and both are listed."""
    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        carrying(header("X-Conversation-Id", own(form))),
        header("X-Call-Id", own(form)),
    )
    listed = ("$request.header.x-conversation-id", "$request.header.x-call-id")
    return Setup(elevenlabs(dice), puts, form=form, prefer=listed, listed=listed)


@kind("parts")
def conversation_and_telephony(dice: Random) -> Setup:
    """The conversation's own ID comes before the telephony provider's, wherever they stand."""
    form = dice.choice((forms.conv, forms.uuid))
    real, prefer = dice.choice(
        (
            (header("X-Conversation-Id", own(form)), "$request.header.x-conversation-id"),
            (
                body(["elevenlabs_extra_body", "conversation_id"], own(form)),
                "$request.body#/elevenlabs_extra_body/conversation_id",
            ),
        )
    )
    sid = constant("sid", forms.twilio)
    other = dice.choice(
        (
            header("X-Twilio-Call-Sid", sid),
            header("X-Call-Sid", sid),
            body(["dynamic_variables", "system__call_sid"], sid),
            body(["elevenlabs_extra_body", "call_sid"], sid),
        )
    )
    return Setup(elevenlabs(dice), (other, carrying(real)), form=form, prefer=(prefer,))


@kind("parts")
def header_in_some_calls_body_in_others(dice: Random) -> Setup:
    """Web calls have it in the extra body, phone calls in a header: a list covers both."""
    form = dice.choice((forms.conv, forms.uuid))
    one = header("X-Conversation-Id", own(form))
    two = body(["elevenlabs_extra_body", "conversation_id"], own(form))
    puts = (carrying(only(_even, one)), carrying(only(_odd, two)))
    plan = Plan(calls=(4, 5), turns=(2, 4))
    return Setup(elevenlabs(dice), puts, form=form, plan=plan)


@kind("parts")
def header_in_some_calls_prompt_in_others(dice: Random) -> Setup:
    """Some calls say it in a header, the others in their prompt: a list covers both."""
    one = header("X-Conversation-Id", own(forms.conv))
    two = in_words(only(_odd, prompt("Conversation ID: {}", own(forms.conv), "end")))
    plan = Plan(calls=(4, 5), turns=(2, 4))
    return Setup(elevenlabs(dice), (carrying(only(_even, one)), two), plan=plan)


@kind("parts")
def unfilled_in_some_calls_body_in_these(dice: Random) -> Setup:
    """Where the header's variable is unfilled, the extra body holds the ID: a list covers both."""
    puts = (
        carrying(only(_even, header("X-Conversation-Id", own(forms.conv)))),
        only(_odd, header("X-Conversation-Id", lambda _: _PLACEHOLDER)),
        only(_odd, body(["elevenlabs_extra_body", "conversation_id"], own(forms.conv))),
    )
    return Setup(elevenlabs(dice), puts, plan=Plan(calls=(4, 5), turns=(2, 4)))


@kind("parts")
def unfilled_in_the_first_requests(dice: Random) -> Setup:
    """A first request with the variable unfilled cannot carry the ID; all others do."""
    puts = (
        only(_first, header("X-Conversation-Id", lambda _: _PLACEHOLDER)),
        carrying(header("X-Conversation-Id", own(forms.conv)), when=_rest),
    )
    return Setup(elevenlabs(dice), puts, plan=Plan(calls=(2, 4), turns=(3, 6)))


@kind("parts")
def unfilled_in_the_first_prompts(dice: Random) -> Setup:
    """As above, in the prompt's words."""
    words = "Conversation ID: {}"
    puts = (
        only(_first, prompt(words, lambda _: _PLACEHOLDER, "end")),
        carrying(prompt(words, own(forms.conv), "end"), when=_rest),
    )
    return Setup(elevenlabs(dice), puts, plan=Plan(calls=(2, 4), turns=(3, 6)))


@kind("parts")
def null_in_the_first_requests(dice: Random) -> Setup:
    """A field that is there and null in the first request, which no rule names among what cannot
    carry the ID: found is right where the others hold it, and so is absent.
    """

    def put(draft: Draft) -> None:
        filled = None if _first(draft) else draft.id
        draft.extra["elevenlabs_extra_body"] = {"conversation_id": filled}
        draft.carries = filled is not None

    verdicts = frozenset({"found", ABSENT})
    return Setup(elevenlabs(dice), (put,), verdicts, plan=Plan(calls=(2, 4), turns=(3, 6)))


@kind("parts")
def some_calls_without(dice: Random) -> Setup:
    """Whole calls without the ID, and no other place for it: not every request is covered."""
    put = only(_even, header("X-Conversation-Id", own(forms.conv)))
    plan = Plan(calls=(4, 5), turns=(2, 4))
    return Setup(elevenlabs(dice), (put,), frozenset({ABSENT}), plan=plan)


@kind("parts")
def prompt_overridden_in_some_calls(dice: Random) -> Setup:
    """A prompt of one's own for some calls removes the line with the ID: they have none."""
    put = only(_even, prompt("Conversation ID: {}", own(forms.conv), "end"))
    plan = Plan(calls=(4, 5), turns=(2, 4))
    return Setup(elevenlabs(dice), (put,), frozenset({ABSENT}), plan=plan)


@kind("parts")
def first_request_empty_with_both_places(dice: Random) -> Setup:
    """The first request has no messages but a header; the header is the place for all."""
    puts = (
        carrying(header("X-Conversation-Id", own(forms.conv))),
        prompt("Conversation ID: {}", own(forms.conv), "end"),
    )
    prefer = ("$request.header.x-conversation-id",)
    plan = Plan(calls=(2, 4), events=frozenset({EMPTY}))
    return Setup(elevenlabs(dice), puts, prefer=prefer, plan=plan)


@kind("parts")
def index_that_moves(dice: Random) -> Setup:
    """A list whose first item is sometimes another: its index is no place, a header is."""

    def put(draft: Draft) -> None:
        items = [{"key": "conversation", "value": draft.id}, {"key": "lang", "value": "en"}]
        draft.extra["context"] = items if draft.turn.number % 2 else items[::-1]

    real = carrying(header("X-Conversation-Id", own(forms.conv)))
    return Setup(elevenlabs(dice), (put, real))


@kind("parts")
def user_id_and_conversation(dice: Random) -> Setup:
    """`user_id` holds the conversation's ID too, as somebody passed it: the header comes first."""
    puts = (
        body(["user_id"], own(forms.conv)),
        carrying(header("X-Conversation-Id", own(forms.conv))),
    )
    listed = ("$request.header.x-conversation-id", "$request.body#/user_id")
    return Setup(elevenlabs(dice), puts, prefer=listed[:1], listed=listed)
