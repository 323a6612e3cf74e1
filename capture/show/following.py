"""A recording that grows, read while it is written, as `tail -f` does.

A line that is not complete is left until it is: the recorder may be in the middle of it, and takes
back what the disk took only half.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from contract.errors import RecordingError
from contract.exchange import Exchange
from contract.recording import check_first_line, is_recording, read_line

_ENOUGH = 64  # bytes by which a recording's first line is known, though it be incomplete


class Growing:
    """A recording of ours at `path`, from its beginning; nothing may stand there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = 0  # the end of the last complete line that was read
        self._lines = 0

    def more(self) -> Iterator[Exchange | str]:
        """Yield what was written since the last call, and sentences on what cannot be read.

        Raises:
            RecordingError: it is no recording of ours, or not the one that it was.
        """
        for text in self._complete_lines():
            self._lines += 1
            if self._lines == 1:
                check_first_line(self.path, text)
            elif text.strip():
                yield read_line(self.path, self._lines, text)

    def _complete_lines(self) -> list[bytes]:
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < self._at:
                    raise RecordingError(f"{self.path} is not what it was: show it from the start")
                file.seek(self._at)
                data = file.read()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RecordingError(f"cannot read {self.path}: {error.strerror or error}") from error
        if not self._at and len(data) >= _ENOUGH and not is_recording(data[:_ENOUGH]):
            raise RecordingError(
                f"{self.path} is no recording that grows: --follow takes a Sightline recording "
                "(.jsonl)"
            )
        *lines, half = data.split(b"\n")
        self._at += len(data) - len(half)
        return lines


def follow(path: Path, wait: Callable[[], None]) -> Iterator[tuple[list[Exchange], list[str]]]:
    """Yield what a recording holds, and then again and again what came to it, for ever.

    Args:
        path: the recording; it is waited for.
        wait: called before each look but the first.

    Raises:
        RecordingError: it is no recording of ours, or not the one that it was.
    """
    growing = Growing(path)
    while True:
        held = list(growing.more())
        yield (
            [it for it in held if isinstance(it, Exchange)],
            [it for it in held if isinstance(it, str)],
        )
        wait()
