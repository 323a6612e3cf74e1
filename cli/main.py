"""The command `sightline`: its commands, its exit status, and errors as one line."""

import io
import os
import sys
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from cli import (
    capture,
    check,
    demo,
    diff,
    export,
    images,
    locate,
    model,
    rehearse,
    replay,
    report,
    serve,
    show,
)
from cli.glyphs import ERRORS
from contract.errors import SightlineError
from contract.readable import readable

app = typer.Typer(
    name="sightline",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 good, 1 a difference or a failed check, 2 bad usage or input; and for "
    "locate 3 absent, 4 not enough evidence.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sightline {version('sightline')}")
        raise typer.Exit


@app.callback()
def sightline(
    _: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Give a voice agent eyes: find the conversation ID, attach the right picture."""


app.command("demo")(demo.demo)
app.command("capture")(capture.capture)
app.command("show")(show.show)
app.command("locate")(locate.locate)
app.command("diff")(diff.diff)
app.command("replay")(replay.replay)
app.command("serve")(serve.serve)
app.command("check")(check.check)
app.add_typer(images.app, name="images")
app.command("export")(export.export)
app.command("report")(report.report)
app.command("model")(model.model)
app.command("rehearse")(rehearse.rehearse)


def main() -> NoReturn:
    """Run a command; tell of errors in one line, and exit with their status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)  # a terminal without Unicode is no reason to fail
    try:
        app(prog_name="sightline")
    except SightlineError as error:
        print(f"sightline: {readable(str(error))}", file=sys.stderr)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has left; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    sys.exit(0)


if __name__ == "__main__":
    main()
