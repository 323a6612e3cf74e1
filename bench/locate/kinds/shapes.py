"""What IDs look like, and what stands around them: the bare ID is the truth, whole and alone."""

from random import Random

from bench.locate import forms
from bench.locate.case import Setup, kind
from bench.locate.draft import Put, Value, body, carrying, fixed, header, own, query, segment
from bench.locate.kinds.places import HEADERS, KEYS, wrapped
from bench.locate.lures import noise
from bench.locate.platforms import elevenlabs


def _anywhere(dice: Random, value: Value) -> Put:
    name, key = dice.choice(HEADERS), dice.choice(KEYS)
    return carrying(
        dice.choice(
            (
                header(name, value),
                body(["elevenlabs_extra_body", key], value),
                query(key, value),
                body(["metadata", key], value),
            )
        )
    )


def _shape(dice: Random, form: forms.Form) -> Setup:
    return Setup(elevenlabs(dice), (*noise(dice), _anywhere(dice, own(form))), form=form)


@kind("shapes")
def integer_in_body(dice: Random) -> Setup:
    """A JSON integer under a good name; numbers count as text."""
    key = dice.choice(KEYS)
    put = carrying(
        body(
            [*dice.choice(([], ["metadata"], ["elevenlabs_extra_body"])), key],
            lambda t: int(t.call.value("id", forms.whole)),
        )
    )
    return Setup(elevenlabs(dice), (*noise(dice), put), form=forms.whole)


@kind("shapes")
def integer_in_header(dice: Random) -> Setup:
    """A whole number under a good name, of five to nine digits: neither a time nor a caller."""
    put = carrying(header(dice.choice(HEADERS), own(forms.whole)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=forms.whole)


@kind("shapes")
def integer_small(dice: Random) -> Setup:
    """A server counts its conversations: numbers of two to four digits, under a good name."""
    base = dice.randint(40, 4_000)

    def form(own_dice: Random) -> str:
        return str(base + own_dice.randrange(5_000))

    put = carrying(
        dice.choice(
            (
                header("X-Conversation-Id", own(form)),
                body(["conversation_id"], lambda t: int(own(form)(t) or 0)),
            )
        )
    )
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("shapes")
def short_opaque(dice: Random) -> Setup:
    """Two to five characters under a good name: short, but constant, distinct and named."""
    return _shape(dice, forms.short)


@kind("shapes")
def uuid_in_either_case(dice: Random) -> Setup:
    """UUIDs in lower or upper case."""
    return _shape(dice, dice.choice((forms.uuid, forms.uuid_upper)))


@kind("shapes")
def ulid(dice: Random) -> Setup:
    """ULIDs hold a time, but are IDs."""
    return _shape(dice, forms.ulid)


@kind("shapes")
def elevenlabs_first_form(dice: Random) -> Setup:
    """20 characters at random, as ElevenLabs once made them."""
    return _shape(dice, forms.twenty)


@kind("shapes")
def elevenlabs_mixed_forms(dice: Random) -> Setup:
    """New and old forms of one platform's IDs in one recording, all of them whole."""

    def form(own_dice: Random) -> str:
        return own_dice.choice((forms.conv, forms.conv_old, forms.twenty))(own_dice)

    return _shape(dice, form)


@kind("shapes")
def telephony_sid_alone(dice: Random) -> Setup:
    """A telephony provider's call ID is the call's own where there is no other."""
    put = dice.choice(
        (
            header(dice.choice(("X-Twilio-CallSid", "X-Call-Sid")), own(forms.twilio)),
            body(["dynamic_variables", "system__call_sid"], own(forms.twilio)),
            body(["elevenlabs_extra_body", "call_sid"], own(forms.twilio)),
        )
    )
    return Setup(elevenlabs(dice), (*noise(dice), carrying(put)), form=forms.twilio)


@kind("shapes")
def prefix_of_the_id(dice: Random) -> Setup:
    """A prefix with a dash or underscore belongs to the ID and must not get lost."""
    prefix = dice.choice(("sess-", "call_", "chat-", "c_"))
    return _shape(dice, lambda d: f"{prefix}{forms.nanoid(d)}")


@kind("shapes")
def resource_name(dice: Random) -> Setup:
    """`sessions/<id>`: the name of a collection stands before the bare ID."""
    form = dice.choice((forms.uuid, forms.conv, forms.hex32))
    template = dice.choice(
        (
            "session/{}",
            "sessions/{}",
            "projects/1/sessions/{}",
            "projects/acme/locations/eu/sessions/{}",
        )
    )
    put = carrying(
        dice.choice(
            (
                header("X-Session", wrapped(template, form)),
                body(["session"], wrapped(template, form)),
            )
        )
    )
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("shapes")
def parameters_after_the_id(dice: Random) -> Setup:
    """`<id>;v=1`: parameters after the ID are no part of it."""
    form = dice.choice((forms.uuid, forms.conv, forms.hex32))
    template = dice.choice(("{};v=1", "{}; lang=en", "{}|web|2"))
    return Setup(
        elevenlabs(dice),
        (carrying(header("X-Conversation-Id", wrapped(template, form))),),
        form=form,
    )


@kind("shapes")
def pairs_around_the_id(dice: Random) -> Setup:
    """`conv=<id>&x=1`: a form inside a header or a value."""
    form = dice.choice((forms.uuid, forms.conv))
    template = dice.choice(("conv={}&x=1", "x=1&conversation_id={}", "session={}&lang=de&x=1"))
    value = wrapped(template, form)
    put = dice.choice(
        (header("X-Context", value), body(["elevenlabs_extra_body", "context"], value))
    )
    return Setup(elevenlabs(dice), (*noise(dice), carrying(put)), form=form)


@kind("shapes")
def uniform_resource_name(dice: Random) -> Setup:
    """`urn:uuid:<id>`: the scheme is no part of the ID."""
    put = carrying(header(dice.choice(HEADERS[:6]), wrapped("urn:uuid:{}", forms.uuid)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=forms.uuid)


@kind("shapes")
def url_as_a_value(dice: Random) -> Setup:
    """A value that is a URL with the ID in it, and more behind it."""
    template = dice.choice(
        (
            "https://example.com/conversations/{}?tab=log",
            "wss://example.com/c?conversation_id={}&v=1",
        )
    )
    form = dice.choice((forms.uuid, forms.conv))
    put = carrying(body(["elevenlabs_extra_body", "conversation_url"], wrapped(template, form)))
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("shapes")
def percent_encoded_segment(dice: Random) -> Setup:
    """Segments are percent-decoded: the ID has a character in it that a URL must encode."""
    mark = dice.choice(("+", "%", "ü"))
    form: forms.Form = lambda d: f"{forms.hex32(d)[:9]}{mark}{forms.hex32(d)[:7]}"  # noqa: E731
    puts = (segment(1, fixed("sessions")), carrying(segment(2, own(form))))
    return Setup(elevenlabs(dice), puts, form=form)


@kind("shapes")
def padded_base64(dice: Random) -> Setup:
    """Base64 with `==` at its end, and `+` and `/` in it: all of it is the ID."""
    return _shape(dice, forms.base64ish)


@kind("shapes")
def letters_of_other_scripts(dice: Random) -> Setup:
    """An ID with letters beyond ASCII in the body: text is compared as text."""
    form: forms.Form = lambda d: f"gespräch-{forms.hex32(d)[:12]}"  # noqa: E731
    put = carrying(body(["elevenlabs_extra_body", "conversation_id"], own(form)))
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("shapes")
def integer_beyond_floats(dice: Random) -> Setup:
    """Integers of 20 digits that differ in the last ones only: as text they are distinct."""
    start = str(dice.randrange(6 * 10**15, 10**16))

    def form(own_dice: Random) -> str:
        return f"{start}{own_dice.randrange(1000, 9999)}"

    put = carrying(body(["conversation_id"], lambda turn: int(turn.call.value("id", form))))
    return Setup(elevenlabs(dice), (put,), form=form)


@kind("shapes")
def leading_zeros(dice: Random) -> Setup:
    """Digits with zeros before them are text, and the zeros a part of the ID."""
    return _shape(dice, lambda d: f"000{d.randrange(10_000, 99_999)}")


@kind("shapes")
def uuid_of_a_time(dice: Random) -> Setup:
    """UUIDs of version 7 hold a time and begin alike, but are IDs."""

    def form(own_dice: Random) -> str:
        text = forms.hex32(own_dice)
        return f"019a{text[:4]}-{text[4:8]}-7{text[9:12]}-a{text[13:16]}-{text[16:28]}"

    return _shape(dice, form)
