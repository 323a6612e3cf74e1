"""The answer goes back as it comes: same status, same headers, same bytes, same pieces.

Nothing is read by line or in fixed sizes, nothing is decoded. If the model's side breaks off in the
middle, so does the connection to the client: an ending that was not sent is never invented.
"""

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from aiohttp import ClientConnectionResetError, web
from multidict import CIMultiDict

from contract.exchange import HOP_BY_HOP
from injector.upstream import Answer, ConnectionFailed
from injector.usage import TAIL

UNBUFFERED = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
"""What keeps a proxy between us and the platform from holding a stream back."""

_KEPT = 8  # pieces that are kept for the tokens' count, which stands at the end

End: TypeAlias = Literal["whole", "broken", "left"]


@dataclass(slots=True)
class Sent:
    """What became of an answer on its way.

    `sent_on` is the milliseconds that its first piece took from us to the client's socket, `tail`
    its last pieces, `why` what broke it.
    """

    end: End = "left"
    size: int = 0
    sent_on: float = 0.0
    why: str | None = None
    tail: deque[bytes] = field(default_factory=lambda: deque(maxlen=_KEPT))


class _Answer(web.StreamResponse):
    """An answer whose head leaves together with its first piece: one call of the system less.

    The piece has come already, so the head never waits.
    """

    _send_headers_immediately = False


async def relay(
    request: web.Request,
    answer: Answer,
    own: Mapping[str, str],
    *,
    idle_timeout: float,
    sent: Sent,
) -> web.StreamResponse:
    """Send an answer on to the client.

    A client that leaves cancels this coroutine, and with it the request to the model's side.

    Args:
        request: whose answer it is.
        answer: status, headers and pieces.
        own: headers to add.
        idle_timeout: seconds without a piece, or without a piece being taken, after which both
            connections end.
        sent: is told what happens.
    """
    began = time.perf_counter()
    response = _Answer(status=answer.head.status, reason=answer.head.reason)
    pass_back(answer.head.headers, response.headers)
    response.headers.update(own)
    try:
        await response.prepare(request)
        async for piece in answer.pieces(idle_timeout, lambda: _hang_up(request)):
            # The last piece and the end leave together: one packet, and one call of the system.
            await (response.write_eof if answer.is_over else response.write)(piece)
            sent.tail.append(piece if len(piece) <= TAIL else piece[-TAIL:])
            if not sent.size:
                sent.sent_on = (time.perf_counter() - began) * 1000
            sent.size += len(piece)
        await response.write_eof()
    except ConnectionFailed as error:
        sent.end, sent.why = "broken", str(error)
        _hang_up(request)
    except ClientConnectionResetError:
        sent.end = "left"
    else:
        sent.end = "whole"
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def pass_back(headers: Iterable[tuple[str, str]], passed: CIMultiDict[str]) -> None:
    """Add the headers of an answer that reach the client to `passed`."""
    dropped = HOP_BY_HOP
    for name, value in headers:
        if name.lower() == "connection":
            dropped = dropped | {named.strip().lower() for named in value.split(",")}
    for name, value in headers:
        if name.lower() not in dropped:
            passed.add(name, value)
    if passed.get("Content-Type", "").startswith("text/event-stream"):
        passed.update(UNBUFFERED)
