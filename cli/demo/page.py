"""The demo's last step, where it is asked for: a person talks about a picture of their own.

The endpoint is started anew with the configuration that the demo has found, and serves its page.
What the page talks to is the rehearsal platform, whose turns pass a capture proxy that records
them. All of it runs until this process is told to stop, or a part ends by itself.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from cli.demo.children import Part, part
from cli.demo.people import PEOPLE
from cli.demo.report import Report
from cli.demo.settings import ANY_PORT, ENVIRONMENT, write_for_page
from contract.config import Address, Config
from contract.errors import ServiceError
from injector.page.built import built

_PLATFORM = Address("127.0.0.1", 8002)
_GRACE = 0.5  # seconds in which whoever ends all parts at once, as Ctrl-C does, ends this one too


async def stay(folder: Path, model: Part, report: Report) -> None:
    """Serve the page until this process is told to stop, and then end what is started here.

    Raises:
        ServiceError: a part did not start, or has ended by itself.
    """
    config, out = folder / "config.yaml", folder / "page.jsonl"
    report.step("Talk about a picture of your own", "everything runs until Ctrl-C")
    platform_at, placement = _free(_PLATFORM), PEOPLE[0].agent.placement.value
    write_for_page(config, f"http://{platform_at}")
    async with AsyncExitStack() as parts:

        async def start(title: str, name: str, *command: str) -> Part:
            running = await parts.enter_async_context(part(name, command, folder, ENVIRONMENT))
            report.part(title, running.address)
            return running

        listen = str(_free(Config().injector.listen))
        serve = ("serve", "--config", str(config), "--listen", listen)
        endpoint = await start("endpoint", "endpoint", *serve)
        record = ("capture", "--listen", ANY_PORT, "--upstream", endpoint.address)
        capture = await start("capture proxy", "capture-page", *record, "--out", str(out))
        call = ("rehearse", "--listen", str(platform_at), "--endpoint", f"{capture.address}/v1")
        platform = await start("rehearsal", "rehearsal", *call, "--id-in", placement)
        report.page(endpoint.address, out, built=_is_built())
        await _until_told((model, endpoint, capture, platform))


async def _until_told(parts: Sequence[Part]) -> None:
    """Wait until this process is told to stop, which is no failure here.

    Raises:
        ServiceError: a part has ended by itself.
    """
    ends = [asyncio.create_task(one.ended()) for one in parts]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(_GRACE)
    except asyncio.CancelledError:
        return
    finally:
        for end in ends:
            end.cancel()
    raise ServiceError(next(end for end in ends if end.done() and not end.cancelled()).result())


def _is_built() -> bool:
    """Tell whether there is a page that the endpoint can serve, and not only how to build one."""
    with suppress(OSError):
        return bool(built())
    return False


def _free(wanted: Address) -> Address:
    """Return this address, so that a page that is open there finds it again, or else a free one."""
    for address in (wanted, Address(wanted.host, 0)):
        try:
            with socket.create_server((address.host, address.port)) as found:
                return Address(wanted.host, found.getsockname()[1])
        except OSError:
            continue  # taken
    raise ServiceError(f"no port is free on {wanted.host}")
