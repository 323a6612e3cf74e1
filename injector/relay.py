"""The answer goes back as it comes: same status, same headers, same bytes, same pieces.

Nothing is read by line or in fixed sizes, nothing is decoded. If the model's side breaks off in the
middle, so does the connection to the client: an ending that was not sent is never invented.
"""

from collections.abc import Mapping

from aiohttp import ClientError, web
from multidict import CIMultiDict, CIMultiDictProxy

from contract.exchange import HOP_BY_HOP
from injector.upstream import Answer

UNBUFFERED = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
"""What keeps a proxy between us and the platform from holding a stream back."""


async def relay(request: web.Request, answer: Answer, own: Mapping[str, str]) -> web.StreamResponse:
    """Send an answer on to the client, with our `own` headers added.

    A client that leaves cancels this coroutine, and with it the request to the model's side.
    """
    upstream = answer.response
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
    response.headers.update(passed_back(upstream.headers))
    response.headers.update(own)
    await response.prepare(request)
    try:
        async for piece in answer.pieces():
            await response.write(piece)
    except (ClientError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


def passed_back(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return the headers of an answer that reach the client."""
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    passed = CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in HOP_BY_HOP and name.lower() not in named
    )
    if headers.get("Content-Type", "").startswith("text/event-stream"):
        passed.update(UNBUFFERED)
    return passed
