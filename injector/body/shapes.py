"""How the two forms of the API write what is said and shown, as bytes around what is not copied.

OpenAI's API reference, "Chat" and "Responses": a chat completions part holds the picture's URL in
an object, a Responses item holds it directly.
"""

from dataclasses import dataclass, replace

from contract.config.model import Detail
from injector.body.turn import Api


@dataclass(frozen=True, slots=True)
class Shape:
    """The bytes that stand before and behind a text and a picture, each a JSON text."""

    before_text: bytes
    before_picture: bytes
    after_picture: bytes
    after_text: bytes = b"}"


def shape(api: Api, detail: Detail) -> Shape:
    """Return how a form of the API writes its parts."""
    said = detail.encode()
    if api is Api.CHAT:
        return Shape(
            b'{"type":"text","text":',
            b'{"type":"image_url","image_url":{"url":',
            b',"detail":"%b"}}' % said,
        )
    return Shape(
        b'{"type":"input_text","text":',
        b'{"type":"input_image","image_url":',
        b',"detail":"%b"}' % said,
    )


def as_texts(shape: Shape) -> Shape:
    """Return how texts are written in the places of pictures."""
    return replace(shape, before_picture=shape.before_text, after_picture=shape.after_text)
