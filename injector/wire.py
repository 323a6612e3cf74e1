"""What every route shares on the wire: error answers, and the bearer."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from contract.config import Config
from contract.errors import RequestError, Unauthorized
from injector.discreet import shortened

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONFIG = web.AppKey("config", Config)

log = logging.getLogger("sightline.injector")

_NAMES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def error_response(error: RequestError) -> web.Response:
    """Return the answer that tells a client of an error, in the shape of OpenAI's API."""
    after = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return web.json_response(error.as_json(), status=error.http_status, headers=after)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error in the shape of OpenAI's API; the client never sees a traceback."""
    try:
        return await handler(request)
    except RequestError as error:
        if error.http_status >= 500:  # noqa: PLR2004
            log.warning("%s %s: %s", request.method, _path(request), error)
        response = error_response(error)
    except web.HTTPException as error:
        response = _http_exception(request, error)
    except Exception:
        log.exception("%s %s failed", request.method, _path(request))
        response = error_response(RequestError("Sightline failed; its log says why"))
    if request.writer.output_size and request.transport is not None:
        # An answer has begun: a second one would be taken for the answer to the next turn.
        request.transport.close()
    return response


def _path(request: web.Request) -> str:
    """Return the path as it may be logged: it may hold a temporaryId."""
    return shortened(request.rel_url.raw_path)


def _http_exception(request: web.Request, error: web.HTTPException) -> web.Response:
    path = shortened(request.path)
    message = f"{request.method} {path}: {error.reason}"
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        message = f"{path}: the body is larger than the limit of this endpoint"
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
    given = sent_bearer(request)
    if request.app[CONFIG].injector.bearer and (given is None or not is_bearer(request, given)):
        raise Unauthorized(
            "the bearer is missing or wrong: send `Authorization: Bearer …` with the secret that "
            "injector.bearer holds"
        )


def sent_bearer(request: web.Request) -> str | None:
    """Return what a request sends as its bearer, or None where it sends none."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def is_bearer(request: web.Request, given: str) -> bool:
    """Tell whether this is the configured bearer, in constant time; none is, if that is empty."""
    expected = request.app[CONFIG].injector.bearer
    same = hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
    return same and bool(expected)
