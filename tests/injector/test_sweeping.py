"""What has expired is deleted while nobody asks, whatever goes wrong meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from contract.config import Config, Images, Injector
from contract.config.places import Store as Place
from contract.errors import StoreFailed
from injector.app import create_app
from injector.store import Limits
from injector.store.memory import MemoryStore

Endpoint = Callable[..., Awaitable[str]]
Share = Callable[..., Awaitable[str]]

IN_MEMORY = Images(store=Place.parse("memory:"))


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("injector.sweeping.EVERY", 0.02)
    monkeypatch.setattr("injector.sweeping.FIRST", 0.02)


class Sweepable(MemoryStore):
    """Counts its sweeps; those at which `troubles` has an error fail with it."""

    def __init__(self, *troubles: Exception | None) -> None:
        super().__init__(Limits())
        self.troubles = list(troubles)
        self.sweeps = 0

    async def sweep(self) -> int:
        self.sweeps += 1
        if self.troubles and (trouble := self.troubles.pop(0)) is not None:
            raise trouble
        return await super().sweep()


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("not in time")


async def metrics(client: aiohttp.ClientSession, root: str) -> str:
    async with client.get(f"{root}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return "\n".join(line for line in lines if line.startswith("sightline_pictures_forgotten_t"))


async def test_what_has_expired_is_deleted_and_counted_though_nobody_asks(
    client: aiohttp.ClientSession, endpoint: Endpoint, share: Share, png: bytes
) -> None:
    now = 0.0
    store = MemoryStore(Limits(ttl=10.0), clock=lambda: now)
    root = await endpoint(keeps=store)
    await share(root, png, "conv_1")
    await asyncio.sleep(0.1)
    assert 'reason="expired"} 0.0' in await metrics(client, root)
    now = 11.0
    await asyncio.sleep(0.2)
    assert 'reason="expired"} 1.0' in await metrics(client, root)


@pytest.mark.parametrize("trouble", [StoreFailed("the disk is gone"), OSError("a fault of ours")])
async def test_sweeping_survives_what_goes_wrong_and_says_so_once(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    caplog.set_level(logging.INFO, "sightline.injector")
    store = Sweepable(None, trouble, trouble, trouble, None, None)
    await endpoint(keeps=store)
    await until(lambda: store.sweeps > 8)
    told = [record for record in caplog.records if "expired" in record.getMessage()]
    assert [record.levelname for record in told] == ["WARNING", "INFO"]
    assert str(trouble) in told[0].getMessage()
    assert bool(told[0].exc_info) is isinstance(trouble, OSError)


async def test_a_sweep_that_hangs_is_tried_again(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("injector.sweeping._PATIENCE", 0.02)

    class Hanging(Sweepable):
        async def sweep(self) -> int:
            await super().sweep()
            await asyncio.sleep(60)
            return 0

    store = Hanging()
    await endpoint(keeps=store)
    await until(lambda: store.sweeps > 2)


async def test_sweeping_ends_with_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[bool] = []

    async def sweep(_: MemoryStore) -> int:
        swept.append(True)
        return 0

    monkeypatch.setattr(MemoryStore, "sweep", sweep)
    runner = web.AppRunner(create_app(Config(injector=Injector(images=IN_MEMORY))))
    await runner.setup()
    await until(lambda: bool(swept))
    await runner.cleanup()
    before = len(swept)
    await asyncio.sleep(0.1)
    assert len(swept) == before
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "sweeping"]
