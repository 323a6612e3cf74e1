"""IDs that somebody knows. They win over all other evidence, and are compared as exact text."""

from collections.abc import Sequence
from random import Random

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import ABSENT, KnownIds, Setup, kind
from bench.locate.draft import (
    Draft,
    Put,
    body,
    carrying,
    fixed,
    header,
    in_words,
    only,
    own,
    prompt,
    query,
    segment,
)
from bench.locate.kinds.places import ODD_HEADERS, wrapped
from bench.locate.platforms import elevenlabs
from bench.locate.talk import Plan

_ONE = Plan(calls=(1, 1), turns=(2, 6))
_first: KnownIds = lambda ids: ids[:1]  # noqa: E731


def _anywhere(dice: Random, form: forms.Form) -> Put:
    return dice.choice(
        (
            carrying(header(dice.choice(ODD_HEADERS), own(form))),
            carrying(body(["elevenlabs_extra_body", "ref"], own(form))),
            carrying(query("r", own(form))),
            carrying(segment(1, own(form))),
            in_words(prompt("Your key is {}, keep it.", own(form), "middle")),
        )
    )


@kind("known")
def known_id_in_one_conversation(dice: Random) -> Setup:
    """One conversation is enough when its ID is known, wherever it is and whatever its name."""
    form = dice.choice(forms.CLEAR)
    return Setup(elevenlabs(dice), (_anywhere(dice, form),), form=form, plan=_ONE, known=_first)


@kind("known")
def known_id_in_several_conversations(dice: Random) -> Setup:
    """The ID of one of several conversations is known; the place holds for all of them."""
    form = dice.choice(forms.CLEAR)
    puts = (*lure.noise(dice), _anywhere(dice, form))
    return Setup(elevenlabs(dice), puts, form=form, plan=Plan(calls=(2, 4)), known=_first)


@kind("known")
def known_ids_of_all_conversations(dice: Random) -> Setup:
    """The IDs of all conversations are known."""
    form = dice.choice(forms.CLEAR)
    return Setup(elevenlabs(dice), (_anywhere(dice, form),), form=form, known=lambda ids: ids)


@kind("known")
def known_id_that_occurs_nowhere(dice: Random) -> Setup:
    """A known ID that occurs nowhere means absent, also beside a place that looks right."""
    puts = (
        (header("X-Conversation-Id", own(forms.conv)),) if dice.random() < 0.5 else lure.noise(dice)
    )
    other = forms.conv(dice)
    plan = dice.choice((_ONE, Plan(calls=(2, 3))))
    return Setup(elevenlabs(dice), puts, frozenset({ABSENT}), plan=plan, known=lambda _: (other,))


@kind("known")
def known_id_in_another_case(dice: Random) -> Setup:
    """It is compared as exact text: another case is another ID, which occurs nowhere."""

    def known(ids: Sequence[str]) -> Sequence[str]:
        return [one.upper() if one != one.upper() else one.lower() for one in ids[:1]]

    form = dice.choice((forms.uuid, forms.conv, forms.uuid_upper))
    puts = (carrying(header("X-Conversation-Id", own(form))),)
    plan = dice.choice((_ONE, Plan(calls=(2, 3))))
    return Setup(elevenlabs(dice), puts, frozenset({ABSENT}), form=form, plan=plan, known=known)


@kind("known")
def known_id_cut_short(dice: Random) -> Setup:
    """A known ID that is only a part of a longer word occurs nowhere as an ID."""
    puts = (carrying(header("X-Conversation-Id", own(forms.hex32))),)
    known: KnownIds = lambda ids: [ids[0][4:-4]]  # noqa: E731
    return Setup(
        elevenlabs(dice), puts, frozenset({ABSENT}), form=forms.hex32, plan=_ONE, known=known
    )


@kind("known")
def known_integer(dice: Random) -> Setup:
    """A JSON integer is compared by its text."""
    keys = dice.choice((["ref"], ["metadata", "n"], ["elevenlabs_extra_body", "call", "no"]))
    put = carrying(body(keys, lambda turn: int(turn.call.value("id", forms.whole))))
    plan = dice.choice((_ONE, Plan(calls=(2, 3))))
    return Setup(elevenlabs(dice), (put,), form=forms.whole, plan=plan, known=_first)


@kind("known")
def known_id_inside_a_text(dice: Random) -> Setup:
    """A known ID inside a longer text is found with a pattern that holds for other IDs too."""
    form = dice.choice((forms.uuid, forms.conv, forms.dashed, forms.short))
    template = dice.choice(
        ("Conversation ID: {}", "You speak in session {}.", "<call>{}</call>", "key={};")
    )
    put = in_words(prompt(template, own(form), dice.choice(("start", "end"))))
    return Setup(elevenlabs(dice), (put,), form=form, plan=_ONE, known=_first)


@kind("known")
def known_id_inside_a_value(dice: Random) -> Setup:
    """A known ID inside a header or a value of the body; what stands around it is constant."""
    form = dice.choice((forms.uuid, forms.conv, forms.hex32))
    value = wrapped(dice.choice(("ref={};v=1", "rooms/{}", "v1.{}.web", '{"r": "{}"}')), form)
    put = dice.choice((header("X-Info", value), body(["metadata", "info"], value)))
    return Setup(elevenlabs(dice), (carrying(put),), form=form, plan=_ONE, known=_first)


@kind("known")
def known_id_in_what_was_said(dice: Random) -> Setup:
    """A known ID that only a person read out stands at no place that other calls have."""
    code = f"AB-{dice.randrange(10**6, 10**7)}"

    def put(draft: Draft) -> None:
        words = {"role": "user", "content": f"My number is {code}."}
        draft.history = (*(draft.history or ())[:1], words, *(draft.history or ())[1:])

    plan = Plan(calls=(2, 3), turns=(2, 5))
    first = lambda draft: put(draft) if draft.turn.call.number == 0 else None  # noqa: E731
    return Setup(
        elevenlabs(dice), (first,), frozenset({ABSENT}), plan=plan, known=lambda _: (code,)
    )


@kind("known")
def one_of_several_known_ids_occurs(dice: Random) -> Setup:
    """One of several known IDs occurs: it counts, the others belong to other recordings."""
    form = dice.choice(forms.CLEAR)
    others = [form(dice) for _ in range(dice.randint(1, 3))]
    known: KnownIds = lambda ids: [*others, ids[0]]  # noqa: E731
    plan = dice.choice((_ONE, Plan(calls=(2, 3))))
    return Setup(elevenlabs(dice), (_anywhere(dice, form),), form=form, plan=plan, known=known)


@kind("known")
def known_id_against_a_better_name(dice: Random) -> Setup:
    """A known ID wins over a header that is called a conversation's and holds something else."""
    puts = (
        header("X-Conversation-Id", lambda turn: turn.call.value("other", forms.uuid)),
        body(["metadata", "session_id"], fixed("s-1")),
        carrying(body(["elevenlabs_extra_body", "ref"], own(forms.conv))),
    )
    plan = dice.choice((_ONE, Plan(calls=(2, 3))))
    return Setup(elevenlabs(dice), puts, plan=plan, known=_first)


@kind("known")
def known_short_id(dice: Random) -> Setup:
    """A known ID of three characters occurs by chance in other texts; the value is the place."""
    form: forms.Form = lambda d: f"{d.choice('abcdefgh')}{d.randint(10, 99)}"  # noqa: E731
    put = dice.choice((header("X-Ref", own(form)), body(["elevenlabs_extra_body", "k"], own(form))))

    def echo(draft: Draft) -> None:
        draft.headers.append(("X-Request-Id", forms.hex32(draft.turn.dice) + draft.id))

    return Setup(elevenlabs(dice), (echo, carrying(put)), form=form, plan=_ONE, known=_first)


@kind("known")
def known_id_in_several_places(dice: Random) -> Setup:
    """A known ID in header, body and prompt: the header comes first."""
    puts = (
        prompt("Conversation ID: {}", own(forms.conv), "end"),
        body(["elevenlabs_extra_body", "ref"], own(forms.conv)),
        carrying(header("X-Ref", own(forms.conv))),
    )
    listed = ("$request.header.x-ref", "$request.body#/elevenlabs_extra_body/ref")
    return Setup(elevenlabs(dice), puts, plan=_ONE, known=_first, prefer=listed[:1], listed=listed)


@kind("known")
def known_id_in_one_request_only(dice: Random) -> Setup:
    """A known ID in one request of several, at a place that the others lack, covers nothing."""

    def put(draft: Draft) -> None:
        if draft.turn.number == 1:
            draft.headers.append(("X-Note", draft.id))
        draft.carries = True

    plan = Plan(calls=(1, 1), turns=(4, 6))
    return Setup(elevenlabs(dice), (put,), frozenset({ABSENT}), plan=plan, known=_first)


@kind("known")
def known_id_with_one_request(dice: Random) -> Setup:
    """One request is enough when its ID is known."""
    form = dice.choice(forms.CLEAR)
    plan = Plan(calls=(1, 1), turns=(1, 1))
    return Setup(elevenlabs(dice), (_anywhere(dice, form),), form=form, plan=plan, known=_first)


@kind("known")
def known_id_encoded(dice: Random) -> Setup:
    """A known ID that the URL has percent-encoded, or that is beyond ASCII: as it is meant."""
    strange: forms.Form = lambda d: f"{forms.hex32(d)[:9]}{d.choice('+%ü')}{forms.hex32(d)[:7]}"  # noqa: E731
    put = dice.choice(
        (
            query("r", own(strange)),
            segment(1, own(strange)),
            body(["elevenlabs_extra_body", "ref"], own(strange)),
        )
    )
    return Setup(elevenlabs(dice), (carrying(put),), form=strange, plan=_ONE, known=_first)


@kind("known")
def known_id_with_a_first_request_unfilled(dice: Random) -> Setup:
    """The first request's variable is unfilled and cannot carry the ID; the rest has it."""
    puts = (
        only(
            lambda draft: draft.turn.number == 0,
            header("X-Ref", fixed("{{system__conversation_id}}")),
        ),
        carrying(header("X-Ref", own(forms.conv)), when=lambda draft: draft.turn.number > 0),
    )
    plan = Plan(calls=(1, 1), turns=(3, 6))
    return Setup(elevenlabs(dice), puts, plan=plan, known=_first)
