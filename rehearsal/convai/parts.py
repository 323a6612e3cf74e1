"""What the application's routes share: how it holds its conversations, and its desk. Values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from rehearsal.convai.agents import Listed
from rehearsal.convai.desk import Desk
from rehearsal.convai.watching import Watcher


@dataclass(frozen=True, slots=True)
class Manner:
    """How this platform holds its conversations; times are in seconds."""

    endpoint: str
    agents: Mapping[str, Listed]
    lines: Sequence[str]
    cascade_timeout: float
    tool_timeout: float
    watcher: Watcher


MANNER: Final = web.AppKey("manner", Manner)
DESK: Final = web.AppKey("desk", Desk)
