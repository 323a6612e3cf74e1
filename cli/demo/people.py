"""Who calls in the demo, and what proves that an answer came from their photograph."""

from dataclasses import dataclass
from importlib.resources import files

from rehearsal.call import Conversation, Turn
from rehearsal.eyes import describe
from rehearsal.payload import Agent, Placement
from rehearsal.script import CALLERS


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who calls about a photograph, and the agent that they talk to."""

    name: str
    photo: str
    agent: Agent

    def picture(self) -> bytes:
        """Return the photograph's bytes."""
        return (files("rehearsal") / "photos" / self.photo).read_bytes()

    def colours(self) -> str:
        """Return what only somebody who sees the photograph can say."""
        return describe(self.picture()).colours()


PEOPLE = (
    Person(CALLERS[0], "astronaut.jpg", Agent(placement=Placement.HEADER)),
    Person(CALLERS[1], "coffee.png", Agent(placement=Placement.PROMPT)),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that one of them made."""

    person: Person
    conversation: Conversation

    @property
    def proofs(self) -> list[Turn]:
        """The turns whose answer can only come from the person's photograph."""
        colours = self.person.colours()
        return [turn for turn in self.conversation.turns if colours in turn.answer]

    @property
    def is_mixed_up(self) -> bool:
        """Whether an answer tells of somebody else's photograph."""
        others = [person.colours() for person in PEOPLE if person != self.person]
        answers = [turn.answer for turn in self.conversation.turns]
        return any(colours in answer for colours in others for answer in answers)
