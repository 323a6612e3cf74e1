"""Durations and sizes, from text and back.

    a duration   250ms   3.5s   15m   2h   1d           seconds, from a millisecond to ten years
    a size       500KB   20MiB   1GiB   1048576         whole bytes; without a unit, bytes

A duration without a unit fails, because nobody can tell seconds from milliseconds; so does zero,
which some libraries take for "for ever": where a key can do without, `off` says so. KB is 1000
bytes and KiB 1024 (IEC 80000-13).
"""

import re
from decimal import Decimal
from fractions import Fraction

from contract.errors import ConfigError

_DURATIONS = {
    "d": Fraction(86400),
    "h": Fraction(3600),
    "m": Fraction(60),
    "s": Fraction(1),
    "ms": Fraction(1, 1000),
}
_SHORTEST, _LONGEST = _DURATIONS["ms"], 3650 * _DURATIONS["d"]
_SIZES = {
    "GiB": 1024**3,
    "MiB": 1024**2,
    "KiB": 1024,
    "GB": 1000**3,
    "MB": 1000**2,
    "KB": 1000,
    "B": 1,
}
_SIZES_IN_ANY_CASE = {unit.lower(): size for unit, size in _SIZES.items()}
_MEASURE = re.compile(r"([+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?) ?([a-zA-Z]*)")


def seconds(text: str) -> float:
    """Return the seconds that a duration such as `3.5s` lasts.

    Raises:
        ConfigError: it is no number with one of the units, or not between `1ms` and `3650d`.
    """
    found = _MEASURE.fullmatch(text)
    if found is None or found[2] not in _DURATIONS:
        raise ConfigError(f"expected a duration such as 250ms, 2s, 15m, 2h or 1d, not {text!r}")
    length = Fraction(found[1]) * _DURATIONS[found[2]]
    if not _SHORTEST <= length <= _LONGEST:
        raise ConfigError(f"expected a duration between 1ms and 3650d, not {text!r}")
    return float(length)


def duration(length: float) -> str:
    """Return a short text that `seconds` reads as `length` seconds."""
    exact = Fraction(repr(length))
    if exact < 1 and exact % _DURATIONS["ms"] == 0:
        return f"{exact / _DURATIONS['ms']}ms"
    for unit, seconds_in_it in _DURATIONS.items():
        if exact >= 1 and exact % seconds_in_it == 0 and unit != "ms":
            return f"{exact / seconds_in_it}{unit}"
    return f"{Decimal(repr(length)):f}s"


def seconds_or_off(text: str) -> float:
    """Return the seconds of a duration, or 0 for `off`.

    Raises:
        ConfigError: it is neither.
    """
    if text == "off":
        return 0.0
    try:
        return seconds(text)
    except ConfigError as error:
        raise ConfigError(f"{error}; or off") from None


def duration_or_off(length: float) -> str:
    """Return a short text that `seconds_or_off` reads as `length` seconds."""
    return duration(length) if length else "off"


def byte_count(text: str) -> int:
    """Return the bytes that a size such as `20MiB` holds.

    Raises:
        ConfigError: it is no number with one of the units, or no whole number of bytes from 1 up.
    """
    found = _MEASURE.fullmatch(text)
    unit = _SIZES_IN_ANY_CASE.get(found[2].lower() or "b") if found else None
    if found is None or unit is None:
        raise ConfigError(f"expected a size such as 500KB, 20MiB or 1048576, not {text!r}")
    count = Fraction(found[1]) * unit
    if count < 1 or count.denominator != 1:
        raise ConfigError(f"expected a whole number of bytes, at least 1, not {text!r}")
    return int(count)


def size(count: int) -> str:
    """Return a short text that `byte_count` reads as `count` bytes."""
    unit = next(unit for unit, bytes_in_it in _SIZES.items() if count % bytes_in_it == 0)
    return str(count) if unit == "B" else f"{count // _SIZES[unit]}{unit}"
