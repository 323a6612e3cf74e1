"""Pictures in: the edits that put them at the end of a message of the person.

The picture's own bytes are the `put` of an edit by themselves, so that nobody copies them. Where a
picture is refused, what was said of it is put into the same place as a text.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from contract import jsonspan
from contract.jsonspan import Edit, Part
from injector.body.manner import Manner
from injector.body.native import without_kept
from injector.body.place import placed
from injector.body.shapes import Shape, as_texts
from injector.body.turn import Turn
from injector.shared import Anchor, Picture, Shared

_REFUSED = "[The person has shared a picture, which cannot be shown. It was described as: {}]"


@dataclass(frozen=True, slots=True)
class Attached:
    """What attaching comes to; the fields are those of `injector.body.relayed.Relayed`."""

    edits: Sequence[Edit] = ()
    count: int = 0
    kept: int = 0
    anchors: Mapping[str, Anchor] = field(default_factory=dict)


def attached(turn: Turn, pictures: Sequence[Shared], manner: Manner) -> Attached:
    """Return the edits that attach pictures, each where it belongs; none where nobody spoke."""
    missing = without_kept(turn, pictures)
    kept, spoken = len(pictures) - len(missing), turn.spoken
    if not missing or not spoken:
        return Attached(kept=kept)
    edits, anchors = _put(turn, missing, manner, manner.shapes[turn.api])
    return Attached(edits, len(missing), kept, anchors)


def in_words(turn: Turn, pictures: Sequence[Shared], manner: Manner) -> Sequence[Edit]:
    """Return the edits that put a text where each picture would be attached that is described.

    Of a picture without a description nothing is said, and one that is there already stays.
    """
    described = [it for it in without_kept(turn, pictures) if it.picture.description]
    if not described or not turn.spoken:
        return ()
    shape = as_texts(manner.shapes[turn.api])
    return _put(turn, [_said(it) for it in described], manner, shape)[0]


def _said(shared: Shared) -> Shared:
    """Return a picture whose part is a text about it."""
    text = json.dumps(_REFUSED.format(shared.picture.description))
    return replace(shared, picture=replace(shared.picture, part=text.encode()))


def _put(
    turn: Turn, pictures: Sequence[Shared], manner: Manner, shape: Shape
) -> tuple[list[Edit], dict[str, Anchor]]:
    """Return the edits that put pictures where they belong, and the anchors that are new."""
    spoken = turn.spoken
    if manner.placement == "last_user":
        return _at(turn.text, spoken[-1], [it.picture for it in pictures], shape), {}
    places, anchors = _places(pictures, spoken)
    edits = [
        edit for at, inside in places.items() for edit in _at(turn.text, spoken[at], inside, shape)
    ]
    return edits, anchors


def _places(
    pictures: Sequence[Shared], spoken: Sequence[Part]
) -> tuple[dict[int, list[Picture]], dict[str, Anchor]]:
    """Return the pictures of each message by its number, and the anchors that are new."""
    values = [part.value for part in spoken]
    contents = [it if isinstance(it, str) else it.get("content") for it in values]
    places: dict[int, list[Picture]] = {}
    anchors = {}
    for shared in pictures:
        at, anchor = placed(shared.anchor, contents)
        places.setdefault(at, []).append(shared.picture)
        if anchor is not None:
            anchors[shared.picture.digest] = anchor
    return places, anchors


def _at(text: str, said: Part, pictures: Sequence[Picture], shape: Shape) -> list[Edit]:
    """Return the edits that put pictures behind what was said, in a message or a bare text."""
    if isinstance(said.value, str):
        return _around(said, pictures, shape)
    return _in_message(text, said, pictures, shape)


def _around(said: Part, pictures: Sequence[Picture], shape: Shape) -> list[Edit]:
    """Return the edits that make a list with one message of a text that is the whole `input`."""
    return [
        Edit(said.start, said.start, b'[{"role":"user","content":[' + shape.before_text),
        *_shown(said.end, shape.after_text + b",", pictures, shape, b"]}]"),
    ]


def _in_message(text: str, message: Part, pictures: Sequence[Picture], shape: Shape) -> list[Edit]:
    members = jsonspan.members(text, message.start)
    content = next((it for it in reversed(members) if it.key == "content"), None)
    if content is None:
        return _shown(members[-1].end, b',"content":[', pictures, shape, b"]")
    if isinstance(content.value, str):
        before = Edit(content.start, content.start, b"[" + shape.before_text)
        return [before, *_shown(content.end, shape.after_text + b",", pictures, shape, b"]")]
    if content.value:
        return _shown(content.end - 1, b",", pictures, shape, b"")
    gone = Edit(content.start, content.end, b"")  # null, or a list with nothing in it
    return [gone, *_shown(content.end, b"[", pictures, shape, b"]")]


def _shown(
    at: int, before: bytes, pictures: Sequence[Picture], shape: Shape, after: bytes
) -> list[Edit]:
    """Return the edits that put pictures at one place, with what stands around them."""
    edits = []
    for picture in pictures:
        edits += [Edit(at, at, before + shape.before_picture), Edit(at, at, picture.part)]
        before = shape.after_picture + b","
    return [*edits, Edit(at, at, shape.after_picture + after)]
