"""What `drift` answers: the differences between two recordings, as values and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Group: TypeAlias = Literal["requests", "headers", "body", "messages", "tools", "answers"]
"""What a difference is about; in this order they are told."""

GROUPS: tuple[Group, ...] = ("requests", "headers", "body", "messages", "tools", "answers")

Count: TypeAlias = tuple[int, int]
"""In how many turns something was, and in how many it could have been."""

SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `a` and `b` count the turns in which what `text` names was seen.

    `weak` is whether there are too few conversations to be sure. `weight` orders differences of
    which not all can be told, the heaviest first.
    """

    change: Literal["added", "removed", "changed"]
    group: Group
    path: str
    name: str
    text: str
    a: Count
    b: Count
    weak: bool = False
    weight: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the difference as `sightline diff --json` prints it."""
        return {
            "change": self.change,
            "group": self.group,
            "path": self.path,
            "text": self.text,
            "a": {"seen": self.a[0], "of": self.a[1]},
            "b": {"seen": self.b[0], "of": self.b[1]},
            "weak": self.weak,
        }


@dataclass(frozen=True, slots=True)
class Side:
    """How much of a recording was compared."""

    turns: int
    conversations: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed from `a` to `b`.

    `unsure` is what chance explains as well; `notes` are about wording. Neither is a difference.
    """

    a: Side
    b: Side
    changes: tuple[Change, ...]
    unsure: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether a recording may be too small to tell the platform from one caller."""
        return min(self.a.conversations, self.b.conversations) < 2  # noqa: PLR2004

    def as_json(self) -> dict[str, Any]:
        """Return the drift as `sightline diff --json` prints it."""
        return {
            "verdict": "different" if self.changes else "same",
            "a": {"turns": self.a.turns, "conversations": self.a.conversations},
            "b": {"turns": self.b.turns, "conversations": self.b.conversations},
            "changes": [change.as_json() for change in self.changes],
            "unsure": [change.as_json() for change in self.unsure],
            "notes": list(self.notes),
        }


def most_telling(changes: Sequence[Change], count: int) -> tuple[Change, ...]:
    """Return that many differences, the heaviest, in the order in which they are told."""
    chosen = sorted(range(len(changes)), key=lambda at: (-changes[at].weight, at))[:count]
    return tuple(changes[at] for at in sorted(chosen))
