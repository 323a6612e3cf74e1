"""Whoever asks gets the picture of his own bytes or an error, whatever happens to the others."""

import asyncio
import base64
import hashlib
import os
import random
import signal
from contextlib import suppress
from typing import Any

import pytest

from contract.errors import RequestError
from injector.decoding import Decoders
from injector.decoding.channel import Channel
from tests.injector.decoding.conftest import children, decoded, decoding, on_both_loops

MOMENTS = 120
ODD = (b"signal 11", b"signal 9", b"exit", b"nonsense", b"fail", b"refuse x")


async def ask(decoders: Decoders, dice: random.Random, counts: dict[str, int]) -> None:
    """Ask for a picture that nobody else has, and look whose comes back."""
    word = dice.choice(ODD) if dice.random() < 0.1 else b"sleep %.3f" % dice.uniform(0, 0.02)
    data = word + b" " + dice.randbytes(dice.choice((16, 1000, 300_000)))
    try:
        async with asyncio.timeout(dice.choice((0.001, 0.01, 0.05, 20))):
            picture = (await decoded(decoders, data)).prepared.picture
    except TimeoutError:
        counts["left"] += 1
    except RequestError:
        counts["refused"] += 1
    else:
        assert picture.source == hashlib.sha256(data).hexdigest()
        assert base64.b64decode(picture.part[1:-1].partition(b",")[2]) == data
        counts["answered"] += 1


async def disturb(dice: random.Random) -> None:
    """Kill or stop a child at random moments."""
    while True:
        await asyncio.sleep(dice.uniform(0.01, 0.25))
        if pids := children():
            with suppress(ProcessLookupError):
                os.kill(dice.choice(pids), dice.choice((signal.SIGKILL, signal.SIGSEGV)))


@pytest.mark.parametrize("seed", range(2))
@on_both_loops
async def test_each_gets_his_own_picture_among_kills_and_cancellations(seed: int) -> None:
    dice = random.Random(seed)
    counts = {"left": 0, "refused": 0, "answered": 0}
    async with decoding() as decoders:
        disturbing = asyncio.create_task(disturb(dice))
        asked = set()
        for _ in range(MOMENTS):
            asked |= {asyncio.create_task(ask(decoders, dice, counts)) for _ in range(3)}
            await asyncio.sleep(dice.uniform(0, 0.03))
            if dice.random() < 0.2:
                dice.choice(sorted(asked, key=id)).cancel()
        for result in await asyncio.gather(*asked, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError)
        disturbing.cancel()
        await asyncio.gather(disturbing, return_exceptions=True)
    assert min(counts.values()) > 0, counts


async def test_an_answer_with_another_number_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Channel.send

    async def another(self: Channel, number: int, note: dict[str, Any], body: bytes) -> None:
        await send(self, number + 1, note, body)  # so the child answers another question

    async with decoding() as decoders:
        monkeypatch.setattr(Channel, "send", another)
        with pytest.raises(RequestError):
            await decoded(decoders, b"good")
        monkeypatch.setattr(Channel, "send", send)
        assert (await decoded(decoders, b"good")).prepared.picture.size == 4
