"""The platform's own event after a call ends what we know of it: POST /webhooks/elevenlabs.

Types, fields and signature are those of ElevenLabs' documentation ("Post-call webhooks"), and so is
that the sound of a call comes in one body, chunked. The signature covers every byte, and nothing
that the body says counts before it is checked.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from contract.errors import BadRequest, Replayed, StoreFailed, TooLarge, TooSlow
from contract.fieldpath import is_unicode
from injector.conversation import shown
from injector.metrics import METRICS
from injector.parts import HAPPENINGS, STORE
from injector.rights.signature import HEADER, REMEMBERED, Signed
from injector.sharing.keeping import asked_of
from injector.sharing.skimming import Skimmed
from injector.store import Store
from injector.wire import CONFIG, log

LARGEST = 128 << 20
"""The most bytes of an event. An hour of a call is 77 MB, as MP3 of 128 kbit/s in base64."""

MOST_KEPT = 4 << 20
"""The most bytes of it that are held: the transcript of some hours. Nobody is known before the last
byte has come, so this is what a stranger can make us hold."""

PATIENCE = 60.0
"""Seconds within which the whole event must come."""

AFTER_CALLS = frozenset({"post_call_transcription", "post_call_audio", "call_initiation_failure"})
"""The types of events that come when a call is over, or will not begin."""

_PIECE = 1 << 14  # bytes; between two of them turns go on


@dataclass(frozen=True, slots=True)
class Event:
    """A verified event. No other has the name under which it is claimed."""

    kind: str
    conversation_id: str
    claim: str


async def elevenlabs(request: web.Request) -> web.Response:
    """Forget the conversation of a call that is over; answer how many pictures it had.

    Raises:
        web.HTTPNotFound: no secret is configured.
        SignatureRefused: the signature is missing, wrong or old.
        Replayed: the same message has come before.
        BadRequest: it is signed, but is no event.
        TooLarge: it is larger than `LARGEST`, or more of it would have to be held than `MOST_KEPT`.
        TooSlow: it does not arrive in time.
        StoreFailed: the store cannot forget; the same message may come again.
    """
    secret = request.app[CONFIG].injector.webhooks.elevenlabs
    if not secret:
        raise web.HTTPNotFound(
            reason="no webhook is taken here: set injector.webhooks.elevenlabs to its secret"
        )
    event = await _verified(request, secret)
    if event.kind not in AFTER_CALLS:
        log.info("webhook: an event of type %r is ignored", event.kind[:64])
        return web.json_response({"forgotten": 0})
    count = await _forgotten(request.app[STORE], event)
    request.app[HAPPENINGS].tell(event.conversation_id, "forgotten")
    request.app[METRICS].forgot("webhook", count)
    told = shown(event.conversation_id)
    log.info("conversation %s is forgotten, since its call is over; pictures: %d", told, count)
    return web.json_response({"forgotten": count})


async def _verified(request: web.Request, secret: str) -> Event:
    signed = Signed(request.headers.get(HEADER, ""), secret)
    try:
        async with asyncio.timeout(PATIENCE):
            skimmed = await _skimmed(request, signed)
    except (web.RequestPayloadError, ConnectionError) as error:
        raise BadRequest(f"the event's body cannot be read: {error}") from None
    except TimeoutError:
        raise TooSlow(f"the event did not arrive within {PATIENCE:g} s") from None
    claim = signed.claim(time.time())
    try:
        return _event(skimmed.value(), claim)
    except ValueError as error:
        raise BadRequest(f"the event is signed, but is no JSON: {error}") from None


async def _skimmed(request: web.Request, signed: Signed) -> Skimmed:
    skimmed, size = Skimmed(), 0
    async for piece in request.content.iter_chunked(_PIECE):
        size += len(piece)
        signed.update(piece)
        skimmed.feed(piece)
        if size > LARGEST:
            raise TooLarge(f"the event is larger than {LARGEST:,} bytes")
        if skimmed.size > MOST_KEPT:
            raise TooLarge(f"the event is larger than {MOST_KEPT:,} bytes, its sound not counted")
        await asyncio.sleep(0)  # what has come already would be read on at once
    return skimmed


def _event(value: Any, claim: str) -> Event:
    """Return what an event says, of which an unknown type need say nothing else.

    Raises:
        BadRequest: its type is missing, or a type that is known names no conversation.
    """
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        raise BadRequest("the event is signed, but has no `type`", param="type")
    data = value.get("data")
    named = data.get("conversation_id") if isinstance(data, dict) else None
    if isinstance(named, str) and named and is_unicode(named):
        return Event(kind, named, claim)
    if kind in AFTER_CALLS:
        raise BadRequest(
            f"the event is signed and of type {kind}, but names no conversation in "
            "`data.conversation_id`",
            param="data.conversation_id",
        )
    return Event(kind, "", claim)


async def _forgotten(store: Store, event: Event) -> int:
    """Forget a conversation, once for each message; return how many pictures it had.

    A message that could not be followed counts as not having come, so that the platform may send
    it again: better one that counts twice than one that never does.

    Raises:
        Replayed: the message has come before.
        StoreFailed: the store cannot forget, or does not answer.
    """
    if not await _is_first(store, event.claim):
        raise Replayed("this event has come before; it counts once")
    try:
        return await asked_of(store.forget(event.conversation_id))
    except BaseException:
        await _release(store, event.claim)
        raise


async def _is_first(store: Store, claim: str) -> bool:
    """Claim a message, and tell whether nobody had.

    Who leaves meanwhile takes back a claim of their own, and none that was there: a replay that
    breaks off in this moment would make the next one the first.
    """
    claiming = asyncio.create_task(asked_of(store.claim(claim, REMEMBERED)))
    try:
        return await asyncio.shield(claiming)
    except BaseException:
        await asyncio.wait({claiming})
        if claiming.cancelled() or claiming.exception() or claiming.result():
            await _release(store, claim)
        raise


async def _release(store: Store, claim: str) -> None:
    try:
        await asked_of(store.release(claim))
    except StoreFailed as error:
        log.warning("webhook: an event that was not followed cannot be taken again: %s", error)
