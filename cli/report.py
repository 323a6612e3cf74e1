"""`sightline report`: recordings as one page that can be passed on."""

import os
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ConfigFile, Files, configuration, recordings
from contract.errors import UsageError
from contract.recording import Recording
from contract.redact import Redactor, Rules


def report(
    files: Files,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("report.html"),
    known_id: Annotated[
        list[str] | None,
        typer.Option("--known-id", metavar="ID", help="An ID that you know occurred; repeatable."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write recordings as one HTML page: the verdict, the conversations, every payload.

    The page needs nothing but itself, loads nothing and sends nothing. Secrets in a HAR or a flow
    file are replaced first, as they are when Sightline records.
    """
    from capture.grouping import sessions_by
    from capture.locate import locate
    from capture.report.page import page
    from capture.sessions import sessions

    read = _without_secrets(recordings(files), configuration(config).capture.redact)
    exchanges = [it for recording in read for it in recording.exchanges]
    finding = locate(exchanges, known_id or [])
    found = sessions_by(finding.paths, exchanges) if finding.paths else sessions(exchanges)
    write_new(out, page(read, found, finding, by=f"Sightline {version('sightline')}"))
    counts = f"{_count(len(exchanges), 'exchange')}, {_count(len(found), 'conversation')}"
    typer.echo(f"{finding.verdict}; {counts} in {out}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def write_new(path: Path, text: str) -> None:
    """Write a file that nobody else may read, as it holds what people said.

    Raises:
        UsageError: it exists, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists already: name another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None


def _without_secrets(read: Sequence[Recording], rules: Rules) -> list[Recording]:
    """Return recordings without the secrets that were not replaced when they were made."""
    redactor = Redactor(rules)
    return [
        replace(
            recording,
            exchanges=tuple(
                it if it.redacted else redactor.redact(it) for it in recording.exchanges
            ),
        )
        for recording in read
    ]
