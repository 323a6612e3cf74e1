"""What the person's browser does: upload a picture, and say to which conversation it belongs.

I/O only; the routes are those of the endpoint (README).
"""

import io
import mimetypes
from http import HTTPStatus
from typing import Any

import aiohttp

from contract.errors import ServiceError
from contract.excerpt import excerpt


async def share(
    endpoint_root: str, picture: bytes, conversation_id: str, *, filename: str = "picture.jpg"
) -> dict[str, Any]:
    """Upload a picture, associate it, and return what both answers said, as one mapping.

    Args:
        endpoint_root: the injector's address without a path, as in `http://127.0.0.1:8000`.
        picture: the bytes of the picture's file.
        conversation_id: the conversation whose agent shall see the picture.
        filename: what the browser would call the file; its ending declares the media type.

    Raises:
        ServiceError: the endpoint cannot be reached, or refuses; the message holds its answer.
    """
    root = endpoint_root.rstrip("/")
    form = aiohttp.FormData()
    media_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    # A file, not bytes: aiohttp warns of bytes above 1 MiB, which every phone's picture is.
    file = io.BytesIO(picture)
    form.add_field("image", file, filename=filename, content_type=media_type)
    async with aiohttp.ClientSession() as session:
        uploaded = await _post(session, f"{root}/upload_image", HTTPStatus.CREATED, data=form)
        if "temporaryId" not in uploaded:
            raise ServiceError(f"{root}/upload_image answered without a temporaryId: {uploaded}")
        pair = {"conversationId": conversation_id, "temporaryId": uploaded["temporaryId"]}
        associated = await _post(session, f"{root}/associate_context", HTTPStatus.OK, json=pair)
    return uploaded | associated


async def _post(
    session: aiohttp.ClientSession, url: str, wanted: HTTPStatus, **body: Any
) -> dict[str, Any]:
    try:
        async with session.post(url, **body) as response:
            shown = excerpt(await response.read())
            if response.status != wanted:
                raise ServiceError(f"{url} answered {response.status}, not {wanted.value}: {shown}")
            value = await response.json(content_type=None)
    except ValueError as error:
        raise ServiceError(f"{url} answered something that is not JSON: {shown}") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise ServiceError(f"{url} cannot be reached: {reason}") from error
    if not isinstance(value, dict):
        raise ServiceError(f"{url} answered no JSON object: {shown}")
    return value
