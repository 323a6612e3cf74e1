"""The body that goes out, in pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contract import jsonspan
from contract.jsonspan import Edit
from injector.body.attach import attached, in_words
from injector.body.fields import in_messages, top_level
from injector.body.manner import Manner
from injector.body.turn import Turn
from injector.shared import Anchor, Shared


@dataclass(frozen=True, slots=True)
class Relayed:
    """A body that goes to the model.

    `pieces` follow each other; a picture's `part` is one of them, the very object. `attached`
    counts the pictures that were put in, `kept` those that were there already. `anchors` are, by
    the picture's digest, those that are new or changed and that the store should keep.
    """

    pieces: tuple[bytes, ...]
    attached: int
    kept: int
    anchors: Mapping[str, Anchor]


def relayed(turn: Turn, pictures: Sequence[Shared], manner: Manner) -> Relayed:
    """Return the body to relay.

    Args:
        turn: what came in.
        pictures: what the conversation has, in the order in which it was shared.
        manner: how bodies are changed.
    """
    edits = _others(turn, manner)
    if not pictures:
        return Relayed(jsonspan.pieces(turn.text, edits), 0, 0, {})
    found = attached(turn, pictures, manner)
    pieces = jsonspan.pieces(turn.text, [*edits, *found.edits])
    return Relayed(pieces, found.count, found.kept, found.anchors)


def told(turn: Turn, pictures: Sequence[Shared], manner: Manner) -> tuple[bytes, ...]:
    """Return the body for a model that refuses the pictures, in pieces.

    It holds none of them; where one stood that is described, its description stands as a text.
    """
    edits = [*_others(turn, manner), *in_words(turn, pictures, manner)]
    return jsonspan.pieces(turn.text, edits)


def _others(turn: Turn, manner: Manner) -> list[Edit]:
    """Return the edits that have nothing to do with pictures."""
    edits = top_level(turn, manner)
    if manner.message_fields:
        edits += in_messages(turn, manner)
    return edits
