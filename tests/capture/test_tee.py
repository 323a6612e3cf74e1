"""An answer passes at once and unchanged; a copy stays."""

import gzip
import time
import zlib

import brotli
import pytest
import zstandard

from capture.tee import Tee

SAID = ("größer " * 300).encode()


def passed(tee: Tee, data: bytes, size: int = 50) -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(tee(piece) for piece in pieces)


def test_a_piece_is_passed_on_as_it_is() -> None:
    tee, piece = Tee(time.monotonic()), b"\x00 any \xff"
    assert tee(piece) is piece


def test_each_piece_has_its_time_since_the_request() -> None:
    tee = Tee(time.monotonic() - 2)
    tee(b"one")
    time.sleep(0.03)
    tee(b"three")
    body, ((first, one), (second, three)) = tee.decoded("")
    assert body == b"onethree"
    assert (one, three) == (3, 5)
    assert 2000 <= first < 3000
    assert second - first >= 25


def test_the_empty_piece_that_ends_an_answer_is_passed_and_not_noted() -> None:
    tee = Tee(time.monotonic())
    assert tee(b"") == b""
    assert tee.decoded("") == (b"", ())


CODINGS = {
    "gzip": gzip.compress(SAID),
    " GZip ": gzip.compress(SAID),
    "x-gzip": gzip.compress(SAID),
    "deflate": zlib.compress(SAID),
    "br": brotli.compress(SAID),
    "zstd": zstandard.compress(SAID),
    "": SAID,
    "identity": SAID,
}


@pytest.mark.parametrize(("coding", "coded"), CODINGS.items())
def test_what_passed_is_kept_without_its_coding(coding: str, coded: bytes) -> None:
    tee = Tee(time.monotonic())
    assert passed(tee, coded) == coded
    body, arrivals = tee.decoded(coding)
    assert body == SAID
    assert len(arrivals) == -(-len(coded) // 50)
    assert sum(size for _, size in arrivals) == len(SAID)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "unheard-of"])
def test_what_is_not_coded_as_it_says_is_kept_as_it_was(coding: str) -> None:
    tee = Tee(time.monotonic())
    assert passed(tee, SAID) == SAID
    body, arrivals = tee.decoded(coding)
    assert body == SAID
    assert sum(size for _, size in arrivals) == len(SAID)


def test_what_came_of_a_coded_answer_that_broke_off_is_kept() -> None:
    tee = Tee(time.monotonic())
    coded = gzip.compress(SAID + bytes(range(256)) * 20)
    passed(tee, coded[: len(coded) // 2], size=10)
    body, _ = tee.decoded("gzip")
    assert body
    assert (SAID + bytes(range(256)) * 20).startswith(body)
