"""`sightline export`: a recording for other tools."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Files, recordings
from contract.errors import UsageError


def export(
    files: Files,
    out: Annotated[Path, typer.Option("--har", help="The HAR 1.2 file to write.")],
) -> None:
    """Write recordings as one HAR 1.2 file, which browsers and other proxies read."""
    from contract.har import to_har

    exchanges = [it for recording in recordings(files) for it in recording.exchanges]
    try:
        # Like the recording itself, this holds what people said.
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(to_har(exchanges), file, indent=1, ensure_ascii=False)
    except FileExistsError:
        raise UsageError(f"{out} exists already: name another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror or error}") from None
    typer.echo(f"{len(exchanges)} exchanges in {out}")
