"""A turn is asked, and asked again while the budget lasts, until its answer begins.

Until then nothing has gone to the client, so any failure can be made good. `refusal` says what was
wrong, `failure` decides what to do, and here it is done.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contract.config import Upstream as UpstreamConfig
from injector.upstream.answer import Answer
from injector.upstream.attempt import answered
from injector.upstream.failure import (
    AttemptFailed,
    ConnectionFailed,
    Failure,
    GivenUp,
    Silent,
    next_step,
)
from injector.upstream.pool import Pool
from injector.upstream.refusal import from_connection
from injector.upstream.request import Heads


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Args:
        method: GET or POST.
        route: what follows the base URL.
        headers: what the client sent.
        since: the moment from which seconds count here, by the loop's clock.
        budget: seconds in which the answer must begin.
        repeats: seconds in which another attempt may still be made, where the budget is longer.
        body: the body in pieces; None for none.
        without_pictures: make the bodies without our pictures: each is tried where the one before
            it is refused for what we have put into it. Empty where it has none.
        is_streamed: whether an event stream is asked for.
    """

    method: str
    route: str
    headers: Mapping[str, str]
    since: float
    budget: float
    repeats: float
    body: tuple[bytes, ...] | None = None
    without_pictures: tuple[Callable[[], tuple[bytes, ...]], ...] = ()
    is_streamed: bool = False


@dataclass(slots=True)
class Trace:
    """What happened while a question was asked.

    `connect` is the milliseconds of making the last attempt's connection, 0 for one that was open.
    """

    attempts: int = 0
    connect: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    is_without_pictures: bool = False


class Upstream:
    """The model's side, for as long as the endpoint lives.

    Args:
        config: address, key and timeouts.
        pass_authorization: whether the client's own key is passed on where none is configured.
    """

    def __init__(self, config: UpstreamConfig, *, pass_authorization: bool) -> None:
        self._config = config
        self._pool = Pool(config.base_url, config.connect_timeout)
        self._heads = Heads(config.base_url, config.api_key, pass_authorization=pass_authorization)

    def warm(self) -> None:
        """Open a connection before the first turn needs it, and keep one open."""
        self._pool.warm()

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    async def ask(self, question: Question, trace: Trace) -> Answer:
        """Return the answer, which has begun.

        Args:
            question: what is asked.
            trace: is told what happens.

        Raises:
            GivenUp: no attempt brought an answer in time.
        """
        loop, deadline = asyncio.get_running_loop(), question.since + question.budget
        until = question.since + min(question.budget, question.repeats)
        body, lesser = question.body, list(question.without_pictures)
        while True:
            trace.attempts += 1
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._attempt(question, body, trace)
            except TimeoutError:
                setting = "first_byte_timeout" if question.is_streamed else "idle_timeout"
                silent = Silent(
                    f"it said nothing within {question.budget:g} s (injector.upstream.{setting})"
                )
                trace.failures.append(from_connection(self._config, silent))
            except ConnectionFailed as error:
                trace.failures.append(from_connection(self._config, error))
            except AttemptFailed as error:
                trace.failures.append(error.failure)
            step = next_step(
                trace.failures,
                left=until - loop.time(),
                has_pictures=bool(lesser),
                jitter=random.random(),  # noqa: S311 - it only spreads the repeats
            )
            if step is None:
                raise GivenUp(trace.failures)
            if step.without_pictures:
                trace.is_without_pictures = True
                body = lesser.pop(0)()
            await asyncio.sleep(step.wait)

    async def _attempt(
        self, question: Question, body: tuple[bytes, ...] | None, trace: Trace
    ) -> Answer:
        head = self._heads.head(
            question.method,
            question.route,
            question.headers,
            size=None if body is None else sum(map(len, body)),
            is_streamed=question.is_streamed,
        )
        request = (head, *(body or ()))
        kept, trace.connect = self._pool.kept(), 0.0
        if kept is not None:
            try:
                return await answered(kept, request, self._pool, self._config, question.is_streamed)
            except ConnectionFailed:
                if kept.has_heard:
                    raise
                # The other side was closing it as the turn was sent: nobody has read that.
        began = time.perf_counter()
        fresh = await self._pool.connect()
        trace.connect = (time.perf_counter() - began) * 1000
        return await answered(fresh, request, self._pool, self._config, question.is_streamed)
