"""What happens to a conversation, as it happens: GET /context/{conversationId}/events.

The stream is of the form that browsers know as server-sent events (HTML, section 9.2): what has
happened so far in this process, of that the last events, and then what happens. A line of comment
comes every 15 seconds, so that no proxy takes the stream for dead. It ends when the conversation is
forgotten, whoever does that: with each comment the watcher's token is looked at again, also while
much happens, which may be another's who has begun the conversation anew.

Who does not read is let go of as soon as something waits for it here, and who has vanished when its
machine has not answered for half a minute. Neither costs a turn anything.
"""

import asyncio
import json
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from aiohttp import web

from contract.errors import StoreFailed
from injector.happenings import Event, Watch
from injector.parts import HAPPENINGS, STORE
from injector.relay import UNBUFFERED
from injector.rights.origin import cors_headers
from injector.shared import Right
from injector.sharing.contexts import CONTEXT, allowed, unknown
from injector.sharing.keeping import asked_of

EVENTS = CONTEXT + "/events"
"""The route's pattern. Of an ID that ends so itself, the last slash must be encoded."""

BEAT = 15.0
"""Seconds between two comments, and between two looks at the watcher's right."""

MOST_WAITING = 1 << 14
"""The most bytes that wait for a watcher here, after all that the system takes for it."""

_UNANSWERED = 30_000  # milliseconds without a sign of the other machine
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_COMMENT = b": sightline\n\n"


async def events(request: web.Request) -> web.StreamResponse:
    """Answer with what has happened to a conversation, and go on with what happens.

    Raises:
        Unauthorized: neither the bearer nor the conversation's token is there.
        UnknownConversation: nothing is known of it.
        TooMany, Busy: as `injector.happenings.Happenings.watch`.
    """
    conversation_id, right = await allowed(request, "/events")
    happenings = request.app[HAPPENINGS]
    if not right.token and not happenings.knows(conversation_id):
        context = await asked_of(request.app[STORE].context(conversation_id, renew=False))
        if not context.pictures and not context.awaited:
            raise unknown(conversation_id)
    something = asyncio.Event()
    watch = happenings.watch(conversation_id, something.set, _after(request))
    try:
        return await _streamed(request, conversation_id, right, watch, something)
    finally:
        happenings.leave(watch)


async def _streamed(
    request: web.Request,
    conversation_id: str,
    right: Right,
    watch: Watch,
    something: asyncio.Event,
) -> web.StreamResponse:
    """Send what there is and what comes, until it is over or nobody is there."""
    response = web.StreamResponse(headers=UNBUFFERED | cors_headers(request))
    response.content_type, response.charset = "text/event-stream", "utf-8"
    response.headers["X-Content-Type-Options"] = "nosniff"
    _notice_who_vanishes(request)
    with suppress(ConnectionError):
        await response.prepare(request)
        await response.write(_COMMENT)
        is_over, due = False, _next_beat()
        while not is_over and not _is_slow(request):
            something.clear()
            is_over = watch.is_over
            if news := watch.news():
                await response.write(written(news))
            if not is_over and not await _happens(something, due):
                await _end_if_forgotten(request, conversation_id, right, watch)
                await response.write(_COMMENT)
                due = _next_beat()
        if is_over:
            await response.write_eof()
    return response


def written(news: Iterable[Event]) -> bytes:
    """Return events as a browser reads them."""
    return "".join(map(_written, news)).encode()


def _written(event: Event) -> str:
    at = datetime.fromtimestamp(event.at, UTC).isoformat(timespec="milliseconds")
    data = json.dumps({"at": at, **event.data})
    return f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n"


def _next_beat() -> float:
    return asyncio.get_running_loop().time() + BEAT


async def _happens(something: asyncio.Event, due: float) -> bool:
    """Wait until something happens; return whether it does before the next beat is due."""
    if asyncio.get_running_loop().time() >= due:
        return False
    try:
        async with asyncio.timeout_at(due):
            return await something.wait()
    except TimeoutError:
        return False


async def _end_if_forgotten(
    request: web.Request, conversation_id: str, right: Right, watch: Watch
) -> None:
    """End what another process, an operator or time has ended in the store.

    A token ends with its conversation. Where that has pictures again, they are somebody's who has
    begun anew, and whose stream goes on.
    """
    store = request.app[STORE]
    with suppress(StoreFailed):  # which says nothing about the conversation
        if await asked_of(store.is_allowed(conversation_id, right)):
            return
        watch.end()
        if not (await asked_of(store.context(conversation_id, renew=False))).pictures:
            request.app[HAPPENINGS].tell(conversation_id, "forgotten")


def _is_slow(request: web.Request) -> bool:
    """Tell whether a watcher does not read, and end its connection then: it can come back."""
    transport = request.transport
    if transport is None:
        return True
    is_slow = transport.get_write_buffer_size() > MOST_WAITING
    if is_slow:
        transport.abort()
    return is_slow


def _notice_who_vanishes(request: web.Request) -> None:
    """Have the system end a connection whose other end says nothing any more (Linux, tcp(7))."""
    if request.transport is None:
        return
    with suppress(OSError, AttributeError):
        ours = request.transport.get_extra_info("socket")
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED)


def _after(request: web.Request) -> int | None:
    """Return the number of the last event that the watcher has, if it has one."""
    sent = request.headers.get("Last-Event-ID", "").strip()
    return int(sent) if _NUMBER.fullmatch(sent) else None
