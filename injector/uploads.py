"""Pictures come in, are announced, and are associated with a conversation."""

import asyncio
import base64
import binascii
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from contract import jsontext
from contract.errors import BadRequest, TooLarge
from contract.fieldpath import is_unicode
from injector.picture import prepare
from injector.store import Store
from injector.turns import STORE
from injector.wire import CONFIG

DECODERS = web.AppKey("decoders", ThreadPoolExecutor)

DECODED_AT_ONCE = 2
"""How many pictures are decoded at the same time; each takes its pixels' memory. They have threads
of their own: one whose client has left is decoded to its end all the same, and counts till then."""

_DATA_URI = re.compile(r"data:[^,]*;base64,")
_PIECE = 1 << 16


async def upload_image(request: web.Request) -> web.Response:
    """Take a picture and answer with the temporaryId under which it waits.

    The body is `multipart/form-data` with a file `image`, the picture's bytes as they are, or JSON
    `{"image": base64 or data URI}`.
    """
    data = await _sent(request, request.app[CONFIG].injector.images.max_upload)
    loop = asyncio.get_running_loop()
    picture = await loop.run_in_executor(request.app[DECODERS], prepare, data)
    upload = await request.app[STORE].keep(picture)
    return web.json_response(
        {
            "temporaryId": upload.temporary_id,
            "mediaType": picture.media_type,
            "width": picture.width,
            "height": picture.height,
            "bytes": picture.size,
            "expiresAt": upload.expires.isoformat(timespec="seconds"),
        },
        status=201,
    )


async def associate_context(request: web.Request) -> web.Response:
    """Give a waiting picture to a conversation, or announce one that is still being uploaded.

    `{"conversationId", "temporaryId"}` is answered with 200 and how many pictures the conversation
    has. `{"conversationId", "pending": true}` is the announcement, answered with 202: a page makes
    it as soon as it knows the conversation's ID and the upload still runs, so that the first turn
    may wait for the picture. The association that follows ends that wait.
    """
    value = _object(await request.read())
    conversation_id = _text(value, "conversationId")
    if _pending(value):
        return await _announced(request.app[STORE], conversation_id)
    temporary_id = _text(value, "temporaryId")
    count = await request.app[STORE].associate(conversation_id, temporary_id)
    return web.json_response({"conversationId": conversation_id, "images": count})


async def _announced(store: Store, conversation_id: str) -> web.Response:
    await store.announce(conversation_id)
    count = len((await store.context(conversation_id)).pictures)
    answer = {"conversationId": conversation_id, "images": count, "pending": True}
    return web.json_response(answer, status=202)


async def _sent(request: web.Request, limit: int) -> bytes:
    """Return the picture's bytes, however they were sent.

    Raises:
        BadRequest: there are none where they should be, or their base64 is broken.
        TooLarge: there are more than `limit`.
    """
    if request.content_type == "multipart/form-data":
        return await _from_form(request, limit)
    body = await request.read()
    if request.content_type == "application/json":
        return _within(_from_json(_object(body)), limit)
    if not body:
        raise BadRequest("the body is empty: send a picture", param="image")
    return _within(body, limit)


async def _from_form(request: web.Request, limit: int) -> bytes:
    try:
        form = await request.multipart()
        async for part in form:
            if isinstance(part, BodyPartReader) and part.name == "image":
                return await _read_part(part, limit)
    except HttpProcessingError as error:
        raise BadRequest(f"the form cannot be read: {error.message}", param="image") from None
    except (ValueError, AssertionError) as error:
        raise BadRequest(f"the form cannot be read: {error}", param="image") from None
    raise BadRequest("the form has no file named `image`", param="image")


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while piece := await part.read_chunk(_PIECE):
        data += piece
        _within(data, limit)
    return bytes(data)


def _from_json(value: dict[str, Any]) -> bytes:
    text = _text(value, "image")
    if re.match(r"(?i)https?:", text):
        raise BadRequest(
            "`image` is an address, and addresses are not fetched: send the picture's bytes",
            param="image",
        )
    uri = _DATA_URI.match(text)
    try:
        return base64.b64decode(text[uri.end() :] if uri else text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"`image` is not base64: {error}", param="image") from None


def _within(data: bytes | bytearray, limit: int) -> bytes:
    if len(data) > limit:
        raise TooLarge(
            f"the picture is larger than {limit:,} bytes (injector.images.max_upload)",
            param="image",
        )
    return bytes(data)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = jsontext.decode(body)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest("the body is JSON, but not an object")
    return value


def _pending(value: dict[str, Any]) -> bool:
    """Return whether an association is only announced.

    Raises:
        BadRequest: `pending` is there and not `true`, or a picture is there already.
    """
    if "pending" not in value:
        return False
    if value["pending"] is not True:
        raise BadRequest("`pending` may only be `true`; leave it out otherwise", param="pending")
    if "temporaryId" in value:
        raise BadRequest(
            "`pending` announces a picture that has no temporaryId yet: send either `pending` or "
            "`temporaryId`",
            param="pending",
        )
    return True


def _text(value: dict[str, Any], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text.strip():
        raise BadRequest(f"`{name}` must be a text that is not empty", param=name)
    if not is_unicode(text):
        raise BadRequest(f"`{name}` holds half of a surrogate pair", param=name)
    return text
