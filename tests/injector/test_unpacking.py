"""A compressed turn is read, and a small body never becomes a large one."""

import asyncio
import gzip
import tracemalloc
import zlib

import pytest

from contract.errors import BadRequest, TooLarge
from injector.unpacking import unpacked

TURN = b'{"messages": []}'


def bare(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(data) + packing.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TURN)),
        (" X-GZip", gzip.compress(TURN)),
        ("deflate", zlib.compress(TURN)),
        ("deflate", bare(TURN)),
        ("identity", TURN),
        ("", TURN),
        ("gzip", b" " + TURN),
    ],
)
async def test_a_body_is_unpacked_as_its_coding_says(coding: str, body: bytes) -> None:
    assert (await unpacked(body, coding, len(TURN))).strip() == TURN


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", b"no gzip"), ("deflate", b"\xff\xff"), ("br", b"\x00"), ("gzip, gzip", b"\x1f\x8b")],
)
async def test_what_is_not_so_coded_or_in_an_unknown_way_is_refused(
    coding: str, body: bytes
) -> None:
    with pytest.raises(BadRequest):
        await unpacked(body, coding, 100)


async def test_a_bomb_takes_no_more_memory_than_a_turn_may() -> None:
    bomb = await asyncio.to_thread(gzip.compress, bytes(50 << 20), 1)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            await unpacked(bomb, "gzip", 1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
