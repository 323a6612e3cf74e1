"""What can go wrong between this process and Redis, in words; never with a password in them."""

import asyncio

from redis import exceptions

from contract.errors import StoreFailed

_SAYS: tuple[tuple[type[Exception], str], ...] = (
    (
        exceptions.AuthenticationError,
        "refuses the user or the password; see the URL in injector.images.store",
    ),
    (exceptions.BusyLoadingError, "is still loading its data; it will answer when that is done"),
    (exceptions.MaxConnectionsError, "has no free connection; it answers too slowly"),
    (exceptions.TimeoutError, "does not answer in time"),
    (exceptions.ConnectionError, "cannot be reached"),
    (
        exceptions.OutOfMemoryError,
        "is full: it holds as much as its `maxmemory` allows; try again later, or allow it more",
    ),
    (
        exceptions.ReadOnlyError,
        "is a replica, which changes nothing; name its primary in injector.images.store",
    ),
    (exceptions.ClusterDownError, "belongs to a cluster that is down"),
    (
        exceptions.NoPermissionError,
        "does not let its user do what is needed; docs/stores.md says what to allow",
    ),
)

_BEGINNINGS = (
    ("Authentication required", "asks for a password; see the URL in injector.images.store"),
    ("MISCONF", "changes nothing, since it cannot write to its disk"),
    ("DB index is out of range", "has no database of that number; see injector.images.store"),
    ("BUSY", "is busy with a script of somebody's"),
)


def failed(error: BaseException, where: str) -> StoreFailed:
    """Return what to say of an error of the package `redis` or of the network below it.

    Args:
        error: what was raised.
        where: host and port of the server.
    """
    return StoreFailed(f"Redis at {where} {_sentence(error)}")


def _sentence(error: BaseException) -> str:
    text = str(error).strip()
    for beginning, says in _BEGINNINGS:
        if text.startswith(beginning):
            return says
    for type_, says in _SAYS:
        if isinstance(error, type_):
            return f"{says}{_reason(error)}"
    if isinstance(error, asyncio.TimeoutError):
        return "does not answer in time"
    if isinstance(error, OSError):
        return f"cannot be reached{_reason(error)}"
    return f"answers with an error: {text or type(error).__name__}"


def _reason(error: BaseException) -> str:
    """Return what the network says, where an error comes from there."""
    if type(error) is not exceptions.ConnectionError and not isinstance(error, OSError):
        return ""
    below = error.__cause__ or error.__context__
    return f": {below if isinstance(below, OSError) else error}"
