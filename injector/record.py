"""What is known of a turn when it is over: the one value that the log and the metrics are made of.

The handler fills it in while the turn runs and hands it over when the answer has gone. It holds no
word that was said, no pixel and no secret; what a client has chosen (the ID, the model's name) may
be of any length and form, and whoever writes it down shortens it.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from injector.usage import Usage

Api: TypeAlias = Literal["chat", "responses"]
Outcome: TypeAlias = Literal["answered", "fallback", "greeted", "refused", "broken", "left"]

PARTS = ("locate", "store", "inject", "connect", "first_byte")
"""The parts of a turn up to its first content, in their order: the names in `server-timing`."""

UNEVENTFUL: frozenset[Outcome] = frozenset({"answered", "greeted", "left"})
"""What happens every day: a person who interrupts leaves. The rest is for somebody to look at."""


@dataclass(slots=True)
class TurnRecord:
    """A turn. What is not set says that it did not come to that.

    Attributes:
        api: the form of the request.
        conversation_id: the ID as it was found, None if none was.
        turn: how many messages of the person the request holds, so that a repeat has the same
            number; 0 where nobody has spoken yet.
        model: the model that was asked for upstream.
        stream: whether the client asked for a stream.
        context: the value of `x-sightline-context`, empty where nobody has looked for an ID.
        pictures: how many were attached.
        status: what was sent to the client, 0 if nothing was.
        outcome: `answered` by the model; `fallback`, a sentence of ours in its place; `greeted`,
            a turn in which nobody has spoken yet, by us; `refused`, an error was the answer;
            `broken`, upstream broke off or fell silent after content; `left`, the client went.
        reason: why it was not simply answered, in one short line.
        attempts: how often upstream was asked.
        retries: why it was asked again, each time: `status 503`, `connect refused`, `timeout`,
            `empty`, `broken`, `garbage`, `error event`, `image`.
        failure: how the last attempt failed, in the words of `retries`, if it did.
        parts: milliseconds by the names of `PARTS`; a `connect` of 0 is a kept connection.
        added: milliseconds of our own: from the last byte in to asking upstream, and from the
            first content's arrival until it was sent on.
        first_chunk: seconds from the last byte in to the first content out.
        duration: seconds from the last byte in to the last byte out.
        usage: what the answer says it cost.
        bytes_out: how many bytes of the answer's body were sent.
    """

    api: Api = "chat"
    conversation_id: str | None = None
    turn: int = 0
    model: str | None = None
    stream: bool = True
    context: str = ""
    pictures: int = 0
    status: int = 0
    outcome: Outcome = "left"
    reason: str | None = None
    attempts: int = 0
    retries: list[str] = field(default_factory=list)
    failure: str | None = None
    parts: dict[str, float] = field(default_factory=dict)
    added: float = 0.0
    first_chunk: float | None = None
    duration: float = 0.0
    usage: Usage | None = None
    bytes_out: int = 0
