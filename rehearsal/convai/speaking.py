"""An answer as sound: spoken by espeak-ng, or else a tone as long as the speech would be.

The only door to espeak-ng. It runs as a process of its own, gets the text on its standard input and
so takes no word of it for an option, and has a limited time. A rehearsal must be heard also where
it is not installed or fails: then a soft tone stands for the voice.
"""

import asyncio
import io
import math
import sys
import unicodedata
import wave
from array import array
from contextlib import suppress
from typing import Final, TypeAlias

Samples: TypeAlias = "array[int]"
"""Samples of 16 bits, in this machine's order of bytes."""

_COMMAND: Final = ("espeak-ng", "-v", "en", "--stdin", "--stdout")
_PATIENCE: Final = 10.0  # seconds; for ten thousand characters it takes less than one
_A_CHARACTER: Final = 0.06  # seconds, as espeak-ng speaks
_SHORTEST, _LONGEST = 0.3, 30.0  # seconds of a tone
_PITCH: Final = 220.0  # Hz
_LOUDNESS: Final = 0.1 * 32767
_FADE: Final = 0.05  # seconds; a tone that begins at once clicks


async def spoken(text: str, rate: int) -> bytes:
    """Return a text as sound: s16le, mono, `rate` samples in a second; nothing for an empty text.

    A caller who is cancelled takes the voice along: its process ends.
    """
    words = _readable(text)
    if not words:
        return b""
    voice = await _by_espeak(words)
    with suppress(wave.Error, EOFError):  # no sound came, or none that anybody could play
        return await asyncio.to_thread(_at, voice, rate)
    return await asyncio.to_thread(tone, len(words), rate)


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """Return samples of `rate` as samples of `wanted` in a second, by straight lines between them.

    Speech is not filtered before: above half of `wanted` it may hiss.
    """
    if rate == wanted or not samples:
        return samples
    common = math.gcd(rate, wanted)
    step, parts = rate // common, wanted // common
    result = array("h", bytes(2 * -(-len(samples) * parts // step)))
    ahead = samples[1:] + samples[-1:]
    # Every `parts`-th new sample lies equally far behind an old one, so it takes the same weights.
    for phase in range(min(parts, len(result))):
        start, behind = divmod(phase * step, parts)
        pairs = zip(samples[start::step], ahead[start::step], strict=True)
        result[phase::parts] = array("h", (a + (b - a) * behind // parts for a, b in pairs))
    return result


def tone(characters: int, rate: int) -> bytes:
    """Return a soft tone as long as so many characters are spoken, from 0.3 to 30 seconds."""
    count = int(min(_LONGEST, max(_SHORTEST, characters * _A_CHARACTER)) * rate)
    fade = _FADE * rate
    turn = 2 * math.pi * _PITCH / rate
    heights = (
        min(1.0, i / fade, (count - 1 - i) / fade) * math.sin(turn * i) for i in range(count)
    )
    return _s16le(array("h", (int(_LOUDNESS * height) for height in heights)))


def _readable(text: str) -> str:
    """Return a text without what espeak-ng would not read: control characters, phoneme marks."""
    plain = "".join(" " if unicodedata.category(one)[0] == "C" else one for one in text)
    return plain.replace("[[", "[").replace("]]", "]").strip()


def _at(voice: bytes, rate: int) -> bytes:
    """Return a WAV file's sound; one from a pipe says of itself that it is longer than it is."""
    with wave.open(io.BytesIO(voice)) as file:
        samples = array("h", file.readframes(file.getnframes()))
        return _s16le(resampled(samples, file.getframerate(), rate))


def _s16le(samples: Samples) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


async def _by_espeak(words: str) -> bytes:
    """Return a WAV file, or nothing where espeak-ng is not installed, fails or takes too long."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return b""
    try:
        async with asyncio.timeout(_PATIENCE):
            sound, _ = await process.communicate(words.encode())
    except TimeoutError:
        return b""
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return sound if process.returncode == 0 else b""
