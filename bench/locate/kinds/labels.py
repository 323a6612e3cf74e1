"""Names and labels that speak of a conversation and are not its ID, and IDs with odd neighbours."""

import base64
import json
from random import Random

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import ABSENT, Setup, kind
from bench.locate.draft import (
    Put,
    Value,
    body,
    carrying,
    header,
    in_words,
    only,
    own,
    prompt,
    segment,
)
from bench.locate.platforms import elevenlabs
from bench.locate.talk import Plan, Turn

_ABSENT = frozenset({ABSENT})


def _one_of(*words: str) -> Value:
    """Return a value that is the same within a call, and another one in the next."""
    return lambda turn: words[turn.call.number % len(words)]


def _nothing(dice: Random, *puts: Put) -> Setup:
    return Setup(elevenlabs(dice), puts, _ABSENT, plan=Plan(calls=(2, 3)))


@kind("labels")
def how_many_conversations(dice: Random) -> Setup:
    """How often somebody has called is a count, though its last noun is `conversations`."""
    name = dice.choice(
        ("total_conversations", "past_sessions", "open_chats", "number_of_sessions", "convs")
    )
    return _nothing(dice, body(["dynamic_variables", name], _one_of("3", "12", "7")))


@kind("labels")
def number_of_a_room(dice: Random) -> Setup:
    """The number of a guest's room in a hotel is where somebody sleeps, and the next guest's."""
    room = _one_of("312", "415", "1204")
    put = dice.choice(
        (
            body(["dynamic_variables", "room_number"], room),
            header("X-Room-Number", room),
            prompt("Room number: {}", room, "middle"),
            prompt("The guest calls from room no. {}.", room, "middle"),
        )
    )
    return _nothing(dice, put)


@kind("labels")
def tag_of_a_call(dice: Random) -> Setup:
    """A tag, a code or a value of a call is one of a few words, which other calls get too."""
    name = dice.choice(("call_tag", "session_tag", "conversation_tag", "call_code", "channel_code"))
    words = _one_of("billing", "returns", "delivery")
    put = dice.choice((body(["dynamic_variables", name], words), header(f"X-{name}", words)))
    return _nothing(dice, put)


@kind("labels")
def said_of_the_conversation(dice: Random) -> Setup:
    """What a sentence says of the conversation is none: its noun stands before `of`."""
    template, *words = dice.choice(
        (
            ("Language of this conversation: {}", "german", "spanish", "english"),
            ("This conversation is {}.", "urgent", "routine", "confidential"),
            ("Topic of the conversation: {}", "billing", "returns", "delivery"),
            ("Priority of this chat: {}", "high", "low", "medium"),
        )
    )
    return _nothing(dice, prompt(template, _one_of(*words), dice.choice(("start", "end"))))


@kind("labels")
def customer_of_the_conversation(dice: Random) -> Setup:
    """A customer's number is one, though the sentence ends with `conversation`."""
    template = dice.choice(
        (
            "Customer in this conversation: {}",
            "Customer number for this session: {}",
            "Caller of this conversation: {}",
        )
    )
    number: Value = lambda turn: f"K-{turn.call.person.phone[-6:]}"  # noqa: E731
    return _nothing(dice, prompt(template, number, "middle"))


@kind("labels")
def language_of_the_conversation(dice: Random) -> Setup:
    """A key that ends with `conversation` and says its language."""
    name = dice.choice(("language_of_conversation", "topic_for_this_session"))
    return _nothing(dice, body(["dynamic_variables", name], _one_of("german", "english", "dutch")))


@kind("labels")
def beside_the_last_order(dice: Random) -> Setup:
    """`last_order` before the label speaks of an order; the label is the ID's own."""
    form = dice.choice((forms.uuid, forms.conv, forms.nanoid))
    template = dice.choice(
        (
            "Language: en | Last order: none | Session ID: {}",
            'Context: {"previous_calls": 2, "conversation_id": "{}"}',
            'Context: {"last_order": "none", "session_id": "{}"}',
            "Previous visits: 3, conversation ID: {}",
        )
    )
    return Setup(elevenlabs(dice), (in_words(prompt(template, own(form), "middle")),), form=form)


@kind("labels")
def beside_the_last_order_in_json(dice: Random) -> Setup:
    """JSON in a JSON text, with a member about an earlier order before the ID."""
    form = dice.choice((forms.uuid, forms.nanoid))

    def context(turn: Turn) -> str:
        return json.dumps({"last_order": "none", "session_id": own(form)(turn)})

    put = carrying(body(["elevenlabs_extra_body", "context"], context))
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("labels")
def another_label_in_later_calls(dice: Random) -> Setup:
    """Callers who have ordered before have an order's ID in their prompt, and no recorded one had:
    a pattern that expects the whole label holds, one that expects its last word does not.
    """
    form = dice.choice((forms.uuid, forms.nanoid, forms.hex32))
    order = prompt("Order ID: {}", lambda turn: turn.call.value("order", form), "start")
    label = dice.choice(("Conversation ID: {}", "Session ID: {}"))
    puts = (
        only(lambda draft: draft.turn.call.seed.endswith("/later"), order),
        in_words(prompt(label, own(form), "end")),
    )
    return Setup(elevenlabs(dice), puts, form=form)


@kind("labels")
def label_cut_short(dice: Random) -> Setup:
    """Abbreviations before the ID: `no.` and `Conv.` end no sentence."""
    template = dice.choice(
        ("Conversation no. {}", "Conv. ID: {}", "Session nr. {}", "Gesprächs-Nr. {}")
    )
    form = dice.choice((forms.uuid, forms.nanoid, forms.whole))
    return Setup(elevenlabs(dice), (in_words(prompt(template, own(form), "end")),), form=form)


@kind("labels")
def label_after_the_id(dice: Random) -> Setup:
    """The sentence says what the word is only after it."""
    template = dice.choice(
        (
            "Pass {} as conversation_id to every tool.",
            "Use {} as the session ID.",
            "{} is the ID of this conversation.",
        )
    )
    form = dice.choice((forms.conv, forms.uuid))
    return Setup(elevenlabs(dice), (in_words(prompt(template, own(form), "end")),), form=form)


@kind("labels")
def id_in_italics(dice: Random) -> Setup:
    """Markdown's underscores around the ID are no part of it."""
    form = dice.choice((forms.uuid, forms.hex32, forms.short, forms.ulid))
    template = dice.choice(("**Session:** _{}_", "Session ID: __{}__", "Conversation: *{}*"))
    return Setup(elevenlabs(dice), (in_words(prompt(template, own(form), "end")),), form=form)


@kind("labels")
def base64_in_words(dice: Random) -> Setup:
    """24 bytes in base64 have no padding, but `+` and `/`, which belong to the ID."""
    form: forms.Form = lambda d: base64.b64encode(d.randbytes(24)).decode()  # noqa: E731
    template = dice.choice(("Session ID: {}", "conversation_id={}", "<session>{}</session>"))
    return Setup(elevenlabs(dice), (in_words(prompt(template, own(form), "end")),), form=form)


@kind("labels")
def url_with_a_fragment(dice: Random) -> Setup:
    """A fragment after the parameter is no part of the ID."""
    form = dice.choice((forms.uuid, forms.nanoid, forms.hex32))
    value: Value = lambda turn: f"https://crm.example.com/c?session={own(form)(turn)}#notes"  # noqa: E731
    put = dice.choice(
        (
            carrying(body(["elevenlabs_extra_body", "notes_url"], value)),
            in_words(prompt("Notes: {}", value, "end")),
        )
    )
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("labels")
def segment_after_a_shop(dice: Random) -> Setup:
    """The segment before the ID is a customer's or a service's name, equal in all calls."""
    form = dice.choice((forms.uuid, forms.hex32, forms.conv))
    name = dice.choice(("acme-shop", "llm-proxy", "grand-hotel", "gateway", "voice-app"))
    puts = (segment(0, lambda _: name), carrying(segment(1, own(form))))
    return Setup(elevenlabs(dice), puts, form=form)


@kind("labels")
def segment_after_a_collection(dice: Random) -> Setup:
    """`/conversations/<id>/…`, `/calls/<id>/…`: the collection names the segment after it."""
    form = dice.choice((forms.uuid, forms.whole, forms.short))
    name = dice.choice(("conversations", "sessions", "calls", "rooms"))
    puts = (segment(0, lambda _: name), carrying(segment(1, own(form))))
    return Setup(elevenlabs(dice), puts, form=form)


@kind("labels")
def words_as_an_id(dice: Random) -> Setup:
    """IDs made of words, for people to read aloud; under a good name they are as good as any."""

    def form(dice: Random) -> str:
        words = ("brave", "otter", "maple", "river", "comet", "willow", "amber", "teal", "olive")
        return "-".join(dice.choice(words) for _ in range(6))

    put = dice.choice(
        (
            carrying(header("X-Conversation-Id", own(form))),
            carrying(body(["elevenlabs_extra_body", "session_id"], own(form))),
            in_words(prompt("Session ID: {}", own(form), "end")),
        )
    )
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("labels")
def user_is_set_to_the_conversation(dice: Random) -> Setup:
    """`user` holds the conversation's ID too; the same caller has another one in the next call, so
    that it is not the caller's.
    """
    form = dice.choice((forms.uuid, forms.hex32))
    puts = (
        body(["user"], own(form)),
        *lure.caller_numbers(dice),
        carrying(header("X-Conversation-Id", own(form))),
    )
    plan = Plan(calls=(3, 4), one_person=True)
    return Setup(elevenlabs(dice), puts, form=form, plan=plan)
