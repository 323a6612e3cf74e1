"""Turns that are over are told of: all of them, once, and whatever one of them holds."""

import asyncio
import logging

import pytest

from contract.config import Upstream
from injector.happenings import Happenings
from injector.ledger import Ledger
from injector.metrics import Metrics
from injector.record import TurnRecord

TURN = TurnRecord(conversation_id="conv_1", outcome="answered", context="no-image", status=200)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(Upstream())


def told(metrics: Metrics) -> float | None:
    labels = {"context": "no-image", "outcome": "answered", "api": "chat"}
    return metrics.registry.get_sample_value("sightline_turns_total", labels)


async def test_turns_are_told_of_a_moment_later_together_and_once(
    metrics: Metrics, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("injector.ledger.LATER", 0.05)
    ledger = Ledger(metrics, Happenings())
    for _ in range(3):
        ledger.begin()
        ledger.end(TURN)
    assert told(metrics) is None
    assert caplog.records == []
    await asyncio.sleep(0.2)
    assert told(metrics) == 3
    assert len(caplog.records) == 3
    ledger.settle()
    assert told(metrics) == 3


async def test_what_is_in_progress_is_counted_at_once(metrics: Metrics) -> None:
    ledger = Ledger(metrics, Happenings())
    ledger.begin()
    ledger.begin()
    ledger.end(TURN)
    assert metrics.registry.get_sample_value("sightline_live_streams") == 1
    ledger.settle()
    assert metrics.registry.get_sample_value("sightline_live_streams") == 1


async def test_a_turn_that_cannot_be_told_of_costs_no_other(
    metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(metrics, Happenings())
    ledger.end(TurnRecord(context=7))  # type: ignore[arg-type]
    ledger.end(TURN)
    ledger.settle()
    assert told(metrics) == 1
    assert "is not told of" in caplog.text
