"""The top level of a body: vendor fields out, `user_id` as `user`, the model, and its rules."""

from collections.abc import Callable, Sequence
from typing import Any

from contract import jsonspan
from contract.jsonspan import Edit, Part
from injector.body.manner import Manner
from injector.body.rules import Fields, apply, literal
from injector.body.turn import Turn

_MOST_PAIRS, _LONGEST_KEY, _LONGEST_TEXT = 16, 64, 512


def top_level(turn: Turn, manner: Manner) -> list[Edit]:
    """Return the edits to the top level."""
    fields = Fields(dict(turn.value))
    value = fields.value
    for name in manner.vendor_fields.intersection(value):
        fields.drop(name)
    if "user_id" in value:
        _name_user(fields)
    if "metadata" in value and not is_openai_metadata(value["metadata"]):
        fields.drop("metadata")
    apply(manner.ready[turn.api], fields, turn.model or "")
    edits = _written(turn, fields)
    if manner.model is not None:
        edits += _model(turn, manner)
    return edits


def _name_user(fields: Fields) -> None:
    """Turn `user_id` into `user`; OpenAI's is a text, so one that is none is a vendor field."""
    if isinstance(fields.value["user_id"], str):
        fields.rename("user_id", "user")
    else:
        fields.drop("user_id")


def is_openai_metadata(value: Any) -> bool:
    """Tell whether OpenAI takes this `metadata`: at most 16 short texts under short keys.

    Keys have at most 64 characters and texts 512 (OpenAI's API reference, `metadata`).
    """
    return (
        isinstance(value, dict)
        and len(value) <= _MOST_PAIRS
        and all(len(key) <= _LONGEST_KEY for key in value)
        and all(isinstance(it, str) and len(it) <= _LONGEST_TEXT for it in value.values())
    )


def _model(turn: Turn, manner: Manner) -> list[Edit]:
    """Return the edits that name the model, in its place or at the front."""
    named = [member for member in turn.members if member.key == "model"]
    if not named:
        return [_front(turn, "model", manner.model_literal)]
    return [
        Edit(member.start, member.end, manner.model_literal)
        for member in named
        if member.value != manner.model
    ]


def _written(turn: Turn, fields: Fields) -> list[Edit]:
    """Return the edits that make the top level what the fields are now."""
    edits = removals(turn.members, fields.gone.__contains__) if fields.gone else []
    if fields.origin:
        names = {old: new for new, old in fields.origin.items()}
        for member in turn.members:
            if member.key in names:
                colon = turn.text.rindex(":", member.key_start, member.start)
                edits.append(Edit(member.key_start, colon, literal(names[member.key])))
    return edits + [_front(turn, name, value) for name, value in fields.added.items()]


def _front(turn: Turn, name: str, value: bytes) -> Edit:
    at = turn.members[0].key_start
    return Edit(at, at, literal(name) + b":" + value + b",")


def in_messages(turn: Turn, manner: Manner) -> list[Edit]:
    """Return the edits that remove vendor fields from messages."""
    names, edits = manner.message_fields, []
    for part in turn.messages:
        if not names.isdisjoint(part.value):
            edits += removals(jsonspan.members(turn.text, part.start), names.__contains__)
    return edits


def removals(members: Sequence[Part], is_gone: Callable[[str], bool]) -> list[Edit]:
    """Return the edits that remove members by their keys, with one comma for each."""
    edits: list[Edit] = []
    kept = gone = None  # the last that stays, and the first of those that go behind it
    for member in members:
        if is_gone(member.key):
            gone = gone or member
            continue
        if gone:
            edits.append(Edit(gone.key_start, member.key_start, b""))
        kept, gone = member, None
    if gone:
        edits.append(Edit(kept.end if kept else gone.key_start, members[-1].end, b""))
    return edits
