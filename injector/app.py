"""The endpoint as an application: which routes there are, and what lives as long as it does.

`create_app` is a function of the configuration alone, and opens nothing before the application
starts. Serve it with `handler_cancellation=True`: without that, a client that leaves before the
first byte goes unnoticed, and the model answers into the void. And with `auto_decompress=False`:
without that, a small compressed body, sent to any path, holds up every turn for seconds.
"""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from contract.config import Config
from contract.errors import StoreFailed
from injector.body import manner
from injector.context import STORE_TIMEOUT
from injector.decoding import DECODERS, Decoders
from injector.describing import DESCRIBER, Describer
from injector.happenings import Happenings
from injector.inband import InBand
from injector.ledger import LEDGER, Ledger
from injector.metrics import METRICS, Metrics, counted, metrics
from injector.page import built_page, page_routes
from injector.parts import ANCHORING, HAPPENINGS, IN_BAND, MANNER, STORE, UPSTREAM
from injector.picture.aim import Aim
from injector.rights.admission import RATES
from injector.rights.origin import for_pages, preflight
from injector.rights.rate import Rates
from injector.sharing.association import associate_context
from injector.sharing.contexts import CONTEXT, forgotten_context, told_context
from injector.sharing.events import EVENTS, events
from injector.sharing.limits import largest
from injector.sharing.parting import parting
from injector.sharing.receiving import wait_with_the_body
from injector.sharing.removal import removed
from injector.sharing.room import ROOM, Room
from injector.sharing.upload import upload_image, uploaded
from injector.sharing.webhook import elevenlabs
from injector.store import open_store
from injector.sweeping import sweeping
from injector.turns import chat_completions, models, responses
from injector.upstream import Upstream
from injector.wiping import wiped
from injector.wire import CONFIG, Handler, errors_as_json

MAX_BODY = 64 << 20
"""The most bytes of a turn, which may carry pictures of its own. aiohttp's default is 1 MiB."""

UPLOADS = 8
"""Largest uploads for which there is room at the same time, and the more of smaller ones."""


def create_app(config: Config) -> web.Application:
    """Return the endpoint for a configuration.

    Raises:
        ConfigError: it asks for something that is not built yet.
    """
    app = web.Application(client_max_size=MAX_BODY, middlewares=[errors_as_json])
    app[CONFIG] = config
    app[MANNER] = manner(config.injector)
    app[METRICS] = Metrics(config.injector.upstream)
    app[HAPPENINGS] = Happenings()
    app[LEDGER] = Ledger(app[METRICS], app[HAPPENINGS])
    app[ANCHORING] = set()
    images = config.injector.images
    if images.in_band is not None:
        app[IN_BAND] = InBand(images.in_band, images.max_per_conversation)
    app[ROOM] = Room(UPLOADS * largest(images.max_upload))
    app[RATES] = Rates(config.injector.browser)
    app.on_shutdown.append(_no_more_watching)
    app.cleanup_ctx.append(_ledger)
    app.cleanup_ctx.append(_store)
    app.cleanup_ctx.append(sweeping)
    app.cleanup_ctx.append(_decoders)
    app.cleanup_ctx.append(_describer)
    app.cleanup_ctx.append(_upstream)
    app.add_routes(
        [
            web.post("/{prefix:(?:.*/)?}chat/completions{slash:/*}", chat_completions),
            web.post("/{prefix:(?:.*/)?}responses{slash:/*}", responses),
            web.get("/v1/models", models, allow_head=False),
            web.get("/v1/models/{model}", models, allow_head=False),
            _with_body("/upload_image", counted(wiped(upload_image))),
            web.options("/upload_image", preflight),
            web.get("/uploads/{temporary_id}", for_pages(uploaded), allow_head=False),
            web.delete("/uploads/{temporary_id}", for_pages(wiped(removed))),
            web.options("/uploads/{temporary_id}", preflight),
            _with_body("/associate_context", associate_context),
            web.options("/associate_context", preflight),
            web.get(EVENTS, for_pages(events), allow_head=False),
            web.options(EVENTS, preflight),
            web.get(CONTEXT, for_pages(told_context), allow_head=False),
            web.delete(CONTEXT, for_pages(wiped(forgotten_context))),
            web.options(CONTEXT, preflight),
            web.post("/webhooks/elevenlabs", parting(wiped(elevenlabs))),
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", scraped),
        ]
    )
    if config.injector.page.enabled:
        app.cleanup_ctx.append(built_page)
        app.add_routes(page_routes())
    return app


def _with_body(path: str, handler: Handler) -> web.RouteDef:
    """Return a route that pages may call, and that reads a body within limits of its own."""
    return web.post(path, parting(for_pages(handler)), expect_handler=wait_with_the_body)


async def healthz(_: web.Request) -> web.Response:
    """Answer that the process is alive."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """Answer whether turns can be served with their pictures.

    The model's side does not count: no restart of this process would bring it back.
    """
    try:
        async with asyncio.timeout(STORE_TIMEOUT):
            await request.app[STORE].ping()
    except (StoreFailed, TimeoutError) as error:
        why = str(error) or "it does not answer in time"
        return web.json_response({"status": "failing", "store": why}, status=503)
    return web.json_response({"status": "ok", "store": "ok"})


async def scraped(request: web.Request) -> web.Response:
    """Answer a scrape, with all turns that are over."""
    request.app[LEDGER].settle()
    return await metrics(request)


async def _no_more_watching(app: web.Application) -> None:
    """End every stream of events, which would go on through the whole farewell."""
    app[HAPPENINGS].close()


async def _ledger(app: web.Application) -> AsyncIterator[None]:
    yield
    app[LEDGER].settle()


async def _store(app: web.Application) -> AsyncIterator[None]:
    store = open_store(app[CONFIG].injector.images)
    app[STORE] = store
    yield
    await store.close()


async def _decoders(app: web.Application) -> AsyncIterator[None]:
    injector = app[CONFIG].injector
    images = injector.images
    aim = Aim(injector.upstream.model, images.detail, images.resolution)
    app[DECODERS] = Decoders(aim, limit=images.max_upload)
    app[DECODERS].warm()
    yield
    await app[DECODERS].close()


async def _describer(app: web.Application) -> AsyncIterator[None]:
    describer = Describer(app[CONFIG].injector, app[STORE], app[METRICS].described)
    app[DESCRIBER] = describer
    yield
    await describer.close()


async def _upstream(app: web.Application) -> AsyncIterator[None]:
    injector = app[CONFIG].injector
    # Without a bearer of our own, what the platform sends is the key for the model's side.
    upstream = Upstream(injector.upstream, pass_authorization=not injector.bearer)
    upstream.warm()
    app[UPSTREAM] = upstream
    yield
    await upstream.close()
