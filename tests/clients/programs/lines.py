"""How a test talks to a client's program: a line of JSON in, a line of JSON out.

| `do` | what the program does | answers with |
|---|---|---|
| `call` | opens a conversation: `endpoint`, `api` (chat or responses), `conversation` | `{}` |
| `say` | sends the history with a new `text`, and keeps the answer in it | what it heard |
| `result` | answers each tool that was called with a `text` | what it heard |
| `leave` | says a `text`, and closes the stream at its first piece | `{}` |
| `wait` | says a `text`, but only waits so many `seconds` | `error`: what it raised |

What it heard: `text`, `calls` (name and arguments), `pieces` (how many the answer came in),
`tokens` (the usage, where the stream told it) and `headers` (those of Sightline). This file knows
no client, and no more than Python's own library: each client has an environment of its own.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MODEL = "gpt-4o"
NOTE: dict[str, Any] = {
    "name": "make_a_note",
    "description": "Keep a note about the conversation.",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
}
CHAT_TOOLS: list[Any] = [{"type": "function", "function": NOTE}]
RESPONSES_TOOLS: list[Any] = [{"type": "function", **NOTE}]
OUR_HEADERS = ("x-sightline-context", "x-sightline-fallback", "server-timing")


@dataclass(slots=True)
class Heard:
    """What the client made of a streamed answer."""

    text: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    pieces: int = 0
    tokens: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """A tool call as far as it has been streamed."""

    id: str = ""
    function: dict[str, str] = field(default_factory=lambda: {"name": "", "arguments": ""})


class Talk:
    """A conversation of a client.

    `history` is what it sends with every turn; `asked` are the IDs of the tool calls that the model
    waits for.
    """

    def __init__(self) -> None:
        self.history: list[Any] = []
        self.asked: list[str] = []

    async def say(self, text: str) -> Heard:
        """Send the history with a new text, and keep the answer in it."""
        self.history.append(said(text))
        return await self.hear()

    async def result(self, text: str) -> Heard:
        """Answer every tool that was called with a text."""
        self.history += [self.answer_to(asked, text) for asked in self.asked]
        return await self.hear()

    async def wait(self, text: str, seconds: float) -> Heard:
        """Say a text, wait no longer than so many seconds, and forget that it was said."""
        self.history.append(said(text))
        try:
            return await self.hear(timeout=seconds)
        finally:
            self.history.pop()

    async def hear(self, timeout: float | None = None) -> Heard:
        """Send the history, hear the answer to its end, and keep it."""
        raise NotImplementedError

    async def leave(self, text: str) -> None:
        """Say a text, and close the stream at the first piece of the answer."""
        raise NotImplementedError

    def answer_to(self, asked: str, text: str) -> dict[str, Any]:
        """Return what a tool answered as the history holds it."""
        raise NotImplementedError


class ChatTalk(Talk):
    """A conversation in chat completions."""

    def answer_to(self, asked: str, text: str) -> dict[str, Any]:
        return {"role": "tool", "tool_call_id": asked, "content": text}


class ResponsesTalk(Talk):
    """A conversation in the Responses API."""

    def answer_to(self, asked: str, text: str) -> dict[str, Any]:
        return {"type": "function_call_output", "call_id": asked, "output": text}


Open = Callable[[str, str, dict[str, str]], Talk]
"""Open a conversation: the endpoint, the API, the headers of every request."""


def said(text: str) -> dict[str, Any]:
    """Return what a person says, in the words of both APIs."""
    return {"role": "user", "content": text}


def ours(headers: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """Return Sightline's own headers among an answer's."""
    return {name: headers[prefix + name] for name in OUR_HEADERS if prefix + name in headers}


async def serve(open_talk: Open) -> None:
    """Do what the lines of standard input say until it ends."""
    talk: Talk | None = None
    answers, sys.stdout = sys.stdout, sys.stderr  # a client that prints must not be taken for us
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        if asked["do"] == "call":
            headers = {"X-Conversation-Id": asked["conversation"]}
            talk = open_talk(asked["endpoint"], asked["api"], headers)
            answer: dict[str, Any] = {}
        else:
            assert talk is not None
            answer = await _done(talk, asked)
        print(json.dumps(answer), file=answers, flush=True)


async def _done(talk: Talk, asked: dict[str, Any]) -> dict[str, Any]:
    text = asked["text"]
    match asked["do"]:
        case "say":
            return asdict(await talk.say(text))
        case "result":
            return asdict(await talk.result(text))
        case "leave":
            await talk.leave(text)
            return {}
        case _:
            try:
                return asdict(await talk.wait(text, asked["seconds"]))
            except Exception as error:  # noqa: BLE001 - what it raises is what is asked
                return {"error": type(error).__name__}
