"""`sightline export`: a recording for other tools."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Files, recordings
from contract.errors import UsageError
from contract.readable import readable

if TYPE_CHECKING:
    from contract.exchange import Exchange


def export(
    files: Files,
    har: Annotated[
        Path | None, typer.Option("--har", metavar="FILE", help="Write everything as HAR 1.2.")
    ] = None,
    curl: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Print a curl command that sends exchange N again."),
    ] = None,
) -> None:
    """Give recordings to other tools: all as a HAR file, or one exchange as a curl command.

    N is the number that `show` prints.
    """
    if (har is None) == (curl is None):
        raise UsageError("export makes one thing: name either --har FILE or --curl N")
    exchanges = [it for recording in recordings(files) for it in recording.exchanges]
    if har is not None:
        _write_har(exchanges, har)
    if curl is not None:
        _print_curl(exchanges, curl, files)


def _write_har(exchanges: Sequence["Exchange"], out: Path) -> None:
    from contract.har import to_har

    text = json.dumps(to_har(exchanges), indent=1, ensure_ascii=False)
    # UTF-8 has no lone surrogates; what `backslashreplace` makes of them is what JSON says.
    _write_new(out, text.encode("utf-8", "backslashreplace"))
    typer.echo(f"{len(exchanges)} exchanges in {readable(str(out))}")


def _print_curl(exchanges: Sequence["Exchange"], number: int, files: Sequence[Path]) -> None:
    from capture.curl import curl

    if number > len(exchanges):
        there = f"1 to {len(exchanges)}" if exchanges else "none"
        raise UsageError(f"--curl: there is no exchange {number}; there are {there}")
    command = curl(exchanges[number - 1], f"{files[0].stem}-{number}.body")
    if command.file is not None:
        _keep_body(Path(command.file), command.body)
    for note in command.notes:
        typer.echo(f"sightline: {readable(note)}", err=True)
    typer.echo(command.text)


def _keep_body(path: Path, body: bytes) -> None:
    """Write a body that does not stand in a command; the same command may be printed again."""
    try:
        is_there = path.read_bytes() == body
    except OSError:
        is_there = False
    if not is_there:
        _write_new(path, body)
    typer.echo(f"sightline: the body, {len(body):,} bytes, is in {readable(str(path))}", err=True)


def _write_new(path: Path, data: bytes) -> None:
    try:
        # Like the recording itself, this holds what people said.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(f"{path} exists already: name another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
