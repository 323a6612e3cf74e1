"""A picture comes in: it is received, prepared, kept, and described if somebody wants that."""

import time
from dataclasses import dataclass

from aiohttp import web

from contract.errors import BadRequest
from injector.decoding import DECODERS, Decoded
from injector.describing import DESCRIBER
from injector.metrics import METRICS
from injector.parts import STORE
from injector.rights.admission import admit
from injector.shared import Upload
from injector.sharing import members, told
from injector.sharing.keeping import asked_of
from injector.sharing.limits import announced
from injector.sharing.receiving import received
from injector.sharing.room import ROOM
from injector.wire import CONFIG, log

_SAID = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class _Taken:
    """A picture that is prepared; `at` is when its last byte came, by the monotonic clock.

    `describe` is what the form asked for, None where it says nothing.
    """

    decoded: Decoded
    describe: bool | None
    at: float


async def upload_image(request: web.Request) -> web.Response:
    """Take a picture and answer with the temporaryId under which it waits.

    The body is `multipart/form-data` with a file `image`, the picture's bytes as they are, or JSON
    `{"image": base64 or data URI}`. Whether it is to be described says a part `describe` of the
    form, a member of the object, or else the query, or else the configuration.

    Raises:
        BadRequest, NotAPicture, TooLarge, TooSlow: what comes is no picture, or beyond a limit.
        Unauthorized, TicketRefused, TooMany: as `injector.rights.admission.admit`.
        Busy: there is no room for it at the moment.
        StoreFailed: it cannot be kept.
    """
    admit(request, "upload")
    in_query = _in_query(request)
    taken = await _taken(request)
    prepared = taken.decoded.prepared
    upload = await asked_of(request.app[STORE].keep(prepared.picture))
    answer = told.upload(upload, told.looking(request.app[CONFIG].injector))
    answer["received"] = told.received(prepared.received)
    if _is_wanted(request, taken.describe, taken.decoded.describe, in_query):
        answer["describing"] = _described(request, upload)
    request.app[METRICS].took(prepared, time.monotonic() - taken.at)
    return web.json_response(answer, status=201)


async def uploaded(request: web.Request) -> web.Response:
    """Answer what was uploaded under a temporaryId, and what a model has said of it, if anything.

    The temporaryId is the uploader's secret: whoever knows it may know that.

    Raises:
        UnknownPicture: nothing was uploaded under it, or it has expired, or is forgotten.
        StoreFailed: the store cannot answer.
    """
    temporary_id = members.temporary_id(request.match_info["temporary_id"])
    upload = await asked_of(request.app[STORE].waiting(temporary_id))
    answer = told.upload(upload, told.looking(request.app[CONFIG].injector))
    answer["description"] = upload.picture.description or None
    return web.json_response(answer, headers={"Cache-Control": "no-store"})


async def _taken(request: web.Request) -> _Taken:
    """Receive a picture and prepare it, in room of its own, which ends with that."""
    limit = request.app[CONFIG].injector.images.max_upload
    async with request.app[ROOM].place(announced(request, limit)) as place:
        arrived = await received(request, limit)
        at = time.monotonic()
        place.shrink(len(arrived.sent.data))
        decoded = await request.app[DECODERS].prepare(arrived.sent)
    return _Taken(decoded, arrived.describe, at)


def _in_query(request: web.Request) -> bool | None:
    said = request.query.get("describe")
    if said is None:
        return None
    if said not in _SAID:
        raise BadRequest("`describe` in the query may be `true` or `false`", param="describe")
    return _SAID[said]


def _is_wanted(request: web.Request, *said: bool | None) -> bool:
    """Return the first that is said, or else what is configured."""
    for one in said:
        if one is not None:
            return one
    return request.app[CONFIG].injector.images.describe


def _described(request: web.Request, upload: Upload) -> bool:
    """Have a picture described; return whether it is. What fails there never fails the upload."""
    try:
        return request.app[DESCRIBER].begin(upload)
    except Exception:  # noqa: BLE001 - the picture is kept, and that is what was asked
        log.exception("an uploaded picture is not described")
        return False
