"""What every room's tests use: real servers on free ports."""

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import pytest
from aiohttp import web

from tests.lacking import LEFT_OUT, lack, sentence
from tests.running import running

with warnings.catch_warnings():
    # mitmproxy uses what its own libraries call deprecated; imported once, it is silent after.
    warnings.simplefilter("ignore", DeprecationWarning)
    import mitmproxy.http
    import mitmproxy.io
    import mitmproxy.test.tflow  # noqa: F401

Serve: TypeAlias = Callable[[web.Application], Awaitable[str]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of what this machine lacks, and remember what that was."""
    left_out: dict[str, list[str]] = {}
    kept: list[pytest.Item] = []
    gone: list[pytest.Item] = []
    for item in items:
        found = lack(item)
        (gone if found else kept).append(item)
        if found and found.what not in left_out.setdefault(found.why, []):
            left_out[found.why].append(found.what)
    items[:] = kept
    config.hook.pytest_deselected(items=gone)
    config.stash[LEFT_OUT] = left_out


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if left_out := config.stash.get(LEFT_OUT, {}):
        terminalreporter.write_line(sentence(left_out), yellow=True)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start an application on a free port and give its address."""
    async with AsyncExitStack() as stack:

        async def start(app: web.Application) -> str:
            return await stack.enter_async_context(running(app))

        yield start
