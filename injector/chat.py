"""A turn, from its last byte in to its last byte out.

What goes wrong on our side costs the picture, never the turn: without an ID, without a picture, or
with a store that does not answer, the turn is relayed as text, and `x-sightline-context` says why.
"""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import quote

from aiohttp import web

from contract.errors import RequestError, StoreFailed
from contract.roles import first_id
from injector.conversation import Incoming, shown
from injector.inject import parse_turn, relayed_body
from injector.picture import Picture
from injector.relay import relay
from injector.store import Store
from injector.upstream import Upstream
from injector.wire import CONFIG, check_bearer, error_response, log

STORE: web.AppKey[Store] = web.AppKey("store")
UPSTREAM = web.AppKey("upstream", Upstream)

STORE_TIMEOUT = 0.5
"""Seconds that a turn waits for its pictures; more would be heard as silence."""


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds spent in each part of a turn, for the header `server-timing`."""

    parts: dict[str, float] = field(default_factory=dict)
    last: float = field(default_factory=time.perf_counter)

    def lap(self, name: str) -> None:
        """Book the time since the last lap under `name`."""
        now = time.perf_counter()
        self.parts[name] = (now - self.last) * 1000
        self.last = now

    def header(self) -> str:
        """Return the value of `server-timing` (W3C Server Timing), durations in milliseconds."""
        return ", ".join(f"{name};dur={spent:.2f}" for name, spent in self.parts.items())


async def chat_completions(request: web.Request) -> web.StreamResponse:
    """Answer a turn with what the model says, having shown it the conversation's pictures."""
    check_bearer(request)
    config = request.app[CONFIG]
    body = await request.read()
    watch = Stopwatch()
    turn = parse_turn(body)
    key = first_id(config.conversation_id, Incoming(request, turn.value))
    watch.lap("locate")
    pictures, context = await _pictures(request.app[STORE], key)
    watch.lap("store")
    if pictures:
        pictures = pictures if turn.has_user else ()
        context = f"attached;n={len(pictures)}"
    detail = config.injector.images.detail
    parts = [picture.content_part(detail) for picture in pictures]
    relayed = relayed_body(turn, parts, model=config.injector.upstream.model)
    watch.lap("inject")
    try:
        answer = await request.app[UPSTREAM].ask(
            "POST", "/chat/completions", request.headers, relayed
        )
    except RequestError as error:
        watch.lap("upstream")
        log.warning("turn %s: %s, %s", shown(key), context, error)
        response = error_response(error)
        response.headers.update(_told(context, watch))
        return response
    async with answer:
        watch.lap("upstream")
        log.info("turn %s: %s, %s", shown(key), context, watch.header())
        return await relay(request, answer, _told(context, watch))


def _told(context: str, watch: Stopwatch) -> dict[str, str]:
    """Return the headers that every answer to a turn carries."""
    return {"x-sightline-context": context, "server-timing": watch.header()}


async def _pictures(store: Store, key: str | None) -> tuple[tuple[Picture, ...], str]:
    """Return a conversation's pictures, or what `x-sightline-context` says of there being none."""
    if key is None:
        return (), "no-conversation-id"
    try:
        async with asyncio.timeout(STORE_TIMEOUT):
            pictures = await store.pictures(key)
    except (StoreFailed, TimeoutError) as error:
        why = str(error) or "the store is slow"
        log.warning("turn %s goes on without its pictures: %s", shown(key), why)
        return (), "store-error"
    except Exception:  # noqa: BLE001 - a fault of ours is no reason for silence either
        log.exception("turn %s goes on without its pictures", shown(key))
        return (), "store-error"
    return pictures, "no-image"


async def models(request: web.Request) -> web.StreamResponse:
    """Answer with the models that the model's side offers."""
    check_bearer(request)
    # Quoted again: `..%2Ffiles` must not become another route of the model's side, under our key.
    tail = quote(request.match_info.get("model", ""), safe="")
    route = f"/models/{tail}" if tail else "/models"
    async with await request.app[UPSTREAM].ask("GET", route, request.headers) as answer:
        return await relay(request, answer, {})
