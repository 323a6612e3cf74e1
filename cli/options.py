"""Options that several commands share, and how their words become values."""

import os
import socket
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from contract.config import Address, Config, load
from contract.config.texts import url
from contract.errors import ConfigError, RecordingError, ServiceError, UsageError
from contract.readable import readable
from contract.recording import Recording

_PATIENCE = 5.0  # seconds until a connection must stand

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration.", show_default="config.yaml, if there"),
]
Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help="Recordings: .jsonl, HAR or mitmproxy flow files."),
]


def listen_option(default: str) -> Any:
    """Return the option `--listen`."""
    return typer.Option(
        "--listen", metavar="HOST:PORT", help="Where to listen.", show_default=default
    )


def configuration(path: Path | None) -> Config:
    """Return the configuration in a file, or the defaults.

    Raises:
        ConfigError: the file has problems.
    """
    return load(path, os.environ)


def address(text: str | None, default: Address) -> Address:
    """Return the address that a person wrote, or the default.

    Raises:
        UsageError: it is none.
    """
    try:
        return default if text is None else Address.parse(text)
    except ConfigError as error:
        raise UsageError(f"--listen: {error}") from None


def web_address(text: str, option: str) -> str:
    """Return the address of a service that a person wrote, without a slash at its end.

    Raises:
        UsageError: it is none, or names a user.
    """
    try:
        return url(text)
    except ConfigError as error:
        raise UsageError(f"{option}: {error}") from None


def recordings(files: list[Path]) -> list[Recording]:
    """Read recordings, and tell on standard error of lines that could not be read.

    Raises:
        RecordingError: one of them cannot be read.
    """
    from capture.files import open_recording

    found = [open_recording(path) for path in files]
    for recording in found:
        if recording.problems and not recording.exchanges:
            raise RecordingError(f"{recording.problems[0]}, and nothing is left")
        for problem in recording.problems:
            typer.echo(f"sightline: {readable(problem)}", err=True)
        if not recording.exchanges:
            name = readable(recording.name)
            typer.echo(f"sightline: {name} holds no exchange yet", err=True)
    return found


def check_reachable(address: str, option: str) -> None:
    """Find out in one line what every request would fail with.

    Raises:
        ServiceError: nobody listens there.
    """
    at = urlsplit(address)
    port = at.port or (443 if at.scheme == "https" else 80)
    try:
        socket.create_connection((at.hostname or "", port), timeout=_PATIENCE).close()
    except OSError as error:
        raise ServiceError(
            f"nobody listens at {address} ({error.strerror or error}): start it, or name another "
            f"address with {option}"
        ) from None


def picture_bytes(path: Path) -> bytes:
    """Read a picture's file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None
