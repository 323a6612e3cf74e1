"""Recordings as platforms make them: no two with the same values, all of the same structure."""

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest

from contract.exchange import Exchange, Request, Response
from rehearsal import payload
from rehearsal.answer import Call, Say
from rehearsal.chat.completion import DONE, Completion, event
from rehearsal.payload import Agent, Placement
from rehearsal.script import TOOLS

WORDS = ("roses", "a boat", "my cat", "the sky", "two cups", "a red car", "this box", "some bread")


@dataclass
class Turn:
    """A turn that a test may still change."""

    headers: dict[str, str]
    body: dict[str, Any]
    path: str = "/v1/chat/completions"
    query: str = "?v=1"
    version: str = "HTTP/1.1"
    status: int = 200
    answered: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    events: list[Any] = field(default_factory=list)
    conversation: int = 0
    number: int = 0
    id: str = ""

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body["messages"])

    def of(self, role: str) -> list[dict[str, Any]]:
        return [it for it in self.messages if it["role"] == role]

    def tool(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            it["function"] for it in self.body["tools"] if it["function"]["name"] == name
        )
        return found


Plant = Callable[[Turn], None]
Record = Callable[..., list[Exchange]]


def shuffled(chance: random.Random, value: Any) -> Any:
    """Return a JSON value whose members stand in another order."""
    if isinstance(value, list):
        return [shuffled(chance, item) for item in value]
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(chance, value[key]) for key in keys}
    return value


class Platform:
    """A platform with callers, seeded: each seed has other callers, IDs, times and words."""

    def __init__(
        self, seed: int, conversations: int | None = None, turns: int | None = None
    ) -> None:
        self.chance = random.Random(seed)
        self.count = conversations or self.chance.randrange(2, 7)
        self.turns = turns
        self.prompt = f"You help {self.chance.choice(WORDS)} with {self.chance.choice(WORDS)}."
        self.secret = f"Bearer redacted-{self.hex(16)}"
        self.host = f"{self.hex(8)}.example"
        self.day = datetime(2026, self.chance.randrange(1, 13), 7, 6, 5, 4, tzinfo=UTC)

    def hex(self, length: int) -> str:
        return f"{self.chance.getrandbits(4 * length):0{length}x}"

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def exchanges(self, plant: Plant) -> list[Exchange]:
        return [it for number in range(self.count) for it in self.call(number, plant)]

    def call(self, number: int, plant: Plant) -> list[Exchange]:
        """Return the turns of one call."""
        identity, caller = f"conv_{number:02}{self.hex(26)}", f"user-{self.hex(6)}"
        phone = f"+49{self.chance.randrange(10**9, 10**10)}"
        began = self.day + timedelta(minutes=11 * number, seconds=self.chance.randrange(60))
        agent = Agent(Placement.HEADER, prompt=self.prompt, user_id=caller)
        history: list[Any] = []
        made = []
        for at in range(self.turns or self.chance.randrange(1, 8)):
            history += self.said(number, at)
            body = json.loads(payload.body(agent, identity, history))
            body["call"] = {
                "id": self.uuid(),
                "startedAt": began.isoformat(),
                "customer": {"number": phone, "name": self.chance.choice(WORDS)},
                "latency": self.chance.randrange(1000),
                "note": self.chance.choice((None, "heard")),
                "mood": self.chance.choice(("calm", "glad")),
            }
            headers = payload.headers(agent, identity) | {
                "Authorization": self.secret,
                "Host": self.host,
                "User-Agent": "platform/1.0",
                "X-Request-Id": self.uuid(),
                "X-Forwarded-For": f"10.0.{number}.{self.chance.randrange(9)}",
            }
            if self.chance.random() < 0.1:
                headers["X-Retry"] = "1"
            turn = Turn(headers, body, conversation=number, number=at, id=identity)
            turn.events = list(self.completion(history).chunks(include_usage=False))
            plant(turn)
            made.append(self.exchange(turn, began + timedelta(seconds=7 * at)))
        return made

    def said(self, number: int, at: int) -> list[Any]:
        """Return what is new in the history of a turn; some turns follow a tool call."""
        said = f"Look at {self.chance.choice(WORDS)}, {number}, {self.hex(5)}."
        if not at:
            return [{"role": "user", "content": said}]
        if self.chance.random() < 0.3:
            call = {"name": "make_a_note", "arguments": json.dumps({"text": said})}
            name = f"call_{self.hex(24)}"
            return [
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": name, "type": "function", "function": call}],
                },
                {"role": "tool", "tool_call_id": name, "content": '{"saved": true}'},
            ]
        return [
            {"role": "assistant", "content": f"I see {self.hex(8)} there."},
            {"role": "user", "content": said if self.chance.random() < 0.8 else "..."},
        ]

    def completion(self, history: list[Any]) -> Completion:
        calls = self.chance.random() < 0.2
        answer = Call("make_a_note", '{"text": "a"}') if calls else Say(f"I see {self.hex(4)}.")
        made = int(self.day.timestamp()) + len(history)
        return Completion(f"chatcmpl-{self.hex(12)}", made, "gpt-4o", answer, "call_1", {})

    def exchange(self, turn: Turn, started: datetime) -> Exchange:
        body = json.dumps(shuffled(self.chance, turn.body)).encode()
        headers = list((turn.headers | {"Content-Length": str(len(body))}).items())
        self.chance.shuffle(headers)
        answer = b"".join(map(event, turn.events)) + DONE
        return Exchange(
            id=self.hex(12),
            started=started,
            request=Request(
                "POST",
                f"https://{self.host}{turn.path}{turn.query}",
                tuple(headers),
                body,
                turn.version,
            ),
            response=Response(
                turn.status, tuple(turn.answered.items()), answer, ((9.0, len(answer)),)
            ),
        )


def as_it_is(_: Turn) -> None:
    """Change nothing."""


@pytest.fixture(scope="session")
def record() -> Record:
    """Record what a platform sends to callers of its own, with one thing planted."""

    def record(
        seed: int,
        plant: Plant = as_it_is,
        *,
        conversations: int | None = None,
        turns: int | None = None,
    ) -> list[Exchange]:
        return list(made(seed, plant, conversations, turns))

    @lru_cache(maxsize=8)  # most tests compare something with the same recording
    def made(
        seed: int, plant: Plant, conversations: int | None, turns: int | None
    ) -> tuple[Exchange, ...]:
        return tuple(Platform(seed, conversations, turns).exchanges(plant))

    return record


__all__ = ["TOOLS", "Plant", "Record", "Turn"]
