"""Watch an answer pass: every piece goes on at once, a copy stays, with the time it came.

Times are milliseconds since the request was complete.
"""

import time
import zlib
from collections.abc import Callable

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

    def decoded(self, coding: str) -> tuple[bytes, tuple[Arrival, ...]]:
        """Return what has passed, without its content coding, and when its pieces came.

        An answer whose coding is unknown, or broken, comes back as it was.
        """
        pieces = [piece for _, piece in self._pieces]
        try:
            decode = _decoder(coding)
            pieces = [decode(piece) for piece in pieces]
        except Exception:  # noqa: BLE001  each library of codings has an error class of its own
            pieces = [piece for _, piece in self._pieces]
        times = [at for at, _ in self._pieces]
        arrivals = tuple((at, len(piece)) for at, piece in zip(times, pieces, strict=True))
        return b"".join(pieces), arrivals


def _decoder(coding: str) -> Callable[[bytes], bytes]:
    """Return a function that decodes an answer piece by piece (RFC 9110, section 8.4.1)."""
    coding = coding.strip().lower()
    if coding in {"gzip", "x-gzip"}:
        return zlib.decompressobj(wbits=31).decompress
    if coding == "deflate":
        return zlib.decompressobj().decompress
    if coding == "br":
        import brotli

        decode: Callable[[bytes], bytes] = brotli.Decompressor().process
        return decode
    if coding == "zstd":
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress
    return bytes
