"""What is left of a picture in the child that decoded it: nothing."""

import base64
import io
import os
import random
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from injector.decoding import Decoders, Sent
from injector.decoding.pool import PREPARE
from tests.injector.decoding.conftest import children, decoded, decoding, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read through /proc")

SLICE = 64
"""Bytes that count as a trace; by chance they stand nowhere. Fewer are in a processor's registers
after each copy, and from there on the stack, until they are overwritten."""

SLICES = 40


def memory(pid: int) -> Iterator[bytes]:
    """Return all that a process can have written in its memory, a mapping at a time."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end = (int(one, 16) for one in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                file.seek(start)
                with suppress(OSError):
                    yield file.read(end - start)


def traces(pid: int, data: bytes) -> int:
    """Return how many slices of `data`, from all over it, stand in a process's memory."""
    dice = random.Random(7)
    places = [dice.randrange(len(data) - SLICE) for _ in range(SLICES)]
    slices = [data[place : place + SLICE] for place in places]
    slices += [data[-SLICE:], data[len(data) // 2 :][:SLICE]]
    slices = [one for one in slices if len(set(one)) > 8]  # not zeros, which stand anywhere
    assert len(slices) > SLICES // 2
    held = list(memory(pid))
    return sum(any(one in mapping for mapping in held) for one in slices)


def photograph(kind: str) -> bytes:
    """Return a picture that is nobody else's."""
    register_heif_opener()
    image = Image.frombytes("RGB", (300, 200), os.urandom(300 * 200 * 3)).resize((1500, 1000))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "GIF", "BMP"])
async def test_a_picture_is_forgotten_when_it_is_answered(kind: str) -> None:
    data = photograph(kind)
    async with decoding(PREPARE) as decoders:
        for sent in (
            Sent("picture", data),
            Sent("json", b'{"image": "%s"}' % base64.b64encode(data)),
        ):
            part = (await decoders.prepare(sent)).prepared.picture.part
            (pid,) = children()
            await settled(decoders)
            encoded = base64.b64decode(part[1:-1].partition(b",")[2])
            found = {
                "what was sent": traces(pid, sent.data),
                "its bytes": traces(pid, data),
                "what is given": traces(pid, part),
                "its encoding": traces(pid, encoded),
                "its pixels": traces(pid, pixels(encoded)),
            }
            assert set(found.values()) == {0}, found


async def settled(decoders: Decoders) -> None:
    """Wait until the child waits for its next picture: then the last one is over."""
    (pid,) = children()
    await until(lambda: Path(f"/proc/{pid}/wchan").exists() and decoders._idle)
    await until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S")


def pixels(encoded: bytes) -> bytes:
    """Return a picture's pixels as Pillow holds them, four bytes each."""
    return Image.open(io.BytesIO(encoded)).convert("RGBX").tobytes()


async def test_the_search_finds_what_is_there() -> None:
    async with decoding() as decoders:
        await decoded(decoders, b"good")
        held = os.urandom(100_000)
        assert traces(os.getpid(), held) > 0
        assert traces(children()[0], held) == 0
