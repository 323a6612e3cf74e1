"""A recording: exchanges as JSON Lines, written as they happen and read back as values.

The first line says what the file is; each further line is one exchange and is flushed at once:

    {"recording": 1, "created": "2026-11-23T09:00:00+00:00", "by": "sightline 0.1.0"}
    {"id": …, "started": …, "request": {…}, "response": {…}, "complete": true, …}

`contract.line` says what such a line holds. Pictures and other binary bodies stand beside the file,
once each by their SHA-256, in a folder with the recording's name and the ending `.pictures`.

A torn last line, as a crash leaves it, is reported and skipped.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from contract import jsontext, line
from contract.errors import RecordingError
from contract.exchange import Exchange

VERSION = 1
"""The number of this format; a reader refuses a higher one."""

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/avif": "avif",
    "image/tiff": "tiff",
    "image/bmp": "bmp",
}
"""The file name endings of pictures, by media type."""


def pictures_folder(recording: Path) -> Path:
    """Return the folder beside a recording that holds its pictures."""
    return recording.with_name(recording.stem + ".pictures")


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds. `problems` are sentences about lines that could not be read."""

    name: str
    exchanges: tuple[Exchange, ...]
    problems: tuple[str, ...] = ()


class Writer:
    """Write a new recording, an exchange at a time.

    Args:
        path: where to write; nothing may stand there yet, so that no recording is ever lost.
        by: who writes, for the first line.

    Raises:
        RecordingError: the file exists or cannot be written.
    """

    def __init__(self, path: Path, *, by: str) -> None:
        self.path = path
        self._pictures = pictures_folder(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Whatever people said and showed is nobody else's business on this machine.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file: IO[bytes] = os.fdopen(descriptor, "wb")
        except FileExistsError:
            raise RecordingError(
                f"{path} exists already; a recording is never overwritten: name another file"
            ) from None
        except OSError as error:
            raise _cannot_write(path, error) from error
        created = datetime.now(UTC).isoformat(timespec="seconds")
        self._line({"recording": VERSION, "created": created, "by": by})

    def write(self, exchange: Exchange) -> None:
        """Append one exchange and flush it.

        Raises:
            RecordingError: the disk does not take it.
        """
        try:
            value = line.from_exchange(exchange, self._keep)
        except OSError as error:
            raise _cannot_write(self._pictures, error) from error
        self._line(value)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _line(self, value: dict[str, Any]) -> None:
        try:
            self._file.write(jsontext.encode(value).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise _cannot_write(self.path, error) from error

    def _keep(self, data: bytes, kind: str) -> str:
        """Keep bytes once in the folder of pictures, whole or not at all; return their SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._pictures / f"{digest}.{ENDINGS.get(kind, 'bin')}"
        if not path.exists():
            self._pictures.mkdir(mode=0o700, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(data)
            part.replace(path)
        return digest


def _cannot_write(path: Path, error: OSError) -> RecordingError:
    return RecordingError(f"cannot write {path}: {error.strerror or error}")


def write(path: Path, exchanges: Iterable[Exchange], *, by: str) -> None:
    """Write a whole recording.

    Raises:
        RecordingError: the file exists or cannot be written.
    """
    with Writer(path, by=by) as writer:
        for exchange in exchanges:
            writer.write(exchange)


def is_recording(start: bytes) -> bool:
    """Tell from a file's first bytes whether it is a Sightline recording."""
    return re.match(rb'\s*\{\s*"recording"\s*:', start) is not None


def read(path: Path) -> Recording:
    """Read a recording.

    Raises:
        RecordingError: the file cannot be opened, is no recording or is of a newer version.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise RecordingError(f"cannot read {path}: {error.strerror or error}") from error
    _check_first(path, lines[0])
    folder, exchanges, problems = pictures_folder(path), [], []
    for number, text in enumerate(lines[1:], start=2):
        if not text.strip():
            continue
        try:
            exchanges.append(line.to_exchange(text, lambda name: _fetch(folder, name)))
        except line.BrokenLine:
            torn = "the last line is torn" if number == len(lines) else f"line {number} is broken"
            problems.append(f"{path}: {torn} and was skipped")
        except FileNotFoundError as error:
            problems.append(f"{path}: line {number} was skipped: the picture {error} is missing")
    return Recording(str(path), tuple(exchanges), tuple(problems))


def _fetch(folder: Path, digest: str) -> bytes:
    """Return a kept picture's bytes.

    Raises:
        FileNotFoundError: it is not there.
    """
    for path in folder.glob(f"{digest}.*"):
        return path.read_bytes()
    raise FileNotFoundError(folder / digest)


def _check_first(path: Path, text: bytes) -> None:
    try:
        version = json.loads(text)["recording"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise RecordingError(
            f"{path} is no recording: its first line is not that of a Sightline recording"
        ) from None
    if not isinstance(version, int) or version > VERSION:
        raise RecordingError(
            f"{path} is a recording of version {version}; this Sightline reads up to {VERSION}: "
            "install a newer one"
        )
