"""The body that goes to the model: what came in, with pictures attached and vendor fields removed.

Pure. What is not changed is copied from where it stood, never decoded and encoded again: unknown
fields, their order, numbers and non-ASCII text come through to the byte.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from contract import jsonspan
from contract.errors import BadRequest
from contract.jsonspan import Edit, Part
from contract.jsontext import decode, encode

VENDOR_FIELDS = frozenset(
    {
        "call",
        "conversation_id",
        "custom_session_id",
        "customer",
        "dynamic_variables",
        "elevenlabs_extra_body",
        "extra_body",
        "extra_metadata",
        "fishaudio_extra_body",
        "phoneNumber",
        "session_id",
    }
)
"""Top-level fields that voice platforms add, and that OpenAI's API refuses as unknown."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn's body: its text, and where the top-level members stand in it."""

    text: str
    members: tuple[Part, ...]
    messages: Part

    @property
    def value(self) -> dict[str, Any]:
        """The body as a JSON value; of repeated keys the last counts."""
        return {member.key: member.value for member in self.members}

    @property
    def has_user(self) -> bool:
        """Whether there is a message of the person, which a picture can be put into."""
        return any(message.get("role") == "user" for message in self.messages.value)


def parse_turn(body: bytes) -> Turn:
    """Return the turn that a chat completions request asks for.

    Raises:
        BadRequest: the body is no JSON object, or its `messages` are not what the API takes.
    """
    text, members = parse_object(body)
    found = [member for member in members if member.key == "messages"]
    if not found:
        raise BadRequest("`messages` is missing: send the conversation so far", param="messages")
    turn = Turn(text, members, found[-1])
    check_messages(turn.messages.value)
    return turn


def parse_object(body: bytes) -> tuple[str, tuple[Part, ...]]:
    """Return a body's text and the top-level members of the JSON object that it is.

    Raises:
        BadRequest: it is none.
    """
    if not body.strip():
        raise BadRequest("the body is empty: send a JSON object")
    try:
        text = body.decode("utf-8-sig")
        start = jsonspan.skip(text, 0)
        if text[start : start + 1] != "{":
            decode(text)
            raise BadRequest("the body is JSON, but not an object")
        members = tuple(jsonspan.members(text, start))
        end = members[-1].end if members else start + 1
        jsonspan.check_end(text, end, "}")
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None
    return text, members


def check_messages(messages: Any) -> None:
    """Check that `messages` is what a chat completions request may hold.

    Raises:
        BadRequest: it is not, and where.
    """
    if not isinstance(messages, list):
        raise BadRequest("`messages` must be a list of messages", param="messages")
    if not messages:
        raise BadRequest("`messages` is empty: send at least one message", param="messages")
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if not isinstance(message, dict):
            raise BadRequest(f"`{place}` must be an object", param=place)
        content = message.get("content")
        if content is not None and not isinstance(content, str | list):
            raise BadRequest(
                f"`{place}.content` must be a text, a list of parts or null",
                param=f"{place}.content",
            )


def relayed_body(turn: Turn, pictures: Sequence[bytes], *, model: str | None) -> bytes:
    """Return the body to relay.

    Args:
        turn: what came in.
        pictures: content parts as JSON, in the order in which they were shared.
        model: the model to name instead of what the request names; None keeps that.
    """
    edits = attach(turn, pictures) if pictures else []
    return jsonspan.splice(turn.text, edits + fields(turn, model=model))


def attach(turn: Turn, pictures: Sequence[bytes]) -> list[Edit]:
    """Return the edits that put pictures at the end of the last user message; none without one."""
    for message in reversed(list(jsonspan.elements(turn.text, turn.messages.start))):
        if message.value.get("role") == "user":
            return [_attach_to(turn.text, message, b",".join(pictures))]
    return []


def _attach_to(text: str, message: Part, parts: bytes) -> Edit:
    members = list(jsonspan.members(text, message.start))
    contents = [member for member in members if member.key == "content"]
    if not contents:
        return Edit(members[-1].end, members[-1].end, b',"content":[' + parts + b"]")
    content = contents[-1]
    if isinstance(content.value, str):
        said = text[content.start : content.end].encode()
        put = b'[{"type":"text","text":' + said + b"}," + parts + b"]"
        return Edit(content.start, content.end, put)
    if content.value:
        bracket = content.end - 1
        return Edit(bracket, bracket, b"," + parts)
    return Edit(content.start, content.end, b"[" + parts + b"]")


def fields(turn: Turn, *, model: str | None) -> list[Edit]:
    """Return the edits to the top level: vendor fields out, `user_id` as `user`, the model.

    OpenAI's `user` is a text, so a `user_id` that is none is a vendor field like others.
    """
    keys = {member.key for member in turn.members}
    user_ids = [member.value for member in turn.members if member.key == "user_id"]
    is_user = "user" not in keys and all(isinstance(value, str) for value in user_ids)
    dropped = VENDOR_FIELDS if is_user else VENDOR_FIELDS | {"user_id"}
    edits = _removals(turn.members, lambda member: member.key in dropped or _says_no_limit(member))
    for member in turn.members:
        if member.key == "user_id" and "user_id" not in dropped:
            colon = turn.text.index(":", member.key_start)
            edits.append(Edit(member.key_start, colon, b'"user"'))
        if member.key == "model" and model is not None:
            edits.append(Edit(member.start, member.end, encode(model).encode()))
    if model is not None and "model" not in keys:
        at = turn.members[0].key_start
        edits.append(Edit(at, at, b'"model":' + encode(model).encode() + b","))
    return edits


def _says_no_limit(member: Part) -> bool:
    """Tell whether a member is a limit of tokens that is none: -1, which OpenAI refuses."""
    limit = member.key in {"max_tokens", "max_completion_tokens"}
    return limit and type(member.value) is int and member.value < 1


def _removals(members: Sequence[Part], is_dropped: Callable[[Part], bool]) -> list[Edit]:
    """Return the edits that remove members, each together with one comma."""
    last_kept = max(at for at, member in enumerate(members) if not is_dropped(member))
    edits = [
        Edit(member.key_start, following.key_start, b"")
        for member, following in pairwise(members[: last_kept + 1])
        if is_dropped(member)
    ]
    if last_kept + 1 < len(members):
        edits.append(Edit(members[last_kept].end, members[-1].end, b""))
    return edits
