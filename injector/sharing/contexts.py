"""What a conversation has, and the end of it: GET and DELETE /context/{conversationId}.

Both ask for the bearer, or for the token that the first association was answered with. Who has
neither is told the same of every conversation, so that nobody learns here which ones there are.
"""

from urllib.parse import unquote

from aiohttp import web

from contract.errors import BadRequest, Unauthorized, UnknownConversation
from injector.conversation import shown
from injector.metrics import METRICS
from injector.parts import HAPPENINGS, STORE
from injector.rights.admission import right_to_look
from injector.shared import Right
from injector.sharing import told
from injector.sharing.keeping import asked_of
from injector.wire import CONFIG, log

CONTEXT = "/context/{conversation_id:.+}"
"""The routes' pattern. An ID may hold slashes, whether its sender has encoded them or not."""


async def told_context(request: web.Request) -> web.Response:
    """Answer what a conversation has, without a pixel; asking keeps nothing any longer.

    Raises:
        Unauthorized: neither the bearer nor the conversation's token is there.
        UnknownConversation: it has no picture, and none is awaited.
    """
    conversation_id, _ = await allowed(request)
    context = await asked_of(request.app[STORE].context(conversation_id, renew=False))
    if not context.pictures and not context.awaited:
        raise unknown(conversation_id)
    looking = told.looking(request.app[CONFIG].injector)
    return web.json_response(
        told.context(conversation_id, context, looking), headers={"Cache-Control": "no-store"}
    )


async def forgotten_context(request: web.Request) -> web.Response:
    """Forget a conversation, and answer how many pictures it had; 0 where there was nothing.

    Raises:
        Unauthorized: neither the bearer nor the conversation's token is there.
    """
    conversation_id, _ = await allowed(request)
    count = await asked_of(request.app[STORE].forget(conversation_id))
    request.app[HAPPENINGS].tell(conversation_id, "forgotten")
    request.app[METRICS].forgot("asked", count)
    named = shown(conversation_id)
    log.info("conversation %s is forgotten, since that was asked; pictures: %d", named, count)
    return web.json_response({"conversationId": conversation_id, "forgotten": count})


def unknown(conversation_id: str) -> UnknownConversation:
    """Return the error for a conversation of which nothing is known."""
    return UnknownConversation(
        f"conversation {shown(conversation_id)} has no picture: none was shared here, or it is "
        "forgotten",
        param="conversationId",
    )


async def allowed(request: web.Request, below: str = "") -> tuple[str, Right]:
    """Return the conversation's ID, and the right of whoever asks to look at it and to end it.

    Args:
        request: whose path names the conversation.
        below: what follows the ID in the path.

    Raises:
        Unauthorized: neither the bearer nor the conversation's token is there.
    """
    conversation_id = _named(request, below)
    right = right_to_look(request)
    if not await asked_of(request.app[STORE].is_allowed(conversation_id, right)):
        raise Unauthorized(
            "the token in `Authorization: Bearer …` is not that of a conversation with this ID; a "
            "token ends with its conversation"
        )
    return conversation_id, right


def _named(request: web.Request, below: str) -> str:
    """Return the ID in the path: all between `/context/` and `below`, percent-decoded once.

    Raises:
        BadRequest: what is encoded is no text.
    """
    encoded = request.rel_url.raw_path.split("/", 2)[2].removesuffix(below)
    try:
        return unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest(
            "the conversation's ID in the path is no UTF-8; percent-encode its UTF-8",
            param="conversationId",
        ) from None
