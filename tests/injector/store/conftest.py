"""A store of every kind, for one suite of what all of them promise."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from injector.store import Store
from tests.injector.store.kinds import KINDS, LIMITS, Clock, Made, Make


@pytest.fixture
def clock() -> Clock:
    """A clock that stands until a test lets time pass."""
    return Clock()


@pytest.fixture(params=sorted(KINDS))
def make(request: pytest.FixtureRequest) -> Make:
    """Make a store of a kind, with limits and in a folder that a test chooses."""
    return KINDS[request.param]


@pytest.fixture
async def made(make: Make, tmp_path: Path) -> AsyncIterator[Made]:
    async with make(LIMITS, tmp_path) as made:
        yield made


@pytest.fixture
def store(made: Made) -> Store:
    return made.store


@pytest.fixture
def pass_time(made: Made) -> Callable[[float], Awaitable[None]]:
    """Let seconds pass for the store."""
    return made.pass_time
