import os
from collections.abc import Iterator

import pytest

from injector.decoding import pulse
from injector.decoding.pulse import LONGEST, STILL, Pulse, cpu_seconds


def looks(monkeypatch: pytest.MonkeyPatch, used: Iterator[float | None]) -> Iterator[bool]:
    """Look again and again at a process that has used so much of the processor each time."""
    monkeypatch.setattr(pulse, "cpu_seconds", lambda _: next(used))
    seen = Pulse(1)
    while True:
        yield seen.hangs()


def test_who_works_lives_until_it_has_taken_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looks(monkeypatch, (look * 0.01 for look in range(1000)))
    assert not any(next(seen) for _ in range(LONGEST - 1))
    assert next(seen)


def test_who_uses_no_processor_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looks(monkeypatch, (5.0 for _ in range(1000)))
    assert not any(next(seen) for _ in range(STILL - 1))
    assert next(seen)


def test_a_rest_before_the_next_beat_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looks(monkeypatch, (look // STILL * 0.01 for look in range(1000)))
    assert not any(next(seen) for _ in range(LONGEST - 1))


def test_where_nobody_tells_only_the_clock_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looks(monkeypatch, (None for _ in range(1000)))
    assert not any(next(seen) for _ in range(LONGEST - 1))
    assert next(seen)


def test_a_process_uses_the_processor_and_one_that_is_not_there_uses_none() -> None:
    before = cpu_seconds(os.getpid())
    sum(range(10**6))
    after = cpu_seconds(os.getpid())
    assert before is not None
    assert after is not None
    assert after > before
    assert cpu_seconds(2**22) is None
