"""What every route shares on the wire: error answers, the bearer, and which pages may call."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from contract.config import Config
from contract.errors import OriginRefused, RequestError, Unauthorized

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONFIG = web.AppKey("config", Config)

log = logging.getLogger("sightline.injector")

_NAMES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def error_response(error: RequestError) -> web.Response:
    """Return the answer that tells a client of an error, in the shape of OpenAI's API."""
    return web.json_response(error.as_json(), status=error.http_status)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error in the shape of OpenAI's API; the client never sees a traceback."""
    try:
        return await handler(request)
    except RequestError as error:
        if error.http_status >= 500:  # noqa: PLR2004
            log.warning("%s %s: %s", request.method, request.rel_url.raw_path, error)
        response = error_response(error)
    except web.HTTPException as error:
        response = _http_exception(request, error)
    except Exception:
        log.exception("%s %s failed", request.method, request.rel_url.raw_path)
        response = error_response(RequestError("Sightline failed; its log says why"))
    if request.writer.output_size and request.transport is not None:
        # An answer has begun: a second one would be taken for the answer to the next turn.
        request.transport.close()
    return response


def _http_exception(request: web.Request, error: web.HTTPException) -> web.Response:
    message = f"{request.method} {request.path}: {error.reason}"
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        message = f"{request.path}: the body is larger than the limit of this endpoint"
    body = {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": _NAMES.get(error.status, "http_error"),
        }
    }
    allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return web.Response(
        text=json.dumps(body), status=error.status, headers=allow, content_type="application/json"
    )


def check_bearer(request: web.Request) -> None:
    """Check the bearer, where one is configured, in constant time.

    Raises:
        Unauthorized: it is missing or wrong.
    """
    expected = request.app[CONFIG].injector.bearer
    if not expected:
        return
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(
        given.strip().encode("utf-8", "surrogateescape"), expected.encode()
    ):
        raise Unauthorized(
            "the bearer is missing or wrong: send `Authorization: Bearer …` with the secret that "
            "injector.bearer holds"
        )


def cors_headers(request: web.Request) -> dict[str, str]:
    """Return the headers that let the calling page read the answer; none for no page.

    Raises:
        OriginRefused: a page of another origin calls that the configuration does not name.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin == f"{request.scheme}://{request.host}":
        return {}
    if origin not in request.app[CONFIG].injector.browser.origins:
        raise OriginRefused(
            f"pages of {origin} may not call here; if they should, add it to "
            "injector.browser.origins"
        )
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


async def preflight(request: web.Request) -> web.Response:
    """Answer a browser that asks whether its page may call."""
    allowed = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": "600",
    }
    return web.Response(status=204, headers={**cors_headers(request), **allowed})


def for_pages(handler: Handler) -> Handler:
    """Return the handler so that configured pages may call it and read its errors too."""

    async def handle(request: web.Request) -> web.StreamResponse:
        allowed = cors_headers(request)
        response = await errors_as_json(request, handler)
        response.headers.update(allowed)
        return response

    return handle
