"""A picture that waits is given to a conversation, or one that is still on its way is announced."""

from typing import Any

from aiohttp import web

from contract.errors import BadRequest
from injector.rights.admission import admit, right_of
from injector.shared import Right
from injector.sharing import members
from injector.sharing.keeping import asked_of
from injector.sharing.receiving import small_body
from injector.turns import STORE


async def associate_context(request: web.Request) -> web.Response:
    """Give a waiting picture to a conversation, or announce one that is still being uploaded.

    `{"conversationId", "temporaryId"}` is answered with 200 and how many pictures the conversation
    has; the first association is told the `contextToken` as well, as often as it is made. To add to
    the pictures of a conversation, or with `"replace": true` to put one in the place of all, that
    token must be in the body or be the bearer, or `injector.bearer` must be.

    `{"conversationId", "pending": true}` is the announcement, answered with 202: a page makes it as
    soon as it knows the conversation's ID and the upload still runs, so that the first turn may
    wait for the picture. The association that follows ends that wait.

    Raises:
        BadRequest: the body cannot be read, or a member is not of its kind.
        UnknownPicture, PictureTaken, ContextTaken: as `injector.store.Store.associate`.
    """
    admit(request, "association")
    value = members.object_of(await small_body(request))
    conversation_id = members.conversation_id(value)
    right = right_of(request, _context_token(value))
    if _is_announcement(value):
        return await _announced(request, conversation_id, right)
    return await _associated(request, conversation_id, value, right)


async def _associated(
    request: web.Request, conversation_id: str, value: dict[str, Any], right: Right
) -> web.Response:
    given = members.text(value, "temporaryId")
    replace = members.true_or_absent(value, "replace")
    made = await asked_of(
        request.app[STORE].associate(
            conversation_id, members.temporary_id(given), right=right, replace=replace
        )
    )
    answer: dict[str, Any] = {"conversationId": conversation_id, "images": made.count}
    if made.token:
        answer["contextToken"] = made.token
    return web.json_response(answer)


async def _announced(request: web.Request, conversation_id: str, right: Right) -> web.Response:
    store = request.app[STORE]
    await asked_of(store.announce(conversation_id, right=right))
    count = len((await asked_of(store.context(conversation_id))).pictures)
    answer = {"conversationId": conversation_id, "images": count, "pending": True}
    return web.json_response(answer, status=202)


def _context_token(value: dict[str, Any]) -> str:
    return members.text(value, "contextToken") if "contextToken" in value else ""


def _is_announcement(value: dict[str, Any]) -> bool:
    """Return whether an association is only announced.

    Raises:
        BadRequest: `pending` is there and not `true`, or beside it what belongs to a picture that
            is there already.
    """
    if not members.true_or_absent(value, "pending"):
        return False
    for name in ("temporaryId", "replace"):
        if name in value:
            raise BadRequest(
                "`pending` announces a picture that has no temporaryId yet: send either `pending` "
                f"or `{name}`",
                param="pending",
            )
    return True
