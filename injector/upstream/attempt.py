"""One attempt: a request over one connection, until its answer has begun or is known to be none."""

import time
from collections.abc import Sequence
from typing import NoReturn

from contract.config import Upstream as UpstreamConfig
from injector.upstream.answer import Answer
from injector.upstream.connection import Connection
from injector.upstream.failure import AttemptFailed, ErrorAnswer, Garbled
from injector.upstream.hearing import Head
from injector.upstream.opening import NoStream, NothingSaid, Opening, Refused
from injector.upstream.pool import Pool
from injector.upstream.refusal import error_in, from_answer, from_stream, looked_at

MAX_WHOLE = 4 << 20
"""The most bytes of an error answer, or of a whole answer that comes in the place of a stream."""

_GOOD = range(200, 300)
_REQUEST_TIMEOUT = 408


async def answered(
    connection: Connection,
    request: Sequence[bytes],
    pool: Pool,
    config: UpstreamConfig,
    is_streamed: bool,
) -> Answer:
    """Send a request and wait until its answer has begun: a stream, until it says something.

    Raises:
        ConnectionFailed: the connection did not hold.
        AttemptFailed: what came is no answer.
    """
    try:
        connection.send(request)
        head = await connection.head()
        if head.status not in _GOOD:
            await _refuse(connection, head, config)
        if is_streamed:
            coding = head.get("content-encoding") or ""
            kind = (head.get("content-type") or "").lower()
            is_whole = kind.startswith("application/json")
            held = await (_instead if is_whole else _opened)(connection, coding)
        else:
            held = [await connection.piece()]
    except (NothingSaid, NoStream, Refused) as error:
        connection.abort()
        raise AttemptFailed(from_stream(config, error)) from None
    except AttemptFailed as error:
        if error.failure.status == _REQUEST_TIMEOUT:
            connection.abort()  # it was said to the connection, which is over
        else:
            pool.give_back(connection)
        raise
    except BaseException:
        connection.abort()
        raise
    return Answer(head, held, connection, pool)


async def _refuse(connection: Connection, head: Head, config: UpstreamConfig) -> NoReturn:
    """Raise what an error answer is, once it is whole."""
    answer = ErrorAnswer(head.status, head.reason, head.headers, await _whole(connection))
    raise AttemptFailed(from_answer(config, answer, time.time()))


async def _opened(connection: Connection, coding: str) -> list[bytes]:
    """Return the pieces of a stream up to the one that says something."""
    opening, held = Opening(coding), []
    while piece := await connection.piece():
        held.append(piece)
        if opening.feed(piece):
            return held
    opening.finish()
    return held


async def _instead(connection: Connection, coding: str) -> list[bytes]:
    """Return the whole answer of a model that does not stream, though it was asked to."""
    body = await _whole(connection)
    text = looked_at(body, coding)
    if not text.strip():
        raise NothingSaid
    message, codes = error_in(text)
    if message and codes:
        raise Refused(message, codes)
    return [body]


async def _whole(connection: Connection) -> bytes:
    """Return a whole body.

    Raises:
        ConnectionFailed: it does not come whole, or does not end.
    """
    pieces, size = [], 0
    while piece := await connection.piece():
        pieces.append(piece)
        size += len(piece)
        if size > MAX_WHOLE:
            raise Garbled("its answer does not end")
    return b"".join(pieces)
