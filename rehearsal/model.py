"""A stand-in for a vision model: an OpenAI-compatible endpoint that really looks at the pictures.

I/O only: it reads a request, lets `chat` or `responses`, `eyes` and `answer` decide, and writes. It
has no network of its own and keeps nothing but three counts (`TALLY`) and hashes of what was asked
(`promptcache`).

| route | answers |
|---|---|
| `POST /v1/chat/completions` | a stream or a whole answer, from the pixels |
| `POST /v1/responses` | the same in the form of the Responses API |
| `GET /v1/models`, `GET /v1/models/{id}` | the models that it stands in for |
| `GET /healthz` | 200 |
"""

import asyncio
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from contract import jsontext
from contract.errors import NotAPicture
from rehearsal import eyes
from rehearsal.answer import answer
from rehearsal.asked import Asked, Json
from rehearsal.chat import request as chat
from rehearsal.chat.completion import completion
from rehearsal.counting import count, prompt_tokens
from rehearsal.eyes import Seen
from rehearsal.promptcache import PromptCache
from rehearsal.refusal import RefusalError
from rehearsal.responses import request as responses
from rehearsal.responses.response import Response
from rehearsal.spoken import Spoken

MAX_BODY: Final = 64 * 1024 * 1024
"""The largest request, in bytes: above the 50 MB that OpenAI has taken."""

MODELS: Final[dict[str, str | None]] = {
    "stand-in-vision": None,
    "gpt-4o": "2027-01-14",
    "gpt-4o-mini": "2027-01-14",
    "gpt-4.1": "2027-01-14",
    "gpt-4.1-mini": "2027-01-14",
    "gpt-6-luna": None,
}
"""The models listed by default, with the `shutdown_date` that OpenAI's list was seen to carry."""

_POLL: Final = 0.02  # seconds until a client that left while nothing was written is noticed
_CLIENT_LEFT: Final = 499  # nginx's status for it; nobody is there to read it
_STREAM_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}


@dataclass(slots=True)
class Tally:
    """How many turns came, how many were answered to the end, how many clients left."""

    asked: int = 0
    answered: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class _Manner:
    first_chunk_delay: float
    chunk_delay: float
    models: Collection[str] | None


class _Answer(Protocol):
    """An answer in the format of an API."""

    def whole(self) -> Json: ...

    def stream(self, *, include_usage: bool) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class _Api:
    """One of OpenAI's two APIs: how it reads a request, and how it writes what is said."""

    read: Callable[[Any], Asked]
    write: Callable[[Json, Spoken], _Answer]


_CHAT: Final = _Api(chat.read, completion)
_RESPONSES: Final = _Api(responses.read, Response)

TALLY: Final = web.AppKey("tally", Tally)
_MANNER: Final = web.AppKey("manner", _Manner)
_CACHE: Final = web.AppKey("cache", PromptCache)


def create_app(
    *,
    first_chunk_delay: float = 0.0,
    chunk_delay: float = 0.0,
    api_key: str | None = None,
    models: Collection[str] | None = None,
) -> web.Application:
    """Return the stand-in model as an application.

    Args:
        first_chunk_delay: seconds of thinking before the status line is sent.
        chunk_delay: seconds before each further chunk of a stream.
        api_key: the bearer that every route but `/healthz` asks for; None asks for nothing.
        models: the only models that exist, others are answered with 404; None takes any name.
    """
    app = web.Application(
        client_max_size=MAX_BODY, middlewares=[_errors_in_openai_shape, _bearer(api_key)]
    )
    app[TALLY] = Tally()
    app[_MANNER] = _Manner(first_chunk_delay, chunk_delay, models)
    app[_CACHE] = PromptCache()
    app.router.add_post("/v1/chat/completions", _turn(_CHAT))
    app.router.add_post("/v1/responses", _turn(_RESPONSES))
    app.router.add_get("/v1/models", _list_models)
    app.router.add_get("/v1/models/{model}", _one_model)
    app.router.add_get("/healthz", _healthz)
    return app


@web.middleware
async def _errors_in_openai_shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RefusalError as refusal:
        return web.json_response(refusal.as_json(), status=refusal.status)
    except web.HTTPError as error:
        shaped = RefusalError(f"{error.reason} ({request.method} {request.path})")
        return web.json_response(shaped.as_json(), status=error.status)


def _bearer(api_key: str | None) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if api_key is not None and request.path != "/healthz":
            _check_bearer(request.headers.get("Authorization", ""), api_key)
        return await handler(request)

    return check


def _check_bearer(given: str, api_key: str) -> None:
    scheme, _, key = given.partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise RefusalError(
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
            status=401,
        )
    if not hmac.compare_digest(key.strip().encode(), api_key.encode()):
        raise RefusalError("Incorrect API key provided.", status=401, code="invalid_api_key")


async def _healthz(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _list_models(request: web.Request) -> web.Response:
    listed = request.app[_MANNER].models or MODELS
    return web.json_response({"object": "list", "data": [_model_entry(name) for name in listed]})


async def _one_model(request: web.Request) -> web.Response:
    name = request.match_info["model"]
    _check_exists(request, name)
    return web.json_response(_model_entry(name))


def _model_entry(name: str) -> Json:
    entry: Json = {"id": name, "object": "model", "created": 0, "owned_by": "sightline-stand-in"}
    shutdown = MODELS.get(name)
    return entry | {"shutdown_date": shutdown} if shutdown else entry


def _check_exists(request: web.Request, model: str) -> None:
    models = request.app[_MANNER].models
    if models is not None and model not in models:
        raise RefusalError(
            f"The model '{model}' does not exist or you do not have access to it.",
            status=404,
            param="model",
            code="model_not_found",
        )


def _turn(api: _Api) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def turn(request: web.Request) -> web.StreamResponse:
        tally = request.app[TALLY]
        tally.asked += 1
        try:
            response = await _answer(request, api)
        except asyncio.CancelledError:
            tally.left += 1
            raise
        except ConnectionError:
            # Raised further it would be logged with a traceback, though nothing went wrong here.
            tally.left += 1
            return web.Response(status=_CLIENT_LEFT)
        tally.answered += 1
        return response

    return turn


async def _answer(request: web.Request, api: _Api) -> web.StreamResponse:
    body = await _json(request)
    asked = api.read(body)
    _check_exists(request, asked.model)
    said = api.write(body, await _speak(asked, request.app[_CACHE]))
    await _wait(request, request.app[_MANNER].first_chunk_delay)
    if asked.stream:
        return await _stream(request, said.stream(include_usage=asked.include_usage))
    return web.json_response(said.whole(), dumps=jsontext.encode)


async def _json(request: web.Request) -> Any:
    try:
        return jsontext.decode(await request.read())
    except ValueError:
        raise RefusalError(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't "
            "using your HTTP library correctly. The OpenAI API expects a JSON payload, but what "
            "was sent was not valid JSON.)"
        ) from None


async def _speak(asked: Asked, cache: PromptCache) -> Spoken:
    seen = [await _look(picture) for picture in asked.pictures]
    said, upto = answer(asked, seen), prompt_tokens(asked.prompt, seen)
    cached = cache.ask(asked.model, asked.prompt, upto)
    return Spoken(said, count(upto, cached, said), int(time.time()), secrets.token_hex(12))


async def _look(picture: bytes) -> Seen:
    try:
        return await asyncio.to_thread(eyes.describe, picture)
    except NotAPicture as error:
        raise RefusalError(
            "You uploaded an unsupported image. Please make sure your image is valid and has "
            f"one of the following formats: png, jpeg, gif, webp. ({error})",
            code="image_parse_error",
        ) from error


async def _stream(request: web.Request, pieces: Iterator[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(headers=_STREAM_HEADERS)
    await response.prepare(request)
    delay = 0.0
    for piece in pieces:
        await _wait(request, delay)
        await response.write(piece)
        delay = request.app[_MANNER].chunk_delay
    await response.write_eof()
    return response


async def _wait(request: web.Request, seconds: float) -> None:
    """Wait, but no longer than the client does.

    Raises:
        ConnectionResetError: the client has left. A server that does not cancel handlers would
            otherwise learn it only from the next write.
    """
    until = time.monotonic() + seconds
    while True:
        if request.transport is None or request.transport.is_closing():
            raise ConnectionResetError("the client has left")
        rest = until - time.monotonic()
        if rest <= 0:
            return
        await asyncio.sleep(min(rest, _POLL))
