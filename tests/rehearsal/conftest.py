"""Real servers on free ports, and the four photographs."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import web

import rehearsal

PHOTOS = Path(rehearsal.__path__[0]) / "photos"

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]


@pytest.fixture
def photos() -> dict[str, bytes]:
    names = ("astronaut.jpg", "cat.webp", "coffee.png", "rocket.jpg")
    return {name: (PHOTOS / name).read_bytes() for name in names}
