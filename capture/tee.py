"""Watch an answer pass: every piece goes on at once, a copy stays, with the time it came.

Times are milliseconds since the request was complete.
"""

import time

from contract import coding
from contract.exchange import Arrival


class Tee:
    """A function from bytes to the same bytes, which remembers them.

    Args:
        since: `time.monotonic()` when the request was complete.
    """

    def __init__(self, since: float) -> None:
        self._since = since
        self._pieces: list[tuple[float, bytes]] = []

    def __call__(self, piece: bytes) -> bytes:
        """Note a piece and pass it on; the empty piece that ends an answer is not noted."""
        if piece:
            self._pieces.append((round((time.monotonic() - self._since) * 1000, 3), piece))
        return piece

    @property
    def raw(self) -> bytes:
        """What has passed, as it passed."""
        return b"".join(piece for _, piece in self._pieces)

    def decoded(self, codings: str) -> tuple[bytes, tuple[Arrival, ...]]:
        """Return what has passed, without its content codings, and when its pieces came.

        An answer whose coding is unknown, or broken, comes back as it was.
        """
        passed = [piece for _, piece in self._pieces]
        pieces = coding.decoded(passed, codings) or passed
        times = [at for at, _ in self._pieces]
        arrivals = tuple((at, len(piece)) for at, piece in zip(times, pieces, strict=True))
        return b"".join(pieces), arrivals
