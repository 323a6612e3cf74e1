"""What became of a rehearsed call, as values: its turns, and why it died if it did."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that got no usable answer; `status` is None where no status line came."""

    status: int | None
    reason: str

    def __str__(self) -> str:
        return self.reason if self.status is None else f"HTTP {self.status}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: what the person said and what the agent answered.

    `attempts` is how often the request that took most had to be sent, 1 being the good case;
    `requests` counts all requests, the speculative one and the follow-up of a tool call included.
    `first_content` is seconds from sending to the first content of the first answer. `context`,
    `server_timing` and `fallback` are headers of the last answer; `fallback` is why the endpoint
    spoke in the model's place, if it did. `tool` is the tool that was called.
    """

    said: str
    answer: str
    attempts: int
    requests: int
    first_content: float
    context: str | None = None
    server_timing: str | None = None
    fallback: str | None = None
    speculative: bool = False
    tool: str | None = None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation that is over.

    `ended` is None, or why the call died; `failures` are then those of the turn that it died of.
    """

    id: str
    turns: tuple[Turn, ...]
    ended: str | None = None
    failures: tuple[Failure, ...] = ()
