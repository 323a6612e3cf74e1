"""Run an endpoint until it is told to stop."""

import asyncio
import ctypes
import gc
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress

from aiohttp import BadContentDispositionHeader, BadContentDispositionParam, web

from contract.config import Address
from contract.errors import UsageError

_LONGEST_LINE = 1 << 16  # bytes of a URL or a header; a platform may send a long token
_MMAP_THRESHOLD, _LARGE = -3, 128 << 10  # mallopt(3): blocks from that many bytes are mapped
_PERTURB, _OVERWRITTEN_BY = -6, 0x5A  # mallopt(3): what is freed is overwritten by that byte
_FAREWELL = 5.0  # seconds that answers in progress get when the service is told to stop


def run(make_app: Callable[[], web.Application], address: Address, name: str) -> None:
    """Serve an application until SIGINT or SIGTERM; print where, once it answers.

    Raises:
        UsageError: the address is taken or is not this machine's.
    """
    import uvloop

    _collect_seldom()
    _let_pictures_go()
    for odd in (BadContentDispositionHeader, BadContentDispositionParam):
        # A form's own words would go past the log, and each new one be remembered for ever.
        warnings.simplefilter("ignore", odd)
    uvloop.run(_serve(make_app(), address, name))


def _collect_seldom() -> None:
    """Look for garbage in cycles less often, and never again in what was there at the start.

    A turn makes some hundreds of objects, and none of them in a cycle, so Python's default has the
    collector look through them in vain, once a turn and while somebody waits.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _let_pictures_go() -> None:
    """Have the memory of a picture go back to the system, or be overwritten, as soon as it is free.

    Where glibc is told nothing, it learns from the first large block that is freed to keep the next
    ones for itself, and each thread that decodes or reads pictures keeps some for itself alone.
    What is smaller it keeps in any case, with all that was in it, until it is used again: a picture
    that was forgotten would be there still.
    """
    with suppress(OSError, AttributeError, TypeError):  # it is glibc's, and not everywhere
        glibc = ctypes.CDLL(None)
        glibc.mallopt(_MMAP_THRESHOLD, _LARGE)
        glibc.mallopt(_PERTURB, _OVERWRITTEN_BY)


async def _serve(app: web.Application, address: Address, name: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    # Without handler_cancellation, a client that leaves before the first byte goes unnoticed. With
    # auto_decompress, a small body to whatever path is unpacked on the event loop, also where
    # nobody reads it, and holds up every answer for seconds.
    runner = web.AppRunner(
        app,
        handler_cancellation=True,
        auto_decompress=False,
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
        if sys.stdout.isatty():
            # On a line of its own, behind the terminal's ^C.
            print(f"\n{name}: stopping; what is in progress gets {_FAREWELL:g} s", flush=True)
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
