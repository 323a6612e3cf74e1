"""Decoders whose children do what a test says, on both event loops."""

import asyncio
import functools
import gc
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from injector.decoding import Decoded, Decoders, Sent
from injector.picture import Aim

AIM = Aim("gpt-4o", "high", "model")
OBEY = "odd_decoders:obey"

_OF_OTHERS: set[int] = set()
"""Processes that were there before a test began; other tests share some for longer."""

Test = Callable[..., Coroutine[Any, Any, None]]


def on_both_loops(test: Test) -> Callable[..., None]:
    """Run a test on asyncio's own loop and on uvloop, on which the endpoint runs."""

    @pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
    @functools.wraps(test)
    def both(run: Callable[[Any], None], **others: Any) -> None:
        run(test(**others))

    own = inspect.signature(test)
    run = inspect.Parameter("run", inspect.Parameter.KEYWORD_ONLY)
    seen = own.replace(parameters=[*own.parameters.values(), run])
    vars(both)["__signature__"] = seen
    del vars(both)["__wrapped__"]
    result: Callable[..., None] = both
    return result


@pytest.fixture(autouse=True)
def _decoded_in_here() -> None:
    """Not here: the children of the endpoint decode."""


@pytest.fixture(autouse=True)
def _odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children look for modules where this process does."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    """After each test there are no more children and open descriptors than before."""
    uvloop.run(asyncio.sleep(0))  # libuv keeps two descriptors of its own from its first loop on
    _OF_OTHERS.clear()
    _OF_OTHERS.update(children())
    gc.collect()  # what other tests have left for that is not closed in the middle of this one
    before = descriptors()
    yield
    assert not children()
    assert descriptors() <= before


@asynccontextmanager
async def decoding(prepare: str = OBEY, **options: Any) -> AsyncIterator[Decoders]:
    """Give decoders; nothing in the block takes longer than half a minute."""
    decoders = Decoders(AIM, prepare=prepare, **options)
    try:
        async with asyncio.timeout(30):
            yield decoders
    finally:
        await decoders.close()


def picture(data: bytes) -> Sent:
    """Return a picture as it arrives."""
    return Sent("picture", data)


async def decoded(decoders: Decoders, data: bytes) -> Decoded:
    """Return what becomes of a picture."""
    return await decoders.prepare(picture(data))


def children() -> list[int]:
    """Return the processes that this test has started, zombies included."""
    tasks = Path("/proc/self/task").iterdir()
    pids = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    return [pid for pid in pids if pid not in _OF_OTHERS]


def descriptors() -> int:
    """Return how many descriptors are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so, for ten seconds at most."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - another process has no event for it
            await asyncio.sleep(0.005)
