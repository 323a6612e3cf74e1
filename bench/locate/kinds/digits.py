"""Numbers that are IDs though they could be times or telephone numbers, and clocks that are coarse.

A number under a conversation's name is its ID unless it says a moment near the call, or is known as
a caller's; what the form alone would allow, the recording refutes.
"""

from dataclasses import replace
from random import Random
from typing import Any

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import Setup, kind
from bench.locate.draft import body, carrying, constant, header, in_words, own, prompt, query
from bench.locate.platforms import elevenlabs
from bench.locate.talk import Plan


def _number(dice: Random, form: forms.Form) -> Setup:
    put = dice.choice(
        (
            carrying(header("X-Conversation-Id", own(form))),
            carrying(body(["elevenlabs_extra_body", "conversation_id"], own(form))),
            carrying(query("session_id", own(form))),
            in_words(prompt("Conversation ID: {}", own(form), "end")),
        )
    )
    return Setup(elevenlabs(dice), (*lure.noise(dice), put), form=form)


@kind("digits")
def snowflake(dice: Random) -> Setup:
    """Snowflakes of Discord's kind have 19 digits and begin with 1; as nanoseconds they would be a
    day years ago.
    """
    return _number(dice, lambda d: str(d.randrange(1_300, 1_450) * 10**15 + d.randrange(10**15)))


@kind("digits")
def counted_from_a_million(dice: Random) -> Setup:
    """A counter of ten digits that begins with 1: as seconds it would be a day in 2001."""
    return _number(dice, lambda d: str(1_000_000_000 + d.randrange(10_000, 90_000)))


@kind("digits")
def padded_with_zeros(dice: Random) -> Setup:
    """Ten digits, filled up with zeros at the left: no telephone number has four of them."""
    return _number(dice, lambda d: f"{d.randrange(10_000, 999_999):010d}")


@kind("digits")
def eleven_digits(dice: Random) -> Setup:
    """Eleven digits at random, some of which could be telephone numbers; the others are none."""
    return _number(dice, lambda d: str(d.randrange(10**10, 10**11)))


@kind("digits")
def hexadecimal_of_eight(dice: Random) -> Setup:
    """Eight hexadecimal digits, letters or not; a few of them look like days or numbers."""
    return _number(dice, lambda d: f"{d.getrandbits(32):08x}")


@kind("digits")
def known_beside_the_previous(dice: Random) -> Setup:
    """A known ID stands in its own call, and in the next one as the previous conversation's."""
    form = dice.choice((forms.uuid, forms.hex32))

    def before(turn: Any) -> str:
        return str(replace(turn.call, number=turn.call.number - 1).value("id", form))

    puts = (
        header(dice.choice(("X-Previous-Ref", "X-Parent-Conversation-Id")), before),
        carrying(header("X-Ref", own(form))),
    )
    plan = Plan(calls=(2, 3))
    return Setup(elevenlabs(dice), puts, form=form, plan=plan, known=lambda ids: ids[:1])


@kind("digits")
def known_of_one_in_many(dice: Random) -> Setup:
    """One known ID among calls that look alike; the same place must hold the others' IDs too."""
    form = dice.choice((forms.conv, forms.hex32, forms.whole))
    puts = (
        *lure.users(dice),
        header("X-Corr", constant("corr", forms.uuid)),
        carrying(body(["elevenlabs_extra_body", "what", "ever"], own(form))),
    )
    return Setup(elevenlabs(dice), puts, form=form, known=lambda ids: ids[-1:])
