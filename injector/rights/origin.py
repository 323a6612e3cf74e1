"""Which pages may call, and what a browser is told of that (CORS).

Pages of `injector.browser.origins` and the endpoint's own page may upload, associate, look and
forget. No page may ask for a turn: those routes answer no preflight and send none of these headers.
Cookies play no part anywhere, so none are allowed.
"""

from aiohttp import web

from contract.errors import OriginRefused
from injector.rights.admission import client_of
from injector.rights.ticket import HEADER
from injector.wire import CONFIG, Handler, error_response, errors_as_json

_PORTS = {"http": ":80", "https": ":443"}
_REQUEST_HEADERS = f"authorization, content-type, last-event-id, {HEADER.lower()}"
_VARY = {"Vary": "Origin"}  # a cache must not give one page's answer to another


def cors_headers(request: web.Request) -> dict[str, str]:
    """Return the headers that let the calling page read the answer; fewer where no page calls.

    Raises:
        OriginRefused: a page of another origin calls that the configuration does not name.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin == _own(request):
        return dict(_VARY)
    if origin not in request.app[CONFIG].injector.browser.origins:
        raise OriginRefused(
            f"pages of {origin} may not call here; if they should, add it to "
            "injector.browser.origins"
        )
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "retry-after",
        **_VARY,
    }


def _own(request: web.Request) -> str:
    """Return the endpoint's own origin as a browser writes it, behind a proxy that ends TLS too."""
    scheme = client_of(request).scheme
    # Not `request.host`: without the header that asks the network for this machine's name.
    host = request.headers.get("Host", "").lower()
    return f"{scheme}://{host.removesuffix(_PORTS.get(scheme, ''))}"


async def _preflight(request: web.Request) -> web.StreamResponse:
    resource = request.match_info.route.resource
    methods = {route.method for route in resource or ()} - {"OPTIONS", "HEAD"}
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
            "Access-Control-Allow-Headers": _REQUEST_HEADERS,
            "Access-Control-Max-Age": "600",
        },
    )


def for_pages(handler: Handler) -> Handler:
    """Return the handler so that configured pages may call it, and read its errors too."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            allowed = cors_headers(request)
        except OriginRefused as error:
            response: web.StreamResponse = error_response(error)
            allowed = _VARY
        else:
            response = await errors_as_json(request, handler)
        response.headers.update(allowed)
        return response

    return handle


preflight = for_pages(_preflight)
"""Answer a browser that asks whether its page may call, and how: as the path's own routes say.

It stands beside them: `web.options(path, preflight)` directly after the others of that path.
"""
