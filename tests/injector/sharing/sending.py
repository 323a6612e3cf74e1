"""Pictures, and the ways in which people's programs send them."""

import base64
import io
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
from PIL import Image

Sent: TypeAlias = dict[str, Any]
"""What `aiohttp.ClientSession.post` is given besides the address."""

Way: TypeAlias = Callable[[bytes], Sent]
Endpoint: TypeAlias = Callable[..., Awaitable[str]]
Share: TypeAlias = Callable[..., Awaitable[str]]

LIMIT = 5_000
"""The most bytes of a picture, in tests that go beyond it."""

MINE = "conv_mine"


def encoded(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a picture of noise in one of Pillow's formats."""
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


JPEG = encoded("JPEG")


def form(*fields: tuple[str, Any, dict[str, str]]) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for name, value, options in fields:
        data.add_field(name, value, **options)
    return data


def as_form(picture: bytes, **texts: str) -> Sent:
    """Return a form as a browser makes it, with texts after the file."""
    named = {"filename": "x.jpg", "content_type": "image/jpeg"}
    more: list[tuple[str, Any, dict[str, str]]] = [(name, text, {}) for name, text in texts.items()]
    return {"data": form(("image", io.BytesIO(picture), named), *more)}


def as_raw(picture: bytes) -> Sent:
    return {"data": io.BytesIO(picture), "headers": {"Content-Type": "image/jpeg"}}


def as_json(picture: bytes, **members: Any) -> Sent:
    return {"json": {"image": base64.b64encode(picture).decode(), **members}}


def as_uri(picture: bytes) -> Sent:
    return {"json": {"image": "data:image/jpeg;base64," + base64.b64encode(picture).decode()}}


WAYS: list[Way] = [as_form, as_raw, as_json, as_uri]


def raw(body: bytes, kind: str = "application/octet-stream") -> Sent:
    """Return a body as it is."""
    return {"data": body, "headers": {"Content-Type": kind}}


def multipart(body: bytes, boundary: str = "; boundary=B") -> Sent:
    """Return a form that is written by hand."""
    return raw(body, "multipart/form-data" + boundary)


HEAD = b'--B\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n'
"""How the file's part begins in a form that is written by hand."""


async def post(client: aiohttp.ClientSession, url: str, sent: Sent) -> tuple[int, dict[str, Any]]:
    """Return the status and the members of an answer."""
    async with client.post(url, **sent) as response:
        return response.status, await response.json()


async def upload(client: aiohttp.ClientSession, root: str, sent: Sent) -> tuple[int, Any]:
    return await post(client, f"{root}/upload_image", sent)


async def associate(client: aiohttp.ClientSession, root: str, **members: Any) -> tuple[int, Any]:
    return await post(client, f"{root}/associate_context", {"json": members})


async def context(client: aiohttp.ClientSession, root: str, conversation: str = MINE) -> str:
    """Return what `x-sightline-context` says of a turn of a conversation."""
    turn = {"messages": [{"role": "user", "content": "?"}]}
    headers = {"X-Conversation-Id": conversation}
    async with client.post(f"{root}/v1/chat/completions", json=turn, headers=headers) as response:
        return response.headers["x-sightline-context"]
