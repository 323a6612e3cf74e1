"""One picture is let go of: DELETE /uploads/{temporaryId}, by whoever has the temporaryId."""

from aiohttp import web

from injector.metrics import METRICS
from injector.parts import HAPPENINGS, STORE
from injector.rights.admission import count_in
from injector.sharing import members
from injector.sharing.keeping import asked_of


async def removed(request: web.Request) -> web.Response:
    """Let go of a picture, waiting or shared; answer whose it was, and what is left there.

    It is counted as an association, and needs no ticket: nobody must keep a picture here because
    a ticket is over.

    Raises:
        UnknownPicture: nothing was uploaded under the temporaryId, or it has expired, is forgotten,
            or its conversation has let go of it.
        Unauthorized, TooMany: as `injector.rights.admission.count_in`.
        StoreFailed: the store cannot answer.
    """
    count_in(request, "association")
    temporary_id = members.temporary_id(request.match_info["temporary_id"])
    parted = await asked_of(request.app[STORE].remove(temporary_id))
    request.app[METRICS].forgot("asked", 1)
    if parted.conversation_id is not None:
        request.app[HAPPENINGS].tell(parted.conversation_id, "removed", images=parted.count)
    return web.json_response({"conversationId": parted.conversation_id, "images": parted.count})
