"""A picture that waits is given to a conversation, or one that is on its way is announced."""

from typing import Any

from aiohttp import web

from contract.errors import BadRequest
from injector.parts import HAPPENINGS, STORE
from injector.rights.admission import admit, right_of
from injector.shared import Right
from injector.sharing import members
from injector.sharing.keeping import asked_of
from injector.sharing.receiving import small_body


async def associate_context(request: web.Request) -> web.Response:
    """Give a waiting picture to a conversation, or announce one that is still being uploaded.

    `{"conversationId", "temporaryId"}` is answered with 200 and how many pictures the conversation
    has; the first association is told the `contextToken` as well, as often as it is made. To add to
    the pictures of a conversation, or with `"replace": true` to put one in the place of all, that
    token must be in the body or be the bearer, or `injector.bearer` must be.

    `{"conversationId", "pending": true}` is the announcement, answered with 202: a page makes it as
    soon as it knows the conversation's ID and the upload still runs, so that the first turn may
    wait for the picture. The association that follows ends that wait; `"pending": false`, answered
    with 200, takes the announcement back.

    Raises:
        BadRequest: the body cannot be read, or a member is not of its kind.
        UnknownPicture, PictureTaken, ContextTaken: as `injector.store.Store.associate`.
    """
    admit(request, "association")
    value = members.object_of(await small_body(request))
    conversation_id = members.conversation_id(value)
    right = right_of(request, _context_token(value))
    pending = _pending(value)
    if pending is not None:
        return await _announced(request, conversation_id, right, pending=pending)
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
    happenings = request.app[HAPPENINGS]
    happenings.tell(conversation_id, "associated", images=made.count, inBand=False)
    answer: dict[str, Any] = {"conversationId": conversation_id, "images": made.count}
    if made.token:
        answer["contextToken"] = made.token
    return web.json_response(answer)


async def _announced(
    request: web.Request, conversation_id: str, right: Right, *, pending: bool
) -> web.Response:
    store = request.app[STORE]
    change = store.announce if pending else store.withdraw
    await asked_of(change(conversation_id, right=right))
    if pending:
        request.app[HAPPENINGS].tell(conversation_id, "announced")
    count = len((await asked_of(store.context(conversation_id))).pictures)
    answer = {"conversationId": conversation_id, "images": count, "pending": pending}
    return web.json_response(answer, status=202 if pending else 200)


def _context_token(value: dict[str, Any]) -> str:
    return members.text(value, "contextToken") if "contextToken" in value else ""


def _pending(value: dict[str, Any]) -> bool | None:
    """Return whether an association is only announced, or that is taken back; None: neither.

    Raises:
        BadRequest: `pending` is there and not a boolean, or beside it what belongs to a picture
            that is there already.
    """
    if "pending" not in value:
        return None
    if not isinstance(value["pending"], bool):
        raise BadRequest("`pending` may be `true` or `false`", param="pending")
    for name in ("temporaryId", "replace"):
        if name in value:
            raise BadRequest(
                "`pending` is about a picture that has no temporaryId yet: send either `pending` "
                f"or `{name}`",
                param="pending",
            )
    return bool(value["pending"])
