"""Which store the configuration opens, and with which limits."""

import sys
from pathlib import Path

import pytest

from contract.config import Images
from contract.config.places import Store as Place
from contract.errors import ConfigError
from injector.shared import Picture, Right
from injector.store import Store, open_store
from injector.store.memory import MemoryStore
from injector.store.redis import RedisStore
from injector.store.sqlite import SqliteStore
from tests.injector.store.kinds import picture

A, B, C = (picture(name) for name in "ABC")


async def share(store: Store, *shared: Picture) -> int:
    count = 0
    for one in shared:
        upload = await store.keep(one)
        made = await store.associate("c", upload.temporary_id, right=Right(bearer=True))
        count = made.count
    return count


@pytest.mark.parametrize(("kind", "type_"), [("memory:", MemoryStore), ("sqlite", SqliteStore)])
async def test_the_configured_store_is_opened_with_its_limits(
    kind: str, type_: type, tmp_path: Path
) -> None:
    place = Place.parse(kind if kind == "memory:" else f"sqlite:{tmp_path / 'x.db'}")
    store = open_store(Images(store=place, ttl=50.0, max_per_conversation=1))
    assert isinstance(store, type_)
    assert await share(store, A, B) == 1
    assert [one.picture for one in (await store.context("c")).pictures] == [B]
    await store.close()


async def test_the_configured_bytes_are_kept_in_memory_and_no_more(tmp_path: Path) -> None:
    place = Place.parse(f"sqlite:{tmp_path / 'x.db'}")
    store = open_store(Images(store=place, cache=2 * len(A.part)))
    assert isinstance(store, SqliteStore)
    await share(store, A, B, C)
    assert store._parts.size == 2 * len(A.part)
    await store.close()


async def test_redis_is_opened_without_being_asked_anything() -> None:
    store = open_store(Images(store=Place.parse("redis://127.0.0.1:1/0")))
    assert isinstance(store, RedisStore)
    await store.close()


def test_redis_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith("injector.store.redis")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigError, match=r"pip install 'sightline\[redis\]'"):
        open_store(Images(store=Place.parse("redis://127.0.0.1:6379/0")))
