"""Run an endpoint until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable

from aiohttp import web

from contract.config import Address
from contract.errors import UsageError

_LONGEST_LINE = 1 << 16  # bytes of a URL or a header; a platform may send a long token
_FAREWELL = 5.0  # seconds that answers in progress get when the service is told to stop


def run(make_app: Callable[[], web.Application], address: Address, name: str) -> None:
    """Serve an application until SIGINT or SIGTERM; print where, once it answers.

    Raises:
        UsageError: the address is taken or is not this machine's.
    """
    import uvloop

    uvloop.run(_serve(make_app(), address, name))


async def _serve(app: web.Application, address: Address, name: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # Without handler_cancellation, a client that leaves before the first byte goes unnoticed.
    runner = web.AppRunner(
        app,
        handler_cancellation=True,
        access_log=None,
        shutdown_timeout=_FAREWELL,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, address.host, address.port)
        await _start(site, address)
        for host, port, *_ in runner.addresses:
            print(f"{name}: http://{Address(host, port)}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


async def _start(site: web.TCPSite, address: Address) -> None:
    try:
        await site.start()
    except OSError as error:
        raise UsageError(
            f"cannot listen on {address}: {error.strerror or error}; name another address with "
            "--listen, or port 0 for a free one"
        ) from error
