"""The page's routes: `/`, what belongs to it, and what it is told of the configuration."""

from collections.abc import AsyncIterator, Mapping

from aiohttp import ETag, web

from injector.page import unbuilt
from injector.page.built import INDEX, File, built
from injector.page.policy import SAFE, policy
from injector.page.public import public
from injector.wire import CONFIG, log

BUILT: web.AppKey[Mapping[str, File]] = web.AppKey("built")
POLICY = web.AppKey("policy", str)

_FILES = r"/{file:(?:assets|worklets)/.+|[^/]+\.(?:ico|png|svg|txt|webmanifest)}"
_YEAR = "public, max-age=31536000, immutable"
_ASK = "no-cache"  # kept, but not shown before it was asked for again


def page_routes() -> list[web.RouteDef]:
    """Return the routes; put them behind all others."""
    return [
        web.get("/", index),
        web.get("/page.json", page_json),
        web.get(_FILES, file),
    ]


async def built_page(app: web.Application) -> AsyncIterator[None]:
    """Find the page's files when the application starts."""
    app[POLICY] = policy(app[CONFIG].injector)
    try:
        app[BUILT] = built()
    except OSError as error:
        log.warning("the page is not served, since its files cannot be read: %s", error)
        app[BUILT] = {}
    yield


async def index(request: web.Request) -> web.Response:
    """Answer with the page, or with how to build it."""
    there = request.app[BUILT].get(INDEX)
    if there is not None:
        return _answer(request, there)
    headers = {**SAFE, "Content-Security-Policy": unbuilt.POLICY, "Cache-Control": "no-store"}
    return web.Response(text=unbuilt.TEXT, content_type="text/html", headers=headers)


async def file(request: web.Request) -> web.Response:
    """Answer with a file of the page.

    Raises:
        web.HTTPNotFound: the page has no such file.
    """
    there = request.app[BUILT].get(request.match_info["file"])
    if there is None:
        raise web.HTTPNotFound
    return _answer(request, there)


async def page_json(request: web.Request) -> web.Response:
    """Answer what the page needs to know of the endpoint; none of it is a secret."""
    headers = {**SAFE, "Cache-Control": "no-store"}
    return web.json_response(public(request.app[CONFIG]), headers=headers)


def _answer(request: web.Request, there: File) -> web.Response:
    headers = {
        **SAFE,
        "Content-Security-Policy": request.app[POLICY],
        "Content-Type": there.media_type,
        "Cache-Control": _YEAR if there.is_immutable else _ASK,
        "Vary": "Accept-Encoding",
    }
    if _has(request, there):
        response = web.Response(status=304, headers=headers)
    else:
        coding = _coding(request, there)
        body = there.body if coding is None else there.coded[coding]
        headers |= {} if coding is None else {"Content-Encoding": coding}
        response = web.Response(body=body, headers=headers)
    # Weak: it is the same however it is compressed (RFC 9110, section 8.8.1).
    response.etag = ETag(there.digest, is_weak=True)
    return response


def _has(request: web.Request, there: File) -> bool:
    """Tell whether the client has this very file."""
    known = request.if_none_match or ()
    return any(one.value in {there.digest, "*"} for one in known)


def _coding(request: web.Request, there: File) -> str | None:
    """Return the first of the file's codings that the client takes, or None: as it is."""
    sent = request.headers.get("Accept-Encoding", "").lower()
    offers = [offer.replace(" ", "").partition(";q=") for offer in sent.split(",")]
    taken = {name for name, _, weight in offers if weight.strip("0.") or not weight}
    return next((coding for coding in there.coded if coding in taken), None)
