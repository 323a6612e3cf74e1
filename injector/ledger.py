"""Turns that are over: counted and logged a moment later, several at once.

A log line takes a good part of the time that a turn takes, and nobody waits for it; made together
they cost half. Only what is in progress is counted at once.
"""

import asyncio

from aiohttp import web

from injector.conversation import shown
from injector.happenings import Happenings
from injector.metrics import Metrics
from injector.record import TurnRecord
from injector.turnlog import log_turn
from injector.wire import log

LATER = 0.05
"""Seconds after which a turn is told of at the latest; a process that is killed loses as much."""


class Ledger:
    """Keeps the records of turns until they are told of.

    Args:
        metrics: where they are counted.
        happenings: where whoever watches a conversation hears of them.
    """

    def __init__(self, metrics: Metrics, happenings: Happenings) -> None:
        self._metrics = metrics
        self._happenings = happenings
        self._records: list[TurnRecord] = []

    def begin(self) -> None:
        """Count a turn that has begun; `end` must follow, whatever becomes of it."""
        self._metrics.began()

    def end(self, record: TurnRecord) -> None:
        """Take the record of a turn whose answer has gone."""
        self._metrics.over()
        self._records.append(record)
        if len(self._records) == 1:
            asyncio.get_running_loop().call_later(LATER, self.settle)

    def settle(self) -> None:
        """Count, log and tell everything that has been taken so far."""
        records, self._records = self._records, []
        for record in records:
            try:
                self._metrics.ended(record)
                log_turn(record)
                self._tell(record)
            except Exception:  # noqa: BLE001 - what is seen from outside never costs anything else
                log.exception("turn %s is not told of", shown(record.conversation_id))

    def _tell(self, record: TurnRecord) -> None:
        if record.conversation_id is None:
            return
        first = record.first_chunk
        self._happenings.tell(
            record.conversation_id,
            "answered",
            turn=record.turn,
            outcome=record.outcome,
            firstContentMs=None if first is None else round(first * 1000, 1),
            addedMs=round(record.added, 2),
        )


LEDGER = web.AppKey("ledger", Ledger)
