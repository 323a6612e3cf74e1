import asyncio
import itertools
import os
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal import script
from rehearsal.convai import speaking
from rehearsal.convai.listening import Heard, Listener
from rehearsal.convai.speaking import Samples, resampled, spoken, tone
from tests.rehearsal.convai.sounds import ESPEAK, needs_espeak, silence, speech

RATES = (8000, 16000, 22050, 24000, 44100, 48000)


@pytest.fixture
def espeak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place where espeak-ng is looked for first; empty as yet, with the system's own behind."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "espeak-ng"


def becomes(program: Path, *lines: str) -> None:
    program.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    program.chmod(0o755)


def seconds(sound: bytes, rate: int = 16000) -> float:
    return len(sound) / 2 / rate


@needs_espeak
@pytest.mark.parametrize("rate", RATES)
async def test_a_text_is_spoken_at_the_wanted_rate(rate: int) -> None:
    text = script.LINES[0]
    sound, given_rate = speech(text)
    said = await spoken(text, rate)
    assert seconds(said, rate) == pytest.approx(seconds(sound, given_rate), abs=0.001)
    assert Listener(rate).hear(said + silence(1, rate)) == [Heard.STARTED, Heard.ENDED]


@needs_espeak
async def test_different_texts_sound_different() -> None:
    assert await spoken("a cat", 16000) != await spoken("a rocket", 16000)


@pytest.mark.parametrize("text", ["", "   \n", "\x00\x07\x1b", "\u200b", "\ud800"])
async def test_a_text_without_words_is_silent(text: str) -> None:
    assert await spoken(text, 16000) == b""


@needs_espeak
@pytest.mark.parametrize(
    "text",
    [
        "-w /tmp/file",
        "--version",
        "- one",
        "; ls $(id) `id` | cat",
        "one\x00two\x1b[31m\x7f three",
        "half \ud83d a smile",
        "<speak><break time='9s'/></speak>",
        "größer, 大きい, больше 👍",
    ],
)
async def test_a_text_is_read_out_whatever_it_looks_like(text: str) -> None:
    said = await spoken(text, 16000)
    assert len(said) % 2 == 0
    assert 0.1 < seconds(said) < 10


@needs_espeak
async def test_phoneme_marks_are_no_orders() -> None:
    assert await spoken("[[h@l'oU]]", 16000) == await spoken("[h@l'oU]", 16000)


@needs_espeak
async def test_ten_thousand_characters_are_spoken_and_the_loop_goes_on() -> None:
    task, turns = asyncio.create_task(spoken("Hello there, you. " * 556, 16000)), 0
    while not task.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert seconds(await task) > 300
    assert turns > 10


async def test_without_espeak_a_tone_stands_for_the_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = await spoken("x" * 50, 16000)
    assert said == tone(50, 16000)
    assert seconds(said) == pytest.approx(3.0)


@pytest.mark.parametrize(
    "lines",
    [["cat >/dev/null", "exit 1"], ["exit 0"], ["cat >/dev/null"], ["exec 0<&-", "exit 3"]],
    ids=["fails", "reads nothing", "says nothing", "closes its input"],
)
async def test_an_espeak_that_fails_costs_the_voice_alone(espeak: Path, lines: list[str]) -> None:
    becomes(espeak, *lines)
    assert await spoken("hello" * 1000, 16000) == tone(5000, 16000)


@needs_espeak
async def test_half_a_voice_is_none(espeak: Path) -> None:
    becomes(espeak, f"echo hello | {ESPEAK} --stdout", "exit 1")
    assert await spoken("hello", 16000) == tone(5, 16000)


@pytest.mark.parametrize("noise", ["not a WAV file", "RIFF....WAVE", "RIFF....WAVEfmt "])
async def test_what_is_no_sound_is_not_played(espeak: Path, noise: str) -> None:
    becomes(espeak, "cat >/dev/null", f"printf '{noise}'")
    assert await spoken("hello", 16000) == tone(5, 16000)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def the_pid(file: Path) -> int:
    for _ in range(1000):
        if file.exists() and (said := file.read_text().strip()):
            return int(said)
        await asyncio.sleep(0.01)
    raise AssertionError("it has not started")


async def test_an_espeak_that_hangs_is_ended(
    espeak: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(speaking, "_PATIENCE", 0.3)
    becomes(espeak, f"echo $$ >{tmp_path}/pid", "exec sleep 60")
    assert await spoken("hello", 16000) == tone(5, 16000)
    assert not runs(await the_pid(tmp_path / "pid"))


async def test_who_is_cancelled_takes_the_voice_along(espeak: Path, tmp_path: Path) -> None:
    becomes(espeak, f"echo $$ >{tmp_path}/pid", "exec sleep 60")
    task = asyncio.create_task(spoken("hello", 16000))
    pid = await the_pid(tmp_path / "pid")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not runs(pid)


@pytest.mark.parametrize(("characters", "length"), [(1, 0.3), (100, 6.0), (10_000, 30.0)])
def test_a_tone_is_as_long_as_the_speech_would_be_within_bounds(
    characters: int, length: float
) -> None:
    assert seconds(tone(characters, 8000), 8000) == pytest.approx(length)


def test_a_tone_is_soft_and_begins_and_ends_in_silence() -> None:
    samples = array("h", tone(20, 16000))
    assert (samples[0], samples[-1]) == (0, 0)
    assert 1000 < max(samples) < 4000
    steps = [abs(b - a) for a, b in itertools.pairwise(samples)]
    assert max(steps) < 400


SAMPLES = st.lists(st.integers(-32768, 32767), max_size=400).map(lambda one: array("h", one))
SPEEDS = st.sampled_from(RATES)


@given(samples=SAMPLES, rate=SPEEDS, wanted=SPEEDS)
def test_new_samples_lie_on_straight_lines_between_the_old(
    samples: Samples, rate: int, wanted: int
) -> None:
    new = resampled(samples, rate, wanted)
    expected = []
    for i in range(len(new)):
        at, behind = divmod(i * rate, wanted)
        a, b = samples[at], samples[min(at + 1, len(samples) - 1)]
        expected.append(a + (b - a) * behind / wanted)
    assert list(new) == pytest.approx(expected, abs=1)
    assert len(new) == -(-len(samples) * wanted // rate)


@given(samples=SAMPLES, rate=SPEEDS)
def test_the_same_rate_changes_nothing(samples: Samples, rate: int) -> None:
    assert resampled(samples, rate, rate) == samples
