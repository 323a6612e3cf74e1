"""The store is asked for a route of pictures; whatever it does wrong is told as its failure."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from contract.errors import RequestError, StoreFailed
from injector.wire import log

PATIENCE = 10.0
"""Seconds that a route waits for the store; its client rather tries again than waits longer."""

_AGAIN = 2  # seconds after which a store that failed may answer

Told = TypeVar("Told")


async def asked_of(store: Awaitable[Told]) -> Told:
    """Return what a store answers.

    Raises:
        RequestError: what the store itself raises.
        StoreFailed: it does not answer, or fails in a way of its own; the log says how.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await store
    except RequestError:
        raise
    except TimeoutError:
        raise StoreFailed(
            f"the store of pictures has not answered for {PATIENCE:g} s; try again",
            retry_after=_AGAIN,
        ) from None
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():  # the client has left
            raise
        raise _failed() from None
    except Exception:  # noqa: BLE001 - a fault of the store's is one that passes, to a client
        log.exception("the store of pictures fails")
        raise _failed() from None


def _failed() -> StoreFailed:
    return StoreFailed("the store of pictures has failed; try again", retry_after=_AGAIN)
