"""Who calls, and what people and agents say: invented names, and numbers kept for fiction."""

from dataclasses import dataclass
from random import Random

from bench.locate import forms

_FIRST = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elena",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Katja",
    "Luis",
    "Mara",
    "Nils",
    "Olga",
    "Paul",
)
_LAST = (
    "Weber",
    "Ortiz",
    "Novak",
    "Silva",
    "Keller",
    "Brandt",
    "Moreau",
    "Rossi",
    "Lund",
    "Haas",
    "Costa",
    "Meyer",
    "Vidal",
    "Winter",
)

_OPENINGS = (
    "Hi, this is {name}. I have a question about {thing}.",
    "Hello, can you help me with {thing}?",
    "Good morning. There is something wrong with {thing}.",
    "Yes, hello, {name} here, it is about {thing} again.",
    "I just shared a picture of {thing}. Can you see it?",
)
_FOLLOWING = (
    "It started {when}, I think.",
    "No, that is not what I meant. I mean {thing}.",
    "Could you say that again, please?",
    "The number on the label is {number}.",
    "Okay, and what would that cost for {thing}?",
    "I bought it {when} in the shop at the station.",
    "Yes.",
    "Do you also have that in {colour}?",
    "My order has the number {number}, can you look it up?",
    "Thanks, and who would come to repair {thing}?",
    "The light on it is {colour} and blinks {number} times.",
)
_ANSWERS = (
    "I can help with {thing}. What colour is it?",
    "One moment, please, I am looking that up.",
    "That would be {number} euros, including delivery.",
    "Thank you. Is there anything printed on the back of {thing}?",
    "I am sorry to hear that. When did it begin?",
    "Somebody can come {when}. Would that suit you?",
)
_THINGS = (
    "the coffee machine",
    "my bicycle lamp",
    "an invoice from October",
    "the heating in the kitchen",
    "a parcel that never came",
    "the dishwasher",
    "my train ticket",
    "the router upstairs",
    "a red sofa",
    "the hearing aid",
)
_WHEN = ("yesterday", "on Monday", "two weeks ago", "this morning", "last spring", "on Friday")
_COLOURS = ("green", "grey", "orange", "dark blue", "white")

_TRADES = ("a repair shop", "a train company", "a furniture house", "a dental practice", "a hotel")
_RULES = (
    "Speak in short sentences, because what you write is read out aloud.",
    "Never promise a date before the calendar has been looked at.",
    "If the caller is angry, stay calm, and repeat what you have understood.",
    "Prices are in euros and include tax; discounts are only for members.",
    "When a caller wants a human, use the transfer tool at once and say goodbye.",
    "Do not read out links, markup, or long numbers unless the caller asks for them.",
    "Opening hours are Monday to Friday from 9 to 18, and Saturday from 10 to 14.",
    "Ask one question at a time, and wait for the answer.",
    "If you do not know something, say so, and offer a call back.",
    "Spare parts for machines older than ten years are no longer in stock.",
    "Deliveries to islands take two days longer and cost 12 euros more.",
    "Spell names back to the caller before you note them down.",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A caller, with all that platforms like to send about one."""

    name: str
    mail: str
    phone: str
    user: str
    account: str
    device: str
    address: str
    address6: str


def person(dice: Random) -> Person:
    """Return somebody new."""
    first, last = dice.choice(_FIRST), dice.choice(_LAST)
    return Person(
        name=f"{first} {last}",
        mail=f"{first.lower()}.{last.lower()}{dice.randint(1, 99)}@example.com",
        phone=dice.choice(
            ("1555010{:04d}", "4930230{:06d}", "34600{:06d}", "447700900{:03d}")
        ).format(dice.randrange(100, 999)),
        user=f"user_{forms.letters(dice, 'abcdefghijkmnpqrstuvwxyz23456789', 16)}",
        account=f"{dice.randrange(10**7, 10**8)}",
        device=forms.uuid(dice).upper(),
        address=f"203.0.113.{dice.randint(1, 254)}",
        address6=f"2001:db8:{dice.getrandbits(16):x}:{dice.getrandbits(16):x}::{dice.getrandbits(16):x}",
    )


def said(dice: Random, who: Person, number: int) -> str:
    """Return what a caller says; `number` counts from 0."""
    return _filled(dice, dice.choice(_OPENINGS if number == 0 else _FOLLOWING), who)


def answered(dice: Random, who: Person) -> str:
    """Return what an agent says."""
    return _filled(dice, dice.choice(_ANSWERS), who)


def _filled(dice: Random, template: str, who: Person) -> str:
    return template.format(
        name=who.name,
        thing=dice.choice(_THINGS),
        when=dice.choice(_WHEN),
        number=dice.randint(11, 9_999),
        colour=dice.choice(_COLOURS),
    )


def prompt(dice: Random, size: int) -> str:
    """Return an agent's prompt of about so many characters, in paragraphs."""
    trade = dice.choice(_TRADES)
    text = f"# Role\nYou are the voice of {trade}. You are on a live call.\n\n# Rules\n"
    number = 0
    while len(text) < size:
        number += 1
        rules = " ".join(dice.sample(_RULES, 3))
        text += f"{rules}\n\n" if dice.random() < 0.8 else f"## Part {number}\n- {rules}\n\n"
    return text.rstrip()
