"""The members of a JSON object that somebody sent, each of the kind that it must have. Pure."""

from typing import Any

from contract import jsontext
from contract.errors import BadRequest
from contract.fieldpath import is_unicode
from injector.conversation import LONGEST_ID, is_id
from injector.store import unknown_picture
from injector.store.secret import is_temporary_id


def object_of(body: bytes) -> dict[str, Any]:
    """Return the object that a body is.

    Raises:
        BadRequest: it is no JSON, or something else than an object.
    """
    try:
        value = jsontext.decode(body)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest("the body is JSON, but not an object")
    return value


def text(value: dict[str, Any], name: str) -> str:
    """Return a member that must be there, and a text.

    Raises:
        BadRequest: it is missing, empty, no text, or no Unicode.
    """
    member = value.get(name)
    if not isinstance(member, str) or not member.strip():
        raise BadRequest(f"`{name}` must be a text that is not empty", param=name)
    if not is_unicode(member):
        raise BadRequest(f"`{name}` holds half of a surrogate pair", param=name)
    return member


def conversation_id(value: dict[str, Any]) -> str:
    """Return the member `conversationId`.

    Raises:
        BadRequest: as `text`; or it is no ID: too long, or with a control character in it.
    """
    member = text(value, "conversationId")
    if len(member) > LONGEST_ID:
        raise BadRequest(
            f"`conversationId` has {len(member)} characters; at most {LONGEST_ID} are an ID",
            param="conversationId",
        )
    if not is_id(member):
        raise BadRequest(
            "`conversationId` holds a control character, such as the end of a line: send the ID "
            "alone",
            param="conversationId",
        )
    return member


def true_or_absent(value: dict[str, Any], name: str) -> bool:
    """Return whether a member is there, which may only be `true`.

    Raises:
        BadRequest: it is something else.
    """
    if name not in value:
        return False
    if value[name] is not True:
        raise BadRequest(f"`{name}` may only be `true`; leave it out otherwise", param=name)
    return True


def temporary_id(given: str) -> str:
    """Return a temporaryId of which a store may be asked.

    Raises:
        UnknownPicture: it cannot have been given out.
    """
    if not is_temporary_id(given):
        raise unknown_picture(given)
    return given
