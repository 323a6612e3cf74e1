"""Which pictures a turn shows, or why it shows none.

What goes wrong here costs the pictures and never the turn.
"""

import asyncio
import time
from collections.abc import Awaitable
from typing import Literal, TypeAlias, TypeVar

from contract.errors import StoreFailed
from injector.conversation import is_id, shown
from injector.shared import Context
from injector.store import Store
from injector.wire import log

Why: TypeAlias = Literal["no-conversation-id", "no-image", "store-error"]
"""What `x-sightline-context` says of a turn without pictures."""

STORE_TIMEOUT = 0.5
"""Seconds that a turn waits for its pictures; more would be heard as silence."""

_LOOK = 0.03  # seconds between two looks for a picture that is on its way

NOTHING = Context()
"""What a turn shows that shows nothing."""

Answer = TypeVar("Answer")


async def context_of(
    store: Store, key: str | None, longest: float, *, within: float = STORE_TIMEOUT
) -> tuple[Context, Why]:
    """Return what a conversation has, and what to say of it if it has no picture.

    Args:
        store: where pictures are kept.
        key: the conversation's ID, or None.
        longest: seconds to wait for a picture that a page has announced; 0 waits for none.
        within: seconds for the store's first answer.
    """
    if key is None:
        return NOTHING, "no-conversation-id"
    if not is_id(key):  # nothing can be given to it, and no store need remember a whole prompt
        return NOTHING, "no-image"
    context = await told(key, store.context(key), within)
    if context is None:
        return NOTHING, "store-error"
    if context.awaited and longest:
        context = await _awaited(store, key, context, time.monotonic() + longest)
    return context, "no-image"


async def _awaited(store: Store, key: str, known: Context, until: float) -> Context:
    """Look until the announced picture is there; whoever has waited in vain waits once only.

    A store that fails meanwhile costs that picture, and none of those that are known.
    """
    while time.monotonic() < until:
        await asyncio.sleep(_LOOK)
        context = await told(key, store.context(key), STORE_TIMEOUT)
        if context is None:
            return known
        if not context.awaited:
            return context
        known = context
    await told(key, store.withdraw(key), STORE_TIMEOUT)
    return known


async def told(key: str | None, asked: Awaitable[Answer], within: float) -> Answer | None:
    """Return what the store says within so many seconds, or None; the log says why."""
    try:
        async with asyncio.timeout(within):
            return await asked
    except (StoreFailed, TimeoutError) as error:
        why = str(error) or "the store is slow"
        log.warning("turn %s goes on without its pictures: %s", shown(key), why)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():  # the client has left
            raise
        log.warning("turn %s goes on without its pictures: the store gave up", shown(key))
    except Exception:  # noqa: BLE001 - a fault of ours is no reason for silence either
        log.exception("turn %s goes on without its pictures", shown(key))
    return None
