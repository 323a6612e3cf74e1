"""What stands around the ID on later days, and did not while the recording was made.

Here the answer's pattern is on trial: it must rest on the words that name the ID, not on what
happened to stand before them, nor on the ID being the first or the last of its form in a text.
"""

import json
from random import Random

from bench.locate import forms
from bench.locate.case import ABSENT, INSUFFICIENT, Setup, kind
from bench.locate.draft import body, carrying, header, in_words, own, prompt
from bench.locate.platforms import elevenlabs
from bench.locate.talk import Plan, Turn

_ANY = (forms.uuid, forms.conv, forms.nanoid, forms.hex32)


def _is_later(turn: Turn) -> bool:
    return turn.call.seed.endswith("/later")


@kind("later")
def other_pairs_before_it(dice: Random) -> Setup:
    """Pairs before the ID's are equal in the recorded calls, and others later: a language, a
    theme. A pattern that starts at the pair's own name holds.
    """
    form = dice.choice(_ANY)
    name, template = dice.choice(
        (
            ("Cookie", "lang={}; conversation_id={id}; theme=dark"),
            ("Baggage", "lang={},conversation.id={id},theme=dark"),
            ("X-Context", "lang={};session_id={id};v=2"),
            ("X-Context", "{}|session={id}|web"),
        )
    )

    def pairs(turn: Turn) -> str:
        language = ("de", "es")[turn.call.number % 2] if _is_later(turn) else "en"
        return template.replace("{id}", own(form)(turn) or "").replace("{}", language)

    return Setup(elevenlabs(dice), (carrying(header(name, pairs)),), form=form)


@kind("later")
def members_in_another_order(dice: Random) -> Setup:
    """JSON in a JSON text: its members have no order, so both objects' `id` may come first."""
    form = dice.choice((forms.uuid, forms.nanoid, forms.hex32))
    user_first = dice.random() < 0.5

    def context(turn: Turn) -> str:
        members = [
            ("session", {"id": own(form)(turn)}),
            ("user", {"id": turn.call.person.user, "tier": "gold"}),
        ]
        return json.dumps(dict(members[:: -1 if user_first != _is_later(turn) else 1]))

    put = carrying(body(["elevenlabs_extra_body", "context"], context))
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("later")
def more_ids_around_it(dice: Random) -> Setup:
    """Tickets and orders, in the same form, before or after the ID's line in later calls only: the
    label tells which is which.
    """
    form = dice.choice((forms.uuid, forms.hex32))
    other = prompt("Ticket: {}", lambda turn: turn.call.value("ticket", form), "start")
    more = prompt(
        "Open order: {}",
        lambda turn: turn.call.value("order", form) if _is_later(turn) else None,
        dice.choice(("start", "end")),
    )
    label = dice.choice(("Session: {}", "Conversation ID: {}", "<session>{}</session>"))
    puts = (other, in_words(prompt(label, own(form), "middle")), more)
    return Setup(elevenlabs(dice), puts, form=form)


@kind("later")
def earlier_conversations_of_some(dice: Random) -> Setup:
    """Callers who come back have their earlier conversations listed, after the current one's line;
    while the recording was made, nobody had called before.
    """

    def past(turn: Turn) -> str | None:
        if not _is_later(turn):
            return None
        return "\n".join(
            f"- conversation {turn.call.value(f'past{number}', forms.conv)}: solved"
            for number in range(turn.call.number + 1)
        )

    puts = (
        in_words(prompt("{}", own(forms.conv), "start"))
        if dice.random() < 0.3
        else in_words(prompt("Conversation ID: {}", own(forms.conv), "start")),
        prompt("Earlier:\n{}", past, "end"),
    )
    return Setup(elevenlabs(dice), puts)


@kind("later")
def word_after_a_label(dice: Random) -> Setup:
    """`Session: premium`: a plain word, of which there are a few; the next caller gets it too."""
    words = dice.choice((("premium", "basic", "trial"), ("sales", "support", "returns")))
    value = lambda turn: words[turn.call.number % 3]  # noqa: E731
    put = dice.choice(
        (
            prompt(dice.choice(("Session: {}", "Conversation: {}", "Call: {}")), value, "middle"),
            body(["dynamic_variables", dice.choice(("session", "chat", "conversation"))], value),
        )
    )
    plan = Plan(calls=(2, 3))
    return Setup(elevenlabs(dice), (put,), frozenset({ABSENT, INSUFFICIENT}), plan=plan)
