"""The endpoint as an application: which routes there are, and what lives as long as it does.

`create_app` is a function of the configuration alone, and opens nothing before the application
starts. Serve it with `handler_cancellation=True`: without that, a client that leaves before the
first byte goes unnoticed, and the model answers into the void.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from contract.config import Config
from contract.errors import StoreFailed
from injector.body import manner
from injector.context import STORE_TIMEOUT
from injector.ledger import LEDGER, Ledger
from injector.metrics import METRICS, Metrics, counted, metrics
from injector.store import open_store
from injector.turns import (
    ANCHORING,
    MANNER,
    STORE,
    UPSTREAM,
    chat_completions,
    models,
    responses,
)
from injector.uploads import DECODED_AT_ONCE, DECODERS, associate_context, upload_image
from injector.upstream import Upstream
from injector.wire import CONFIG, errors_as_json, for_pages, preflight

MAX_BODY = 64 << 20
"""The most bytes of a request; a turn may carry pictures of its own. aiohttp's default is 1 MiB."""


def create_app(config: Config) -> web.Application:
    """Return the endpoint for a configuration.

    Raises:
        ConfigError: it asks for something that is not built yet.
    """
    # Base64 makes four bytes of three, and JSON has a few of its own.
    largest = max(MAX_BODY, config.injector.images.max_upload * 4 // 3 + 1024)
    app = web.Application(client_max_size=largest, middlewares=[errors_as_json])
    app[CONFIG] = config
    app[MANNER] = manner(config.injector)
    app[METRICS] = Metrics(config.injector.upstream)
    app[LEDGER] = Ledger(app[METRICS])
    app[ANCHORING] = set()
    app.cleanup_ctx.append(_ledger)
    app.cleanup_ctx.append(_store)
    app.cleanup_ctx.append(_decoders)
    app.cleanup_ctx.append(_upstream)
    app.add_routes(
        [
            web.post("/{prefix:(?:.*/)?}chat/completions{slash:/*}", chat_completions),
            web.post("/{prefix:(?:.*/)?}responses{slash:/*}", responses),
            web.get("/v1/models", models, allow_head=False),
            web.get("/v1/models/{model}", models, allow_head=False),
            web.post("/upload_image", for_pages(counted(upload_image))),
            web.options("/upload_image", preflight),
            web.post("/associate_context", for_pages(associate_context)),
            web.options("/associate_context", preflight),
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", scraped),
        ]
    )
    return app


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


async def _ledger(app: web.Application) -> AsyncIterator[None]:
    yield
    app[LEDGER].settle()


async def _store(app: web.Application) -> AsyncIterator[None]:
    store = open_store(app[CONFIG].injector.images)
    app[STORE] = store
    yield
    await store.close()


async def _decoders(app: web.Application) -> AsyncIterator[None]:
    decoders = ThreadPoolExecutor(DECODED_AT_ONCE, thread_name_prefix="decoder")
    app[DECODERS] = decoders
    yield
    decoders.shutdown(wait=False, cancel_futures=True)


async def _upstream(app: web.Application) -> AsyncIterator[None]:
    injector = app[CONFIG].injector
    # Without a bearer of our own, what the platform sends is the key for the model's side.
    upstream = Upstream(injector.upstream, pass_authorization=not injector.bearer)
    upstream.warm()
    app[UPSTREAM] = upstream
    yield
    await upstream.close()
