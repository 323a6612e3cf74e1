"""Recordings in which values were replaced by tokens, or words by x: tokens stand for the values.

What is located here must hold for later requests, which an endpoint sees as they were sent.
"""

import json
from dataclasses import replace
from random import Random
from typing import Any

from bench.locate import forms
from bench.locate import lures as lure
from bench.locate.case import ABSENT, INSUFFICIENT, Setup, kind, masked
from bench.locate.draft import Request, body, carrying, header, in_words, own, prompt, query
from bench.locate.kinds.places import HEADERS, KEYS
from bench.locate.platforms import elevenlabs
from bench.locate.talk import Plan


@kind("hidden")
def redacted_header(dice: Random) -> Setup:
    """A redacted header holds equal tokens for equal values: as constant and distinct as they."""
    form = dice.choice((forms.conv, forms.uuid))
    put = carrying(header(dice.choice(HEADERS), own(form)))
    return Setup(elevenlabs(dice), (*lure.noise(dice), put), form=form, redact=(("id", form),))


@kind("hidden")
def redacted_body(dice: Random) -> Setup:
    """A redacted value of the body."""
    form = dice.choice((forms.conv, forms.uuid, forms.whole))
    put = carrying(body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs(dice), (*lure.noise(dice), put), form=form, redact=(("id", form),))


@kind("hidden")
def redacted_query(dice: Random) -> Setup:
    """A redacted query parameter."""
    form = dice.choice((forms.conv, forms.uuid))
    put = carrying(query(dice.choice(KEYS), own(form)))
    return Setup(elevenlabs(dice), (put,), form=form, redact=(("id", form),))


@kind("hidden")
def redacted_prompt(dice: Random) -> Setup:
    """A token in the prompt's words, after a label; the pattern must fit the value that it
    replaces, since the endpoint sees that.
    """
    form = dice.choice((forms.conv, forms.uuid))
    template = dice.choice(("Conversation ID: {}", "session_id={}", "<session>{}</session>"))
    put = in_words(prompt(template, own(form), dice.choice(("start", "end"))))
    return Setup(elevenlabs(dice), (put,), form=form, redact=(("id", form),))


@kind("hidden")
def redacted_in_two_places(dice: Random) -> Setup:
    """The same token in header and prompt is the same ID: the header comes first."""
    puts = (
        prompt("Conversation ID: {}", own(forms.conv), "end"),
        carrying(header("X-Conversation-Id", own(forms.conv))),
    )
    prefer = ("$request.header.x-conversation-id",)
    return Setup(elevenlabs(dice), puts, prefer=prefer, redact=(("id", forms.conv),))


@kind("hidden")
def redacted_known_token(dice: Random) -> Setup:
    """The platform's secrets are redacted, the ID is not, and it is known."""
    put = carrying(header("X-Ref", own(forms.conv)))
    secret = header("X-Api-Key", lambda turn: turn.call.value("secret", forms.hex32))
    plan = Plan(calls=(1, 1))
    redact = (("secret", forms.hex32),)
    return Setup(elevenlabs(dice), (secret, put), plan=plan, redact=redact, known=lambda ids: ids)


@kind("hidden")
def redacted_secret_only(dice: Random) -> Setup:
    """A redacted key or cookie that is new for each call is a secret, not a conversation's ID."""
    name = dice.choice(("X-Api-Key", "Cookie", "X-Auth-Token"))
    secret = header(name, lambda turn: turn.call.value("secret", forms.hex32))
    redact = (("secret", forms.hex32),)
    return Setup(elevenlabs(dice), (secret,), frozenset({ABSENT}), redact=redact)


@kind("hidden")
def redacted_user_only(dice: Random) -> Setup:
    """A redacted user is a user."""
    user = body(["user_id"], lambda turn: turn.call.value("user", forms.uuid))
    redact = (("user", forms.uuid),)
    return Setup(elevenlabs(dice), (user,), frozenset({ABSENT}), redact=redact)


@kind("hidden")
def redacted_one_conversation(dice: Random) -> Setup:
    """One conversation is insufficient, redacted or not."""
    put = carrying(header("X-Conversation-Id", own(forms.conv)))
    plan = Plan(calls=(1, 1))
    verdicts = frozenset({INSUFFICIENT})
    return Setup(elevenlabs(dice), (put,), verdicts, plan=plan, redact=(("id", forms.conv),))


def _words_masked(request: Request) -> Request:
    document: dict[str, Any] = json.loads(request.body)
    for message in document["messages"]:
        if message["role"] in {"user", "assistant"} and isinstance(message["content"], str):
            message["content"] = masked(message["content"])
    text = json.dumps(document, ensure_ascii=False)
    return replace(request, body=text)


@kind("hidden")
def words_masked(dice: Random) -> Setup:
    """Words replaced by x keep their lengths, so histories still extend each other."""
    form = dice.choice((forms.conv, forms.uuid))
    put = dice.choice(
        (
            carrying(header(dice.choice(HEADERS), own(form))),
            carrying(body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form))),
        )
    )
    together = dice.random() < 0.5
    plan = Plan(calls=(3, 4), together=together)
    return Setup(elevenlabs(dice), (put,), form=form, plan=plan, change=_words_masked)


@kind("hidden")
def words_masked_and_nothing_to_find(dice: Random) -> Setup:
    """Masked words with lures alone: absent, as with the words."""
    puts = (*lure.users(dice), *lure.trace_ids(dice))
    return Setup(elevenlabs(dice), puts, frozenset({ABSENT}), change=_words_masked)
