"""Exchanges go to the disk and to the screen; secrets are replaced before both."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from contract.exchange import Exchange
from contract.recording import Writer
from contract.redact import Redactor, Rules


class Recorder:
    """Write exchanges to a new recording and show them.

    Args:
        path: the recording; it must not exist yet.
        rules: what to replace.
        show: called with the number of an exchange and what was written of it.
        by: who writes.
        known: secrets that are known beforehand.

    Raises:
        RecordingError: the recording cannot be made.
    """

    def __init__(
        self,
        path: Path,
        rules: Rules,
        show: Callable[[int, Exchange], None],
        *,
        by: str,
        known: Iterable[str] = (),
    ) -> None:
        self.path = path
        self.count = 0
        self._writer = Writer(path, by=by)
        self._redactor = Redactor(rules, known=known)
        self._show = show

    def record(self, exchange: Exchange) -> None:
        """Write an exchange, then show it.

        Raises:
            RecordingError: the disk does not take it.
        """
        safe = self._redactor.redact(exchange)
        self._writer.write(safe)
        self.count += 1
        self._show(self.count, safe)

    def close(self) -> None:
        """Close the recording."""
        self._writer.close()


def new_path(folder: Path, now: datetime) -> Path:
    """Return the path of a recording that begins now, in `folder`, which nothing stands at yet."""
    stem = now.strftime("%Y-%m-%dT%H-%M-%S")
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    paths = (folder / f"{name}.jsonl" for name in names)
    return next((path for path in paths if not path.exists()), folder / f"{stem}.jsonl")
