"""So many decoding children at most, and the pictures that wait for one: first come, first served.

Each worker of the pool has a seat for a child and takes one picture at a time from the queue, so an
answer cannot reach anybody but the one who waits for it. A client that leaves takes its picture out
of the queue; one that is being decoded is decoded to its end, and counts till then.
"""

import asyncio
import itertools
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from contract.errors import Busy, RequestError
from injector.decoding.child import Task
from injector.decoding.outcome import Decoded
from injector.decoding.seat import Seat
from injector.decoding.sent import Sent

if TYPE_CHECKING:
    from injector.picture.aim import Aim

log = logging.getLogger("sightline.injector")

DECODED_AT_ONCE = 2
"""How many pictures are decoded at the same time, in each worker process. Two, so that one that
takes long does not hold up all others; no more, since each may take `limits.MEMORY`, and because
the processor belongs to turns."""

WAITING, WAITING_BYTES = 64, 256 << 20
"""How many pictures, and how many bytes of them, wait at most. Twenty photographs at once find
room; what is beyond is told to come back, since what waits takes memory and is wanted soon."""

IDLE = 60.0
"""Seconds that a child waits for its next picture. After that a used one ends, with all that may be
left of pictures in it, and one that is fresh takes its place if it was the last."""

PREPARE = "injector.picture.preparation:prepare"
"""The function that prepares a picture, as the child looks for it."""


@dataclass(slots=True, eq=False)
class _Job:
    number: int
    sent: Sent = field(repr=False)
    answer: asyncio.Future[Decoded]


class Decoders:
    """Children that prepare pictures.

    Args:
        aim: how pictures are prepared.
        limit: the most bytes of a picture, or None.
        prepare: the function that prepares one, as `module:name`; for tests.
    """

    def __init__(self, aim: "Aim", *, limit: int | None = None, prepare: str = PREPARE) -> None:
        self._task = Task(prepare, aim, limit)
        self._numbers = itertools.count(1)
        self._jobs: deque[_Job] = deque()
        self._idle: list[asyncio.Future[None]] = []
        self._workers: set[asyncio.Task[None]] = set()
        self._all: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def warm(self) -> None:
        """Start one child in the background. To be called in the running loop."""
        if not self._workers:
            self._hire()

    async def prepare(self, sent: Sent) -> Decoded:
        """Return the picture in what arrived, ready for the model.

        Raises:
            BadRequest, NotAPicture: there is no picture in it.
            TooLarge: it has too many bytes or pixels, or takes too much work.
            Busy: too many wait, or no child can be started.
        """
        self._admit(len(sent.data))
        job = _Job(next(self._numbers), sent, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._call()
        try:
            return await job.answer
        finally:
            if job in self._jobs:
                self._jobs.remove(job)
            if job.answer.done() and not job.answer.cancelled():
                job.answer.exception()  # has been looked at, also where nobody waits any more
            del job  # or an error would hold itself, and the picture, until the next collection

    async def close(self) -> None:
        """End all children; a picture that waits is refused."""
        self._is_closed = True
        while self._jobs:
            _settle(self._jobs.popleft(), _closing())
        for worker in self._all:
            worker.cancel()
        await asyncio.gather(*self._all, return_exceptions=True)

    def _admit(self, size: int) -> None:
        if self._is_closed:
            raise _closing()
        waiting = sum(len(job.sent.data) for job in self._jobs)
        is_full = len(self._jobs) >= WAITING or waiting + size > WAITING_BYTES
        if self._jobs and is_full:
            raise Busy(
                f"{len(self._jobs)} pictures wait to be decoded; try again in a moment",
                param="image",
                retry_after=1,
            )

    def _call(self) -> None:
        """Let somebody take the next picture: the one who rested last, whose child is warm."""
        while self._idle:
            if not (rest := self._idle.pop()).done():
                rest.set_result(None)
                return
        if len(self._workers) < DECODED_AT_ONCE:
            self._hire()

    def _hire(self) -> None:
        worker = asyncio.get_running_loop().create_task(self._work(), name="decoder")
        self._workers.add(worker)
        self._all.add(worker)
        worker.add_done_callback(self._all.discard)
        worker.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        seat = Seat(self._task)
        try:
            if not self._jobs:
                await _warmed(seat)
            while await self._has_work(seat):
                await self._do(seat, self._jobs.popleft())
                await seat.tidy()
        finally:
            await seat.clear()

    async def _has_work(self, seat: Seat) -> bool:
        """Rest until a picture waits; return False where it is time to leave."""
        while not self._jobs:
            rest = asyncio.get_running_loop().create_future()
            self._idle.append(rest)
            try:
                is_last = len(self._workers) == 1
                async with asyncio.timeout(None if is_last and not seat.is_used else IDLE):
                    await rest
            except TimeoutError:
                if not self._jobs and not await self._is_kept(seat):
                    return False
            finally:
                if rest in self._idle:
                    self._idle.remove(rest)
        return True

    async def _is_kept(self, seat: Seat) -> bool:
        """End an idle child; if its seat was the last, let a fresh one take it."""
        me = asyncio.current_task()
        if self._workers - {me}:
            self._workers -= {me}
            return False
        await seat.clear()
        await _warmed(seat)
        return True

    async def _do(self, seat: Seat, job: _Job) -> None:
        try:
            _settle(job, await seat.ask(job.number, job.sent))
        except RequestError as error:
            _settle(job, error)
        except asyncio.CancelledError:
            _settle(job, _closing())
            raise
        except Exception:
            log.exception("a picture could not be handed to its decoder")
            _settle(job, Busy("the picture could not be decoded; send it again", retry_after=1))


async def _warmed(seat: Seat) -> None:
    with suppress(Busy):  # it is logged, and the next picture tries again
        await seat.ready()


def _settle(job: _Job, answer: Decoded | RequestError) -> None:
    if job.answer.done():  # its client has left
        return
    if isinstance(answer, RequestError):
        job.answer.set_exception(answer.with_traceback(None))
    else:
        job.answer.set_result(answer)


def _closing() -> Busy:
    return Busy("the endpoint is being shut down; try again in a moment", retry_after=1)


DECODERS = web.AppKey("decoders", Decoders)
