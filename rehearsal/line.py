"""One call's line to the custom LLM endpoint, with the history of what was said.

I/O only; `payload` says what is sent, `sending` sends it. A line behaves as docs/platforms.md says
of ElevenLabs: the full history every time, persistent connections, a turn sent again when nothing
can be heard within the cascade timeout, a speculative turn whose connection is closed half-way, a
tool call that is followed up without a new word of the person, an interruption that closes the
request.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final

import aiohttp

from rehearsal import history, payload
from rehearsal.call import Failure, Turn
from rehearsal.history import Content, Message
from rehearsal.payload import Agent
from rehearsal.reply import Reply, ToolCall
from rehearsal.sending import Answered, RequestFailedError, Sender

ATTEMPTS: Final = 3
"""How often a turn is sent before the call is dead."""

SILENT: Final = frozenset({"end_call", "skip_turn"})
"""The system tools after which the agent says nothing more in this turn."""

_OVERLAP: Final = 0.05  # seconds that a speculative turn is given before it is sent again
_TOOL_ROUNDS: Final = 4  # a model that calls tools for ever must not hold the line for ever


class CallDiedError(Exception):
    """A turn was sent as often as a platform sends it, and got no usable answer."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(f"failed {len(failures)} times, last with {failures[-1]}")
        self.failures = tuple(failures)


class Caller:
    """Who listens at the platform's end of a line; this one lets everything pass.

    What `hear` was given, joined, is the turn's answer, unless `restart` came in between.
    """

    async def hear(self, text: str) -> None:
        """Take a piece of the agent's words, as it comes."""

    async def restart(self, kept: str) -> None:
        """Forget what was heard of this turn, but for `kept`: a request broke off."""

    async def use(self, call: ToolCall) -> str | None:
        """Use a tool and return what it answers; None stands for what the agent's tools answer."""


@dataclass(slots=True)
class _Tried:
    """What a turn's requests came to, gathered as they are made."""

    caller: Caller
    answers: list[Answered] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    attempts: int = 1
    requests: int = 0

    @property
    def answer(self) -> str:
        """What the agent has said so far, over all requests that were answered."""
        return " ".join(one.reply.text for one in self.answers if one.reply.text)

    def tools(self) -> list[str]:
        return [call.name for one in self.answers for call in one.reply.calls]


class Line:
    """One call's line to an endpoint.

    Args:
        session: whose connections are used.
        endpoint: the base to which the API's path is added, as in `http://127.0.0.1:8080/v1`.
        agent: the agent as it is configured on the platform.
        conversation_id: the call's.
        cascade_timeout: seconds until the first content; then the turn is sent again.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoint: str,
        agent: Agent,
        conversation_id: str,
        cascade_timeout: float,
    ) -> None:
        url = f"{endpoint.rstrip('/')}/{agent.api.path}"
        named = payload.headers(agent, conversation_id)
        self._sender = Sender(session, url, named, cascade_timeout)
        self._agent = agent
        self._id = conversation_id
        self._history: list[Message] = []
        self._turn_at: int | None = None  # where the last turn begins in the history

    def say(self, said: Content) -> None:
        """Begin a turn with what the person says; `turn` has it answered."""
        self._turn_at = len(self._history)
        self._history.append(history.user(said))

    async def turn(self, *, speculative: bool = False, caller: Caller | None = None) -> Turn:
        """Have the agent answer and return the whole turn; `caller` hears it as it comes.

        Cancelled, it closes its request; the history holds the person's words then, and `cut` adds
        what was spoken.

        Raises:
            CallDiedError: a request got no usable answer, as often as it was sent.
        """
        said = self._history[self._turn_at or 0]["content"]
        tried = _Tried(caller or Caller())
        if speculative:
            async with self._speculation(tried):
                await self._converse(tried)
        else:
            await self._converse(tried)
        return _turn(said, tried, speculative=speculative)

    def cut(self, spoken: str) -> None:
        """Shrink the history to what was spoken of the last turn, or of the greeting."""
        if self._turn_at is None:
            self._agent = replace(self._agent, greeting=spoken.strip())
            return
        turn = self._history[self._turn_at :]
        self._history[self._turn_at :] = history.spoken_only(turn, spoken)

    def note(self, text: str) -> None:
        """Tell the agent something beside the talk; the next request holds it."""
        self._history.append(history.background(text))

    async def _converse(self, tried: _Tried) -> None:
        """Ask, and ask again after every tool call, until the agent has answered."""
        for _ in range(_TOOL_ROUNDS):
            answered = await self._cascade(tried)
            tried.answers.append(answered)
            calls = answered.reply.calls
            if not calls:
                self._history.append(history.assistant(answered.reply.text))
                return
            await self._use(answered.reply, tried.caller)
            if any(call.name in SILENT for call in calls):
                return

    async def _use(self, reply: Reply, caller: Caller) -> None:
        calls = reply.calls
        results = [await caller.use(call) for call in calls]
        told = [self._agent.tool_result if one is None else one for one in results]
        self._history += history.called(reply.text, calls, told)

    async def _cascade(self, tried: _Tried) -> Answered:
        """Send the same request until it is answered; give up after `ATTEMPTS`."""
        body = payload.body(self._agent, self._id, self._history)
        failures: list[Failure] = []
        while len(failures) < ATTEMPTS:
            tried.requests += 1
            passing = _Passing(tried)
            try:
                answered = await self._sender.send(body, passing.hear)
            except RequestFailedError as error:
                failures.append(error.failure)
                tried.failures.append(error.failure)
                await passing.broke_off()
            else:
                tried.attempts = max(tried.attempts, len(failures) + 1)
                return answered
        raise CallDiedError(failures)

    @asynccontextmanager
    async def _speculation(self, tried: _Tried) -> AsyncIterator[None]:
        """Send the turn, and leave it: close its connection while the same turn is sent again."""
        begun = asyncio.Event()
        body = payload.body(self._agent, self._id, self._history)
        tried.requests += 1
        task = asyncio.create_task(self._sender.send_and_leave(body, begun))
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(begun.wait(), _OVERLAP)
            # The turn proper is on its way when this closes the first connection.
            asyncio.get_running_loop().call_later(_OVERLAP / 2, task.cancel)
            yield
        except BaseException:
            task.cancel()
            raise
        finally:
            await asyncio.wait({task})


class _Passing:
    """Passes the text of one request on, with a blank behind what was said before it."""

    def __init__(self, tried: _Tried) -> None:
        self._caller = tried.caller
        self._before = tried.answer
        self._began = False

    async def hear(self, text: str) -> None:
        if self._before and not self._began:
            text = f" {text}"
        self._began = True
        await self._caller.hear(text)

    async def broke_off(self) -> None:
        if self._began:
            await self._caller.restart(self._before)


def _turn(said: Content, tried: _Tried, *, speculative: bool) -> Turn:
    headers, tools = tried.answers[-1].headers, tried.tools()
    return Turn(
        said=history.words(said),
        answer=tried.answer,
        attempts=tried.attempts,
        requests=tried.requests,
        first_content=tried.answers[0].first_content,
        context=headers.get("x-sightline-context"),
        server_timing=headers.get("server-timing"),
        fallback=headers.get("x-sightline-fallback"),
        speculative=speculative,
        tool=tools[0] if tools else None,
        failures=tuple(tried.failures),
    )
