"""Content codings are undone, and what is no coding stays."""

import gzip
import zlib
from itertools import pairwise

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from contract import coding


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "identity": bytes,
    "": bytes,
}


@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=300), st.lists(st.integers(0, 400)))
def test_a_body_is_decoded_however_it_was_cut(name: str, body: bytes, cuts: list[int]) -> None:
    coded = CODINGS[name](body)
    ends = sorted({0, len(coded), *(cut for cut in cuts if cut < len(coded))})
    pieces = [coded[start:end] for start, end in pairwise(ends)]
    decoded = coding.decoded(pieces, name)
    assert decoded is not None
    assert len(decoded) == len(pieces)
    assert b"".join(decoded) == body


@given(st.binary(max_size=300))
def test_several_codings_are_undone_last_first(body: bytes) -> None:
    coded = brotli.compress(gzip.compress(body))
    assert coding.plain(coded, "gzip,  BR") == body


@pytest.mark.parametrize(
    ("coded", "body"),
    [
        (gzip.compress(b"one ") + gzip.compress(b"two"), b"one two"),
        (gzip.compress(b"one") + b"\0\0\0", b"one"),
    ],
    ids=["two members", "padded"],
)
def test_gzip_may_have_members_and_padding(coded: bytes, body: bytes) -> None:
    assert coding.plain(coded, "gzip") == body


def test_deflate_may_lack_its_header() -> None:
    assert coding.plain(raw_deflate(b"said"), "deflate") == b"said"
    assert coding.decoded([b"", raw_deflate(b"said")[:1]], "deflate") == [b"", b""]


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "other", "gzip, other"])
def test_what_cannot_be_decoded_stays_as_it_was(name: str) -> None:
    assert coding.decoded([b"this is not it"], name) is None
    assert coding.plain(b"this is not it", name) == b"this is not it"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_was_cut_is_decoded_up_to_the_cut(name: str) -> None:
    body = b"".join(b"%d of many words, " % number for number in range(20_000))
    coded = CODINGS[name](body)
    found = coding.plain(coded[: len(coded) // 2], name)
    assert body.startswith(found)
    assert len(found) > 10_000
