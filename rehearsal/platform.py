"""A stand-in for a voice platform: it holds a conversation with a custom LLM endpoint, over HTTP.

I/O only; `payload` says what is sent and `reply` what came back. It behaves as docs/platforms.md
says of ElevenLabs: the full history every time, persistent connections, a turn sent again when
nothing can be heard within the cascade timeout, a speculative turn whose connection is closed
half-way, a tool call that is followed up without a new word of the person.

Nothing raises because an endpoint fails: the call is dead then, and `Conversation.ended` says why.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from contract import sse
from contract.excerpt import excerpt
from rehearsal import payload, script
from rehearsal.call import Conversation, Failure, Turn
from rehearsal.payload import Agent
from rehearsal.reply import Reply

ATTEMPTS: Final = 3
"""How often a turn is sent before the call is dead."""

_IDLE: Final = 20.0  # seconds between two pieces of an answer that has begun
_OVERLAP: Final = 0.05  # seconds that a speculative turn is given before it is sent again
_TOOL_ROUNDS: Final = 4  # a model that calls tools for ever must not hold the line for ever


class _RequestFailedError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class _CallDiedError(Exception):
    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(f"failed {len(failures)} times, last with {failures[-1]}")
        self.failures = tuple(failures)


@dataclass(frozen=True, slots=True)
class _Answered:
    reply: Reply
    first_content: float
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Tried:
    """What a turn's requests came to, gathered as they are made."""

    answers: list[_Answered] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    attempts: int = 1
    requests: int = 0


async def hold(
    endpoint: str,
    agent: Agent,
    says: Sequence[str] = script.LINES,
    *,
    conversation_id: str | None = None,
    cascade_timeout: float = 4.0,
    speculated: int | None = script.SPECULATED,
    on_turn: Callable[[Turn], None] | None = None,
) -> Conversation:
    """Hold a conversation with an endpoint and return how it went.

    Args:
        endpoint: the base to which the API's path is added, as in `http://127.0.0.1:8080/v1`.
        agent: the agent as it is configured on the platform.
        says: what the person says, a turn each.
        conversation_id: None makes a new one of ElevenLabs' format.
        cascade_timeout: seconds until the first content; then the turn is sent again.
        speculated: the index of the line whose turn is sent twice; None or beyond the end: none.
        on_turn: is called with every turn as soon as it is over.
    """
    identity = conversation_id or payload.new_conversation_id()
    async with aiohttp.ClientSession() as session:
        line = _Line(session, endpoint.rstrip("/"), agent, identity, cascade_timeout)
        turns: list[Turn] = []
        for index, said in enumerate(says):
            try:
                turn = await line.turn(said, speculative=index == speculated)
            except _CallDiedError as death:
                reason = f"the call died in turn {index + 1}: the request {death}"
                return Conversation(identity, tuple(turns), reason, death.failures)
            turns.append(turn)
            if on_turn is not None:
                on_turn(turn)
            if turn.tool == "end_call":
                break
    return Conversation(identity, tuple(turns))


class _Line:
    """One call's line to the endpoint, with the history of what was said."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoint: str,
        agent: Agent,
        conversation_id: str,
        cascade_timeout: float,
    ) -> None:
        self._session = session
        self._url = f"{endpoint}/{agent.api.path}"
        self._agent = agent
        self._id = conversation_id
        self._headers = payload.headers(agent, conversation_id)
        self._cascade_timeout = cascade_timeout
        self._history: list[dict[str, Any]] = []

    async def turn(self, said: str, *, speculative: bool) -> Turn:
        self._history.append({"role": "user", "content": said})
        tried = _Tried()
        if speculative:
            async with self._speculation(tried):
                await self._converse(tried)
        else:
            await self._converse(tried)
        headers = tried.answers[-1].headers
        names = [call.name for answered in tried.answers for call in answered.reply.calls]
        return Turn(
            said=said,
            answer=" ".join(one.reply.text for one in tried.answers if one.reply.text),
            attempts=tried.attempts,
            requests=tried.requests,
            first_content=tried.answers[0].first_content,
            context=headers.get("x-sightline-context"),
            server_timing=headers.get("server-timing"),
            fallback=headers.get("x-sightline-fallback"),
            speculative=speculative,
            tool=names[0] if names else None,
            failures=tuple(tried.failures),
        )

    async def _converse(self, tried: _Tried) -> None:
        """Ask, and ask again after every tool call, until the agent has answered."""
        for _ in range(_TOOL_ROUNDS):
            answered = await self._cascade(tried)
            tried.answers.append(answered)
            if not answered.reply.calls:
                self._history.append({"role": "assistant", "content": answered.reply.text})
                return
            self._record_tools(answered.reply)
            if any(call.name in {"end_call", "skip_turn"} for call in answered.reply.calls):
                return

    def _record_tools(self, reply: Reply) -> None:
        calls = [call.as_message_part() for call in reply.calls]
        self._history.append(
            {"role": "assistant", "content": reply.text or None, "tool_calls": calls}
        )
        self._history += (
            {"role": "tool", "tool_call_id": call.id, "content": self._agent.tool_result}
            for call in reply.calls
        )

    async def _cascade(self, tried: _Tried) -> _Answered:
        """Send the same request until it is answered; give up after `ATTEMPTS`."""
        body = payload.body(self._agent, self._id, self._history)
        failures: list[Failure] = []
        while len(failures) < ATTEMPTS:
            tried.requests += 1
            try:
                answered = await self._send(body)
            except _RequestFailedError as error:
                failures.append(error.failure)
                tried.failures.append(error.failure)
            else:
                tried.attempts = max(tried.attempts, len(failures) + 1)
                return answered
        raise _CallDiedError(failures)

    @asynccontextmanager
    async def _speculation(self, tried: _Tried) -> AsyncIterator[None]:
        """Send the turn, and leave it: close its connection while the same turn is sent again."""
        begun = asyncio.Event()
        body = payload.body(self._agent, self._id, self._history)
        tried.requests += 1
        task = asyncio.create_task(self._send_and_leave(body, begun))
        with suppress(TimeoutError):
            await asyncio.wait_for(begun.wait(), _OVERLAP)
        # The turn proper is on its way when this closes the first connection.
        asyncio.get_running_loop().call_later(_OVERLAP / 2, task.cancel)
        try:
            yield
        finally:
            await asyncio.wait({task})

    async def _send_and_leave(self, body: bytes, begun: asyncio.Event) -> None:
        with suppress(aiohttp.ClientError):
            response = await self._session.post(self._url, data=body, headers=self._headers)
            begun.set()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                response.close()

    async def _send(self, body: bytes) -> _Answered:
        start = time.monotonic()
        limits = aiohttp.ClientTimeout(total=None, sock_read=_IDLE)
        try:
            async with (
                asyncio.timeout(self._cascade_timeout) as budget,
                self._session.post(
                    self._url, data=body, headers=self._headers, timeout=limits
                ) as response,
            ):
                if not response.ok:
                    raise _RequestFailedError(Failure(response.status, await _reason(response)))
                return await _listen(response, start, budget)
        except TimeoutError:
            reason = f"no content within {self._cascade_timeout:g} s"
            if budget.when() is None:
                reason = f"the answer stopped for {_IDLE:g} s"
            raise _RequestFailedError(Failure(None, reason)) from None
        except aiohttp.ClientError as error:
            reason = f"the connection failed: {error or type(error).__name__}"
            raise _RequestFailedError(Failure(None, reason)) from error


async def _listen(
    response: aiohttp.ClientResponse, start: float, budget: asyncio.Timeout
) -> _Answered:
    """Read a stream to its end; from the first content on, the cascade timeout no longer runs."""
    reply, decoder, first = Reply(), sse.Decoder(), 0.0
    async for piece in response.content.iter_any():
        for event in decoder.feed(piece):
            reply.take(event)
        if reply.has_content and not first:
            first = time.monotonic() - start
            budget.reschedule(None)
    for event in decoder.finish():
        reply.take(event)
    if reply.error is not None:
        raise _RequestFailedError(Failure(response.status, reply.error))
    if not reply.has_content:
        raise _RequestFailedError(Failure(response.status, "the stream holds no content"))
    return _Answered(reply, first or time.monotonic() - start, response.headers)


async def _reason(response: aiohttp.ClientResponse) -> str:
    said = excerpt(await response.read()).removeprefix(f"{response.status} ")
    return said or response.reason or "no reason given"
