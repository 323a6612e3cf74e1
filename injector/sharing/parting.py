"""How a request is answered whose body was not read to its end."""

from aiohttp import web

from injector.sharing.limits import is_compressed
from injector.wire import Handler, errors_as_json


def parting(handler: Handler) -> Handler:
    """Return a handler whose refusals end the connection where the rest of a body would follow.

    A client that is still sending is listened to for a while by aiohttp, so that it reads the
    answer; what it sends is thrown away. One that sends a compressed body is not: each of its bytes
    may be work for a thousand.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await errors_as_json(request, handler)
        if not request.content.is_eof():
            response.force_close()
            if is_compressed(request):
                await response.prepare(request)
                await response.write_eof()
                request.protocol.force_close()
        return response

    return handle
