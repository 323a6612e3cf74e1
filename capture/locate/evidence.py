"""What stands at one place in all requests, and what that says for or against an ID.

Pure. The values of a place are held against the conversations to which the requests belong.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from capture.locate import names, shapes
from capture.locate.phrases import common_start
from capture.locate.places import CANNOT, Column
from capture.locate.vocabulary import About, Standing
from contract.fieldpath import FieldPath


@dataclass(frozen=True)
class Seen:
    """What stands at one place: a value for each turn of each conversation, or None.

    Args:
        path: the place.
        values: for each conversation its turns' values, in their order.
        context: what names the place better than its key.
        near: when the conversations took place.
    """

    path: FieldPath
    values: tuple[Column, ...]
    context: str | None = None
    near: datetime | None = None

    @cached_property
    def by_session(self) -> tuple[frozenset[str], ...]:
        """The different values of each conversation, without those that are none."""
        return tuple(frozenset(value for value in turns if value) for turns in self.values)

    @cached_property
    def every(self) -> frozenset[str]:
        """All different values."""
        return frozenset().union(*self.by_session)

    @cached_property
    def present(self) -> int:
        """In how many turns a value stands."""
        return sum(bool(value) for turns in self.values for value in turns)

    @cached_property
    def constant(self) -> int:
        """In how many conversations one value stands, and no other."""
        return sum(len(values) == 1 for values in self.by_session)

    @cached_property
    def distinct(self) -> int:
        """How many different values stand here alone, one for each conversation."""
        single = [next(iter(values)) for values in self.by_session if len(values) == 1]
        return sum(single.count(value) == 1 for value in single)

    @cached_property
    def changing(self) -> int:
        """In how many conversations more than one value stands."""
        return sum(len(values) > 1 for values in self.by_session)

    @cached_property
    def tells_apart(self) -> bool:
        """Whether it has one value within each conversation that has any, and no two the same."""
        having = sum(bool(values) for values in self.by_session)
        return self.constant == self.distinct == having

    @cached_property
    def covered(self) -> frozenset[int]:
        """The conversations of which every turn that can has the same value here."""
        return frozenset(
            at
            for at, (turns, values) in enumerate(zip(self.values, self.by_session, strict=True))
            if len(values) == 1 and None not in turns
        )

    @cached_property
    def excused(self) -> frozenset[int]:
        """The conversations of which no turn can carry the ID here."""
        return frozenset(
            at
            for at, (turns, values) in enumerate(zip(self.values, self.by_session, strict=True))
            if not values and None not in turns
        )

    @cached_property
    def tested(self) -> int:
        """How many conversations have it in two turns, so that it could have changed."""
        return sum(sum(bool(value) for value in turns) > 1 for turns in self.values)

    @cached_property
    def sample(self) -> str:
        """The first value."""
        return next((value for turns in self.values for value in turns if value), CANNOT)

    @cached_property
    def name(self) -> str:
        """The words of its name."""
        return names.name_of(self.path, self.context)

    @cached_property
    def standing(self) -> Standing:
        """How plainly its name, or the form of its values, says that it is a conversation's."""
        by_name = names.standing(self.name)
        if self.every and all(map(shapes.is_conversation, self.every)):
            return min(by_name, Standing.SESSION)
        if by_name == Standing.CALL and all(map(shapes.is_provider_call, self.every)):
            return Standing.PROVIDER
        return by_name

    @cached_property
    def about(self) -> About | None:
        """What else its name says that it is about."""
        kind = names.against(self.path, self.context)
        return kind if kind == About.OTHER_CALL or not self.is_plain else None

    @cached_property
    def form(self) -> str | None:
        """What the form of its values says against it."""
        against = shapes.against(self.every, self.near)
        if against == shapes.TOOL_CALL and names.standing(self.name) <= Standing.CALL:
            return None  # a call's own ID may begin so too
        if against is None and not all(map(shapes.is_one_word, self.every)):
            return "is more than one word"
        return against

    @cached_property
    def is_shaped(self) -> bool:
        """Whether all values look like nothing but IDs."""
        return bool(self.every) and all(map(shapes.is_shaped, self.every))

    @cached_property
    def is_plain(self) -> bool:
        """Whether all values are an ElevenLabs conversation's, by their form."""
        return all(map(shapes.CONVERSATION.fullmatch, self.every))

    @property
    def is_prompt(self) -> bool:
        """Whether it is a word inside the agent's prompt."""
        place, keys = self.path.place, self.path.keys
        return place == "body" and keys[0] in {"messages", "input", "instructions"}

    @cached_property
    def explained(self) -> str | None:
        """What explains the place better than that it holds the ID, or None."""
        if self.about is not None:
            return f"its name {self.about.value}"
        return f"its value {self.form}" if self.form else None


def is_framed(values: Collection[str]) -> bool:
    """Tell whether values are a bare ID with something around it that is always the same.

    A word and a colon belong to an ID, as in `call:web:…`; so do a word and a slash, unless they
    say whose it is, as in `sessions/…`.
    """
    if len(values) < 2 or all(map(shapes.HIDDEN.fullmatch, values)):  # noqa: PLR2004
        return False
    bare = [value.rstrip("=") for value in values]  # what pads base64 frames nothing
    before = common_start(bare)
    after = common_start([value[::-1] for value in bare])
    if any(mark in before + after for mark in "=;#?&,| "):
        return True
    label = re.match(r"(.*[^\w.~-])", before)
    return label is not None and (
        label[1].startswith("urn:")
        or "://" in label[1]
        or (label[1].endswith("/") and _names_a_call(label[1]))
    )


def _names_a_call(folders: str) -> bool:
    """Tell whether what stands before the last slash says that a conversation's ID follows."""
    return names.standing(names.words(folders.rstrip("/").rpartition("/")[2])) != Standing.NONE
