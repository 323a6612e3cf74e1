"""Durations and sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import units
from contract.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2s", 2.0),
        ("3.5s", 3.5),
        ("250ms", 0.25),
        ("15m", 900.0),
        ("2h", 7200.0),
        ("1d", 86400.0),
        ("1.5 h", 5400.0),
    ],
)
def test_a_duration_is_read_as_seconds(text: str, length: float) -> None:
    assert units.seconds(text) == length


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "s",
        "-2s",
        "0s",
        "0.1ms",
        "1:30",
        "2 parsecs",
        "2S",
        "1e3s",
        "4000d",
        "9" * 5000 + "s",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="expected a duration"):
        units.seconds(text)


def test_off_is_no_time_at_all() -> None:
    assert units.seconds_or_off("off") == 0.0
    assert units.seconds_or_off("800ms") == 0.8
    assert (units.duration_or_off(0.0), units.duration_or_off(0.8)) == ("off", "800ms")
    with pytest.raises(ConfigError, match="or off"):
        units.seconds_or_off("0s")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("20MiB", 20 * 1024**2),
        ("500KB", 500_000),
        ("1GiB", 1024**3),
        ("1048576", 1048576),
        ("1.5 KiB", 1536),
        ("10mb", 10_000_000),
        ("7B", 7),
    ],
)
def test_a_size_is_read_as_bytes(text: str, count: int) -> None:
    assert units.byte_count(text) == count


@pytest.mark.parametrize("text", ["", "-1", "0", "0x10", "1_000", "20 potatoes", "0.1KiB", "MiB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="expected a"):
        units.byte_count(text)


@given(st.floats(min_value=0.001, max_value=3650 * 86400.0))
def test_a_duration_is_written_as_it_is_read(length: float) -> None:
    assert units.seconds(units.duration(length)) == length


@given(st.integers(min_value=1, max_value=10**15))
def test_a_size_is_written_as_it_is_read(count: int) -> None:
    assert units.byte_count(units.size(count)) == count


@pytest.mark.parametrize("text", ["2s", "3.5s", "250ms", "15m", "2h", "1d"])
def test_a_duration_is_shown_as_a_person_writes_it(text: str) -> None:
    assert units.duration(units.seconds(text)) == text


@pytest.mark.parametrize("text", ["20MiB", "500KB", "1GiB", "1000001"])
def test_a_size_is_shown_as_a_person_writes_it(text: str) -> None:
    assert units.size(units.byte_count(text)) == text
