"""`sightline demo`: the whole loop on this machine, with real parts over real sockets.

loop        what happens, in its order
people      who calls, and what proves their photograph
children    the parts, as processes that end with the demo
report      what the person sees
"""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

_INTERRUPTED = 130


def demo(
    out: Annotated[
        Path | None,
        typer.Option(help="Where everything is kept.", show_default="a new folder in recordings/"),
    ] = None,
) -> None:
    """Watch the whole loop happen on two photographs, without any account.

    A stand-in voice platform talks to the real endpoint through the real capture proxy; a stand-in
    model answers from the pixels. Exit status: 0 every answer proves its picture, 1 one does not.
    """
    from cli.demo.loop import run_demo
    from cli.demo.report import Report

    folder = out or Path("recordings") / f"demo-{datetime.now().astimezone():%Y-%m-%dT%H-%M-%S}"
    report = Report()
    # Stopped while a part is being started, asyncio would tell of a process that it does not know.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    try:
        good = asyncio.run(_until_told(run_demo(folder, report)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        report.say("\nstopped; nothing is left running")
        raise typer.Exit(_INTERRUPTED) from None
    raise typer.Exit(0 if good else 1)


async def _until_told(work: Coroutine[Any, Any, bool]) -> bool:
    """Do the work, and end it in order when this process is told to stop."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, task.cancel)
    return await task
