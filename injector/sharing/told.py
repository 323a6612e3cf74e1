"""What is said of a picture: values become the members of answers. Pure.

All routes say the same of the same picture, since it is said here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from contract.config import Injector
from contract.config.model import Detail
from injector.picture.families import tokens
from injector.shared import Context, Picture, Received, Upload
from injector.store import from_timestamp

Members: TypeAlias = dict[str, Any]
"""Members of a JSON object."""


@dataclass(frozen=True, slots=True)
class Looking:
    """How the model looks at a picture: which one, None where a turn names it; and how closely."""

    model: str | None
    detail: Detail


def looking(injector: Injector) -> Looking:
    """Return how the configured model looks at pictures."""
    return Looking(injector.upstream.model, injector.images.detail)


def picture(shown: Picture, how: Looking) -> Members:
    """Return what the model gets: pixels, bytes, and the tokens that it probably counts for them.

    Without a model, the tokens are those of the family that is looked at by default.
    """
    return {
        "mediaType": shown.media_type,
        "width": shown.width,
        "height": shown.height,
        "bytes": shown.size,
        "tokens": tokens(shown.width, shown.height, how.model, how.detail),
    }


def received(what: Received) -> Members:
    """Return what somebody sent, by its own bytes."""
    return {
        "format": what.format,
        "mediaType": what.media_type,
        "width": what.width,
        "height": what.height,
        "bytes": what.size,
    }


def upload(waiting: Upload, how: Looking) -> Members:
    """Return a picture that waits for its conversation, or has found it."""
    return {
        "temporaryId": waiting.temporary_id,
        **picture(waiting.picture, how),
        "model": how.model,
        "detail": how.detail,
        "expiresAt": _time(waiting.expires),
    }


def context(conversation_id: str, known: Context, how: Looking) -> Members:
    """Return what a conversation has: its pictures in order, and what a model has said of them."""
    return {
        "conversationId": conversation_id,
        "images": [
            picture(one.picture, how) | _described(one.picture.description)
            for one in known.pictures
        ],
        "pending": known.awaited,
        "expiresAt": _time(from_timestamp(known.expires)) if known.expires else None,
    }


def _described(description: str) -> Members:
    return {"description": description} if description else {}


def _time(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
