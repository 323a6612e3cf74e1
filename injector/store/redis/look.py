"""Whether a server can be used as it is set up. Pure: from what it says of itself."""

from collections.abc import Mapping
from typing import Any

OLDEST = (6, 0)
"""The oldest Redis whose scripts may do what ours do; every Valkey is newer."""


def problem(info: Mapping[str, Any]) -> str | None:
    """Return what is in the way of using a server, or None.

    Args:
        info: what INFO says; what it leaves out is taken for good.
    """
    version = str(info.get("redis_version", ""))
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers and numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return f"is version {version}, which is too old; {oldest} or newer, or Valkey, is needed"
    if info.get("role") in {"slave", "replica"}:
        return "is a replica, which changes nothing; name its primary in injector.images.store"
    return None


def warning(info: Mapping[str, Any]) -> str | None:
    """Return what an operator should change, or None."""
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        return (
            f"has `maxmemory-policy {policy}`: where its memory is full it drops pictures that are "
            "still needed, and their conversations go on without them; with `noeviction` it "
            "refuses new ones instead"
        )
    return None
