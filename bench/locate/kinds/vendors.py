"""The other platforms of docs/platforms.md, each with the session ID where its vendor puts it."""

from random import Random

from bench.locate import forms
from bench.locate.case import Setup, kind
from bench.locate.draft import body, carrying, constant, fixed, header, own, query
from bench.locate.kinds.places import HEADERS, KEYS
from bench.locate.platforms import by_sdk, fish, hume, layercode, tavus, telnyx, vapi
from bench.locate.talk import BARE, CUT, GUESS, RETRY, TOOL, Plan


@kind("vendors")
def vapi_call_id(dice: Random) -> Setup:
    """Vapi documents `call.id`, beside assistant, organisation and caller."""
    put = carrying(body(["call", "id"], own(forms.uuid)))
    plan = Plan(events=frozenset(dice.sample((RETRY, TOOL, CUT), 1)))
    return Setup(vapi(dice), (put,), form=forms.uuid, plan=plan)


@kind("vendors")
def vapi_without_metadata(dice: Random) -> Setup:
    """With `metadataSendMode: off` somebody adds a header, and `call` has no `id`."""
    put = carrying(header(dice.choice(HEADERS), own(forms.uuid)))
    return Setup(vapi(dice), (put,), form=forms.uuid)


@kind("vendors")
def vapi_with_twilio(dice: Random) -> Setup:
    """Vapi on the phone sends the provider's call ID too; the platform's own comes first."""
    puts = (
        carrying(body(["call", "id"], own(forms.uuid))),
        body(["call", "phoneCallProviderId"], constant("sid", forms.twilio)),
        body(["call", "phoneCallProvider"], fixed("twilio")),
    )
    return Setup(vapi(dice), puts, form=forms.uuid, prefer=("$request.body#/call/id",))


@kind("vendors")
def fish_audio(dice: Random) -> Setup:
    """Fish Audio documents `session_id` at the top of the body."""
    form = dice.choice((forms.uuid, forms.hex32))
    return Setup(fish(dice), (carrying(body(["session_id"], own(form))),), form=form)


@kind("vendors")
def fish_audio_extra_body(dice: Random) -> Setup:
    """Fish Audio passes on what a client gave in `fishaudio_extra_body`."""
    form = dice.choice((forms.uuid, forms.nanoid))
    puts = (
        carrying(body(["fishaudio_extra_body", dice.choice(KEYS)], own(form))),
        body(["fishaudio_extra_body", "page"], fixed("/help")),
    )
    return Setup(fish(dice), puts, form=form)


@kind("vendors")
def hume_custom_session_id(dice: Random) -> Setup:
    """Hume EVI puts `custom_session_id` into the query."""
    form = dice.choice(forms.CLEAR)
    return Setup(hume(dice), (carrying(query("custom_session_id", own(form))),), form=form)


@kind("vendors")
def tavus_header(dice: Random) -> Setup:
    """Tavus documents the header `conversation_id`, and speculates by default."""
    form: forms.Form = lambda d: f"c{forms.hex32(d)[:12]}"  # noqa: E731
    plan = Plan(events=frozenset({GUESS, RETRY}))
    put = carrying(header("conversation_id", own(form)))
    return Setup(tavus(dice), (put,), form=form, plan=plan)


@kind("vendors")
def telnyx_extra_metadata(dice: Random) -> Setup:
    """Telnyx forwards `extra_metadata`, the caller's number in it, and a conversation."""
    form = dice.choice((forms.uuid, forms.nanoid))
    key = dice.choice(("conversation_id", "telnyx_conversation_id"))
    puts = (
        carrying(body(["extra_metadata", key], own(form))),
        body(["extra_metadata", "account"], lambda turn: turn.call.person.account),
    )
    return Setup(telnyx(dice), puts, form=form)


@kind("vendors")
def telnyx_call_control_id(dice: Random) -> Setup:
    """Telnyx is the telephony provider too: beside a conversation ID its call ID comes second."""
    control: forms.Form = lambda d: f"v3:{forms.letters(d, forms.ALNUM, 40)}"  # noqa: E731
    puts = (
        body(["extra_metadata", "call_control_id"], constant("control", control)),
        carrying(body(["extra_metadata", "conversation_id"], own(forms.uuid))),
    )
    prefer = ("$request.body#/extra_metadata/conversation_id",)
    return Setup(telnyx(dice), puts, form=forms.uuid, prefer=prefer)


@kind("vendors")
def layercode_webhook(dice: Random) -> Setup:
    """Layercode's turns are webhooks with `conversation_id`; whether a file of them has turns in
    Sightline's sense is open, so insufficient is right as well.
    """
    form = dice.choice((forms.uuid, forms.nanoid))
    puts = (
        carrying(body(["conversation_id"], own(form))),
        body(["session_id"], constant("session", forms.uuid)),
    )
    prefer = ("$request.body#/conversation_id",)
    verdicts = frozenset({"found", "insufficient"})
    return Setup(layercode(dice, as_chat=False), puts, verdicts, form=form, prefer=prefer)


@kind("vendors")
def layercode_as_chat(dice: Random) -> Setup:
    """Behind an adapter Layercode's fields stand beside messages; the conversation is the ID."""
    form = dice.choice((forms.uuid, forms.nanoid))
    return Setup(
        layercode(dice, as_chat=True), (carrying(body(["conversation_id"], own(form))),), form=form
    )


@kind("vendors")
def worker_with_the_official_client(dice: Random) -> Setup:
    """LiveKit and Pipecat let you make the call: the ID is in the header that you add."""
    form = dice.choice((forms.uuid, forms.ulid, forms.dashed))
    put = carrying(header(dice.choice(HEADERS), own(form)))
    plan = Plan(events=frozenset({BARE}))
    return Setup(by_sdk(dice), (put,), form=form, plan=plan)


@kind("vendors")
def worker_with_metadata(dice: Random) -> Setup:
    """As above, in OpenAI's own field `metadata`."""
    form = dice.choice(forms.CLEAR)
    put = carrying(body(["metadata", dice.choice(KEYS)], own(form)))
    return Setup(by_sdk(dice), (put, body(["store"], lambda _: True)), form=form)
