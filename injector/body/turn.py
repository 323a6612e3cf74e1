"""A turn as it came in: its text, its values, and where its parts stand. Parsed once."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from contract import jsonspan
from contract.errors import BadRequest
from contract.jsonspan import Part
from contract.jsontext import decode


class Api(Enum):
    """A form of OpenAI's API; the value is how its route ends."""

    CHAT = "chat/completions"
    RESPONSES = "responses"


_PLACES = {Api.CHAT: "messages", Api.RESPONSES: "input"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What a request asks for.

    `value` is the body as a JSON value; of repeated keys the last counts. `says` is the member that
    holds the conversation: `messages`, or `input`, whose value may be a text. `spoken` are the
    person's messages in it; where it is a text that is not empty, the text alone.
    """

    api: Api
    text: str
    members: Sequence[Part]
    value: dict[str, Any]
    says: Part
    spoken: Sequence[Part]

    @property
    def messages(self) -> Sequence[Part]:
        """The messages; for Responses the items, or none where `input` is a text."""
        return self.says.parts

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is said: no fault, since platforms may begin a session so."""
        return self.says.value in ([], "")

    @property
    def stream(self) -> bool:
        """Whether the answer is wanted as a stream."""
        return self.value.get("stream") is True

    @property
    def model(self) -> str | None:
        """The model that the request names."""
        name = self.value.get("model")
        return name if isinstance(name, str) else None


def parse_turn(body: bytes, api: Api) -> Turn:
    """Return the turn that a request asks for.

    Raises:
        BadRequest: the body is no JSON object, or its conversation is not what the API takes.
    """
    place = _PLACES[api]
    text, members = _parse(body, place)
    value = {member.key: member.value for member in members}
    says = next((member for member in reversed(members) if member.key == place), None)
    if says is None and not (api is Api.RESPONSES and "prompt" in value):
        raise BadRequest(f"`{place}` is missing: send the conversation so far", param=place)
    says = says or Part(place, None, 0, 0, 0)  # a stored prompt may say it all
    if place in value and not (api is Api.RESPONSES and isinstance(says.value, str)):
        _check(says.value, place)
    return Turn(api, text, members, value, says, _spoken(says))


def _spoken(says: Part) -> Sequence[Part]:
    if isinstance(says.value, str):
        return (says,) if says.value else ()
    return tuple(part for part in says.parts if part.value.get("role") == "user")


def _parse(body: bytes, inside: str) -> tuple[str, Sequence[Part]]:
    if not body.strip():
        raise BadRequest("the body is empty: send a JSON object")
    try:
        text = body.removeprefix(BOM_UTF8).decode()
        if not text.startswith("{") and not text.lstrip(" \t\n\r").startswith("{"):
            decode(text)
            raise BadRequest("the body is JSON, but not an object")
        return text, jsonspan.document(text, inside=inside)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None


def _check(messages: Any, place: str) -> None:
    """Check that the conversation is a list of messages or items.

    Raises:
        BadRequest: it is not, and where.
    """
    if not isinstance(messages, list):
        wanted = "a list of messages" if place == "messages" else "a text or a list of items"
        raise BadRequest(f"`{place}` must be {wanted}", param=place)
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            param = f"{place}[{index}]"
            raise BadRequest(f"`{param}` must be an object", param=param)
        content = message.get("content")
        if content is not None and not isinstance(content, str | list):
            param = f"{place}[{index}].content"
            raise BadRequest(f"`{param}` must be a text, a list of parts or null", param=param)
