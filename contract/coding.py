"""Content codings undone, as far as the bytes go (RFC 9110, section 8.4.1).

The one door to brotli and zstandard. They come with mitmproxy, not with the endpoint; a body whose
library is not installed, whose coding is unknown, or that is not what its header says, stays as it
is. A body that was cut is decoded up to the cut. Bytes in, bytes out.
"""

import zlib
from collections.abc import Callable, Sequence

_GZIP_START = b"\x1f\x8b"
_RAW_DEFLATE, _ZLIB, _GZIP = -15, 15, 31  # what `zlib` calls `wbits`

Decode = Callable[[bytes], bytes]
"""Decode the next piece of a body."""


def decoded(pieces: Sequence[bytes], coding: str) -> list[bytes] | None:
    """Return a body without its codings, in as many pieces as it came in.

    Args:
        pieces: the body.
        coding: the value of `Content-Encoding`: codings in the order in which they were applied.

    Returns:
        The pieces, or None where they cannot be decoded.
    """
    decode = decoding(coding)
    if decode is None:
        return None
    try:
        return [decode(piece) for piece in pieces]
    except Exception:  # noqa: BLE001  each library of codings has an error class of its own
        return None


def decoding(coding: str) -> Decode | None:
    """Return a function that decodes a body piece by piece, or None where its coding is unknown.

    What the function raises for bytes that are not so coded is up to each coding's library.
    """
    names = [name.strip().lower() for name in coding.split(",")]
    try:
        steps = [_decoder(name) for name in reversed(names) if name not in {"", "identity"}]
    except (LookupError, ImportError):
        return None

    def decode(piece: bytes) -> bytes:
        for step in steps:
            piece = step(piece)
        return piece

    return decode


def plain(body: bytes, coding: str) -> bytes:
    """Return a whole body without its codings, or as it was where it cannot be decoded."""
    pieces = decoded([body], coding)
    return body if pieces is None else pieces[0]


def _decoder(name: str) -> Decode:
    """Return a function that decodes a body piece by piece.

    Raises:
        LookupError: the coding is unknown.
        ImportError: its library is not installed.
    """
    if name in {"gzip", "x-gzip"}:
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    if name == "br":
        import brotli

        decode: Decode = brotli.Decompressor().process
        return decode
    if name == "zstd":
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress
    raise LookupError(name)


class _Gzip:
    """Decode gzip: member after member (RFC 1952, section 2.2); what follows them is dropped."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=_GZIP)

    def __call__(self, piece: bytes) -> bytes:
        """Decode the next piece."""
        found = [self._member.decompress(piece)]
        while self._member.eof and self._member.unused_data.startswith(_GZIP_START):
            rest = self._member.unused_data
            self._member = zlib.decompressobj(wbits=_GZIP)
            found.append(self._member.decompress(rest))
        return b"".join(found)


class _Deflate:
    """Decode deflate: with the header of zlib, as it should be, or without, as it often is."""

    def __init__(self) -> None:
        self._start = b""
        self._stream: zlib._Decompress | None = None

    def __call__(self, piece: bytes) -> bytes:
        """Decode the next piece."""
        if self._stream is None:
            self._start += piece
            if len(self._start) < 2:  # noqa: PLR2004 - the header of zlib has two bytes
                return b""
            piece, wraps = self._start, _is_zlib(self._start)
            self._stream = zlib.decompressobj(wbits=_ZLIB if wraps else _RAW_DEFLATE)
        return self._stream.decompress(piece)


def _is_zlib(start: bytes) -> bool:
    """Tell whether a stream begins with the header of zlib (RFC 1950, section 2.2)."""
    return start[0] & 0x0F == 8 and int.from_bytes(start[:2]) % 31 == 0  # noqa: PLR2004
