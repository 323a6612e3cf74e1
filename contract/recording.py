"""A recording: exchanges as JSON Lines, written as they happen and read back as values.

The first line says what the file is; each further line is one exchange and is flushed at once:

    {"recording": 1, "created": "2026-11-23T09:00:00+00:00", "by": "sightline 0.1.0"}
    {"id": …, "started": …, "request": {…}, "response": {…}, "complete": true, …}

`contract.line` says what such a line holds. Pictures and other binary bodies stand beside the file,
once each by their SHA-256, in a folder with the recording's name and the ending `.pictures`.

A torn last line, as a crash leaves it, is reported and skipped; so is an exchange whose picture is
missing, or is no longer what its SHA-256 says. A line that the disk takes only half is taken back.
A recording that is removed or replaced while it is written is an error: the rest would be lost.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

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

_PART = ".part"  # the ending of a picture that is still being written
_LONE = re.compile("[\ud800-\udfff]")  # what UTF-8 has no bytes for, and JSON an escape


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
        except OSError as error:
            raise _cannot_write(path.parent, error) from error
        try:
            # Whatever people said and showed is nobody else's business on this machine.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            # Without a buffer: what the disk refuses must not be tried again by `close`.
            self._file = os.fdopen(descriptor, "wb", buffering=0)
        except FileExistsError:
            raise RecordingError(
                f"{path} exists already; a recording is never overwritten: name another file"
            ) from None
        except OSError as error:
            raise _cannot_write(path, error) from error
        self._size = 0
        self._is = _identity(os.fstat(descriptor))
        created = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            self._line({"recording": VERSION, "created": created, "by": by})
        except RecordingError:
            self.close()
            path.unlink(missing_ok=True)
            raise

    def write(self, exchange: Exchange) -> None:
        """Append one exchange and flush it.

        Raises:
            RecordingError: the disk does not take it.
        """
        self._check_there()
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

    def _check_there(self) -> None:
        """Check that the file has its name still: what goes to a removed file is lost."""
        try:
            there = _identity(self.path.stat()) == self._is
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        if not there:
            raise RecordingError(f"cannot write {self.path}: another file stands there now")

    def _line(self, value: dict[str, Any]) -> None:
        text = _LONE.sub(lambda found: f"\\u{ord(found.group()):04x}", jsontext.encode(value))
        line_left = memoryview(text.encode() + b"\n")
        size = self._size + len(line_left)
        try:
            while line_left:
                line_left = line_left[self._file.write(line_left) :]
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._size)
                self._file.seek(self._size)
            raise _cannot_write(self.path, error) from error
        self._size = size

    def _keep(self, data: bytes, kind: str) -> str:
        """Keep bytes once in the folder of pictures, whole or not at all; return their SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        if not any(_kept(self._pictures, digest)):
            self._pictures.mkdir(mode=0o700, exist_ok=True)
            path = self._pictures / f"{digest}.{ENDINGS.get(kind, 'bin')}"
            part = path.with_suffix(_PART)
            part.write_bytes(data)
            part.replace(path)
        return digest


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


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
    check_first_line(path, lines[0])
    exchanges: list[Exchange] = []
    problems: list[str] = []
    for number, text in enumerate(lines[1:], start=2):
        if text.strip():
            held = read_line(path, number, text, is_last=number == len(lines))
            if isinstance(held, str):
                problems.append(held)
            else:
                exchanges.append(held)
    return Recording(str(path), tuple(exchanges), tuple(problems))


def read_line(path: Path, number: int, text: bytes, *, is_last: bool = False) -> Exchange | str:
    """Return the exchange in a line of the recording at `path`, or why there is none to be had."""
    folder = pictures_folder(path)
    try:
        return line.to_exchange(text, lambda name: _fetch(folder, name))
    except line.BrokenLine:
        torn = "the last line is torn" if is_last else f"line {number} is broken"
        return f"{path}: {torn} and was skipped"
    except OSError as error:
        return f"{path}: line {number} was skipped: {_no_picture(error)}"


def _kept(folder: Path, digest: str) -> Iterator[Path]:
    """Yield the files that hold the picture of this SHA-256."""
    return (path for path in folder.glob(f"{digest}.*") if path.suffix != _PART)


def _fetch(folder: Path, digest: str) -> bytes:
    """Return a kept picture's bytes.

    Raises:
        OSError: it is not there, cannot be read or is another one.
    """
    for path in _kept(folder, digest):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise OSError(errno.EIO, "damaged", str(path))
        return data
    raise FileNotFoundError(errno.ENOENT, "missing", str(folder / digest))


def _no_picture(error: OSError) -> str:
    return f"the picture {error.filename} is not to be had: {error.strerror}"


def check_first_line(path: Path, text: bytes) -> None:
    """Find out whether a recording of ours begins with this line.

    Raises:
        RecordingError: it is none, or of a newer version.
    """
    try:
        version = json.loads(text)["recording"]
    except (ValueError, TypeError, KeyError, RecursionError):
        version = None
    if type(version) is not int or version < 1:
        raise RecordingError(
            f"{path} is no recording: its first line is not that of a Sightline recording"
        )
    if version > VERSION:
        raise RecordingError(
            f"{path} is a recording of version {version}; this Sightline reads up to {VERSION}: "
            "install a newer one"
        )
