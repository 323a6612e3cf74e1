"""Sounds to listen to: espeak-ng's voice, and what is no voice. Samples are s16le, mono."""

import io
import math
import random
import shutil
import subprocess
import wave
from array import array
from collections.abc import Iterable

import pytest

ESPEAK = shutil.which("espeak-ng")
needs_espeak = pytest.mark.skipif(ESPEAK is None, reason="espeak-ng is not here: nobody speaks")


def speech(text: str) -> tuple[bytes, int]:
    """Return a text as espeak-ng says it, and the rate."""
    assert ESPEAK is not None
    said = subprocess.run(
        [ESPEAK, "-v", "en", "--stdin", "--stdout"],
        input=text.encode(),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    with wave.open(io.BytesIO(said)) as file:
        return file.readframes(file.getnframes()), file.getframerate()


def silence(seconds: float, rate: int) -> bytes:
    return bytes(2 * int(seconds * rate))


def hum(seconds: float, rate: int, pitch: float = 50.0, height: float = 8000.0) -> bytes:
    turn = 2 * math.pi * pitch / rate
    return pcm(height * math.sin(turn * i) for i in range(int(seconds * rate)))


def noise(seconds: float, rate: int, height: float = 1000.0, seed: int = 1) -> bytes:
    chance = random.Random(seed)
    return pcm(chance.gauss(0, height) for _ in range(int(seconds * rate)))


def click(rate: int) -> bytes:
    """A knock on the microphone: 40 ms, loud at first."""
    return pcm(
        30000 * math.exp(-i / (0.008 * rate)) * math.sin(i / 3) for i in range(int(0.04 * rate))
    )


def voice(seconds: float, rate: int, height: float = 6000.0) -> bytes:
    """Something like a voice without espeak-ng: a tone whose level rises and falls all the time."""
    turn, beat = 2 * math.pi * 180 / rate, 2 * math.pi * 4 / rate
    return pcm(
        height * (0.55 - 0.45 * math.cos(beat * i)) * math.sin(turn * i)
        for i in range(int(seconds * rate))
    )


def together(one: bytes, other: bytes) -> bytes:
    return pcm(a + b for a, b in zip(array("h", one), array("h", other), strict=False))


def pcm(heights: Iterable[float]) -> bytes:
    return array("h", (max(-32768, min(32767, int(height))) for height in heights)).tobytes()
