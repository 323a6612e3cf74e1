"""Photographs as they are sent and as the model gets them: bytes and tokens."""

from pathlib import Path
from typing import Any

import rehearsal
from injector.picture import Aim, prepare
from injector.picture.families import tokens

_EXTRA = Path(__file__).parents[2] / "tests" / "photos"
_OWN = Path(rehearsal.__path__[0]) / "photos"
PHOTOS = (
    _EXTRA / "phone_sideways_12mp.jpg",
    _EXTRA / "coffee.heic",
    _OWN / "coffee.png",
    _OWN / "astronaut.jpg",
    _OWN / "rocket.jpg",
    _OWN / "cat.webp",
)

MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "o4-mini")
"""Models of different families; injector/picture/families.py has them all."""


def saved() -> list[dict[str, Any]]:
    """Return for each photograph what was sent and what each model gets."""
    return [_of(photo) for photo in PHOTOS]


def _of(photo: Path) -> dict[str, Any]:
    data = photo.read_bytes()
    shown = {}
    for model in MODELS:
        picture = prepare(data, Aim(model, "high", "model")).picture
        shown[model] = {
            "width": picture.width,
            "height": picture.height,
            "bytes": picture.size,
            "turn_bytes": len(picture.part),
            "tokens": tokens(picture.width, picture.height, model, "high"),
        }
    received = prepare(data, Aim(None, "high", "model")).received
    return {
        "name": photo.name,
        "format": received.format,
        "width": received.width,
        "height": received.height,
        "bytes": len(data),
        "turn_bytes": _base64(len(data)),
        "shown": shown,
    }


def _base64(size: int) -> int:
    return -(-size // 3) * 4
