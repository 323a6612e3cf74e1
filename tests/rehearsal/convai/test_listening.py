import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal import script
from rehearsal.convai.listening import Heard, Listener
from tests.rehearsal.convai.sounds import (
    click,
    hum,
    needs_espeak,
    noise,
    silence,
    speech,
    together,
    voice,
)

RATE = 16000
RATES = (8000, 16000, 22050, 24000, 44100, 48000)
TURN = [Heard.STARTED, Heard.ENDED]


def times(sound: bytes, rate: int = RATE) -> list[tuple[Heard, float]]:
    """What is heard, and after how many seconds of the stream."""
    listener, piece = Listener(rate), 2 * (rate // 100)
    return [
        (heard, (start + piece) / 2 / rate)
        for start in range(0, len(sound), piece)
        for heard in listener.hear(sound[start : start + piece])
    ]


def heard(sound: bytes, rate: int = RATE) -> list[Heard]:
    return Listener(rate).hear(sound)


@pytest.mark.parametrize("rate", RATES)
def test_a_turn_begins_100_ms_after_the_voice_and_ends_700_ms_after_it(rate: int) -> None:
    sound = silence(1, rate) + voice(1, rate) + silence(2, rate)
    (started, begin), (ended, end) = times(sound, rate)
    assert [started, ended] == TURN
    assert 1.08 <= begin <= 1.25
    assert 2.6 <= end <= 2.8


def test_every_turn_is_heard() -> None:
    assert heard((voice(0.5, RATE) + silence(1, RATE)) * 3) == TURN * 3


def test_a_turn_that_goes_on_has_not_ended() -> None:
    assert heard(silence(0.5, RATE) + voice(5, RATE)) == [Heard.STARTED]


def test_a_pause_for_breath_ends_no_turn() -> None:
    breath = silence(0.5, RATE)
    assert heard(voice(1, RATE) + breath + voice(1, RATE) + silence(1, RATE)) == TURN


def test_a_click_in_the_silence_after_a_turn_does_not_lengthen_it() -> None:
    rest = silence(0.4, RATE) + click(RATE) + silence(0.4, RATE)
    ((_, _), (_, end)) = times(voice(1, RATE) + rest + silence(1, RATE))
    assert end <= 1.85


@needs_espeak
@pytest.mark.parametrize("before", [0.0, 1.0], ids=["at once", "after a second"])
@pytest.mark.parametrize("said", [*script.LINES, "Yes.", "Hi", "No, the other one!"])
def test_whatever_espeak_says_is_one_turn(said: str, before: float) -> None:
    sound, rate = speech(said)
    length = len(sound) / 2 / rate
    (started, begin), (ended, end) = times(silence(before, rate) + sound + silence(1, rate), rate)
    assert [started, ended] == TURN
    assert before + 0.08 <= begin <= before + 0.3
    assert before + length <= end <= before + length + 0.75


@needs_espeak
def test_half_a_minute_without_a_pause_is_one_turn() -> None:
    sound, rate = speech("I see a boat and a house and a tree and a cloud over the hill, " * 10)
    assert heard(sound + silence(1, rate), rate) == TURN


@needs_espeak
@pytest.mark.parametrize("height", [30, 100, 300, 1000])
def test_a_voice_is_heard_above_a_room_s_noise(height: float) -> None:
    sound, rate = speech(script.LINES[0])
    whole = silence(1, rate) + sound + silence(1.5, rate)
    assert heard(together(whole, noise(len(whole) / 2 / rate, rate, height)), rate) == TURN


LATER = silence(1, RATE)
STEADY = {
    "silence": silence(4, RATE),
    "an offset without sound": b"\x00\x10" * RATE * 4,
    **{f"a hum of {pitch} Hz": hum(4, RATE, pitch) for pitch in (50, 60, 100, 120, 440)},
    **{f"noise of {height}": noise(4, RATE, height) for height in (20, 300, 3000)},
    "a click": silence(1, RATE) + click(RATE) + silence(1, RATE),
    "a click at once": click(RATE) + silence(1, RATE),
    "a single sample": silence(1, RATE) + b"\xff\x7f" + silence(1, RATE),
    "a hum that is switched on": silence(3, RATE) + hum(4, RATE) + silence(1, RATE) + hum(1, RATE),
    "noise that is switched on": silence(3, RATE) + noise(4, RATE) + silence(1, RATE),
    "a click above a hum": together(
        hum(3, RATE), silence(1, RATE) + click(RATE) + silence(2, RATE)
    ),
}


@pytest.mark.parametrize("sound", STEADY.values(), ids=STEADY)
def test_what_is_no_voice_begins_no_turn(sound: bytes) -> None:
    assert heard(sound) == []


def test_a_hum_that_begins_while_somebody_speaks_becomes_the_floor_and_the_turn_ends() -> None:
    sound = (
        silence(1, RATE) + voice(1, RATE) + hum(5, RATE) + together(hum(2, RATE), voice(2, RATE))
    )
    assert heard(sound)[:2] == TURN


def test_a_microphone_with_an_offset_hears_as_well() -> None:
    offset = b"\x00\x20" * RATE * 3
    assert heard(together(offset, LATER + voice(1, RATE, 1000) + LATER)) == TURN


def test_a_quiet_voice_is_heard() -> None:
    assert heard(silence(1, RATE) + voice(1, RATE, 400) + silence(1, RATE)) == TURN


SOUND = silence(0.3, 8000) + voice(0.5, 8000) + silence(0.8, 8000) + voice(0.3, 8000) + b"\x01"
SIZES = st.lists(st.integers(0, 5000), max_size=30)


@given(sizes=SIZES)
@settings(max_examples=50)
def test_what_is_heard_does_not_depend_on_how_the_stream_is_cut(sizes: list[int]) -> None:
    listener, pieces, at = Listener(8000), [], 0
    for size in sizes:
        pieces += listener.hear(SOUND[at : at + size])
        at += size
    assert pieces + listener.hear(SOUND[at:]) == heard(SOUND, 8000) == [*TURN, Heard.STARTED]


def test_single_bytes_are_a_stream_too() -> None:
    listener = Listener(8000)
    pieces = [one for at in range(len(SOUND)) for one in listener.hear(SOUND[at : at + 1])]
    assert pieces == heard(SOUND, 8000)


@given(sound=st.binary(max_size=4000), rate=st.sampled_from(RATES))
def test_any_bytes_are_listened_to(sound: bytes, rate: int) -> None:
    heard(sound, rate)
