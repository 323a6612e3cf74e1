"""What the person's browser does: upload a picture, and say to which conversation it belongs.

I/O only; the routes are those of the endpoint (README).
"""

import asyncio
import io
import mimetypes
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from contract.errors import ServiceError
from contract.excerpt import excerpt

_LONGEST_WAIT = 60.0  # seconds that the endpoint may ask for between two pictures


async def share(
    endpoint_root: str,
    picture: bytes,
    conversation_id: str,
    *,
    filename: str = "picture.jpg",
    bearer: str = "",
) -> dict[str, Any]:
    """Upload a picture, associate it, and return what both answers said, as one mapping.

    An endpoint that says how long to wait (429, `Retry-After`) is waited for.

    Args:
        endpoint_root: the injector's address without a path, as in `http://127.0.0.1:8000`.
        picture: the bytes of the picture's file.
        conversation_id: the conversation whose agent shall see the picture.
        filename: what the browser would call the file; its ending declares the media type.
        bearer: what the endpoint's operator would send; empty for what anybody may do.

    Raises:
        ServiceError: the endpoint cannot be reached, or refuses; the message holds its answer.
    """
    root = endpoint_root.rstrip("/")
    async with aiohttp.ClientSession(headers=_authorization(bearer)) as session:
        uploaded = await _post(
            session,
            f"{root}/upload_image",
            HTTPStatus.CREATED,
            lambda: {"data": _form(picture, filename)},
        )
        if "temporaryId" not in uploaded:
            raise ServiceError(f"{root}/upload_image answered without a temporaryId: {uploaded}")
        pair = {"conversationId": conversation_id, "temporaryId": uploaded["temporaryId"]}
        associated = await _post(
            session, f"{root}/associate_context", HTTPStatus.OK, lambda: {"json": pair}
        )
    return uploaded | associated


async def forget(endpoint_root: str, conversation_id: str, *, bearer: str = "") -> bool:
    """Have a conversation's pictures forgotten; return whether the endpoint did it.

    Raises:
        ServiceError: the endpoint cannot be reached.
    """
    url = f"{endpoint_root.rstrip('/')}/context/{quote(conversation_id, safe='')}"
    try:
        async with (
            aiohttp.ClientSession(headers=_authorization(bearer)) as session,
            session.delete(URL(url, encoded=True)) as response,
        ):
            return response.status == HTTPStatus.OK
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _unreached(url, error) from error


def _authorization(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}"} if bearer else {}


def _form(picture: bytes, filename: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    media_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    # A file, not bytes: aiohttp warns of bytes above 1 MiB, which every phone's picture is.
    form.add_field("image", io.BytesIO(picture), filename=filename, content_type=media_type)
    return form


async def _post(
    session: aiohttp.ClientSession,
    url: str,
    wanted: HTTPStatus,
    body: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    try:
        while True:
            async with session.post(url, **body()) as response:
                if (wait := _wait(response)) is None:
                    return await _told(url, response, wanted)
            await asyncio.sleep(wait)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _unreached(url, error) from error


def _wait(response: aiohttp.ClientResponse) -> float | None:
    """Return the seconds after which the endpoint wants to be asked again, if it does."""
    after = response.headers.get("Retry-After", "")
    if response.status != HTTPStatus.TOO_MANY_REQUESTS or not after.isdigit():
        return None
    return float(after) if float(after) <= _LONGEST_WAIT else None


async def _told(url: str, response: aiohttp.ClientResponse, wanted: HTTPStatus) -> dict[str, Any]:
    shown = excerpt(await response.read())
    if response.status != wanted:
        raise ServiceError(f"{url} answered {response.status}, not {wanted.value}: {shown}")
    try:
        value = await response.json(content_type=None)
    except ValueError as error:
        raise ServiceError(f"{url} answered something that is not JSON: {shown}") from error
    if not isinstance(value, dict):
        raise ServiceError(f"{url} answered no JSON object: {shown}")
    return value


def _unreached(url: str, error: Exception) -> ServiceError:
    return ServiceError(f"{url} cannot be reached: {str(error) or type(error).__name__}")
