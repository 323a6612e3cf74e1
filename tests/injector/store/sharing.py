"""Pictures are shared in a conversation, and looked at, in whichever store."""

from injector.shared import Picture, Right
from injector.store import Store

BEARER = Right(bearer=True)


async def share(store: Store, conversation: str, *shared: Picture) -> list[str]:
    """Share pictures as the bearer; return their temporaryIds."""
    ids = []
    for one in shared:
        ids.append((await store.keep(one)).temporary_id)
        await store.associate(conversation, ids[-1], right=BEARER)
    return ids


async def shown(store: Store, conversation: str) -> list[Picture]:
    return [one.picture for one in (await store.context(conversation)).pictures]
