"""`sightline demo`: the whole loop on this machine, with real parts over real sockets.

loop        what happens, in its order
people      who calls, and what proves their photograph
settings    its own config.yaml, and the environment of its parts
children    the parts, as processes that end with the demo
page        with --page: everything runs on, for a picture of one's own
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

from cli.capture import mitmdump
from contract.errors import UsageError

_INTERRUPTED = 130
_STOPPED = "\nstopped; nothing is left running"


def demo(
    out: Annotated[
        Path | None,
        typer.Option(help="Where everything is kept.", show_default="a new folder in recordings/"),
    ] = None,
    page: Annotated[
        bool,
        typer.Option(
            "--page",
            help="Then keep everything running, for a picture of your own, until Ctrl-C.",
        ),
    ] = False,
) -> None:
    """Watch the whole loop happen on two photographs, without any account.

    A stand-in voice platform talks to the real endpoint through the real capture proxy; a stand-in
    model answers from the pixels. Exit status: 0 every answer proves its picture, 1 one does not.
    """
    from cli.demo.loop import run_demo
    from cli.demo.report import Report

    mitmdump()  # without which there is nothing to capture
    folder = _new_folder(out)
    report = Report()
    # Stopped while a part is being started, asyncio would tell of a process that it does not know.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    try:
        good = asyncio.run(_until_told(run_demo(folder, report, page=page)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        report.say(_STOPPED)
        raise typer.Exit(_INTERRUPTED) from None
    if page and good:
        report.say(_STOPPED)  # which was waited for
    raise typer.Exit(0 if good else 1)


def _new_folder(out: Path | None) -> Path:
    """Make the folder for everything that the demo writes; what people say is in it."""
    named = f"recordings/demo-{datetime.now().astimezone():%Y-%m-%dT%H-%M-%S}"
    folders = [out] if out else [Path(named), *(Path(f"{named}-{at}") for at in range(2, 10))]
    for folder in folders:
        if folder.exists():
            continue
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
        except FileExistsError as error:
            if folder.exists():
                continue  # another demo was faster
            raise UsageError(f"cannot make {folder}: {error.strerror}") from None
        except OSError as error:
            raise UsageError(f"cannot make {folder}: {error.strerror or error}") from None
        return folder
    raise UsageError(f"{folders[0]} exists already: name another folder with --out")


async def _until_told(work: Coroutine[Any, Any, bool]) -> bool:
    """Do the work, and end it in order when this process is told to stop."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not task.cancelling():  # told again, it goes on ending its parts, which takes seconds
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop)
    return await task
