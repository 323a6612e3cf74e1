"""What has expired is deleted about once a minute, also while nobody asks for anything.

A store forgets what has expired whenever it is changed; this is for the hours in which it is not,
and for what another worker, or an operator, has deleted: this process's memory lets go of it too.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from contract.errors import StoreFailed
from injector.metrics import METRICS
from injector.parts import HAPPENINGS, STORE
from injector.wiping import wipe
from injector.wire import CONFIG, log

EVERY = 60.0
"""Seconds between two sweeps, more or less: several workers shall not sweep at the same time."""

FIRST = 2.0
"""Seconds from the start to the first sweep: while nobody served here, much may have expired."""

_PATIENCE = 30.0  # seconds for one sweep; a disk that hangs is asked again later


async def sweeping(app: web.Application) -> AsyncIterator[None]:
    """Sweep for as long as the application lives; its store must live longer."""
    task = asyncio.create_task(_sweep_on(app), name="sweeping")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _sweep_on(app: web.Application) -> None:
    """Sweep again and again; say once that it fails, and once that it goes on."""
    pause = min(EVERY, max(1.0, app[CONFIG].injector.images.ttl / 2))
    is_failing = False
    await asyncio.sleep(_about(min(FIRST, pause)))
    while True:
        error = await _swept(app)
        if error is not None and not is_failing:
            why = str(error) or "the store does not answer"
            ours = None if isinstance(error, (StoreFailed, TimeoutError)) else error
            log.warning("what has expired is not deleted yet; tried again: %s", why, exc_info=ours)
        elif error is None and is_failing:
            log.info("what has expired is deleted again")
        is_failing = error is not None
        await asyncio.sleep(_about(pause))


async def _swept(app: web.Application) -> Exception | None:
    """Sweep once; return what came in the way, or None."""
    app[HAPPENINGS].let_go(app[CONFIG].injector.images.ttl)
    try:
        async with asyncio.timeout(_PATIENCE):
            app[METRICS].forgot("expired", await app[STORE].sweep())
        await wipe()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next sweep may do better
        return error
    return None


def _about(seconds: float) -> float:
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311 - nobody must guess it
