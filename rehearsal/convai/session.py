"""One conversation over one WebSocket, from the metadata to the close.

I/O only: `frames` reads, `events` words, a `Line` asks the endpoint, a `Mouth` says the answer. One
task answers at a time; whoever says something meanwhile interrupts it, which closes its request.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeAlias

from rehearsal.convai import events
from rehearsal.convai.attached import attached
from rehearsal.convai.connection import Connection
from rehearsal.convai.desk import File
from rehearsal.convai.ears import Ears
from rehearsal.convai.events import Close
from rehearsal.convai.frames import (
    Background,
    Frame,
    Noted,
    Opening,
    Pong,
    Sound,
    ToolResult,
    Typed,
)
from rehearsal.convai.latency import Latency
from rehearsal.convai.mouth import Mouth
from rehearsal.convai.tools import Tools
from rehearsal.convai.watching import Watcher
from rehearsal.history import Content, words
from rehearsal.line import CallDiedError, Caller, Line
from rehearsal.reply import ToolCall

_Answer: TypeAlias = Callable[[Mouth], Awaitable[None]]

log = logging.getLogger(__name__)

MOST_TURNS: Final = 500
"""Turns of one conversation, after which it is ended: every turn repeats the whole history."""

_MOST_KEPT: Final = 16 * 1024 * 1024  # characters that a client may add to the history
_SPECULATED: Final = 3  # one turn in so many is sent again while it is being answered


class Session:
    """One conversation.

    Args:
        conversation_id: the conversation's.
        connection: the client.
        line: the endpoint.
        tools: the agent's tools.
        new_mouth: returns what says an answer under an event ID.
        find_file: returns a file of this conversation, or None.
        ears: hears the person speak; None where they only write.
        watcher: is told of every turn.
    """

    def __init__(
        self,
        conversation_id: str,
        connection: Connection,
        line: Line,
        tools: Tools,
        *,
        new_mouth: Callable[[int], Mouth],
        find_file: Callable[[str], File | None],
        ears: Ears | None,
        watcher: Watcher,
    ) -> None:
        self._id = conversation_id
        self._connection = connection
        self._line = line
        self._tools = tools
        self._new_mouth = new_mouth
        self._find_file = find_file
        self._ears = ears
        self._watcher = watcher
        self._latency = Latency()
        self._event_id = 0
        self._turns = 0
        self._kept = 0
        self._unanswered: str | None = None  # what the person has said, until the answer is whole
        self._mouth: Mouth | None = None
        self._task: asyncio.Task[None] | None = None

    async def hold(self, greeting: str) -> None:
        """Hold the conversation until one side ends it."""
        await self._connection.send(events.metadata(self._id))
        pings = asyncio.create_task(self._latency.measure(self._connection.send))
        try:
            self._begin(partial(self._greet, greeting))
            async for frame in self._connection.frames():
                await self._take(frame)
        finally:
            pings.cancel()
            try:
                await self._stop()
            finally:
                await asyncio.wait({pings})

    async def _take(self, frame: Frame) -> None:
        match frame:
            case Typed():
                await self._typed(frame)
            case Background(text):
                if await self._has_room(len(text)):
                    self._line.note(text)
            case ToolResult():
                if not self._tools.take(frame):
                    await self._connection.complain("nobody waits for this tool_call_id")
            case Pong(event_id):
                self._latency.take(event_id)
            case Opening():
                await self._connection.complain("the conversation has been initiated already")
            case Sound(pcm):
                await self._hear(pcm)
            case Noted():
                pass

    async def _hear(self, pcm: bytes) -> None:
        if self._ears is None:
            return
        for line in self._ears.hear(pcm):
            if line is None:
                await self.interrupt()
            else:
                await self.say(line, transcript=line)

    async def _typed(self, frame: Typed) -> None:
        found = [self._find_file(name) for name in frame.files]
        files = [file for file in found if file is not None]
        if len(files) < len(found):
            await self._connection.complain("a file_id is none of a file of this conversation")
            return
        size = len(frame.text) + sum(len(file.data) for file in files) * 4 // 3
        if await self._has_room(size):
            await self.say(attached(frame.text, files))

    async def say(self, said: Content, *, transcript: str | None = None) -> None:
        """Make a turn of what the person has said; it interrupts the one before.

        Args:
            said: the content of the person's message.
            transcript: what was understood, if it was spoken.
        """
        await self.interrupt()
        self._turns += 1
        if self._turns > MOST_TURNS:
            await self._connection.end(
                Close.REFUSED, f"A rehearsal ends after {MOST_TURNS} turns", "max_duration_exceeded"
            )
            return
        self._line.say(said)
        self._unanswered = words(said)
        self._begin(partial(self._answer, self._turns % _SPECULATED == 0))
        if transcript is not None:
            await self._connection.send(events.user_transcript(transcript, self._event_id))

    async def interrupt(self) -> None:
        """End the answer that is being given, if one is, and keep only what was spoken of it."""
        if self._task is None or self._task.done() or self._mouth is None:
            return
        await self._stop()
        spoken = await self._mouth.cut()
        self._line.cut(spoken)
        self._watcher.interrupted(self._id, spoken)

    async def _stop(self) -> None:
        try:
            if self._task is not None:
                self._task.cancel()
                await asyncio.wait({self._task})
        finally:  # a client that has gone cancels this, too, and the mouth must not go on
            if self._unanswered is not None:
                self._watcher.unanswered(self._id, self._unanswered)
                self._unanswered = None
            if self._mouth is not None:
                await self._mouth.close()

    def _begin(self, answer: _Answer) -> None:
        """Begin to answer, under a new event ID."""
        self._event_id += 1
        self._mouth = self._new_mouth(self._event_id)
        self._task = asyncio.create_task(self._guarded(answer, self._mouth))

    async def _guarded(self, answer: _Answer, mouth: Mouth) -> None:
        """Answer; whatever that fails with ends the conversation, and nothing else."""
        try:
            await answer(mouth)
        except CallDiedError as death:
            reason = f"custom_llm generation failed: the request {death}"
            await self._connection.end(Close.MODEL_FAILED, reason, "custom_llm_error")
        except Exception:
            log.exception("the rehearsal of %s broke", self._id)
            await self._connection.end(Close.BROKEN, "The rehearsal itself broke", "unknown")

    async def _greet(self, greeting: str, mouth: Mouth) -> None:
        if greeting:
            await mouth.hear(greeting)
            await mouth.finish()

    async def _answer(self, speculative: bool, mouth: Mouth) -> None:
        hearing = _Hearing(mouth, self._tools)
        turn = await self._line.turn(speculative=speculative, caller=hearing)
        self._unanswered = None
        self._watcher.turned(self._id, turn)
        await mouth.finish()
        if hearing.last_call is not None:
            await self._tools.tell(hearing.last_call.name, hearing.last_call.id, mouth.event_id)
            await self._connection.end(Close.OVER, "The agent ended the call")

    async def _has_room(self, size: int) -> bool:
        if self._kept + size > _MOST_KEPT:
            most = f"{_MOST_KEPT // 1024 // 1024} MiB"
            await self._connection.complain(
                f"a rehearsal keeps {most} of what a client sends, and this would be more"
            )
            return False
        self._kept += size
        return True


class _Hearing(Caller):
    """Hears a turn for its mouth, and has its tools used."""

    def __init__(self, mouth: Mouth, tools: Tools) -> None:
        self.last_call: ToolCall | None = None
        self._mouth = mouth
        self._tools = tools

    async def hear(self, text: str) -> None:
        await self._mouth.hear(text)

    async def restart(self, kept: str) -> None:
        await self._mouth.restart(kept)

    async def use(self, call: ToolCall) -> str | None:
        if call.name == "end_call":
            self.last_call = call
        return await self._tools.use(call, self._mouth.event_id)
